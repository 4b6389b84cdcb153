// Ranks customers by what they are worth and cuts the rank into tiers. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "crm/customer/v1/value.pb.h"
#include "services/customer/read/order_facts.h"

namespace crm::customer {

inline constexpr std::array<v1::Tier, 4> kTiers = {v1::TIER_TOP, v1::TIER_BIG, v1::TIER_MEDIUM,
                                                   v1::TIER_SMALL};

// 1 %, 4 %, 15 %, and the rest.
v1::TierSizes DefaultTierSizes();

// How many of `customer_count` customers are in each tier, from the top down: the shares' whole
// parts, and what is left over one each to the largest remainders (of equal ones, the higher tier
// first). They add up.
std::array<int64_t, 4> TierCounts(int64_t customer_count, const v1::TierSizes& sizes);

struct RankedCustomer {
  std::string customer;
  base::Nanos value = 0;  // By the measure.
  OrderSums sums;
};

base::Nanos ValueOf(const OrderSums& sums, v1::Measure measure);

// By the measure descending, then by name.
std::vector<RankedCustomer> Rank(PeriodSums sums, v1::Measure measure);

// The tiers that have customers, from the top down.
std::vector<v1::TierBound> BoundsOf(const std::vector<RankedCustomer>& ranking,
                                    const v1::TierSizes& sizes, const std::string& currency_code);

// Where a customer of this value and name stands by these bounds; below the last one it is in the
// last tier.
v1::Tier TierBy(const std::vector<v1::TierBound>& bounds, base::Nanos value,
                const std::string& customer);

}  // namespace crm::customer
