// What happened with a customer, newest first.
#pragma once

#include "absl/status/statusor.h"
#include "crm/customer/v1/timeline.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

inline constexpr int kTimelinePageDefault = 50, kTimelinePageMax = 200;

// TimelineService.GetTimeline. NOT_FOUND: no such customer; INVALID_ARGUMENT: kinds, period, page
// size or page token. Cost: for each name of the customer and each kind one look, and the rows of
// the page, at most eight more of each kind.
absl::StatusOr<v1::GetTimelineResponse> QueryTimeline(const v1::GetTimelineRequest& request,
                                                      const engine::Snapshot& snapshot,
                                                      const engine::Context& context);

}  // namespace crm::customer
