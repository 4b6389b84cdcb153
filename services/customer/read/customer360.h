// One customer from all sides.
#pragma once

#include "absl/status/statusor.h"
#include "crm/customer/v1/customer360.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// Customer360Service.GetCustomer360. NOT_FOUND: no such customer. Cost: the rows it gives, and one
// for each that it counts.
absl::StatusOr<v1::GetCustomer360Response> QueryCustomer360(
    const v1::GetCustomer360Request& request, const engine::Snapshot& snapshot,
    const engine::Context& context);

}  // namespace crm::customer
