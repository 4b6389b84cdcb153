#include "services/customer/read/customer360.h"

#include <gmock/gmock.h>

#include <map>
#include <string>
#include <vector>

#include "services/customer/read/timeline_test_helpers.h"

namespace crm::customer {
namespace {

using ::testing::ElementsAre;
using testing::EqualsProto;
using ::testing::IsEmpty;
using testing::IsInvalid;
using testing::IsOk;
using testing::ParseText;
using ::testing::SizeIs;
using testing::StatusIs;

template <class List>
std::vector<std::string> NamesIn(const List& list) {
  std::vector<std::string> names;
  for (const auto& item : list) names.push_back(item.name());
  return names;
}

class Customer360 : public ::testing::Test {
 protected:
  Customer360() { world_.PutCustomer("a", "display_name: 'A' tier: TIER_TOP"); }

  absl::StatusOr<v1::GetCustomer360Response> Ask(const std::string& name = "customers/a") {
    v1::GetCustomer360Request request;
    request.set_name(name);
    return QueryCustomer360(request, world_.rows, world_.context);
  }
  // "AVAILABLE 2", with " +" when there are more, by section.
  std::map<std::string, std::string> Sections() {
    std::map<std::string, std::string> sections;
    const auto response = Ask();
    EXPECT_THAT(response, IsOk());
    if (!response.ok()) return sections;
    for (const auto& reading : response->sections()) {
      const std::string name = v1::Customer360Section_Name(reading.section()).substr(20);
      EXPECT_EQ(sections.count(name), 0u) << name;
      sections[name] = v1::ReadingState_Name(reading.state()).substr(14) + " " +
                       std::to_string(reading.item_count()) + (reading.more() ? " +" : "");
    }
    return sections;
  }
  void Order(const std::string& id, const std::string& date, const std::string& status = "PLACED") {
    world_.Sales("customers/a/orders/" + id, "recorded { order { status: ORDER_STATUS_" + status +
                                                 " } " + Totals("a", date, 10) + "}");
  }

