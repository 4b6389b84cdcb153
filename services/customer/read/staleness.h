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

// Most of one stretch of a look: customers that are marked, and rows that are looked at.
struct StaleStretchMax {
  size_t commands = 0;
  size_t rows = 0;
};

// A command for each customer that the look finds stale and that is not said to be so, and for each
// one that is said to be so and is not any more by the limits of now, from the place on that the
// look has come to; when that is more than one stretch, the last command goes on behind the
// customer that was looked at last. Cost: at most `max.rows`: of those customers, and of those
// whose limit has passed and of whom nothing is known that could be checked, with who is there.
engine::Commands MarkStaleCustomers(const v1::StaleCheck& check, const std::string& policy,
                                    const StaleStretchMax& max, const engine::Snapshot& snapshot);

// CustomerCareService.GetCustomerVersion. NOT_FOUND: there was none.
absl::StatusOr<v1::Customer> QueryCustomerVersion(const v1::GetCustomerVersionRequest& request,
                                                  const engine::Snapshot& snapshot,
                                                  const engine::Context& context);

// CustomerCareService.GetConsents. NOT_FOUND: no such customer.
absl::StatusOr<v1::GetConsentsResponse> QueryConsents(const v1::GetConsentsRequest& request,
                                                      const engine::Snapshot& snapshot,
                                                      const engine::Context& context);

}  // namespace crm::customer
