#include "services/customer/read/completeness_query.h"

#include "libs/base/status.h"
#include "services/customer/domain/completeness.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/tables.h"

namespace crm::customer {

absl::StatusOr<v1::GetCompletenessResponse> QueryCompleteness(
    const v1::GetCompletenessRequest& request, const engine::Snapshot& snapshot,
    const engine::Context&) {
  const auto customer = snapshot.Get(kCustomers, SurvivorOf(request.name(), snapshot));
  if (!customer.has_value()) return base::NotFound(request.name());
  const auto policy = snapshot.Get(kCustomerPolicies, kStandardCustomerPolicy);
  if (!policy.has_value()) return base::NotFound(kStandardCustomerPolicy);
  return CompletenessOf(*customer, *policy);
}

}  // namespace crm::customer
