#include "services/customer/read/group.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "services/customer/read/timeline_test_helpers.h"

namespace crm::customer {
namespace {

using ::testing::ElementsAre;
using testing::EqualsProto;
using testing::IsInvalid;
using testing::IsOk;
using testing::IsRefusal;
using testing::ParseText;
using ::testing::SizeIs;
using testing::StatusIs;

class Group : public ::testing::Test {
 protected:
  // holding over north and south, north over shop; alone is by itself.
  Group() {
    world_.PutCustomer("holding", "display_name: 'Holding' tier: TIER_TOP");
    world_.PutCustomer("north", "display_name: 'A North' parent: 'customers/holding'");
    world_.PutCustomer("south", "display_name: 'B South' parent: 'customers/holding'");
    world_.PutCustomer("shop", "display_name: 'Shop' parent: 'customers/north'");
    world_.PutCustomer("alone");
  }

  void Order(const std::string& customer, const std::string& id, const std::string& date, int units,
             const std::string& currency = "USD") {
    std::string totals = Totals(customer, date, units);
    totals.replace(totals.find("USD"), 3, currency);
    world_.Sales("customers/" + customer + "/orders/" + id,
                 "recorded { order { status: ORDER_STATUS_PLACED } " + totals + "}");
  }
  void Ticket(const std::string& customer, const std::string& id) {
    world_.Ticket("customers/" + customer + "/tickets/" + id,
                  "opened { ticket { state: TICKET_STATE_NEW } }");
  }
  void Opportunity(const std::string& customer, const std::string& id, const std::string& amount) {
    world_.Opportunity("customers/" + customer + "/opportunities/" + id,
                       "opened { opportunity { stage_kind: STAGE_KIND_OPEN " + amount + " } }");
  }
  absl::StatusOr<v1::GetGroupResponse> Ask(const std::string& request) {
    return QueryGroup(ParseText<v1::GetGroupRequest>(request), world_.rows, world_.context);
  }
  // "  shop" for a member two levels down.
  std::vector<std::string> Tree(const std::string& request) {
    const auto response = Ask(request);
    EXPECT_THAT(response, IsOk());
    std::vector<std::string> tree;
    if (!response.ok()) return tree;
    for (const v1::GroupMember& member : response->members())
      tree.push_back(std::string(member.depth(), ' ') + member.customer().substr(10));
    return tree;
  }

