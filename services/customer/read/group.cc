#include "services/customer/read/group.h"

#include <algorithm>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crm/customer/v1/reason.pb.h"
#include "libs/base/date.h"
#include "libs/base/money.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "services/customer/domain/parent.h"
#include "services/customer/read/followed.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/sources.h"
#include "services/customer/read/tables.h"
#include "services/customer/read/timeline_tables.h"

namespace crm::customer {
namespace {

using base::Nanos;

const Nanos kSumMax = Nanos{std::numeric_limits<int64_t>::max()} * 1'000'000'000;
constexpr int kYearsMax = 100;

absl::StatusOr<OrderPeriod> PeriodOf(const v1::GetGroupRequest& request,
                                     const engine::Context& context) {
  if (!request.has_period()) return TwelveMonths(context.business_date);
  const common::v1::Period& period = request.period();
  absl::Status s = base::CheckDate("period.start", period.start());
  if (s.ok()) s = base::CheckDate("period.end", period.end());
  if (!s.ok()) return s;
  const OrderPeriod days{base::DayOf(period.start()), base::DayOf(period.end())};
  if (days.end <= days.start) return base::Invalid("period.end", "must be later than the start");
  if (days.end.year() - days.start.year() > kYearsMax)
    return base::Invalid("period.end", "must be at most 100 years after the start");
  return days;
}

// Sums of one or more customers.
struct Sums {
  int customer_count = 0;
  int64_t order_count = 0, margin_order_count = 0;
  int64_t tickets = 0, opportunities = 0, known_amounts = 0;
  Nanos revenue = 0, margin = 0, amount = 0;

  void operator+=(const Sums& more) {
    customer_count += more.customer_count;
    order_count += more.order_count;
    margin_order_count += more.margin_order_count;
    tickets += more.tickets;
    opportunities += more.opportunities;
    known_amounts += more.known_amounts;
    revenue += more.revenue;
    margin += more.margin;
    amount += more.amount;
  }
};

struct Member {
  v1::Customer customer;
  int depth = 0;
  Sums own, subtree;
};

// Collects the members from the top down and adds up what each has.
class Group {
 public:
  Group(const engine::Snapshot& snapshot, OrderPeriod period)
      : snapshot_(snapshot), period_(period) {}

  // The topmost above `customer`. A circle, or too many levels, ends where it was begun.
  v1::Customer TopOf(const v1::Customer& customer) {
    v1::Customer top = customer;
    for (int level = 0; !top.parent().empty(); ++level) {
      auto above = snapshot_.Get(kCustomers, SurvivorOf(top.parent(), snapshot_));
      if (!above.has_value()) break;
      incomplete_ = level >= kGroupLevelsMax || above->name() == customer.name();
      if (incomplete_) break;
      top = *std::move(above);
    }
    return top;
  }

  absl::Status Collect(const v1::Customer& top) { return Add(top, 0); }

  // The members and all that were merged into them.
  const std::vector<std::string>& names() const { return names_; }

  v1::GetGroupResponse Take() {
    v1::GetGroupResponse response;
    for (const Member& member : members_) {
      v1::GroupMember& out = *response.add_members();
      out.set_customer(member.customer.name());
      out.set_display_name(member.customer.display_name());
      out.set_parent(member.customer.parent());
      out.set_depth(member.depth);
      out.set_status(member.customer.status());
      out.set_tier(member.customer.tier());
      *out.mutable_own() = Told(member.own);
      *out.mutable_subtree() = Told(member.subtree);
    }
    if (!members_.empty()) *response.mutable_total() = Told(members_.front().subtree);
    response.set_incomplete(incomplete_);
    return response;
  }

 private:
  absl::Status Add(const v1::Customer& customer, int depth) {
    if (members_.size() == kGroupMembersMax || depth > kGroupLevelsMax) {
      incomplete_ = true;
      return absl::OkStatus();
    }
    if (!seen_.insert(customer.name()).second) return absl::OkStatus();
    const size_t at = members_.size();
    members_.push_back({.customer = customer, .depth = depth});
    const std::vector<std::string> names = NamesOf(customer.name(), snapshot_);
    names_.insert(names_.end(), names.begin(), names.end());
    if (absl::Status s = AddUp(names, members_[at].own); !s.ok()) return s;
    Sums subtree = members_[at].own;
    for (const v1::Customer& child : ChildrenOf(names)) {
      const size_t below = members_.size();
      if (absl::Status s = Add(child, depth + 1); !s.ok()) return s;
      if (members_.size() > below) subtree += members_[below].subtree;
    }
    members_[at].subtree = subtree;
    return absl::OkStatus();
  }

  std::vector<v1::Customer> ChildrenOf(const std::vector<std::string>& names) {
    std::vector<v1::Customer> children;
    for (const std::string& name : names) {
      snapshot_.Scan(
          kCustomers, "by_parent",
          [&](const v1::Customer& child) {
            const bool stands = child.merged_into().empty() &&
                                child.status() != v1::CUSTOMER_STATUS_ERASED &&
                                seen_.count(child.name()) == 0;
            if (stands) children.push_back(child);
            return children.size() <= kGroupMembersMax;
          },
          name);
    }
    std::sort(children.begin(), children.end(), [](const auto& a, const auto& b) {
      return std::make_pair(a.display_name(), a.name()) <
             std::make_pair(b.display_name(), b.name());
    });
    return children;
  }

