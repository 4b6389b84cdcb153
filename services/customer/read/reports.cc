#include "services/customer/read/reports.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "crm/customer/v1/reason.pb.h"
#include "libs/base/date.h"
#include "libs/base/money.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/timestamp.h"
#include "services/customer/domain/calendar.h"
#include "services/customer/domain/periods.h"
#include "services/customer/domain/saved_report.h"
#include "services/customer/read/activity_tables.h"
#include "services/customer/read/birthdays.h"
#include "services/customer/read/full_name.h"
#include "services/customer/read/order_facts.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/report_tables.h"
#include "services/customer/read/sources.h"
#include "services/customer/read/tables.h"
#include "services/customer/read/timeline_tables.h"

namespace crm::customer {
namespace {

constexpr char kComplaint[] = "COMPLAINT";
constexpr char kCollection[] = "customers/";

// How the answer is computed; what it takes besides is in the question.
std::string MethodOf(v1::ReportKind kind) {
  switch (kind) {
    case v1::REPORT_KIND_ORDERS_FALLEN:
      return "sum/revenue-after-returns/against-previous-period";
    case v1::REPORT_KIND_REPEAT_COMPLAINERS:
      return "count/complaints";
    case v1::REPORT_KIND_FEW_PRODUCT_BUYERS:
      return "count/products-of-all-orders";
    case v1::REPORT_KIND_WANTED:
    case v1::REPORT_KIND_GOLD_CUSTOMERS:
      return "sum/revenue-after-returns";
    case v1::REPORT_KIND_UNVISITED:
      return "days/since-last-visit";
    case v1::REPORT_KIND_BIRTHDAYS:
      return "days/until-birthday";
    case v1::REPORT_KIND_LOSS_MAKERS:
    default:
      return "";
  }
}

// Everything that the kinds share.
class Report {
 public:
  Report(const v1::SavedReport& asked, const engine::Snapshot& snapshot,
         const engine::Context& context)
      : asked_(asked),
        snapshot_(snapshot),
        context_(context),
        end_(context.business_date + 1),
        start_(AddMonths(end_, -asked.period_months())) {}

  absl::Status Run() {
    if (absl::Status s = CheckSource(); !s.ok()) return s;
    switch (asked_.kind()) {
      case v1::REPORT_KIND_ORDERS_FALLEN:
        return OrdersFallen();
      case v1::REPORT_KIND_REPEAT_COMPLAINERS:
        return RepeatComplainers();
      case v1::REPORT_KIND_FEW_PRODUCT_BUYERS:
        return FewProductBuyers();
      case v1::REPORT_KIND_WANTED:
        return Wanted();
      case v1::REPORT_KIND_GOLD_CUSTOMERS:
        return GoldCustomers();
      case v1::REPORT_KIND_UNVISITED:
        return Unvisited();
      case v1::REPORT_KIND_BIRTHDAYS:
        return Birthdays();
      case v1::REPORT_KIND_LOSS_MAKERS:
      default:
        return base::Refused(v1::REASON_REPORT_NOT_AVAILABLE, "there is no profit to add up yet");
    }
  }

  v1::RunReportResponse Response(int rows_max) && {
    v1::RunReportResponse response;
    *response.mutable_saved_report() = asked_;
    *response.mutable_period() = PeriodOf(start_, end_);
    if (asked_.kind() == v1::REPORT_KIND_ORDERS_FALLEN)
      *response.mutable_previous_period() = PeriodOf(PreviousStart(), start_);
    response.set_total_size(total_);
    *response.mutable_sources() = SourcesOf({}, context_);
    response.set_method(MethodOf(asked_.kind()));
    KeepFirst(static_cast<size_t>(rows_max));
    std::sort(rows_.begin(), rows_.end(), Before);
    for (Ranked& ranked : rows_) *response.add_rows() = std::move(ranked.row);
    return response;
  }

 private:
  // A row and where it comes: smaller first.
  struct Ranked {
    std::tuple<base::Nanos, std::string> place;
    v1::ReportRow row;
  };
  static bool Before(const Ranked& a, const Ranked& b) { return a.place < b.place; }

