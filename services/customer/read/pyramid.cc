#include "services/customer/read/pyramid.h"

#include <algorithm>
#include <string>
#include <unordered_set>

#include "absl/strings/str_format.h"
#include "libs/base/date.h"
#include "libs/base/status.h"
#include "services/customer/read/status_counts.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using base::Nanos;

constexpr int kLorenzSteps = 100;

double Fraction(Nanos part, Nanos whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
}

Nanos Total(const std::vector<RankedCustomer>& ranking) {
  Nanos total = 0;
  for (const RankedCustomer& one : ranking) total += one.value;
  return total;
}

OrderSums SumOf(const std::vector<RankedCustomer>& ranking, size_t begin, size_t end) {
  OrderSums sums;
  for (size_t i = begin; i < end; ++i) {
    sums.order_count += ranking[i].sums.order_count;
    sums.revenue += ranking[i].sums.revenue;
    sums.margin_order_count += ranking[i].sums.margin_order_count;
    sums.margin += ranking[i].sums.margin;
    sums.margin_revenue += ranking[i].sums.margin_revenue;
  }
  return sums;
}

void AddTiers(const std::vector<RankedCustomer>& ranking, const v1::TierSizes& sizes,
              const std::string& currency, const OrderSums& all, v1::GetPyramidResponse& pyramid) {
  const auto counts = TierCounts(static_cast<int64_t>(ranking.size()), sizes);
  size_t begin = 0;
  for (size_t i = 0; i < kTiers.size(); ++i) {
    v1::PyramidTier& tier = *pyramid.add_tiers();
    tier.set_tier(kTiers[i]);
    tier.set_customer_count(counts[i]);
    if (counts[i] == 0) continue;
    const size_t end = begin + counts[i];
    const OrderSums sums = SumOf(ranking, begin, end);
    *tier.mutable_lower_bound() = base::MoneyOf(ranking[end - 1].value, currency);
    *tier.mutable_revenue() = base::MoneyOf(sums.revenue, currency);
    if (sums.margin_order_count > 0) *tier.mutable_margin() = base::MoneyOf(sums.margin, currency);
    tier.set_revenue_share(Fraction(sums.revenue, all.revenue));
    tier.set_margin_share(Fraction(sums.margin, all.margin));
    tier.set_order_count(sums.order_count);
    begin = end;
  }
}

// From the poorest up: the curve at every hundredth of the customers, and the Gini coefficient
// 2 * sum(i * x_i) / (n * sum(x)) - (n + 1) / n over ascending x.
void AddLorenz(const std::vector<RankedCustomer>& ranking, Nanos total,
               v1::GetPyramidResponse& pyramid) {
  const auto n = static_cast<int64_t>(ranking.size());
  const auto add_point = [&](int64_t customers, Nanos value) {
    v1::LorenzPoint& point = *pyramid.add_lorenz();
    point.set_customers(Fraction(customers, n));
    point.set_value(Fraction(value, total));
  };
  add_point(0, 0);
  double weighted = 0;
  Nanos sum = 0;
  int64_t step = 1;
  int64_t added = 0;
  for (int64_t i = 1; i <= n; ++i) {
    const Nanos value = ranking[n - i].value;
    sum += value;
    weighted += static_cast<double>(i) * static_cast<double>(value);
    while (step <= kLorenzSteps && n * step / kLorenzSteps < i) ++step;
    if (step <= kLorenzSteps && n * step / kLorenzSteps == i && i != added) {
      add_point(i, sum);
      added = i;
    }
  }
  pyramid.set_gini(2 * weighted / (static_cast<double>(n) * static_cast<double>(total)) -
                   static_cast<double>(n + 1) / static_cast<double>(n));
}

double TopFifthShare(const std::vector<RankedCustomer>& ranking, Nanos total) {
  const size_t fifth = (2 * ranking.size() + 5) / 10;  // Half up.
  Nanos sum = 0;
  for (size_t i = 0; i < fifth; ++i) sum += ranking[i].value;
  return Fraction(sum, total);
}