  TimelineWorld world_;
};

TEST_F(Customer360, EverySectionOnceAlsoWhatCannotBeTold) {
  EXPECT_THAT(Sections(), SizeIs(v1::Customer360Section_MAX));
  const auto sections = Sections();
  for (const char* name : {"QUOTES", "CONTRACTS", "RECEIPTS", "DEBTS", "POINTS"})
    EXPECT_EQ(sections.at(name), "NOT_AVAILABLE 0") << name;
  for (const char* name : {"ORDERS", "TICKETS", "CAMPAIGNS", "INTERVIEWS", "EXPENSES", "CONTACTS"})
    EXPECT_EQ(sections.at(name), "AVAILABLE 0") << name;
}

TEST_F(Customer360, WhatTheServicesKnow) {
  Order("1", "year: 2026 month: 2 day: 1", "DELIVERED");
  Order("2", "year: 2025 month: 2 day: 1");
  Order("3", "year: 2020 month: 2 day: 1");
  world_.Opportunity(
      "customers/a/opportunities/late",
      "opened { opportunity { stage_kind: STAGE_KIND_OPEN campaign: 'campaigns/c' } }");
  world_.Opportunity("customers/a/opportunities/soon",
                     "opened { opportunity { stage_kind: STAGE_KIND_OPEN expected_close_date { "
                     "year: 2026 month: 4 day: 1 } } }");
  world_.Opportunity("customers/a/opportunities/won",
                     "opened { opportunity { stage_kind: STAGE_KIND_WON } }");
  world_.Campaign("campaigns/c", "created { campaign { display_name: 'Spring' } }");
  world_.Ticket("customers/a/tickets/low",
                "opened { ticket { state: TICKET_STATE_NEW priority: PRIORITY_LOW } }");
  world_.Ticket("customers/a/tickets/urgent",
                "opened { ticket { state: TICKET_STATE_NEW priority: PRIORITY_URGENT } }");
  world_.Ticket("customers/a/tickets/done",
                "opened { ticket { state: TICKET_STATE_CLOSED priority: PRIORITY_URGENT } }");
  const auto response = Ask();
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->customer().tier(), v1::TIER_TOP);
  EXPECT_THAT(NamesIn(response->opportunities()),
              ElementsAre("customers/a/opportunities/soon", "customers/a/opportunities/late"));
  EXPECT_THAT(NamesIn(response->tickets()),
              ElementsAre("customers/a/tickets/urgent", "customers/a/tickets/low"));
  EXPECT_THAT(NamesIn(response->orders()),
              ElementsAre("customers/a/orders/1", "customers/a/orders/2", "customers/a/orders/3"));
  EXPECT_THAT(NamesIn(response->deliveries()), ElementsAre("customers/a/orders/1"));
  ASSERT_THAT(response->campaigns(), SizeIs(1));
  EXPECT_EQ(response->campaigns(0).display_name(), "Spring");
  ASSERT_THAT(response->values(), SizeIs(3));
  EXPECT_THAT(response->values(1), EqualsProto(R"pb(
                period {
                  start { year: 2024 month: 3 day: 3 }
                  end { year: 2025 month: 3 day: 3 }
                }
                order_count: 1
                revenue { currency_code: 'USD' units: 10 }
              )pb"));
  EXPECT_EQ(response->values(2).revenue().units(), 30);
}

TEST_F(Customer360, WhatWeKnowOurselves) {
  world_.rows.Put(kContacts, ParseText<v1::Contact>("name: 'contacts/li'"));
  for (const char* row : {"name: 'customers/a/positions/p' contact: 'contacts/li' primary: true",
                          "name: 'customers/a/positions/k' contact: 'contacts/wu'",
                          "name: 'customers/a/positions/x' contact: 'contacts/ex' end_date { year: "
                          "2026 month: 1 day: 1 }"})
    world_.rows.Put(kPositions, ParseText<v1::Position>(row));
  world_.rows.Put(kInterviews, ParseText<v1::Interview>("name: 'customers/a/interviews/i'"));
  const auto expense = [&](const std::string& id, const std::string& rest) {
    world_.rows.Put(kExpenses, ParseText<v1::Expense>(
                                   "name: 'customers/a/expenses/" + id +
                                   "' amount { currency_code: 'USD' units: 20 nanos: 500000000 } "
                                   "expense_date { year: 2026 month: 1 day: 1 } " +
                                   rest));
  };
  expense("e", "");
  expense("v", "void_reason: 'typed twice'");
  const auto response = Ask();
  ASSERT_THAT(response, IsOk());
  ASSERT_THAT(response->contacts(), SizeIs(2));
  EXPECT_EQ(response->contacts(0).contact().name(), "contacts/li");
  EXPECT_EQ(response->contacts(1).contact().name(), "contacts/wu");
  EXPECT_THAT(NamesIn(response->interviews()), SizeIs(1));
  EXPECT_THAT(NamesIn(response->expenses()), ElementsAre("customers/a/expenses/e"));
  EXPECT_THAT(response->expense_total(),
              EqualsProto("currency_code: 'USD' units: 20 nanos: 500000000"));
}

TEST_F(Customer360, WhoHoldsTwoPositionsIsThereOnceByTheFirst) {
  world_.rows.Put(kContacts, ParseText<v1::Contact>("name: 'contacts/li'"));
  for (const char* row : {"name: 'customers/a/positions/b' contact: 'contacts/li'",
                          "name: 'customers/a/positions/p' contact: 'contacts/li' primary: true",
                          "name: 'customers/a/positions/c' contact: 'contacts/wu'",
                          "name: 'customers/a/positions/a' contact: 'contacts/wu'"})
    world_.rows.Put(kPositions, ParseText<v1::Position>(row));
  const auto response = Ask();
  ASSERT_THAT(response, IsOk());
  ASSERT_THAT(response->contacts(), SizeIs(2));
  EXPECT_EQ(response->contacts(0).position().name(), "customers/a/positions/p");
  EXPECT_EQ(response->contacts(1).position().name(), "customers/a/positions/a");
  EXPECT_EQ(Sections().at("CONTACTS"), "AVAILABLE 2");
  EXPECT_THAT(response->org_chart(), SizeIs(4)) << "where each position is told";
}

TEST_F(Customer360, AllExpensesAreAddedUpNotOnlyThoseShown) {
  for (int i = 0; i < 30; ++i)
    world_.rows.Put(kExpenses, ParseText<v1::Expense>(
                                   "name: 'customers/a/expenses/" + std::to_string(i) +
                                   "' amount { currency_code: 'USD' units: 2 } expense_date { "
                                   "year: 2026 month: 1 day: 1 }"));
  EXPECT_EQ(Sections().at("EXPENSES"), "AVAILABLE 30 +");
  EXPECT_THAT(Ask()->expenses(), SizeIs(20));
  EXPECT_EQ(Ask()->expense_total().units(), 60);
}

TEST_F(Customer360, WhoReportsToWhom) {
  world_.rows.Put(kContacts, ParseText<v1::Contact>("name: 'contacts/li' personal { given_name: "
                                                    "'Na' family_name: 'Li' }"));
  for (const char* row :
       {"name: 'customers/a/positions/boss' contact: 'contacts/li' title: 'CEO'",
        "name: 'customers/a/positions/head' contact: 'contacts/wu' title: 'Head' department: "
        "'Buying' reports_to: 'customers/a/positions/boss'",
        "name: 'customers/a/positions/ex' contact: 'contacts/ex' reports_to: "
        "'customers/a/positions/boss' end_date { year: 2026 month: 1 day: 1 }"})
    world_.rows.Put(kPositions, ParseText<v1::Position>(row));
  EXPECT_EQ(Sections().at("ORG_CHART"), "AVAILABLE 2");
  const auto response = Ask();
  ASSERT_THAT(response, IsOk());
  ASSERT_THAT(response->org_chart(), SizeIs(2));
  EXPECT_THAT(response->org_chart(0),
              EqualsProto("position: 'customers/a/positions/boss' contact: 'contacts/li' "
                          "display_name: 'Na Li' title: 'CEO'"));
  EXPECT_THAT(response->org_chart(1),
              EqualsProto("position: 'customers/a/positions/head' contact: 'contacts/wu' title: "
                          "'Head' department: 'Buying' superior: 'customers/a/positions/boss' "
                          "depth: 1"));
}

TEST_F(Customer360, NextStepsThatAreStillToBeDone) {
  const auto step = [](int day) {
    return "next_step: 'Call' next_step_date { year: 2026 month: 3 day: " + std::to_string(day) +
           " }";
  };
  // The last meeting was on 2026-02-22.
  world_.PutTouchpoint("customers/a/touchpoints/done", At(100),
                       "next_step: 'Call' next_step_date { year: 2026 month: 2 day: 1 }");
  world_.PutTouchpoint("customers/a/touchpoints/undated", At(200), "next_step: 'Some time'");
  world_.PutTouchpoint("customers/a/touchpoints/overdue", At(300), step(1));
  world_.PutTouchpoint("customers/a/touchpoints/today", At(400), step(2));
  world_.PutTouchpoint("customers/a/touchpoints/later", At(500), step(9));
  world_.PutTouchpoint("customers/a/touchpoints/last", At(1'250), "next_step: 'Think'");
  const auto response = Ask();
  ASSERT_THAT(response, IsOk());
  std::vector<std::string> steps;
  for (const auto& next : response->next_steps())
    steps.push_back(next.touchpoint().name().substr(24) + (next.overdue() ? " overdue" : ""));
  EXPECT_THAT(steps, ElementsAre("overdue overdue", "today", "later", "last"));
  EXPECT_EQ(response->touchpoints(0).name(), "customers/a/touchpoints/last");
}

TEST_F(Customer360, SaysHowManyThereAreBeyondWhatItGives) {
  for (int i = 0; i < 25; ++i) {
    Order(std::to_string(i), "year: 2026 month: 1 day: " + std::to_string(i + 1));
    world_.PutTouchpoint("customers/a/touchpoints/" + std::to_string(i), At(i));
  }
  const auto sections = Sections();
  EXPECT_EQ(sections.at("ORDERS"), "AVAILABLE 25 +");
  EXPECT_EQ(sections.at("TOUCHPOINTS"), "AVAILABLE 25 +");
  EXPECT_THAT(Ask()->orders(), SizeIs(20));
  EXPECT_THAT(Ask()->touchpoints(), SizeIs(10));
}

TEST_F(Customer360, SaysWhatIsBehindUnreachableOrNotThere) {
  Order("1", "year: 2026 month: 2 day: 1");
  world_.Ticket("customers/a/tickets/t", "opened { ticket { state: TICKET_STATE_NEW } }");
  world_.readings.Say(
      "sales", {.followed = true, .complete = false, .reachable = true, .newest_event = At(1'000)});
  world_.readings.Say("servicedesk", {});
  auto sections = Sections();
  EXPECT_EQ(sections.at("ORDERS"), "BEHIND 1");
  EXPECT_EQ(sections.at("CAMPAIGNS"), "BEHIND 0");
  // Campaigns rest on both: the worse of the two holds.
  const engine::Reading unreachable = {.followed = true, .complete = true, .reachable = false};
  world_.readings.Say("marketing", unreachable);
  EXPECT_EQ(Sections().at("CAMPAIGNS"), "UNREACHABLE 0");
  world_.readings.Say("marketing", {});
  EXPECT_EQ(Sections().at("CAMPAIGNS"), "NOT_AVAILABLE 0");
  world_.readings.Say("marketing", {.followed = true, .complete = true, .reachable = true});
  EXPECT_EQ(sections.at("TICKETS"), "NOT_AVAILABLE 0");
  EXPECT_THAT(Ask()->tickets(), IsEmpty());
  EXPECT_THAT(Ask()->orders(), SizeIs(1));
  world_.readings.Say("sales", {.followed = true, .complete = true, .reachable = false});
  EXPECT_EQ(Sections().at("OPPORTUNITIES"), "UNREACHABLE 0");
  world_.readings.Say("sales", {});
  sections = Sections();
  for (const char* name : {"VALUE", "ORDERS", "DELIVERIES", "OPPORTUNITIES", "CAMPAIGNS"})
    EXPECT_EQ(sections.at(name), "NOT_AVAILABLE 0") << name;
  EXPECT_THAT(Ask()->values(), IsEmpty());
}

TEST_F(Customer360, OfAMergedOneTheSurvivorWithWhatHangsOnBoth) {
  world_.PutCustomer("twin", "merged_into: 'customers/a'");
  world_.Merge("twin", "a");
  Order("1", "year: 2026 month: 2 day: 1");
  world_.Sales("customers/twin/orders/2", "recorded { order { status: ORDER_STATUS_PLACED } " +
                                              Totals("twin", "year: 2026 month: 2 day: 2", 5) +
                                              "}");
  const auto response = Ask("customers/twin");
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->customer().name(), "customers/a");
  EXPECT_THAT(NamesIn(response->orders()),
              ElementsAre("customers/twin/orders/2", "customers/a/orders/1"));
  EXPECT_EQ(response->values(0).revenue().units(), 15);
}

TEST_F(Customer360, SeveralCurrenciesHaveNoSum) {
  Order("1", "year: 2026 month: 2 day: 1");
  std::string totals = Totals("a", "year: 2026 month: 2 day: 2", 5);
  totals.replace(totals.find("USD"), 3, "EUR");
  world_.Sales("customers/a/orders/2",
               "recorded { order { status: ORDER_STATUS_PLACED } " + totals + "}");
  EXPECT_EQ(Sections().at("VALUE"), "AVAILABLE 0");
  EXPECT_THAT(Ask()->values(), IsEmpty());
}

TEST_F(Customer360, RefusesWhatIsNoCustomer) {
  EXPECT_THAT(Ask("a").status(), IsInvalid("name"));
  EXPECT_THAT(Ask("customers/unknown"), StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace crm::customer
