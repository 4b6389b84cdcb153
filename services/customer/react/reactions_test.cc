#include "services/customer/react/reactions.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/customer_internal.pb.h"
#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/domain/tier_plan.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/order_test_helpers.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using absl::CivilDay;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

engine::Commands React(const sales::v1::OrderEvent& event) {
  const engine::EventMeta meta{.name = "customers/a/orders/1"};
  return OnOrder({event, meta}, testing::FakeRows(kTierPlans));
}

TEST(OnOrder, AnImportedOneWantsTheTiersComputedOnce) {
  sales::v1::OrderEvent imported = Recorded(Totals("a", CivilDay(2026, 1, 5), 100));
  imported.mutable_recorded()->mutable_order()->set_origin(sales::v1::ORDER_ORIGIN_IMPORTED);
  const engine::EventMeta meta{.time = absl::FromUnixSeconds(1000), .name = "customers/a/orders/1"};
  testing::FakeRows rows(kTierPlans);
  v1::TierPlan plan;
  plan.set_name(kStandardTierPlan);
  rows.Put(kTierPlans, plan);
  const engine::Commands commands = OnOrder({imported, meta}, rows);
  ASSERT_EQ(commands.size(), 2u);
  v1::NoteOrderImportRequest note;
  note.CopyFrom(*commands[1]);
  EXPECT_EQ(note.name(), kStandardTierPlan);
  EXPECT_EQ(OnOrder({Recorded(Totals("a", CivilDay(2026, 1, 5), 100)), meta}, rows).size(), 1u);
  // A computation when it was long in has counted it.
  plan.mutable_last_computation()->mutable_compute_time()->set_seconds(1002);
  rows.Put(kTierPlans, plan);
  EXPECT_EQ(OnOrder({imported, meta}, rows).size(), 2u);
  plan.mutable_last_computation()->mutable_compute_time()->set_seconds(1003);
  rows.Put(kTierPlans, plan);
  EXPECT_EQ(OnOrder({imported, meta}, rows).size(), 1u);
  plan.clear_last_computation();
  plan.mutable_outdated_time()->set_seconds(1);
  rows.Put(kTierPlans, plan);
  EXPECT_EQ(OnOrder({imported, meta}, rows).size(), 1u);
}

TEST(OnOpportunity, ASuspectBecomesAProspect) {
  testing::FakeRows rows(kCustomers, kRedirects);
  const auto put = [&](const std::string& id, v1::CustomerStatus status) {
    v1::Customer customer;
    customer.set_name("customers/" + id);
    customer.set_status(status);
    rows.Put(kCustomers, customer);
  };
  put("suspect", v1::CUSTOMER_STATUS_SUSPECT);
  put("prospect", v1::CUSTOMER_STATUS_PROSPECT);
  put("active", v1::CUSTOMER_STATUS_ACTIVE);
  v1::Redirect redirect;
  redirect.set_customer("customers/merged");
  redirect.set_survivor("customers/suspect");
  rows.Put(kRedirects, redirect);
  sales::v1::OpportunityEvent opened, moved;
  opened.mutable_opened();
  moved.mutable_stage_moved();
  const auto ask = [&](const std::string& customer, const sales::v1::OpportunityEvent& event) {
    const engine::EventMeta meta{.name = "customers/" + customer + "/opportunities/o"};
    const engine::Commands commands = OnOpportunity({event, meta}, rows);
    if (commands.empty()) return std::string();
    v1::QualifyCustomerRequest qualify;
    qualify.CopyFrom(*commands[0]);
    return qualify.name();
  };
  EXPECT_EQ(ask("suspect", opened), "customers/suspect");
  EXPECT_EQ(ask("merged", opened), "customers/suspect");
  EXPECT_EQ(ask("unknown", opened), "customers/unknown") << "made a moment ago, perhaps";
  EXPECT_EQ(ask("prospect", opened), "");
  EXPECT_EQ(ask("active", opened), "");
  EXPECT_EQ(ask("suspect", moved), "");
}

