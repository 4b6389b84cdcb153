// A rep's day (story 17), on the suite: one agenda from all services, the most valuable first; a
// day with 30 visits works offline and is sent in later with the device's times; and all of it
// comes back from the log alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/activity.pb.h"
#include "crm/customer/v1/agenda.pb.h"
#include "crm/customer/v1/contact.pb.h"
#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/position.pb.h"
#include "crm/customer/v1/staff.pb.h"
#include "crm/customer/v1/touchpoint.pb.h"
#include "crm/customer/v1/value.pb.h"
#include "crm/sales/v1/opportunity.pb.h"
#include "crm/sales/v1/order.pb.h"
#include "crm/servicedesk/v1/ticket.pb.h"
#include "libs/testing/matchers.h"
#include "libs/testing/temp_directory.h"
#include "tests/e2e/harness.h"

namespace crm::e2e {
namespace {

namespace v1 = customer::v1;

using testing::IsOk;
using testing::ParseText;

constexpr int kVisits = 30;
constexpr char kToday[] = "2024-06-28";
// Eight o'clock of that day.
constexpr int64_t kMorning = 1719561600;
const char* const kCustomers[] = {"gold", "silver", "small"};

class AgendaStory : public ::testing::Test {
 protected:
  void SetUp() override {
    suite_.Start();
    ASSERT_TRUE(suite_.WaitUntilReady());
  }

  template <class Response, class Request>
  Response Do(const std::string& text) {
    auto request = ParseText<Request>(text);
    if (const auto* field = Request::descriptor()->FindFieldByName("request_id"); field != nullptr)
      request.GetReflection()->SetString(&request, field, absl::StrCat("r", ++requests_));
    const auto answer = suite_.client().Insist<Response>(request);
    EXPECT_THAT(answer, IsOk()) << text;
    return answer.ok() ? *answer : Response();
  }

  // Three customers of ann's, worth 9,000, 900 and 90, and each in a tier of its own.
  void MakeBook() {
    Do<v1::Staff, v1::CreateStaffRequest>(
        "staff_id: 'ann' staff { roles: STAFF_ROLE_REP personal { display_name: 'Ann' } }");
    int worth = 90'000;
    for (const std::string id : kCustomers) {
      worth /= 10;
      Do<v1::Customer, v1::CreateCustomerRequest>(absl::StrCat(
          "customer_id: '", id,
          "' customer { kind: CUSTOMER_KIND_COMPANY owner: 'ann' display_name: '", id, "' }"));
      Do<sales::v1::Order, sales::v1::RecordOrderRequest>(absl::StrCat(
          "parent: 'customers/", id,
          "' order { order_date { year: 2024 month: 5 day: 1 } revenue { currency_code: 'USD' "
          "units: ",
          worth, " } }"));
    }
    Do<v1::TierPlan, v1::UpdateTierPlanRequest>(
        "tier_plan { name: 'tierPlans/standard' sizes { top_bps: 3334 big_bps: 3333 } } "
        "update_mask { paths: 'sizes' }");
    ASSERT_TRUE(Until("the tiers are given out", [&] {
      Do<v1::TierPlan, v1::ComputeTierPlanRequest>("name: 'tierPlans/standard'");
      const auto gold = Do<v1::Customer, v1::GetCustomerRequest>("name: 'customers/gold'");
      const auto small = Do<v1::Customer, v1::GetCustomerRequest>("name: 'customers/small'");
      return gold.tier() == v1::TIER_TOP && small.tier() == v1::TIER_SMALL;
    }));
  }

  static std::string VisitName(int visit) { return absl::StrCat("activities/visit-", visit); }
  static const char* CustomerOf(int visit) { return kCustomers[visit % 3]; }

  void PlanTheDay() {
    for (int visit = 0; visit < kVisits; ++visit) {
      Do<v1::Activity, v1::PlanActivityRequest>(
          absl::StrCat("activity_id: 'visit-", visit,
                       "' activity { kind: ACTIVITY_KIND_VISIT owner: 'ann' customer: 'customers/",
                       CustomerOf(visit), "' personal { subject: 'visit ", visit,
                       "' } due_time { seconds: ", kMorning + visit * 900, " } }"));
    }
    Do<v1::Contact, v1::CreateContactRequest>(
        "contact_id: 'li' contact { personal { family_name: 'Li' birthday { date { year: 1974 "
        "month: 6 day: 28 } } } }");
    Do<v1::Position, v1::CreatePositionRequest>(
        "parent: 'customers/gold' position { contact: 'contacts/li' title: 'Buyer' }");
    Do<sales::v1::Opportunity, sales::v1::OpenOpportunityRequest>(
        "parent: 'customers/silver' opportunity { display_name: 'Pumps' expected_close_date { "
        "year: 2024 month: 6 day: 28 } }");
    Do<servicedesk::v1::Ticket, servicedesk::v1::OpenTicketRequest>(
        "parent: 'customers/small' ticket { type: TICKET_TYPE_QUESTION impact: 1 urgency: 1 "
        "personal { subject: 'Where is it?' } }");
  }