  // The service that the answer rests on besides our own; empty: none.
  std::string_view Needed() const {
    switch (asked_.kind()) {
      case v1::REPORT_KIND_ORDERS_FALLEN:
      case v1::REPORT_KIND_FEW_PRODUCT_BUYERS:
      case v1::REPORT_KIND_WANTED:
      case v1::REPORT_KIND_GOLD_CUSTOMERS:
        return kSalesSource;
      case v1::REPORT_KIND_REPEAT_COMPLAINERS:
        return kDeskSource;
      default:
        return {};
    }
  }
  absl::Status CheckSource() const {
    const std::string_view needed = Needed();
    if (needed.empty() || CanBeTold(SourceOf(needed, {}, context_))) return absl::OkStatus();
    return base::Refused(v1::REASON_REPORT_NOT_AVAILABLE,
                         "a service that the answer rests on is not installed",
                         {{"service", std::string(needed)}});
  }

  absl::CivilDay PreviousStart() const { return AddMonths(start_, -asked_.period_months()); }

  bool Asked(const v1::Customer& customer) const {
    if (customer.status() == v1::CUSTOMER_STATUS_ERASED || !customer.merged_into().empty())
      return false;
    if (!asked_.owner().empty() && customer.owner() != asked_.owner()) return false;
    const auto& tiers = asked_.tiers();
    return tiers.empty() || std::find(tiers.begin(), tiers.end(), customer.tier()) != tiers.end();
  }

  static v1::ReportRow RowOf(const v1::Customer& customer) {
    v1::ReportRow row;
    row.set_customer(customer.name());
    row.set_display_name(customer.display_name());
    row.set_owner(customer.owner());
    row.set_tier(customer.tier());
    return row;
  }

  void Add(base::Nanos place, v1::ReportRow row) {
    ++total_;
    std::string name = row.customer() + " " + row.contact();
    rows_.push_back({{place, std::move(name)}, std::move(row)});
    // No more is kept than can be shown.
    if (rows_.size() >= 2 * static_cast<size_t>(kReportRowsMax)) KeepFirst(kReportRowsMax);
  }
  void KeepFirst(size_t count) {
    if (rows_.size() <= count) return;
    std::nth_element(rows_.begin(), rows_.begin() + count, rows_.end(), Before);
    rows_.resize(count);
  }

  // What the customer ordered; 0 without an order.
  base::Nanos Revenue(const PeriodSums& sums, const std::string& customer) const {
    const auto found = sums.customers.find(customer);
    return found == sums.customers.end() ? base::Nanos{0} : found->second.revenue;
  }
  google::type::Money MoneyOf(base::Nanos revenue) const {
    return base::MoneyOf(revenue, context_.reporting_currency);
  }

  // Calls `visit` with each customer of the tiers that are asked for.
  void VisitAsked(const std::vector<v1::Tier>& tiers,
                  const std::function<void(const v1::Customer&)>& visit) const {
    const auto take = [&](const v1::Customer& customer) {
      if (Asked(customer)) visit(customer);
      return true;
    };
    if (tiers.empty()) {
      snapshot_.Scan(kCustomers, "", take);
      return;
    }
    for (const v1::Tier tier : tiers) snapshot_.Scan(kCustomers, "by_tier", take, tier);
  }
  std::vector<v1::Tier> AskedTiers() const {
    std::vector<v1::Tier> tiers;
    for (const int tier : asked_.tiers()) tiers.push_back(static_cast<v1::Tier>(tier));
    return tiers;
  }

  absl::Status OrdersFallen() {
    const auto before = SumOrders(snapshot_, PreviousStart(), start_);
    if (!before.ok()) return before.status();
    const auto now = SumOrders(snapshot_, start_, end_);
    if (!now.ok()) return now.status();
    for (const auto& [name, sums] : before->customers) {
      const base::Nanos revenue = Revenue(*now, name);
      const bool fallen =
          sums.revenue > 0 && revenue * 100 <= sums.revenue * (100 - asked_.fallen_percent());
      if (!fallen) continue;
      const auto customer = snapshot_.Get(kCustomers, name);
      if (!customer.has_value() || !Asked(*customer)) continue;
      v1::ReportRow row = RowOf(*customer);
      *row.mutable_revenue() = MoneyOf(revenue);
      *row.mutable_previous_revenue() = MoneyOf(sums.revenue);
      Add(-sums.revenue, std::move(row));
    }
    return absl::OkStatus();
  }

