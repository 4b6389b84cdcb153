#include "services/customer/read/followed.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "libs/base/date.h"
#include "libs/base/money.h"
#include "libs/base/timestamp.h"
#include "services/customer/domain/calendar.h"
#include "services/customer/read/tables.h"
#include "services/customer/read/timeline_tables.h"

namespace crm::customer {
namespace {

// An unset date comes last.
auto DateOrder(const google::type::Date& date) {
  return std::make_tuple(date.day() == 0, date.year(), date.month(), date.day());
}

auto PlaceOf(const v1::FollowedTicket& ticket) {
  return std::make_tuple(-ticket.priority_rank(), base::TimeOf(ticket.open_time()),
                         std::string_view(ticket.name()));
}
auto PlaceOf(const v1::FollowedOpportunity& opportunity) {
  return std::make_tuple(DateOrder(opportunity.expected_close_date()),
                         std::string_view(opportunity.name()));
}
auto PlaceOf(const v1::FollowedOrder& order) {
  const google::type::Date& day = order.order_date();
  return std::make_tuple(-day.year(), -day.month(), -day.day(), std::string_view(order.name()));
}

template <class Row>
void Add(const Row& row, Followed<Row>& followed) {
  ++followed.count;
  followed.rows.push_back(row);
}

template <class Row>
Followed<Row> Cut(Followed<Row> followed, size_t max) {
  std::sort(followed.rows.begin(), followed.rows.end(),
            [](const Row& a, const Row& b) { return PlaceOf(a) < PlaceOf(b); });
  followed.more = followed.rows.size() > max || followed.count == kFollowedCountMax;
  followed.rows.resize(std::min(followed.rows.size(), max));
  return followed;
}

// As sales calls it.
constexpr std::string_view kRenewal = "RENEWAL";

// The open opportunities that `wanted` wants; of further ones than are counted none is looked at.
template <class Wanted>
Followed<v1::FollowedOpportunity> OpenOf(const engine::Snapshot& snapshot,
                                         const std::vector<std::string>& customers, size_t max,
                                         const Wanted& wanted) {
  Followed<v1::FollowedOpportunity> open;
  int looked = 0;
  for (const std::string& customer : customers) {
    snapshot.Scan(
        kFollowedOpportunities, "by_customer",
        [&](const v1::FollowedOpportunity& opportunity) {
          if (wanted(opportunity)) Add(opportunity, open);
          return ++looked < kFollowedCountMax;
        },
        customer, v1::OPPORTUNITY_STANDING_OPEN);
  }
  return Cut(std::move(open), max);
}

}  // namespace

Followed<v1::FollowedTicket> OpenTickets(const engine::Snapshot& snapshot,
                                         const std::vector<std::string>& customers, size_t max) {
  Followed<v1::FollowedTicket> open;
  for (const std::string& customer : customers) {
    snapshot.Scan(
        kFollowedTickets, "by_customer",
        [&](const v1::FollowedTicket& ticket) {
          Add(ticket, open);
          return open.count < kFollowedCountMax;
        },
        customer, true);
  }
  return Cut(std::move(open), max);
}

Followed<v1::FollowedOpportunity> OpenOpportunities(const engine::Snapshot& snapshot,
                                                    const std::vector<std::string>& customers,
                                                    size_t max) {
  return OpenOf(snapshot, customers, max, [](const v1::FollowedOpportunity&) { return true; });
}

bool IsRenewal(const v1::FollowedOpportunity& opportunity) {
  return opportunity.type() == kRenewal;
}

Followed<v1::FollowedOpportunity> OpenRenewals(const engine::Snapshot& snapshot,
                                               const std::vector<std::string>& customers,
                                               size_t max) {
  return OpenOf(snapshot, customers, max, IsRenewal);
}

Followed<v1::FollowedOrder> LatestOrders(const engine::Snapshot& snapshot,
                                         const std::vector<std::string>& customers, size_t max) {
  Followed<v1::FollowedOrder> orders;
  for (const std::string& customer : customers) {
    int taken = 0;
    snapshot.Scan(
        kFollowedOrders, "by_customer",
        [&](const v1::FollowedOrder& order) {
          Add(order, orders);
          return ++taken < kFollowedCountMax;
        },
        customer);
  }
  orders.count = std::min(orders.count, kFollowedCountMax);
  return Cut(std::move(orders), max);
}

Followed<v1::FollowedCampaign> CampaignsOf(const engine::Snapshot& snapshot,
                                           const std::vector<std::string>& customers, size_t max) {
  std::set<std::string> names;
  int looked = 0;
  for (const std::string& customer : customers) {
    snapshot.Scan(
        kFollowedOpportunities, "by_customer",
        [&](const v1::FollowedOpportunity& opportunity) {
          if (!opportunity.campaign().empty()) names.insert(opportunity.campaign());
          return ++looked < kFollowedCountMax;
        },
        customer);
  }
  Followed<v1::FollowedCampaign> campaigns;
  campaigns.count = static_cast<int>(names.size());
  campaigns.more = names.size() > max || looked >= kFollowedCountMax;
  for (const std::string& name : names) {
    if (campaigns.rows.size() == max) break;
    auto campaign = snapshot.Get(kFollowedCampaigns, name);
    if (!campaign.has_value()) campaign.emplace().set_name(name);
    campaigns.rows.push_back(*std::move(campaign));
  }
  return campaigns;
}

std::vector<v1::Touchpoint> LatestTouchpoints(const engine::Snapshot& snapshot,
                                              const std::vector<std::string>& customers,
                                              size_t max) {
  std::vector<v1::Touchpoint> latest;
  for (const std::string& customer : customers) {
    size_t taken = 0;
    snapshot.Scan(
        kTimeline, "",
        [&](const v1::TimelineEntry& entry) {
          auto touchpoint = snapshot.Get(kTouchpoints, entry.about());
          if (touchpoint.has_value()) latest.push_back(*std::move(touchpoint));
          return ++taken < max;
        },
        customer, v1::TIMELINE_KIND_TOUCHPOINT);
  }
  std::stable_sort(latest.begin(), latest.end(),
                   [](const v1::Touchpoint& a, const v1::Touchpoint& b) {
                     return base::TimeOf(a.occur_time()) > base::TimeOf(b.occur_time());
                   });
  latest.resize(std::min(latest.size(), max));
  return latest;
}

std::vector<v1::Touchpoint> NextStepsOf(const std::vector<v1::Touchpoint>& newest_first,
                                        const engine::Context& context) {
  std::vector<v1::Touchpoint> steps;
  for (const v1::Touchpoint& touchpoint : newest_first) {
    if (touchpoint.next_step().empty()) continue;
    const bool newest = &touchpoint == &newest_first.front();
    const v1::Touchpoint& last = newest_first.front();
    const bool to_do = touchpoint.has_next_step_date()
                           ? base::DayOf(touchpoint.next_step_date()) >= context.business_date ||
                                 newest ||
                                 absl::ToCivilDay(base::TimeOf(last.occur_time()), context.zone) <
                                     base::DayOf(touchpoint.next_step_date())
                           : newest;
    if (to_do) steps.push_back(touchpoint);
  }
  std::stable_sort(steps.begin(), steps.end(), [](const auto& a, const auto& b) {
    return DateOrder(a.next_step_date()) < DateOrder(b.next_step_date());
  });
  return steps;
}

absl::StatusOr<v1::OrderValue> ValueOf(const engine::Snapshot& snapshot,
                                       const std::vector<std::string>& customers,
                                       const std::optional<OrderPeriod>& period) {
  const auto sums = SumOrdersOf(snapshot, customers, period);
  if (!sums.ok()) return sums.status();
  v1::OrderValue value;
  if (period.has_value()) {
    *value.mutable_period()->mutable_start() = base::DateOf(period->start);
    *value.mutable_period()->mutable_end() = base::DateOf(period->end);
  }
  base::Nanos revenue = 0, margin = 0;
  for (const auto& [customer, one] : sums->customers) {
    value.set_order_count(value.order_count() + one.order_count);
    value.set_margin_order_count(value.margin_order_count() + one.margin_order_count);
    revenue += one.revenue;
    margin += one.margin;
  }
  if (value.order_count() > 0)
    *value.mutable_revenue() = base::MoneyOf(revenue, sums->currency_code);
  if (value.margin_order_count() > 0)
    *value.mutable_margin() = base::MoneyOf(margin, sums->currency_code);
  return value;
}

OrderPeriod TwelveMonths(absl::CivilDay today, int years_before) {
  const absl::CivilDay end = AddMonths(today, -12 * years_before) + 1;
  return {AddMonths(today, -12 * (years_before + 1)) + 1, end};
}

}  // namespace crm::customer
