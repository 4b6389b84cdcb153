// CustomerPolicyService.GetCompleteness.
#pragma once

#include "absl/status/statusor.h"
#include "crm/customer/v1/customer_policy.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// Of a merged customer: of the one that stands for it. NOT_FOUND: no such customer, or no policy.
absl::StatusOr<v1::GetCompletenessResponse> QueryCompleteness(
    const v1::GetCompletenessRequest& request, const engine::Snapshot& snapshot,
    const engine::Context& context);

}  // namespace crm::customer
