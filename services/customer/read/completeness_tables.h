// The table of what is known of customers.
#pragma once

#include "crm/customer/v1/completeness.pb.h"
#include "libs/table/spec.h"

namespace crm::customer {

// A view: what is filled in of each customer, whatever the policy wants now. Those of whom the same
// is known lie together, so that weights that change are counted anew for each such group only.
inline constexpr table::TableSpec<v1::FilledCustomer> kFilledCustomers{
    .name = "filled_customers",
    .key = {"customer"},
    .indexes = {{.name = "by_owner", .fields = {"owner", "kind", "filled"}},
                {.name = "by_filled", .fields = {"kind", "filled"}}}};

}  // namespace crm::customer