  absl::Status AddUp(const std::vector<std::string>& names, Sums& sums) {
    sums.customer_count = 1;
    const auto orders = SumOrdersOf(snapshot_, names, period_);
    if (!orders.ok()) return orders.status();
    if (absl::Status s = SameCurrency(orders->currency_code); !s.ok()) return s;
    for (const auto& [name, of] : orders->customers) {
      sums.order_count += of.order_count;
      sums.margin_order_count += of.margin_order_count;
      sums.revenue += of.revenue;
      sums.margin += of.margin;
    }
    for (const std::string& name : names) {
      if (absl::Status s = AddOpen(name, sums); !s.ok()) return s;
    }
    magnitude_ += Magnitude(sums.revenue) + Magnitude(sums.margin) + Magnitude(sums.amount);
    if (magnitude_ > kSumMax)
      return base::Refused(v1::REASON_SUM_TOO_LARGE, "the group adds up to more than can be told");
    return absl::OkStatus();
  }

  absl::Status AddOpen(const std::string& name, Sums& sums) {
    snapshot_.Scan(
        kFollowedTickets, "by_customer",
        [&](const v1::FollowedTicket&) {
          ++sums.tickets;
          return true;
        },
        name, true);
    absl::Status status;
    snapshot_.Scan(
        kFollowedOpportunities, "by_customer",
        [&](const v1::FollowedOpportunity& opportunity) {
          ++sums.opportunities;
          if (!opportunity.has_amount()) return true;
          status = SameCurrency(opportunity.amount().currency_code());
          ++sums.known_amounts;
          sums.amount += base::NanosOf(opportunity.amount());
          return status.ok();
        },
        name, v1::OPPORTUNITY_STANDING_OPEN);
    return status;
  }

  static Nanos Magnitude(Nanos nanos) { return nanos < 0 ? -nanos : nanos; }

  absl::Status SameCurrency(const std::string& currency) {
    if (currency.empty()) return absl::OkStatus();
    if (currency_.empty()) currency_ = currency;
    if (currency == currency_) return absl::OkStatus();
    return base::Refused(v1::REASON_CURRENCIES_MIXED, "the group's sums are in several currencies");
  }

  v1::GroupFigures Told(const Sums& sums) const {
    v1::GroupFigures told;
    told.set_customer_count(sums.customer_count);
    told.set_order_count(sums.order_count);
    told.set_open_ticket_count(sums.tickets);
    told.set_open_opportunity_count(sums.opportunities);
    if (sums.order_count > 0) *told.mutable_revenue() = base::MoneyOf(sums.revenue, currency_);
    if (sums.margin_order_count > 0) *told.mutable_margin() = base::MoneyOf(sums.margin, currency_);
    if (sums.known_amounts > 0)
      *told.mutable_open_opportunity_amount() = base::MoneyOf(sums.amount, currency_);
    return told;
  }

  const engine::Snapshot& snapshot_;
  const OrderPeriod period_;
  std::vector<Member> members_;
  std::vector<std::string> names_;
  std::set<std::string> seen_;
  std::string currency_;
  Nanos magnitude_ = 0;
  bool incomplete_ = false;
};

// `method`: how it is computed; empty where nobody records such a thing.
void AddFigure(v1::GroupFigure figure, const v1::SourceReading* source, const std::string& method,
               v1::GetGroupResponse& response) {
  v1::GroupFigureReading& reading = *response.add_figures();
  reading.set_figure(figure);
  reading.set_state(source == nullptr ? v1::READING_STATE_NOT_AVAILABLE : source->state());
  if (source != nullptr && CanBeTold(*source)) reading.set_method(method);
}

}  // namespace

absl::StatusOr<v1::GetGroupResponse> QueryGroup(const v1::GetGroupRequest& request,
                                                const engine::Snapshot& snapshot,
                                                const engine::Context& context) {
  constexpr std::string_view kCollection = "customers/";
  const std::string_view name = request.name();
  if (!name.starts_with(kCollection) || !base::IsResourceId(name.substr(kCollection.size())))
    return base::Invalid("name", "must be the name of a customer");
  const auto period = PeriodOf(request, context);
  if (!period.ok()) return period.status();
  const auto asked = snapshot.Get(kCustomers, SurvivorOf(request.name(), snapshot));
  if (!asked.has_value()) return base::NotFound(request.name());
  Group group(snapshot, *period);
  if (absl::Status s = group.Collect(request.subtree_only() ? *asked : group.TopOf(*asked));
      !s.ok())
    return s;
  v1::GetGroupResponse response = group.Take();
  *response.mutable_period()->mutable_start() = base::DateOf(period->start);
  *response.mutable_period()->mutable_end() = base::DateOf(period->end);
  *response.mutable_sources() = SourcesOf(group.names(), context);
  const v1::SourceReading sales = SourceOf(kSalesSource, group.names(), context);
  const v1::SourceReading desk = SourceOf(kDeskSource, group.names(), context);
  AddFigure(v1::GROUP_FIGURE_REVENUE, &sales, "sum/revenue-after-returns", response);
  AddFigure(v1::GROUP_FIGURE_DEBT, nullptr, "", response);
  AddFigure(v1::GROUP_FIGURE_OPEN_TICKETS, &desk, "count/open-tickets", response);
  AddFigure(v1::GROUP_FIGURE_OPEN_OPPORTUNITIES, &sales, "count-and-sum/open-opportunities",
            response);
  return response;
}

}  // namespace crm::customer