  absl::Status RepeatComplainers() {
    struct Complaints {
      int64_t count = 0;
      absl::CivilDay last;
    };
    std::map<std::string, Complaints> complaints;
    snapshot_.Scan(
        kFollowedTickets, "by_type",
        [&](const v1::FollowedTicket& ticket) {
          const absl::CivilDay day =
              absl::ToCivilDay(base::TimeOf(ticket.open_time()), context_.zone);
          if (day < start_) return false;
          // Of the clock, which may be ahead of the business date.
          Complaints& of_customer = complaints[SurvivorOf(ticket.customer(), snapshot_)];
          ++of_customer.count;
          of_customer.last = std::max(of_customer.last, day);
          return true;
        },
        std::string(kComplaint));
    for (const auto& [name, found] : complaints) {
      if (found.count < asked_.complaints_min()) continue;
      const auto customer = snapshot_.Get(kCustomers, name);
      if (!customer.has_value() || !Asked(*customer)) continue;
      v1::ReportRow row = RowOf(*customer);
      row.set_count(found.count);
      *row.mutable_date() = base::DateOf(found.last);
      Add(-base::Nanos{found.count}, std::move(row));
    }
    return absl::OkStatus();
  }

  absl::Status FewProductBuyers() {
    const auto sums = SumOrders(snapshot_, start_, end_);
    if (!sums.ok()) return sums.status();
    std::set<std::string> seen;
    for (int products = 1; products <= asked_.products_max(); ++products) {
      snapshot_.Scan(
          kProductCounts, "by_products",
          [&](const v1::ProductCount& count) {
            const std::string name = SurvivorOf(count.customer(), snapshot_);
            if (seen.insert(name).second) AddBuyer(name, count, *sums);
            return true;
          },
          products);
    }
    return absl::OkStatus();
  }

  void AddBuyer(const std::string& name, const v1::ProductCount& count, const PeriodSums& sums) {
    const auto customer = snapshot_.Get(kCustomers, name);
    if (!customer.has_value() || !Asked(*customer)) return;
    const std::vector<std::string> names = NamesOf(name, snapshot_);
    const int products = names.size() == 1 ? count.products() : ProductsOf(names);
    if (products > asked_.products_max()) return;
    v1::ReportRow row = RowOf(*customer);
    const base::Nanos revenue = Revenue(sums, name);
    *row.mutable_revenue() = MoneyOf(revenue);
    row.set_count(products);
    Add(-revenue, std::move(row));
  }
  // Different ones of several names.
  int ProductsOf(const std::vector<std::string>& names) const {
    std::set<std::string> products;
    for (const std::string& name : names) {
      snapshot_.Scan(
          kOrderedProducts, "",
          [&](const v1::OrderedProduct& row) {
            products.insert(row.product());
            return true;
          },
          name);
    }
    return static_cast<int>(products.size());
  }

  absl::Status Wanted() {
    const auto list = snapshot_.Get(kTargetLists, asked_.target_list());
    if (!list.has_value()) return base::NotFound(asked_.target_list());
    start_ = absl::CivilDay(list->year(), 1, 1);
    end_ = absl::CivilDay(list->year() + 1, 1, 1);
    const auto sums = SumOrders(snapshot_, start_, end_);
    if (!sums.ok()) return sums.status();
    std::set<std::string> seen;
    for (const std::string& wanted : list->customers()) {
      const std::string name = SurvivorOf(wanted, snapshot_);
      if (!seen.insert(name).second) continue;
      const auto customer = snapshot_.Get(kCustomers, name);
      if (!customer.has_value() || !Asked(*customer)) continue;
      v1::ReportRow row = RowOf(*customer);
      const base::Nanos revenue = Revenue(*sums, name);
      if (sums->customers.count(name) > 0) *row.mutable_revenue() = MoneyOf(revenue);
      Add(sums->customers.count(name) > 0 ? 1 : 0, std::move(row));
    }
    return absl::OkStatus();
  }

  absl::Status GoldCustomers() {
    const auto sums = SumOrders(snapshot_, start_, end_);
    if (!sums.ok()) return sums.status();
    VisitAsked({v1::TIER_TOP, v1::TIER_BIG}, [&](const v1::Customer& customer) {
      v1::ReportRow row = RowOf(customer);
      const base::Nanos revenue = Revenue(*sums, customer.name());
      *row.mutable_revenue() = MoneyOf(revenue);
      Add(-revenue, std::move(row));
    });
    return absl::OkStatus();
  }

