#include "services/customer/domain/contact_plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "libs/base/timestamp.h"
#include "libs/testing/decisions.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;
using testing::Given;
using testing::ParseText;

// FixedContext is Monday, 2026-03-02 10:00 UTC, second 1772445600.
constexpr char kVisits[] = "channels { channel: CHANNEL_VISIT share_bps: 10000 } ";
engine::Context Of(const std::string& id) {
  engine::Context context = FixedContext<ContactPlanModel>();
  context.name = "contactPlans/" + id;
  return context;
}
std::string Created(const std::string& more = "check_hour: 6 ") {
  return "created { contact_plan { tier: TIER_TOP interval_days: 14 lapse_action: "
         "CONTACT_LAPSE_ACTION_ACTIVITY activity_kind: ACTIVITY_KIND_VISIT activity_due_days: 2 "
         "next_check_time { seconds: 1772445600 } " +
         std::string(kVisits) + more + "} }";
}
constexpr char kCheck[] =
    "number: 1 check_time { seconds: 1772445600 } business_date { year: 2026 month: 3 day: 2 } "
    "cutoff_time { seconds: 1771200000 } activity_due_date { year: 2026 month: 3 day: 4 } ";
std::string Checked() {
  return "checked { check { " + std::string(kCheck) + "} next_check_time { seconds: 1772517600 } }";
}

TEST(CreateContactPlan, Rules) {
  CheckDecisions<ContactPlanModel, v1::CreateContactPlanRequest>(
      {
          {"takes what it is told",
           {},
           "contact_plan { interval_days: 14 lapse_action: CONTACT_LAPSE_ACTION_ACTIVITY "
           "activity_kind: ACTIVITY_KIND_VISIT activity_due_days: 2 check_hour: 6 " +
               std::string(kVisits) + "}",
           Created()},
          {"writes the defaults down",
           {},
           "contact_plan { " + std::string(kVisits) + "}",
           "created { contact_plan { tier: TIER_TOP interval_days: 30 lapse_action: "
           "CONTACT_LAPSE_ACTION_NONE activity_kind: ACTIVITY_KIND_CALL next_check_time { seconds: "
           "1772445600 } " +
               std::string(kVisits) + "} }"},
      },
      Of("top"));
  CheckDecisions<ContactPlanModel, v1::CreateContactPlanRequest>(
      {{"refuses another id",
        {},
        "contact_plan { " + std::string(kVisits) + "}",
        "!field:contact_plan_id"}},
      Of("huge"));
}

TEST(CreateContactPlan, RefusesBadShapesByTheirField) {
  std::vector<testing::DecisionRow> rows;
  const auto refuse = [&](const std::string& plan, const std::string& field) {
    rows.push_back({plan, {}, "contact_plan { " + plan + "}", "!field:contact_plan." + field});
  };
  const std::string visits = kVisits;
  refuse("", "channels");
  refuse("channels { channel: CHANNEL_VISIT share_bps: 9999 } ", "channels");
  refuse("channels { share_bps: 10000 } ", "channels[0].channel");
  refuse("channels { channel: 99 share_bps: 10000 } ", "channels[0].channel");
  refuse(visits + visits, "channels[1].channel");
  refuse("channels { channel: CHANNEL_VISIT } ", "channels[0].share_bps");
  refuse("channels { channel: CHANNEL_VISIT share_bps: 10001 } ", "channels[0].share_bps");
  refuse("channels { channel: CHANNEL_VISIT share_bps: 10000 cost { units: 1 } } ",
         "channels[0].cost.currency_code");
  refuse("channels { channel: CHANNEL_VISIT share_bps: 10000 cost { currency_code: 'EUR' } } ",
         "channels[0].cost.currency_code");
  refuse(
      "channels { channel: CHANNEL_VISIT share_bps: 10000 cost { currency_code: 'USD' units: -1 "
      "} } ",
      "channels[0].cost");
  refuse(visits + "interval_days: -1 ", "interval_days");
  refuse(visits + "interval_days: 3651 ", "interval_days");
  refuse(visits + "lapse_action: 9 ", "lapse_action");
  refuse(visits + "activity_kind: 99 ", "activity_kind");
  refuse(visits + "lapse_action: CONTACT_LAPSE_ACTION_ACTIVITY activity_kind: ACTIVITY_KIND_TASK ",
         "activity_kind");
  refuse(visits + "activity_due_days: 366 ", "activity_due_days");
  refuse(visits + "check_hour: 24 ", "check_hour");
  CheckDecisions<ContactPlanModel, v1::CreateContactPlanRequest>(rows, Of("top"));
}

