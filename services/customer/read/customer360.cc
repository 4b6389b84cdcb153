#include "services/customer/read/customer360.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libs/base/date.h"
#include "libs/base/money.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/timestamp.h"
#include "services/customer/domain/position.h"
#include "services/customer/read/care_tables.h"
#include "services/customer/read/followed.h"
#include "services/customer/read/full_name.h"
#include "services/customer/read/interview_tables.h"
#include "services/customer/read/org_chart.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/sources.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

constexpr size_t kItemsMax = 20, kContactsMax = 50, kTouchpointsMax = 10;
constexpr int kOrgNodesMax = 100, kExpensesAddedMax = 10'000;
// More whole units than these are no amount.
constexpr base::Nanos kSumMax = base::Nanos{std::numeric_limits<int64_t>::max()} * 1'000'000'000;
// How far back deliveries and next steps are looked for.
constexpr size_t kLookedMax = 200;

// Fills in the answer, section by section.
class View {
 public:
  View(const engine::Snapshot& snapshot, const engine::Context& context, v1::Customer customer)
      : snapshot_(snapshot), context_(context), names_(NamesOf(customer.name(), snapshot)) {
    *response_.mutable_customer() = std::move(customer);
    for (const std::string& name : names_) response_.add_customers(name);
    *response_.mutable_sources() = SourcesOf(names_, context);
  }

  v1::GetCustomer360Response Take() {
    Say(v1::CUSTOMER360_SECTION_PROFILE, kCustomerSource, 1, false);
    AddContacts();
    AddValue();
    AddSales();
    AddDesk();
    AddCampaigns();
    AddTouchpoints();
    AddInterviews();
    AddExpenses();
    AddOrgChart();
    // What no service records yet.
    for (const auto section : {v1::CUSTOMER360_SECTION_QUOTES, v1::CUSTOMER360_SECTION_CONTRACTS,
                               v1::CUSTOMER360_SECTION_RECEIPTS, v1::CUSTOMER360_SECTION_DEBTS,
                               v1::CUSTOMER360_SECTION_POINTS})
      SayNothing(section);
    std::sort(response_.mutable_sections()->begin(), response_.mutable_sections()->end(),
              [](const auto& a, const auto& b) { return a.section() < b.section(); });
    return std::move(response_);
  }

 private:
  const v1::SourceReading& Source(std::string_view service) const {
    return *std::find_if(response_.sources().begin(), response_.sources().end(),
                         [&](const auto& source) { return source.service() == service; });
  }

  // False: nothing can be told of it.
  bool Say(v1::Customer360Section section, std::string_view service, int count, bool more) {
    return Say(section, Source(service), count, more);
  }
  bool Say(v1::Customer360Section section, const v1::SourceReading& source, int count, bool more) {
    v1::Customer360SectionReading& reading = *response_.add_sections();
    reading.set_section(section);
    reading.set_state(source.state());
    if (source.has_newest_event_time())
      *reading.mutable_newest_event_time() = source.newest_event_time();
    if (!CanBeTold(source)) return false;
    reading.set_item_count(count);
    reading.set_more(more);
    return true;
  }
  void SayNothing(v1::Customer360Section section) {
    v1::Customer360SectionReading& reading = *response_.add_sections();
    reading.set_section(section);
    reading.set_state(v1::READING_STATE_NOT_AVAILABLE);
  }
  template <class Row, class List>
  void Give(v1::Customer360Section section, std::string_view service, Followed<Row> followed,
            List* list) {
    if (!Say(section, service, followed.count, followed.more)) return;
    for (Row& row : followed.rows) *list->Add() = std::move(row);
  }

  // Each once, with what comes first of what they are there.
  void AddContacts() {
    std::map<std::string, v1::Position> people;
    for (const std::string& name : names_) {
      for (v1::Position& position : PositionsOf(snapshot_, name)) {
        if (!HeldOn(position, context_.business_date)) continue;
        const std::string person = SurvivorOf(position.contact(), snapshot_);
        const auto [known, added] = people.try_emplace(person, position);
        if (!added && ComesFirst(position, known->second)) known->second = std::move(position);
      }
    }
    std::vector<v1::Position> held;
    for (auto& [person, position] : people) held.push_back(std::move(position));
    std::sort(held.begin(), held.end(), ComesFirst);
    const size_t given = std::min(held.size(), kContactsMax);
    Say(v1::CUSTOMER360_SECTION_CONTACTS, kCustomerSource, static_cast<int>(held.size()),
        held.size() > given);
    for (size_t i = 0; i < given; ++i) {
      v1::Customer360Contact& contact = *response_.add_contacts();
      auto known = snapshot_.Get(kContacts, SurvivorOf(held[i].contact(), snapshot_));
      contact.mutable_contact()->set_name(held[i].contact());
      if (known.has_value()) *contact.mutable_contact() = *std::move(known);
      *contact.mutable_position() = std::move(held[i]);
    }
  }