void AddNotes(const OrderSums& all, v1::Measure measure, Nanos total,
              v1::GetPyramidResponse& pyramid) {
  if (all.order_count == 0) {
    pyramid.add_notes("no orders: nobody ordered in the period");
    return;
  }
  if (all.margin_order_count == 0) {
    pyramid.add_notes("no costs: the margin of no order is known");
  } else if (all.margin_order_count < all.order_count) {
    pyramid.add_notes(
        absl::StrFormat("costs in part: the margin is known for %.1f %% of the revenue",
                        100 * pyramid.known_margin_share()));
  }
  if (measure == v1::MEASURE_MARGIN && all.margin_order_count < all.order_count) {
    pyramid.add_notes(
        "ranked by the margin as far as it is known; an order without one counts as 0");
  }
  if (total <= 0) pyramid.add_notes("no curve: the measure adds up to nothing or less");
}

absl::Status CheckPeriod(const common::v1::Period& period) {
  if (absl::Status s = base::CheckDate("period.start", period.start()); !s.ok()) return s;
  if (absl::Status s = base::CheckDate("period.end", period.end()); !s.ok()) return s;
  const absl::CivilDay start = base::DayOf(period.start());
  const absl::CivilDay end = base::DayOf(period.end());
  if (end <= start) return base::Invalid("period.end", "must be later than the start");
  if (absl::CivilYear(end) - absl::CivilYear(start) > kPyramidYearsMax) {
    return base::Invalid("period.end", "must be at most 100 years after the start");
  }
  return absl::OkStatus();
}

}  // namespace

v1::GetPyramidResponse PyramidOf(const std::vector<RankedCustomer>& ranking, v1::Measure measure,
                                 const v1::TierSizes& sizes, const std::string& currency_code) {
  v1::GetPyramidResponse pyramid;
  const OrderSums all = SumOf(ranking, 0, ranking.size());
  const Nanos total = Total(ranking);
  pyramid.set_measure(measure);
  *pyramid.mutable_sizes() = sizes;
  pyramid.set_customer_count(static_cast<int64_t>(ranking.size()));
  pyramid.set_order_count(all.order_count);
  if (all.order_count > 0) *pyramid.mutable_revenue() = base::MoneyOf(all.revenue, currency_code);
  if (all.margin_order_count > 0)
    *pyramid.mutable_margin() = base::MoneyOf(all.margin, currency_code);
  pyramid.set_known_margin_share(Fraction(all.margin_revenue, all.revenue));
  AddTiers(ranking, sizes, currency_code, all, pyramid);
  if (total > 0) {
    AddLorenz(ranking, total, pyramid);
    pyramid.set_top_fifth_share(TopFifthShare(ranking, total));
  }
  AddNotes(all, measure, total, pyramid);
  return pyramid;
}

absl::StatusOr<v1::GetPyramidResponse> QueryPyramid(const v1::GetPyramidRequest& request,
                                                    const engine::Snapshot& snapshot,
                                                    const engine::Context&) {
  if (absl::Status s = CheckPeriod(request.period()); !s.ok()) return s;
  if (!v1::Measure_IsValid(request.measure()))
    return base::Invalid("measure", "must be one of the list");
  const v1::Measure measure =
      request.measure() == v1::MEASURE_UNSPECIFIED ? v1::MEASURE_REVENUE : request.measure();
  const absl::CivilDay start = base::DayOf(request.period().start());
  auto sums = SumOrders(snapshot, start, base::DayOf(request.period().end()));
  if (!sums.ok()) return sums.status();

  int64_t inactive = 0;
  for (const std::string& customer : OrderedBefore(snapshot, start)) {
    if (!sums->customers.contains(customer)) ++inactive;
  }
  const auto plan = snapshot.Get(kTierPlans, kStandardTierPlan);
  const std::string currency = sums->currency_code;
  v1::GetPyramidResponse pyramid =
      PyramidOf(Rank(*std::move(sums), measure), measure,
                plan.has_value() ? plan->sizes() : DefaultTierSizes(), currency);
  *pyramid.mutable_period() = request.period();
  pyramid.set_inactive_count(inactive);
  pyramid.set_prospect_count(CountStatus(snapshot, v1::CUSTOMER_STATUS_PROSPECT));
  pyramid.set_suspect_count(CountStatus(snapshot, v1::CUSTOMER_STATUS_SUSPECT));
  return pyramid;
}

}  // namespace crm::customer