TEST(UpdateContactPlan, Rules) {
  CheckDecisions<ContactPlanModel, v1::UpdateContactPlanRequest>(
      {
          {"looks anew at once",
           {Created(), Checked()},
           "contact_plan { interval_days: 7 } update_mask { paths: 'interval_days' }",
           "updated { changed { paths: 'interval_days' } contact_plan { interval_days: 7 } "
           "next_check_time { seconds: 1772445600 } }"},
          {"is quiet when it is so",
           {Created()},
           "contact_plan { interval_days: 14 } update_mask { paths: 'interval_days' }",
           ""},
          {"refuses what cannot be",
           {Created()},
           "contact_plan { check_hour: 25 } update_mask { paths: 'check_hour' }",
           "!field:contact_plan.check_hour"},
          {"refuses no channel",
           {Created()},
           "contact_plan {} update_mask { paths: 'channels' }",
           "!field:contact_plan.channels"},
      },
      Of("top"));
}

TEST(ContactPlanDue, LooksOnceADayAtItsHour) {
  CheckDecisions<ContactPlanModel, v1::ContactPlanDueRequest>(
      {{"looks", {Created()}, "", Checked()},
       {"is quiet before its time", {Created(), Checked()}, "", ""},
       {"looks today when its hour is to come",
        {Created("check_hour: 18 ")},
        "",
        "checked { check { " + std::string(kCheck) +
            "} next_check_time { seconds: 1772474400 } }"}},
      Of("top"));
  EXPECT_EQ(ContactPlanModel::NextDue(Given<ContactPlanModel>({Created(), Checked()})),
            absl::FromUnixSeconds(1772517600));
  EXPECT_EQ(ContactPlanModel::NextDue(v1::ContactPlan()), std::nullopt);
}

TEST(ContinueContactCheck, Rules) {
  const std::string continued =
      "check_continued { check { " + std::string(kCheck) +
      "} place { customer: 'customers/m' contact_time { seconds: 50 } } }";
  const auto at = [](const std::string& customer, int seconds, int number = 1) {
    return "check_number: " + std::to_string(number) + " after_customer: '" + customer +
           "' after_contact_time { seconds: " + std::to_string(seconds) + " }";
  };
  CheckDecisions<ContactPlanModel, v1::ContinueContactCheckRequest>(
      {{"goes on", {Created(), Checked()}, at("customers/m", 50), continued},
       {"goes on behind",
        {Created(), Checked(), continued},
        at("customers/a", 51),
        "check_continued { check { " + std::string(kCheck) +
            "} place { customer: 'customers/a' contact_time { seconds: 51 } } }"},
       {"is quiet where it was", {Created(), Checked(), continued}, at("customers/m", 50), ""},
       {"is quiet before that", {Created(), Checked(), continued}, at("customers/z", 49), ""},
       {"is quiet for an older look", {Created(), Checked()}, at("customers/m", 50, 0), ""}},
      Of("top"));
}

TEST(SeedContactPlans, AreFourThatHold) {
  const engine::Commands seeds = SeedContactPlans();
  ASSERT_EQ(seeds.size(), 4u);
  std::vector<int> days;
  for (const auto& seed : seeds) {
    v1::CreateContactPlanRequest create;
    create.CopyFrom(*seed);
    const auto decided = ContactPlanModel::Decide({}, create, Of(create.contact_plan_id()));
    ASSERT_TRUE(decided.ok()) << decided.status();
    const v1::ContactPlan& plan = (*decided)->created().contact_plan();
    EXPECT_EQ(PlanOfTier(plan.tier()), "contactPlans/" + create.contact_plan_id());
    days.push_back(plan.interval_days());
    if (plan.tier() == v1::TIER_SMALL) {
      EXPECT_EQ(plan.channels(0).channel(), common::v1::CHANNEL_SELF_SERVICE);
      for (const auto& share : plan.channels()) {
        EXPECT_NE(share.channel(), common::v1::CHANNEL_VISIT);
        EXPECT_NE(share.channel(), common::v1::CHANNEL_PHONE);
      }
    }
  }
  EXPECT_TRUE(std::is_sorted(days.begin(), days.end()));
  EXPECT_EQ(PlanOfTier(v1::TIER_UNSPECIFIED), "contactPlans/small");
}

}  // namespace
}  // namespace crm::customer