  v1::GetAgendaResponse Day() {
    return Do<v1::GetAgendaResponse, v1::GetAgendaRequest>("staff: 'staff/ann'");
  }
  // How many items each section has.
  static std::map<v1::AgendaSection, int> Counts(const v1::GetAgendaResponse& agenda) {
    std::map<v1::AgendaSection, int> counts;
    for (const auto& item : agenda.items()) ++counts[item.section()];
    return counts;
  }

  std::vector<v1::Touchpoint> Touchpoints() {
    const auto page = Do<v1::ListTouchpointsResponse, v1::ListTouchpointsRequest>(
        "parent: 'customers/-' page_size: 100 filter: 'staff = \"ann\"' order_by: 'occur_time'");
    return {page.touchpoints().begin(), page.touchpoints().end()};
  }

  crm::testing::TempDirectory directory_{"e2e"};
  Service suite_{{CRM_SUITE, directory_.path(), {"--business-date", kToday}}};
  int requests_ = 0;
};

TEST_F(AgendaStory, ADayOfThirtyVisits) {
  MakeBook();
  PlanTheDay();
  const std::map<v1::AgendaSection, int> whole = {{v1::AGENDA_SECTION_VISITS, kVisits},
                                                  {v1::AGENDA_SECTION_BIRTHDAYS, 1},
                                                  {v1::AGENDA_SECTION_OPPORTUNITIES, 1},
                                                  {v1::AGENDA_SECTION_TICKETS, 1}};
  v1::GetAgendaResponse agenda;
  ASSERT_TRUE(Until("all services are on the agenda", [&] {
    agenda = Day();
    // By the clock all visits are overdue, as soon as the timers have said so.
    const auto overdue = std::count_if(agenda.items().begin(), agenda.items().end(),
                                       [](const auto& item) { return item.overdue(); });
    return Counts(agenda) == whole && overdue == kVisits;
  })) << agenda.ShortDebugString();
  for (int i = 1; i < agenda.items_size(); ++i) {
    EXPECT_LE(agenda.items(i - 1).tier(), agenda.items(i).tier()) << i;
    const auto &one = agenda.items(i - 1), &other = agenda.items(i);
    if (one.tier() == other.tier() && one.has_due_time() && other.has_due_time()) {
      EXPECT_LT(one.due_time().seconds(), other.due_time().seconds()) << i;
    }
  }
  EXPECT_EQ(agenda.items(0).about(), VisitName(0));

  // In the evening the device sends what it kept, and, not having heard, sends it again.
  for (int visit = kVisits - 1; visit >= 0; --visit) {
    const int64_t at = kMorning + visit * 900 + 120;
    const auto complete = ParseText<v1::CompleteActivityRequest>(
        absl::StrCat("name: '", VisitName(visit), "' request_id: 'device-", visit,
                     "' outcome: 'well' occur_time { seconds: ", at,
                     " } device_time { seconds: ", at + 60, " }"));
    for (int again = 0; again < 2; ++again)
      EXPECT_THAT(suite_.client().Insist<v1::Activity>(complete), IsOk());
  }
  std::vector<v1::Touchpoint> touchpoints;
  ASSERT_TRUE(Until("each visit is a touchpoint", [&] {
    touchpoints = Touchpoints();
    return touchpoints.size() == kVisits;
  }));
  for (int visit = 0; visit < kVisits; ++visit) {
    const v1::Touchpoint& touchpoint = touchpoints[visit];
    EXPECT_EQ(touchpoint.occur_time().seconds(), kMorning + visit * 900 + 120);
    EXPECT_EQ(touchpoint.device_time().seconds(), kMorning + visit * 900 + 180);
    EXPECT_EQ(touchpoint.about(), VisitName(visit));
    EXPECT_TRUE(touchpoint.name().starts_with(absl::StrCat("customers/", CustomerOf(visit), "/")));
    EXPECT_EQ(touchpoint.personal().outcome(), "well");
  }
  agenda = Day();
  EXPECT_EQ(Counts(agenda).count(v1::AGENDA_SECTION_VISITS), 0u);
  EXPECT_EQ(agenda.items_size(), 3);

  suite_.Kill();
  for (const auto& entry : std::filesystem::directory_iterator(suite_.data_directory())) {
    if (entry.path().filename() != "log") std::filesystem::remove_all(entry.path());
  }
  suite_.Start();
  ASSERT_TRUE(suite_.WaitUntilReady());
  ASSERT_TRUE(Until("the day is as it was", [&] { return Day().items_size() == 3; }));
  const std::vector<v1::Touchpoint> again = Touchpoints();
  ASSERT_EQ(again.size(), touchpoints.size());
  for (size_t i = 0; i < again.size(); ++i)
    EXPECT_THAT(again[i], testing::EqualsProto(touchpoints[i]));
}

}  // namespace
}  // namespace crm::e2e
