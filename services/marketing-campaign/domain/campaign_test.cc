#include "services/marketing-campaign/domain/campaign.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>

#include "libs/testing/decisions.h"

namespace crm::marketing {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;
using testing::Given;
using testing::ParseText;
using testing::WordOf;

const std::string kPeriod =
    "period { start { year: 2026 month: 3 day: 1 } end { year: 2026 month: 4 day: 1 } } ";
const std::string kBudget = "budget { currency_code: 'USD' units: 1000 } ";
const std::string kPlan = "display_name: 'spring' " + kPeriod + kBudget;
const std::string kCreated = "created { campaign { " + kPlan +
                             "status: CAMPAIGN_STATUS_PLANNING "
                             "cost_total { currency_code: 'USD' } } }";
const std::string kToday = "{ year: 2026 month: 3 day: 2 }";
const std::string kApproved = "approved { approve_date " + kToday + " approver: 'user:tester' }";
const std::string kLaunched = "launched { launch_date " + kToday + " }";
const std::string kPaused = "paused { pause_date " + kToday + " }";
const std::string kCompleted = "completed { close_date " + kToday + " }";
const std::string kCancelled = "cancelled { close_date " + kToday + " reason: 'x' }";
const std::string kCost =
    "cost { cost_date { year: 2026 month: 3 day: 3 } "
    "amount { currency_code: 'USD' units: 0 nanos: 100000000 } category: 'print' "
    "external_id { system: 'erp' id: 'b1' } } ";
const std::string kCostRecorded =
    "cost_recorded { " + kCost + " cost_total { currency_code: 'USD' nanos: 100000000 } }";

std::string Campaign(const std::string& rest) { return "campaign { " + rest + " } "; }
std::string With(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(CreateCampaign, Rules) {
  CheckDecisions<CampaignModel, v1::CreateCampaignRequest>({
      {"plans", {}, Campaign(kPlan), kCreated},
      {"needs what people call it",
       {},
       Campaign(With(kPlan, "'spring'", "' '")),
       "!field:campaign.display_name"},
      {"needs a budget", {}, Campaign("display_name: 'x'"), "!field:campaign.budget"},
      {"refuses a negative budget",
       {},
       Campaign(With(kPlan, "units: 1000", "units: -1")),
       "!field:campaign.budget"},
      {"refuses a period without days",
       {},
       Campaign(With(kPlan, "month: 4", "month: 3")),
       "!field:campaign.period.end"},
      {"refuses a day that does not exist",
       {},
       Campaign(With(kPlan, "month: 4", "month: 14")),
       "!field:campaign.period.end"},
      {"refuses a revenue in another currency",
       {},
       Campaign(kPlan + "expected_revenue { currency_code: 'CNY' units: 5 }"),
       "!field:campaign.expected_revenue.currency_code"},
      {"refuses a negative revenue",
       {},
       Campaign(kPlan + "expected_revenue { currency_code: 'USD' units: -5 }"),
       "!field:campaign.expected_revenue"},
      {"refuses negative responses",
       {},
       Campaign(kPlan + "expected_responses: -1"),
       "!field:campaign.expected_responses"},
      {"refuses an unknown channel",
       {},
       Campaign(kPlan + "channel: 99"),
       "!field:campaign.channel"},
      {"refuses itself as its programme",
       {},
       Campaign(kPlan + "programme: 'campaigns/campaign-1'"),
       "!field:campaign.programme"},
      {"refuses what is no campaign as its programme",
       {},
       Campaign(kPlan + "programme: 'spring'"),
       "!field:campaign.programme"},
  });
}

TEST(UpdateCampaign, Rules) {
  CheckDecisions<CampaignModel, v1::UpdateCampaignRequest>({
      {"changes what is named",
       {kCreated},
       Campaign("owner: 'ann' objective: 'x'") + "update_mask { paths: 'owner' }",
       "updated { changed { paths: 'owner' } campaign { owner: 'ann' } }"},
      {"changes the plan while planning",
       {kCreated},
       Campaign("budget { currency_code: 'CNY' units: 5 }") + "update_mask { paths: 'budget' }",
       "updated { changed { paths: 'budget' } "
       "campaign { budget { currency_code: 'CNY' units: 5 } } }"},
      {"is quiet when nothing differs",
       {kCreated},
       Campaign(kBudget) + "update_mask { paths: 'budget' }",
       ""},
      {"refuses what would be no campaign",
       {kCreated},
       Campaign("") + "update_mask { paths: 'display_name' }",
       "!field:campaign.display_name"},
      {"refuses what was agreed",
       {kCreated, kApproved},
       Campaign("budget { currency_code: 'USD' units: 5 }") + "update_mask { paths: 'budget' }",
       "!CAMPAIGN_APPROVED"},
      {"but not who runs it",
       {kCreated, kApproved, kLaunched},
       Campaign("owner: 'bob'") + "update_mask { paths: 'owner' }",
       "updated { changed { paths: 'owner' } campaign { owner: 'bob' } }"},
      {"refuses another currency once there are costs",
       {kCreated, kCostRecorded},
       Campaign("budget { currency_code: 'CNY' units: 5 }") + "update_mask { paths: 'budget' }",
       "!field:campaign.budget.currency_code"},
      {"refuses a closed one",
       {kCreated, kCancelled},
       Campaign("owner: 'bob'") + "update_mask { paths: 'owner' }",
       "!CAMPAIGN_CLOSED"},
  });
}

TEST(UpdateCampaign, TheTotalFollowsTheCurrency) {
  const auto campaign = Given<CampaignModel>(
      {kCreated,
       "updated { changed { paths: 'budget' } campaign { budget { currency_code: 'CNY' } } }"});
  EXPECT_EQ(campaign.cost_total().currency_code(), "CNY");
}

TEST(ApproveCampaign, Rules) {
  CheckDecisions<CampaignModel, v1::ApproveCampaignRequest>({
      {"approves", {kCreated}, "", kApproved},
      {"is quiet the second time", {kCreated, kApproved}, "", ""},
      {"needs a period", {With(kCreated, kPeriod, "")}, "", "!CAMPAIGN_INCOMPLETE"},
      {"refuses a cancelled one", {kCreated, kCancelled}, "", "!CAMPAIGN_CLOSED"},
  });
}

TEST(LaunchCampaign, Rules) {
  CheckDecisions<CampaignModel, v1::LaunchCampaignRequest>({
      {"launches", {kCreated, kApproved}, "", kLaunched},
      {"goes on after a pause", {kCreated, kApproved, kLaunched, kPaused}, "", kLaunched},
      {"is quiet the second time", {kCreated, kApproved, kLaunched}, "", ""},
      {"refuses what was not approved", {kCreated}, "", "!CAMPAIGN_NOT_APPROVED"},
  });
}

TEST(LaunchCampaign, KeepsItsFirstDay) {
  const auto campaign =
      Given<CampaignModel>({kCreated, kApproved, kLaunched, kPaused,
                            "launched { launch_date { year: 2026 month: 3 day: 9 } }"});
  EXPECT_EQ(campaign.launch_date().day(), 2);
  EXPECT_EQ(campaign.status(), v1::CAMPAIGN_STATUS_ACTIVE);
}

TEST(PauseCampaign, Rules) {
  CheckDecisions<CampaignModel, v1::PauseCampaignRequest>({
      {"pauses",
       {kCreated, kApproved, kLaunched},
       "reason: 'rain'",
       "paused { pause_date " + kToday + " reason: 'rain' }"},
      {"is quiet the second time", {kCreated, kApproved, kLaunched, kPaused}, "", ""},
      {"refuses before the launch", {kCreated, kApproved}, "", "!CAMPAIGN_NOT_LAUNCHED"},
  });
}

TEST(CompleteCampaign, Rules) {
  CheckDecisions<CampaignModel, v1::CompleteCampaignRequest>({
      {"completes", {kCreated, kApproved, kLaunched}, "", kCompleted},
      {"also from a pause", {kCreated, kApproved, kLaunched, kPaused}, "", kCompleted},
      {"is quiet the second time", {kCreated, kApproved, kLaunched, kCompleted}, "", ""},
      {"refuses before the launch", {kCreated, kApproved}, "", "!CAMPAIGN_NOT_LAUNCHED"},
  });
}

TEST(CancelCampaign, Rules) {
  CheckDecisions<CampaignModel, v1::CancelCampaignRequest>({
      {"cancels", {kCreated}, "reason: 'x'", kCancelled},
      {"is quiet the second time", {kCreated, kCancelled}, "reason: 'y'", ""},
      {"needs a reason", {kCreated}, "reason: ' '", "!field:reason"},
      {"refuses a complete one",
       {kCreated, kApproved, kLaunched, kCompleted},
       "reason: 'x'",
       "!CAMPAIGN_CLOSED"},
  });
}

TEST(RecordCost, Rules) {
  CheckDecisions<CampaignModel, v1::RecordCostRequest>({
      {"adds up to the last cent",
       {kCreated, kCostRecorded},
       With(With(kCost, "b1", "b2"), "nanos: 100000000", "nanos: 200000000"),
       "cost_recorded { " + With(With(kCost, "b1", "b2"), "nanos: 100000000", "nanos: 200000000") +
           " cost_total { currency_code: 'USD' nanos: 300000000 } }"},
      {"takes a bill that comes late",
       {kCreated, kApproved, kLaunched, kCompleted},
       kCost,
       kCostRecorded},
      {"is quiet for the same bill", {kCreated, kCostRecorded}, kCost, ""},
      {"refuses the same bill with another amount",
       {kCreated, kCostRecorded},
       With(kCost, "nanos: 100000000", "nanos: 200000000"),
       "!COST_DIFFERS"},
      {"needs a cost", {kCreated}, "", "!field:cost"},
      {"needs a date", {kCreated}, With(kCost, "month: 3 day: 3", ""), "!field:cost.cost_date"},
      {"refuses nothing", {kCreated}, With(kCost, "nanos: 100000000", ""), "!field:cost.amount"},
      {"refuses a negative amount",
       {kCreated},
       With(kCost, "nanos: 1", "nanos: -1"),
       "!field:cost.amount"},
      {"refuses another currency",
       {kCreated},
       With(kCost, "'USD'", "'CNY'"),
       "!field:cost.amount.currency_code"},
      {"refuses an external id without a system",
       {kCreated},
       With(kCost, "'erp'", "''"),
       "!field:cost.external_id.system"},
      {"refuses an external id without an id",
       {kCreated},
       With(kCost, "'b1'", "''"),
       "!field:cost.external_id.id"},
  });
}

TEST(RecordCost, CampaignFull) {
  v1::Campaign campaign = Given<CampaignModel>({kCreated});
  for (int i = 0; i < kCostsMax; ++i) campaign.add_costs();
  EXPECT_THAT(CampaignModel::Decide(campaign, ParseText<v1::RecordCostRequest>(kCost),
                                    FixedContext<CampaignModel>())
                  .status(),
              testing::IsRefusal("CAMPAIGN_FULL"));
}

// What each verb gives in each status: a fact, nothing, or a refusal.
const std::map<std::string, std::map<std::string, std::string>> kExpected = {
    {"planning",
     {{"approve", "approved"},
      {"launch", "!CAMPAIGN_NOT_APPROVED"},
      {"pause", "!CAMPAIGN_NOT_LAUNCHED"},
      {"complete", "!CAMPAIGN_NOT_LAUNCHED"},
      {"cancel", "cancelled"},
      {"update", "updated"},
      {"cost", "cost_recorded"}}},
    {"approved",
     {{"approve", ""},
      {"launch", "launched"},
      {"pause", "!CAMPAIGN_NOT_LAUNCHED"},
      {"complete", "!CAMPAIGN_NOT_LAUNCHED"},
      {"cancel", "cancelled"},
      {"update", "updated"},
      {"cost", "cost_recorded"}}},
    {"active",
     {{"approve", ""},
      {"launch", ""},
      {"pause", "paused"},
      {"complete", "completed"},
      {"cancel", "cancelled"},
      {"update", "updated"},
      {"cost", "cost_recorded"}}},
    {"paused",
     {{"approve", ""},
      {"launch", "launched"},
      {"pause", ""},
      {"complete", "completed"},
      {"cancel", "cancelled"},
      {"update", "updated"},
      {"cost", "cost_recorded"}}},
    {"complete",
     {{"approve", "!CAMPAIGN_CLOSED"},
      {"launch", "!CAMPAIGN_CLOSED"},
      {"pause", "!CAMPAIGN_CLOSED"},
      {"complete", ""},
      {"cancel", "!CAMPAIGN_CLOSED"},
      {"update", "!CAMPAIGN_CLOSED"},
      {"cost", "cost_recorded"}}},
    {"cancelled",
     {{"approve", "!CAMPAIGN_CLOSED"},
      {"launch", "!CAMPAIGN_CLOSED"},
      {"pause", "!CAMPAIGN_CLOSED"},
      {"complete", "!CAMPAIGN_CLOSED"},
      {"cancel", ""},
      {"update", "!CAMPAIGN_CLOSED"},
      {"cost", "cost_recorded"}}}};

engine::Decision<CampaignModel> Say(const std::string& verb, const v1::Campaign& c) {
  const auto context = FixedContext<CampaignModel>();
  if (verb == "approve") return CampaignModel::Decide(c, v1::ApproveCampaignRequest(), context);
  if (verb == "launch") return CampaignModel::Decide(c, v1::LaunchCampaignRequest(), context);
  if (verb == "pause") return CampaignModel::Decide(c, v1::PauseCampaignRequest(), context);
  if (verb == "complete") return CampaignModel::Decide(c, v1::CompleteCampaignRequest(), context);
  if (verb == "cancel") {
    const auto cancel = ParseText<v1::CancelCampaignRequest>("reason: 'x'");
    return CampaignModel::Decide(c, cancel, context);
  }
  if (verb == "update") {
    const auto update = ParseText<v1::UpdateCampaignRequest>(
        "campaign { owner: 'ann' } update_mask { paths: 'owner' }");
    return CampaignModel::Decide(c, update, context);
  }
  return CampaignModel::Decide(c, ParseText<v1::RecordCostRequest>(kCost), context);
}

// Every status and every verb: what is not listed here is refused.
TEST(CampaignStateMachine, EveryStatusAndVerb) {
  const std::map<std::string, std::vector<std::string>> states = {
      {"planning", {kCreated}},
      {"approved", {kCreated, kApproved}},
      {"active", {kCreated, kApproved, kLaunched}},
      {"paused", {kCreated, kApproved, kLaunched, kPaused}},
      {"complete", {kCreated, kApproved, kLaunched, kCompleted}},
      {"cancelled", {kCreated, kCancelled}}};
  for (const auto& [state, verbs] : kExpected) {
    for (const auto& [verb, want] : verbs) {
      EXPECT_EQ(WordOf(Say(verb, Given<CampaignModel>(states.at(state)))), want)
          << state << " " << verb;
    }
  }
}

TEST(CampaignDeathTest, AnUnknownFactEndsTheProcess) {
  v1::Campaign campaign;
  EXPECT_DEATH(CampaignModel::Evolve(campaign, v1::CampaignEvent()), "facts it does not know");
}

}  // namespace
}  // namespace crm::marketing
