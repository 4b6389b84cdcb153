// Tables of what we may do with customers' data, whether they are fresh, and what was spent.
#pragma once

#include "crm/customer/v1/customer_care.pb.h"
#include "crm/customer/v1/erasure.pb.h"
#include "crm/customer/v1/expense.pb.h"
#include "libs/table/spec.h"

namespace crm::customer {

using table::TableSpec;

// A view: customers whose data are stale.
inline constexpr TableSpec<v1::StaleCustomer> kStaleCustomers{
    .name = "stale_customers",
    .key = {"customer"},
    .indexes = {{.name = "by_owner", .fields = {"owner", "stale_since_date"}},
                {.name = "by_tier", .fields = {"tier", "stale_since_date"}},
                {.name = "by_since", .fields = {"stale_since_date"}},
                {.name = "by_check", .fields = {"tier", "data_check_time"}}}};

inline constexpr TableSpec<v1::Expense> kExpenses{
    .name = "expenses",
    .key = {"name"},
    .indexes = {{.name = "by_customer", .fields = {"customer", "expense_date"}},
                {.name = "by_staff", .fields = {"staff", "expense_date"}},
                {.name = "by_date", .fields = {"expense_date"}}}};

inline constexpr TableSpec<v1::Erasure> kErasures{
    .name = "erasures",
    .key = {"name"},
    .indexes = {{.name = "by_subject", .fields = {"subject"}},
                {.name = "by_state", .fields = {"state", "due_date"}},
                {.name = "by_due_date", .fields = {"due_date"}}}};

}  // namespace crm::customer