  void AddValue() {
    const absl::CivilDay today = context_.business_date;
    std::vector<v1::OrderValue> values;
    for (const auto& period :
         {std::optional(TwelveMonths(today)), std::optional(TwelveMonths(today, 1)),
          std::optional<OrderPeriod>()}) {
      auto value = ValueOf(snapshot_, names_, period);
      if (value.ok()) values.push_back(*std::move(value));
    }
    if (values.size() < 3) values.clear();
    const int count = static_cast<int>(values.size());
    if (!Say(v1::CUSTOMER360_SECTION_VALUE, kSalesSource, count, false)) return;
    for (v1::OrderValue& value : values) *response_.add_values() = std::move(value);
  }

  void AddSales() {
    Give(v1::CUSTOMER360_SECTION_OPPORTUNITIES, kSalesSource,
         OpenOpportunities(snapshot_, names_, kItemsMax), response_.mutable_opportunities());
    const Followed<v1::FollowedOrder> latest = LatestOrders(snapshot_, names_, kLookedMax);
    Followed<v1::FollowedOrder> orders, deliveries;
    for (const v1::FollowedOrder& order : latest.rows) {
      if (orders.rows.size() < kItemsMax) orders.rows.push_back(order);
      const bool delivered = order.standing() == v1::ORDER_STANDING_DELIVERED ||
                             order.standing() == v1::ORDER_STANDING_PARTLY_DELIVERED;
      if (!delivered) continue;
      ++deliveries.count;
      if (deliveries.rows.size() < kItemsMax) deliveries.rows.push_back(order);
    }
    orders.count = latest.count;
    orders.more = latest.count > static_cast<int>(orders.rows.size());
    deliveries.more = latest.more || deliveries.count > static_cast<int>(deliveries.rows.size());
    Give(v1::CUSTOMER360_SECTION_ORDERS, kSalesSource, std::move(orders),
         response_.mutable_orders());
    Give(v1::CUSTOMER360_SECTION_DELIVERIES, kSalesSource, std::move(deliveries),
         response_.mutable_deliveries());
  }

  void AddDesk() {
    Give(v1::CUSTOMER360_SECTION_TICKETS, kDeskSource, OpenTickets(snapshot_, names_, kItemsMax),
         response_.mutable_tickets());
  }

  // Told by sales which, and by marketing what they are.
  void AddCampaigns() {
    const v1::SourceReading source = WorseOf(Source(kSalesSource), Source(kMarketingSource));
    if (!CanBeTold(source)) return SayNothing(v1::CUSTOMER360_SECTION_CAMPAIGNS);
    Followed<v1::FollowedCampaign> campaigns = CampaignsOf(snapshot_, names_, kItemsMax);
    Say(v1::CUSTOMER360_SECTION_CAMPAIGNS, source, campaigns.count, campaigns.more);
    for (auto& campaign : campaigns.rows) *response_.add_campaigns() = std::move(campaign);
  }

  void AddTouchpoints() {
    std::vector<v1::Touchpoint> latest = LatestTouchpoints(snapshot_, names_, kLookedMax);
    std::vector<v1::Touchpoint> steps = NextStepsOf(latest, context_);
    Say(v1::CUSTOMER360_SECTION_NEXT_STEPS, kCustomerSource, static_cast<int>(steps.size()),
        steps.size() > kItemsMax || latest.size() == kLookedMax);
    steps.resize(std::min(steps.size(), kItemsMax));
    for (v1::Touchpoint& step : steps) {
      v1::Customer360NextStep& next = *response_.add_next_steps();
      next.set_overdue(step.has_next_step_date() &&
                       base::DayOf(step.next_step_date()) < context_.business_date);
      *next.mutable_touchpoint() = std::move(step);
    }
    Say(v1::CUSTOMER360_SECTION_TOUCHPOINTS, kCustomerSource, static_cast<int>(latest.size()),
        latest.size() > kTouchpointsMax);
    latest.resize(std::min(latest.size(), kTouchpointsMax));
    for (v1::Touchpoint& touchpoint : latest) *response_.add_touchpoints() = std::move(touchpoint);
  }