  absl::Status Unvisited() {
    const absl::CivilDay since = context_.business_date - asked_.days();
    VisitAsked(AskedTiers(), [&](const v1::Customer& customer) {
      v1::ReportRow row = RowOf(customer);
      // Who never was comes first.
      base::Nanos place = 0;
      absl::Time last = absl::InfinitePast();
      for (const std::string& name : NamesOf(customer.name(), snapshot_)) {
        const auto visit = snapshot_.Get(kCustomerVisits, name);
        if (visit.has_value()) last = std::max(last, base::TimeOf(visit->visit_time()));
      }
      if (last != absl::InfinitePast()) {
        const absl::CivilDay day = absl::ToCivilDay(last, context_.zone);
        if (day > since) return;
        *row.mutable_date() = base::DateOf(day);
        row.set_count(context_.business_date - day);
        place = day - absl::CivilDay(1, 1, 1) + 1;
      }
      Add(place, std::move(row));
    });
    return absl::OkStatus();
  }

  absl::Status Birthdays() {
    // A lunar year is shorter than this one: whose day comes twice is shown with the first.
    std::set<std::string> seen;
    for (int ahead = 0; ahead <= std::min(asked_.days(), 364); ++ahead) {
      const absl::CivilDay day = context_.business_date + ahead;
      VisitBirthdays(day, snapshot_, [&](const v1::YearlyDay& birthday, int) {
        if (seen.insert(birthday.subject()).second) AddBirthday(birthday, day, ahead);
        return true;
      });
    }
    return absl::OkStatus();
  }

  // A person is also the contact that was made with it: shown as the customer.
  static bool IsOneWith(const v1::YearlyDay& of_contact, const v1::Customer& customer) {
    const google::type::Date& born = customer.personal().birth_date();
    return customer.kind() == v1::CUSTOMER_KIND_PERSON && !of_contact.lunar() &&
           born.month() == of_contact.month() && born.day() == of_contact.day() &&
           born.year() == of_contact.year();
  }

  void AddBirthday(const v1::YearlyDay& birthday, absl::CivilDay day, int ahead) {
    const std::string& subject = birthday.subject();
    // Whoever was merged has a survivor with a day of its own.
    if (SurvivorOf(subject, snapshot_) != subject) return;
    std::string name = subject, contact_name, of;
    if (!subject.starts_with(kCollection)) {
      const auto contact = snapshot_.Get(kContacts, subject);
      if (!contact.has_value()) return;
      contact_name = subject;
      of = FullNameOf(contact->personal());
      name.clear();
      for (const std::string& known : NamesOf(subject, snapshot_)) {
        if (!name.empty()) break;
        snapshot_.Scan(
            kPositions, "by_contact",
            [&](const v1::Position& position) {
              const bool ended = position.has_end_date() &&
                                 base::DayOf(position.end_date()) < context_.business_date;
              if (!ended) name = std::string(base::ParentOf(position.name()));
              return ended;
            },
            known);
      }
    }
    const auto customer = snapshot_.Get(kCustomers, SurvivorOf(name, snapshot_));
    if (!customer.has_value() || !Asked(*customer)) return;
    if (!contact_name.empty() && IsOneWith(birthday, *customer)) return;
    v1::ReportRow row = RowOf(*customer);
    if (!contact_name.empty()) {
      row.set_contact(contact_name);
      row.set_display_name(of);
    }
    *row.mutable_date() = base::DateOf(day);
    Add(ahead, std::move(row));
  }

  const v1::SavedReport& asked_;
  const engine::Snapshot& snapshot_;
  const engine::Context& context_;
  absl::CivilDay end_, start_;
  std::vector<Ranked> rows_;
  int total_ = 0;
};

}  // namespace

absl::StatusOr<v1::RunReportResponse> QueryReport(const v1::RunReportRequest& request,
                                                  const engine::Snapshot& snapshot,
                                                  const engine::Context& context) {
  if (request.row_limit() < 0) return base::Invalid("row_limit", "must not be negative");
  const auto saved = snapshot.Get(kSavedReports, request.name());
  if (!saved.has_value()) return base::NotFound(request.name());
  const v1::SavedReport asked = FilledIn(*saved);
  Report report(asked, snapshot, context);
  if (absl::Status s = report.Run(); !s.ok()) return s;
  const int rows_max =
      request.row_limit() == 0 ? kReportRowsDefault : std::min(request.row_limit(), kReportRowsMax);
  return std::move(report).Response(rows_max);
}

}  // namespace crm::customer
