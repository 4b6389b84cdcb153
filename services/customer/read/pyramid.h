// The value pyramid: customers with an order in a period, ranked and cut into tiers.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "crm/customer/v1/value.pb.h"
#include "libs/engine/model.h"
#include "services/customer/read/ranking.h"

namespace crm::customer {

// The longest period that is answered.
inline constexpr int kPyramidYearsMax = 100;

// Tiers, sums, Lorenz curve and shares of a ranking. Pure; floating point only in what is never
// stored.
v1::GetPyramidResponse PyramidOf(const std::vector<RankedCustomer>& ranking, v1::Measure measure,
                                 const v1::TierSizes& sizes, const std::string& currency_code);

// CustomerValueService.GetPyramid. INVALID_ARGUMENT: period, measure. FAILED_PRECONDITION:
// CURRENCIES_MIXED.
absl::StatusOr<v1::GetPyramidResponse> QueryPyramid(const v1::GetPyramidRequest& request,
                                                    const engine::Snapshot& snapshot,
                                                    const engine::Context& context);

}  // namespace crm::customer