  void AddInterviews() {
    Followed<v1::Interview> interviews;
    for (const std::string& name : names_) {
      snapshot_.Scan(
          kInterviews, "by_customer",
          [&](const v1::Interview& interview) {
            interviews.rows.push_back(interview);
            return ++interviews.count < kFollowedCountMax;
          },
          base::KeyOf(name));
    }
    std::sort(interviews.rows.begin(), interviews.rows.end(), [](const auto& a, const auto& b) {
      return std::make_pair(base::TimeOf(b.planned_time()), std::string_view(a.name())) <
             std::make_pair(base::TimeOf(a.planned_time()), std::string_view(b.name()));
    });
    Shorten(interviews);
    Give(v1::CUSTOMER360_SECTION_INTERVIEWS, kCustomerSource, std::move(interviews),
         response_.mutable_interviews());
  }

  // Those that count.
  void AddExpenses() {
    Followed<v1::Expense> expenses;
    base::Nanos sum = 0;
    int added = 0;
    bool more = false;
    for (const std::string& name : names_) {
      snapshot_.Scan(
          kExpenses, "by_customer",
          [&](const v1::Expense& expense) {
            if (!expense.void_reason().empty()) return true;
            if (added == kExpensesAddedMax) return !(more = true);
            ++added;
            sum += base::NanosOf(expense.amount());
            expenses.rows.push_back(expense);
            return true;
          },
          base::KeyOf(name));
    }
    expenses.count = std::min(added, kFollowedCountMax);
    if (sum <= kSumMax && CanBeTold(Source(kCustomerSource)))
      *response_.mutable_expense_total() = base::MoneyOf(sum, context_.reporting_currency);
    std::sort(expenses.rows.begin(), expenses.rows.end(), [](const auto& a, const auto& b) {
      return std::make_pair(base::DayOf(b.expense_date()), std::string_view(a.name())) <
             std::make_pair(base::DayOf(a.expense_date()), std::string_view(b.name()));
    });
    Shorten(expenses);
    expenses.more = expenses.more || more;
    Give(v1::CUSTOMER360_SECTION_EXPENSES, kCustomerSource, std::move(expenses),
         response_.mutable_expenses());
  }

  void AddOrgChart() {
    v1::GetOrgChartRequest request;
    request.set_name(response_.customer().name());
    const auto chart = QueryOrgChart(request, snapshot_, context_);
    // The customer is there, so there is a chart.
    const int count = chart.ok() ? chart->nodes_size() : 0;
    Say(v1::CUSTOMER360_SECTION_ORG_CHART, kCustomerSource, count, count > kOrgNodesMax);
    std::vector<std::string> line;  // From the top to the last node.
    for (int i = 0; i < std::min(count, kOrgNodesMax); ++i) {
      const v1::OrgChartNode& shown = chart->nodes(i);
      line.resize(shown.depth());
      v1::Customer360OrgNode& node = *response_.add_org_chart();
      node.set_position(shown.position().name());
      node.set_contact(shown.position().contact());
      node.set_display_name(FullNameOf(shown.contact().personal()));
      node.set_title(shown.position().title());
      node.set_department(shown.position().department());
      if (!line.empty()) node.set_superior(line.back());
      node.set_depth(shown.depth());
      line.push_back(node.position());
    }
  }

  template <class Row>
  static void Shorten(Followed<Row>& followed) {
    followed.more = followed.rows.size() > kItemsMax || followed.count >= kFollowedCountMax;
    followed.rows.resize(std::min(followed.rows.size(), kItemsMax));
  }

  const engine::Snapshot& snapshot_;
  const engine::Context& context_;
  const std::vector<std::string> names_;
  v1::GetCustomer360Response response_;
};

}  // namespace

absl::StatusOr<v1::GetCustomer360Response> QueryCustomer360(
    const v1::GetCustomer360Request& request, const engine::Snapshot& snapshot,
    const engine::Context& context) {
  constexpr std::string_view kCollection = "customers/";
  const std::string_view name = request.name();
  if (!name.starts_with(kCollection) || !base::IsResourceId(name.substr(kCollection.size())))
    return base::Invalid("name", "must be the name of a customer");
  auto customer = snapshot.Get(kCustomers, SurvivorOf(request.name(), snapshot));
  if (!customer.has_value()) return base::NotFound(request.name());
  return View(snapshot, context, *std::move(customer)).Take();
}

}  // namespace crm::customer
