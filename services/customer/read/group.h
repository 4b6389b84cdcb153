// A group of customers, and what its members bring and ask: each, and all together.
#pragma once

#include "absl/status/statusor.h"
#include "crm/customer/v1/group.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

inline constexpr size_t kGroupMembersMax = 500;

// GroupService.GetGroup. NOT_FOUND: no such customer; INVALID_ARGUMENT: the period;
// CURRENCIES_MIXED, SUM_TOO_LARGE. Cost: for each member its row, its months, and each of its open
// tickets and opportunities.
absl::StatusOr<v1::GetGroupResponse> QueryGroup(const v1::GetGroupRequest& request,
                                                const engine::Snapshot& snapshot,
                                                const engine::Context& context);

}  // namespace crm::customer
