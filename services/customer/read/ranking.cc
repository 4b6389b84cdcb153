#include "services/customer/read/ranking.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace crm::customer {

v1::TierSizes DefaultTierSizes() {
  v1::TierSizes sizes;
  sizes.set_top_bps(100);
  sizes.set_big_bps(400);
  sizes.set_medium_bps(1500);
  return sizes;
}

std::array<int64_t, 4> TierCounts(int64_t customer_count, const v1::TierSizes& sizes) {
  constexpr int64_t kWhole = 10'000;
  const int64_t given = sizes.top_bps() + sizes.big_bps() + sizes.medium_bps();
  const std::array<int64_t, 4> shares = {sizes.top_bps(), sizes.big_bps(), sizes.medium_bps(),
                                         kWhole - given};
  std::array<int64_t, 4> counts;
  std::array<int64_t, 4> remainders;
  for (size_t i = 0; i < counts.size(); ++i) {
    counts[i] = customer_count * shares[i] / kWhole;
    remainders[i] = customer_count * shares[i] % kWhole;
  }
  const int64_t left = customer_count - std::accumulate(counts.begin(), counts.end(), int64_t{0});
  std::array<size_t, 4> order = {0, 1, 2, 3};
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return remainders[a] > remainders[b]; });
  for (int64_t i = 0; i < left; ++i) ++counts[order[i]];
  return counts;
}

base::Nanos ValueOf(const OrderSums& sums, v1::Measure measure) {
  return measure == v1::MEASURE_MARGIN ? sums.margin : sums.revenue;
}

std::vector<RankedCustomer> Rank(PeriodSums sums, v1::Measure measure) {
  std::vector<RankedCustomer> ranking;
  ranking.reserve(sums.customers.size());
  for (auto& [customer, of_customer] : sums.customers) {
    ranking.push_back(
        {.customer = customer, .value = ValueOf(of_customer, measure), .sums = of_customer});
  }
  std::sort(ranking.begin(), ranking.end(), [](const RankedCustomer& a, const RankedCustomer& b) {
    return a.value != b.value ? a.value > b.value : a.customer < b.customer;
  });
  return ranking;
}

std::vector<v1::TierBound> BoundsOf(const std::vector<RankedCustomer>& ranking,
                                    const v1::TierSizes& sizes, const std::string& currency_code) {
  const std::array<int64_t, 4> counts = TierCounts(static_cast<int64_t>(ranking.size()), sizes);
  std::vector<v1::TierBound> bounds;
  int64_t end = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    end += counts[i];
    v1::TierBound& bound = bounds.emplace_back();
    bound.set_tier(kTiers[i]);
    bound.set_customer_count(counts[i]);
    *bound.mutable_lower_bound() = base::MoneyOf(ranking[end - 1].value, currency_code);
    bound.set_last_customer(ranking[end - 1].customer);
  }
  return bounds;
}

v1::Tier TierBy(const std::vector<v1::TierBound>& bounds, base::Nanos value,
                const std::string& customer) {
  for (const v1::TierBound& bound : bounds) {
    const base::Nanos lowest = base::NanosOf(bound.lower_bound());
    if (value > lowest || (value == lowest && customer <= bound.last_customer()))
      return bound.tier();
  }
  return bounds.empty() ? v1::TIER_UNSPECIFIED : bounds.back().tier();
}

}  // namespace crm::customer
