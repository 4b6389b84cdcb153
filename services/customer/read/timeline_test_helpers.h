// A customer with what this service and the others recorded of it, for tests of its timeline and of
// the answers about it. The business date is 2026-03-02.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "libs/base/timestamp.h"
#include "libs/testing/fake_rows.h"
#include "libs/testing/matchers.h"
#include "services/customer/read/care_tables.h"
#include "services/customer/read/custom_field_tables.h"
#include "services/customer/read/fake_readings.h"
#include "services/customer/read/foreign_desk.h"
#include "services/customer/read/foreign_marketing.h"
#include "services/customer/read/foreign_sales.h"
#include "services/customer/read/interview_tables.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/order_facts.h"
#include "services/customer/read/ownership_tables.h"
#include "services/customer/read/tables.h"
#include "services/customer/read/timeline_tables.h"
#include "services/customer/read/timeline_views.h"

namespace crm::customer {

// 2026-01-01 00:00 UTC, and so many hours.
inline absl::Time At(int hours) {
  return absl::FromUnixSeconds(1'767'225'600) + absl::Hours(hours);
}

// Every table that the answers read.
class TimelineWorld {
 public:
  TimelineWorld() {
    context.time = At(1'450);
    context.business_date = absl::CivilDay(2026, 3, 2);
    context.reporting_currency = "USD";
    context.readings = &readings;
  }

  void PutCustomer(const std::string& id, const std::string& fields = "") {
    auto customer = testing::ParseText<v1::Customer>(fields);
    customer.set_name("customers/" + id);
    if (customer.display_name().empty()) customer.set_display_name(id);
    rows.Put(kCustomers, customer);
  }
  void PutTouchpoint(const std::string& name, absl::Time occur, const std::string& fields = "") {
    auto touchpoint = testing::ParseText<v1::Touchpoint>(fields);
    touchpoint.set_name(name);
    *touchpoint.mutable_occur_time() = *touchpoint.mutable_create_time() = base::TimestampOf(occur);
    rows.Put(kTouchpoints, touchpoint);
    const v1::TouchpointEvent event;
    const engine::EventMeta meta{.time = occur, .actor = "user:ann", .name = name, .revision = 1};
    ProjectTouchpointTimeline({nullptr, touchpoint, event, meta}, rows);
  }
  void Sales(const std::string& order, const std::string& event, int hours = 1'000) {
    const auto fact = testing::ParseText<sales::v1::OrderEvent>(event);
    const engine::EventMeta meta = Next(order, hours, "service:shop");
    ProjectOrder({fact, meta}, rows);
    FollowOrder({fact, meta}, rows);
  }
  void Opportunity(const std::string& name, const std::string& event, int hours = 1'000) {
    FollowOpportunity(
        {testing::ParseText<sales::v1::OpportunityEvent>(event), Next(name, hours, "user:ann")},
        rows);
  }
  void Ticket(const std::string& name, const std::string& event, int hours = 1'000) {
    FollowTicket(
        {testing::ParseText<servicedesk::v1::TicketEvent>(event), Next(name, hours, "user:eve")},
        rows);
  }
  void Campaign(const std::string& name, const std::string& event, int hours = 1'000) {
    FollowCampaign(
        {testing::ParseText<marketing::v1::CampaignEvent>(event), Next(name, hours, "user:mia")},
        rows);
  }
  void Merge(const std::string& absorbed, const std::string& survivor) {
    rows.Put(kRedirects,
             testing::ParseText<v1::Redirect>("customer: 'customers/" + absorbed +
                                              "' survivor: 'customers/" + survivor + "'"));
  }

  testing::FakeRows rows{kCustomers,
                         kContacts,
                         kPositions,
                         kTouchpoints,
                         kRedirects,
                         kTimeline,
                         kFollowedOpportunities,
                         kFollowedOrders,
                         kFollowedTickets,
                         kFollowedCampaigns,
                         kOrderFacts,
                         kOrderMonths,
                         kOrderImports,
                         kInterviews,
                         kExpenses,
                         kPools,
                         kStaff,
                         kStaffTouches,
                         kOwnerTerms,
                         kCustomFields};
  FakeReadings readings;
  engine::Context context;

 private:
  engine::EventMeta Next(const std::string& name, int hours, const std::string& actor) {
    return {.time = At(hours), .actor = actor, .name = name, .revision = ++revisions_[name]};
  }

  std::map<std::string, int64_t> revisions_;
};

// "order_date ... revenue ..." of an order's totals.
inline std::string Totals(const std::string& customer, const std::string& date, int units) {
  return "totals { customer: 'customers/" + customer + "' order_date { " + date +
         " } revenue { currency_code: 'USD' units: " + std::to_string(units) + " } } ";
}

}  // namespace crm::customer
