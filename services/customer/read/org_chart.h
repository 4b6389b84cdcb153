// The org chart of a customer: who reports to whom on a day, by what was known at some time.
#pragma once

#include <cstddef>

#include "absl/status/statusor.h"
#include "crm/customer/v1/position.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// From this size on nodes have only the names of their contacts. What may follow then, the rest of
// kPositionsMax positions, is less than 1 MiB.
inline constexpr size_t kOrgChartBytesMax = size_t{3} << 20;

// PositionService.GetOrgChart; of a merged customer that of the one which stands for it, by what
// was known. Reads all positions of the customer and their contacts. INVALID_ARGUMENT: name, as_of,
// known_at. NOT_FOUND: there is no such customer.
absl::StatusOr<v1::GetOrgChartResponse> QueryOrgChart(const v1::GetOrgChartRequest& request,
                                                      const engine::Snapshot& snapshot,
                                                      const engine::Context& context);

}  // namespace crm::customer