TEST(OnOrder, AnOrderThatCountsActivatesItsCustomer) {
  const engine::Commands commands = React(Recorded(Totals("a", CivilDay(2026, 1, 5), 100)));
  ASSERT_EQ(commands.size(), 1u);
  v1::ActivateCustomerRequest activate;
  activate.CopyFrom(*commands[0]);
  EXPECT_THAT(activate, testing::EqualsProto(R"pb(name: "customers/a"
                                                  order: "customers/a/orders/1"
                                                  order_date { year: 2026 month: 1 day: 5 })pb"));
}

TEST(OnOrder, AnAmendmentMayMoveTheDay) {
  sales::v1::OrderEvent amended;
  *amended.mutable_amended()->mutable_totals() = Totals("a", CivilDay(2026, 2, 5), 100);
  EXPECT_EQ(React(amended).size(), 1u);
}

TEST(OnOrder, WhatIsNoNewOrderAsksForNothing) {
  sales::v1::OrderEvent event;
  EXPECT_THAT(React(event), IsEmpty());
  event.mutable_confirmed();
  EXPECT_THAT(React(event), IsEmpty());
  event.mutable_cancelled()->mutable_totals()->set_cancelled(true);
  EXPECT_THAT(React(event), IsEmpty());
}

class OnTierPlanTest : public ::testing::Test {
 protected:
  void Customer(const std::string& id, v1::Tier tier) {
    v1::Customer customer;
    customer.set_name("customers/" + id);
    customer.set_tier(tier);
    rows_.Put(kCustomers, customer);
  }

  // Computes the plan over the rows as they are, and reacts to it: "name tier" for each command.
  std::vector<std::string> ComputeAndReact() {
    engine::Context context = testing::FixedContext<TierPlanModel>();
    v1::ComputeTierPlanRequest compute;
    compute.set_name(kStandardTierPlan);
    const auto event =
        TierPlanModel::Decide({}, compute, context, TierPlanModel::Gather(compute, context, rows_));
    const engine::EventMeta meta{.name = kStandardTierPlan};
    std::vector<std::string> assigned;
    for (const auto& command : OnTierPlan({**event, meta}, rows_)) {
      v1::AssignTierRequest assign;
      assign.CopyFrom(*command);
      EXPECT_EQ(assign.tier_plan(), kStandardTierPlan);
      EXPECT_THAT(assign.business_date(), testing::EqualsProto("year: 2026 month: 3 day: 2"));
      assigned.push_back(assign.name() + " " + v1::Tier_Name(assign.tier()));
    }
    return assigned;
  }

  testing::FakeRows rows_{kCustomers, kOrderFacts,   kOrderMonths,
                          kRedirects, kOrderImports, kTierPlans};
};

TEST_F(OnTierPlanTest, OnlyThoseWhoseTierDiffersGetACommand) {
  rows_.Put(
      kTierPlans,
      testing::ParseText<v1::TierPlan>(
          "name: 'tierPlans/standard' window_months: 12 sizes { top_bps: 3334 big_bps: 3333 }"));
  Customer("a", v1::TIER_TOP);
  Customer("b", v1::TIER_SMALL);
  Customer("c", v1::TIER_UNSPECIFIED);
  Customer("gone", v1::TIER_BIG);
  Customer("never", v1::TIER_UNSPECIFIED);
  Record(Totals("a", CivilDay(2026, 1, 5), 900), "1", rows_);
  Record(Totals("b", CivilDay(2026, 1, 5), 500), "2", rows_);
  Record(Totals("c", CivilDay(2026, 1, 5), 100), "3", rows_);
  Record(Totals("gone", CivilDay(2024, 1, 5), 100), "4", rows_);
  EXPECT_THAT(ComputeAndReact(), ElementsAre("customers/b TIER_BIG", "customers/c TIER_SMALL",
                                             "customers/gone TIER_UNSPECIFIED"));
}

TEST_F(OnTierPlanTest, ManyAreAskedInStretches) {
  for (const char* id : {"e", "b", "d", "a", "c"}) Customer(id, v1::TIER_BIG);
  const auto computation = testing::ParseText<v1::TierComputation>(R"(
      number: 7
      period { start { year: 2025 month: 3 day: 2 } end { year: 2026 month: 3 day: 2 } })");
  std::string after;
  std::string asked;
  for (int stretch = 0; stretch < 3; ++stretch) {
    const engine::Commands commands = AssignTiers(computation, kStandardTierPlan, after, 2, rows_);
    after.clear();
    for (const auto& command : commands) {
      const auto* assign = dynamic_cast<const v1::AssignTierRequest*>(command.get());
      if (assign != nullptr) {
        asked += assign->name().substr(std::string("customers/").size());
        continue;
      }
      v1::ContinueTierAssignmentRequest more;
      more.CopyFrom(*command);
      EXPECT_EQ(more.computation_number(), 7);
      after = more.after_customer();
      asked += "|";
    }
  }
  EXPECT_EQ(asked, "ab|cd|e");
  EXPECT_EQ(after, "");
}

TEST_F(OnTierPlanTest, NobodyOrdered) {
  Customer("gone", v1::TIER_BIG);
  EXPECT_THAT(ComputeAndReact(), ElementsAre("customers/gone TIER_UNSPECIFIED"));
}

TEST_F(OnTierPlanTest, OtherEventsAskForNothing) {
  v1::TierPlanEvent event;
  event.mutable_updated();
  const engine::EventMeta meta{.name = kStandardTierPlan};
  EXPECT_THAT(OnTierPlan({event, meta}, rows_), IsEmpty());
}

}  // namespace
}  // namespace crm::customer
