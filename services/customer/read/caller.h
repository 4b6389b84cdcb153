// Who calls from a number.
#pragma once

#include "absl/status/statusor.h"
#include "crm/customer/v1/caller.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

inline constexpr int kCallersMax = 20;

// CallerService.LookupCaller. INVALID_ARGUMENT: no number in international form.
absl::StatusOr<v1::LookupCallerResponse> QueryCaller(const v1::LookupCallerRequest& request,
                                                     const engine::Snapshot& snapshot,
                                                     const engine::Context& context);

}  // namespace crm::customer