  TimelineWorld world_;
};

TEST_F(Group, TheTreeFromItsTopWhoeverIsAskedFor) {
  for (const char* name : {"holding", "north", "south", "shop"})
    EXPECT_THAT(Tree("name: 'customers/" + std::string(name) + "'"),
                ElementsAre("holding", " north", "  shop", " south"));
  EXPECT_THAT(Tree("name: 'customers/north' subtree_only: true"), ElementsAre("north", " shop"));
  EXPECT_THAT(Tree("name: 'customers/alone'"), ElementsAre("alone"));
}

TEST_F(Group, EachMemberAndAllTogether) {
  Order("holding", "1", "year: 2026 month: 1 day: 5", 100);
  Order("north", "2", "year: 2026 month: 3 day: 2", 20);
  Order("shop", "3", "year: 2025 month: 3 day: 3", 3);
  Order("shop", "4", "year: 2025 month: 3 day: 2", 1'000);  // A day too early.
  Order("alone", "5", "year: 2026 month: 1 day: 5", 9'999);
  Ticket("shop", "1");
  Ticket("holding", "2");
  Opportunity("shop", "1", "amount { currency_code: 'USD' units: 7 }");
  Opportunity("shop", "2", "");
  const auto response = Ask("name: 'customers/holding'");
  ASSERT_THAT(response, IsOk());
  EXPECT_THAT(response->total(), EqualsProto(R"pb(
                customer_count: 4
                order_count: 3
                revenue { currency_code: 'USD' units: 123 }
                open_ticket_count: 2
                open_opportunity_count: 2
                open_opportunity_amount { currency_code: 'USD' units: 7 }
              )pb"));
  EXPECT_THAT(response->members(1).own(), EqualsProto(R"pb(
                customer_count: 1
                order_count: 1
                revenue { currency_code: 'USD' units: 20 }
              )pb"));
  EXPECT_THAT(response->members(1).subtree(), EqualsProto(R"pb(
                customer_count: 2
                order_count: 2
                revenue { currency_code: 'USD' units: 23 }
                open_ticket_count: 1
                open_opportunity_count: 2
                open_opportunity_amount { currency_code: 'USD' units: 7 }
              )pb"));
  EXPECT_THAT(response->period(), EqualsProto(R"pb(
                start { year: 2025 month: 3 day: 3 }
                end { year: 2026 month: 3 day: 3 }
              )pb"));
  EXPECT_EQ(Ask("name: 'customers/shop' subtree_only: true period { start { year: 2025 month: 3 "
                "day: 2 } end { year: 2025 month: 3 day: 3 } }")
                ->total()
                .revenue()
                .units(),
            1'000);
}

TEST_F(Group, WhatWasMergedCountsForTheSurvivor) {
  world_.PutCustomer("twin", "merged_into: 'customers/shop' parent: 'customers/south'");
  world_.Merge("twin", "shop");
  world_.PutCustomer("kiosk", "parent: 'customers/twin'");
  Order("twin", "1", "year: 2026 month: 1 day: 5", 4);
  Ticket("twin", "1");
  EXPECT_THAT(Tree("name: 'customers/kiosk'"),
              ElementsAre("holding", " north", "  shop", "   kiosk", " south"));
  EXPECT_THAT(Tree("name: 'customers/twin' subtree_only: true"), ElementsAre("shop", " kiosk"));
  EXPECT_THAT(Ask("name: 'customers/shop' subtree_only: true")->members(0).own(), EqualsProto(R"pb(
                customer_count: 1
                order_count: 1
                revenue { currency_code: 'USD' units: 4 }
                open_ticket_count: 1
              )pb"));
}

TEST_F(Group, ACircleIsReadOpen) {
  world_.PutCustomer("holding", "parent: 'customers/shop'");
  EXPECT_THAT(Tree("name: 'customers/north'"), SizeIs(4));
  EXPECT_THAT(Tree("name: 'customers/north' subtree_only: true"), SizeIs(4));
}

TEST_F(Group, RefusesSeveralCurrencies) {
  Order("north", "1", "year: 2026 month: 1 day: 5", 4);
  Order("south", "2", "year: 2026 month: 1 day: 5", 4, "EUR");
  EXPECT_THAT(Ask("name: 'customers/shop'").status(), IsRefusal("CURRENCIES_MIXED"));
  EXPECT_THAT(Ask("name: 'customers/north' subtree_only: true"), IsOk());
  Opportunity("shop", "1", "amount { currency_code: 'EUR' units: 7 }");
  EXPECT_THAT(Ask("name: 'customers/north' subtree_only: true").status(),
              IsRefusal("CURRENCIES_MIXED"));
}

TEST_F(Group, SaysWhenThereAreTooMany) {
  for (size_t i = 0; i < kGroupMembersMax; ++i)
    world_.PutCustomer("m" + std::to_string(i), "parent: 'customers/south'");
  const auto response = Ask("name: 'customers/holding'");
  ASSERT_THAT(response, IsOk());
  EXPECT_TRUE(response->incomplete());
  EXPECT_EQ(static_cast<size_t>(response->members_size()), kGroupMembersMax);
  EXPECT_FALSE(Ask("name: 'customers/alone'")->incomplete());
}

TEST_F(Group, SaysWhatCannotBeTold) {
  world_.readings.Say("servicedesk", {});
  world_.readings.Say("sales", {.followed = true, .complete = false, .reachable = true});
  std::vector<std::string> states;
  const auto response = Ask("name: 'customers/shop'");
  ASSERT_THAT(response, IsOk());
  for (const auto& figure : response->figures())
    states.push_back(v1::GroupFigure_Name(figure.figure()).substr(13) + " " +
                     v1::ReadingState_Name(figure.state()).substr(14));
  EXPECT_THAT(states, ElementsAre("REVENUE BEHIND", "DEBT NOT_AVAILABLE",
                                  "OPEN_TICKETS NOT_AVAILABLE", "OPEN_OPPORTUNITIES BEHIND"));
}

TEST_F(Group, SaysHowItCameAboutAndFromWhat) {
  world_.readings.Say("servicedesk", {});
  world_.readings.Say("sales", {.followed = true,
                                .complete = false,
                                .reachable = true,
                                .newest_event = absl::FromUnixSeconds(77)});
  const auto response = Ask("name: 'customers/shop'");
  ASSERT_THAT(response, IsOk());
  std::vector<std::string> methods;
  for (const auto& figure : response->figures()) methods.push_back(figure.method());
  EXPECT_THAT(methods,
              ElementsAre("sum/revenue-after-returns", "", "", "count-and-sum/open-opportunities"));
  ASSERT_THAT(response->sources(), SizeIs(4));
  EXPECT_THAT(response->sources(1), EqualsProto("service: 'sales' state: READING_STATE_BEHIND "
                                                "newest_event_time { seconds: 77 }"));
  EXPECT_THAT(response->sources(3),
              EqualsProto("service: 'servicedesk' state: READING_STATE_NOT_AVAILABLE"));
}

TEST_F(Group, RefusesWhatIsNotUnderstood) {
  EXPECT_THAT(Ask("name: 'x'").status(), IsInvalid("name"));
  EXPECT_THAT(Ask("name: 'customers/unknown'"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Ask("name: 'customers/shop' period {}").status(), IsInvalid("period.start"));
  EXPECT_THAT(Ask("name: 'customers/shop' period { start { year: 2026 month: 1 day: 1 } "
                  "end { year: 2026 month: 1 day: 1 } }")
                  .status(),
              IsInvalid("period.end"));
}

}  // namespace
}  // namespace crm::customer
