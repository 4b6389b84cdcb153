// Which customers' data are stale: the view that is listed, what a daily look finds, and what a
// customer's data were at another time.
#pragma once

#include <cstddef>

#include "absl/status/statusor.h"
#include "crm/customer/v1/customer_care.pb.h"
#include "crm/customer/v1/customer_policy.pb.h"
#include "libs/engine/model.h"
#include "services/customer/domain/customer.h"

namespace crm::customer {

void ProjectStaleCustomers(const engine::Change<CustomerModel>& change, engine::Rows& rows);

// A command for each customer that the look finds stale and that is not said to be so, and for each
// one that is said to be so and is not any more by the limits of now; at most `commands_max`, and
// then one that goes on. Cost: the rows of those customers, and of those whose limit has passed and
// of whom nothing is known that could be checked.
engine::Commands MarkStaleCustomers(const v1::StaleCheck& check, const std::string& policy,
                                    size_t commands_max, const engine::Snapshot& snapshot);

// CustomerCareService.GetCustomerVersion. NOT_FOUND: there was none.
absl::StatusOr<v1::Customer> QueryCustomerVersion(const v1::GetCustomerVersionRequest& request,
                                                  const engine::Snapshot& snapshot,
                                                  const engine::Context& context);

// CustomerCareService.GetConsents. NOT_FOUND: no such customer.
absl::StatusOr<v1::GetConsentsResponse> QueryConsents(const v1::GetConsentsRequest& request,
                                                      const engine::Snapshot& snapshot,
                                                      const engine::Context& context);

}  // namespace crm::customer
