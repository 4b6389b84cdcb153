#include "services/customer/react/reactions.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/domain/tier_plan.h"
#include "services/customer/read/order_test_helpers.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using absl::CivilDay;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

engine::Commands React(const sales::v1::OrderEvent& event) {
  const engine::EventMeta meta{.name = "customers/a/orders/1"};
  return OnOrder({event, meta}, testing::FakeRows());
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

class OnTierPlan : public ::testing::Test {
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
    for (const auto& command : OnTierPlanComputed({**event, meta}, rows_)) {
      v1::AssignTierRequest assign;
      assign.CopyFrom(*command);
      EXPECT_EQ(assign.tier_plan(), kStandardTierPlan);
      EXPECT_THAT(assign.business_date(), testing::EqualsProto("year: 2026 month: 3 day: 2"));
      assigned.push_back(assign.name() + " " + v1::Tier_Name(assign.tier()));
    }
    return assigned;
  }

  testing::FakeRows rows_{kCustomers, kOrderFacts, kOrderMonths, kTierPlans};
};

TEST_F(OnTierPlan, OnlyThoseWhoseTierDiffersGetACommand) {
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

TEST_F(OnTierPlan, NobodyOrdered) {
  Customer("gone", v1::TIER_BIG);
  EXPECT_THAT(ComputeAndReact(), ElementsAre("customers/gone TIER_UNSPECIFIED"));
}

TEST_F(OnTierPlan, OtherEventsAskForNothing) {
  v1::TierPlanEvent event;
  event.mutable_updated();
  const engine::EventMeta meta{.name = kStandardTierPlan};
  EXPECT_THAT(OnTierPlanComputed({event, meta}, rows_), IsEmpty());
}

}  // namespace
}  // namespace crm::customer
