#include "services/sales-pipeline/domain/opportunity.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>

#include "libs/testing/decisions.h"
#include "services/sales-pipeline/domain/seed.h"

namespace crm::sales {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;
using testing::Given;
using testing::ParseText;
using testing::WordOf;
using Facts = OpportunityModel::Facts;

v1::Pipeline Standard() {
  v1::Pipeline pipeline =
      static_cast<const v1::CreatePipelineRequest&>(*SeedPipelines().front()).pipeline();
  pipeline.set_name(kStandardPipeline);
  pipeline.set_etag("4");
  return pipeline;
}

// The standard pipeline with a stage to rest in.
Facts Known() {
  v1::Pipeline pipeline = Standard();
  v1::Stage& hold = *pipeline.add_stages();
  hold.set_id("hold");
  hold.set_kind(v1::STAGE_KIND_ON_HOLD);
  return {pipeline, std::nullopt};
}

v1::CustomerRef Customer() {
  return ParseText<v1::CustomerRef>(
      "name: 'customers/customer-1' status: CUSTOMER_STATUS_PROSPECT currency_code: 'USD' "
      "owner: 'ann' team: 't1' branch: 'north'");
}

std::string Entered(const std::string& stage, const std::string& kind, int percent) {
  return "entered { stage: '" + stage + "' kind: STAGE_KIND_" + kind +
         (percent == 0 ? "" : " probability_percent: " + std::to_string(percent)) +
         " pipeline_etag: '4' time { seconds: 1772445600 } }";
}

// What the opened opportunity says of its stage.
std::string In(const std::string& stage, const std::string& kind, int percent) {
  return " pipeline: 'pipelines/standard' stage: '" + stage + "' stage_kind: STAGE_KIND_" + kind +
         " probability_percent: " + std::to_string(percent) +
         " pipeline_etag: '4' stage_time { seconds: 1772445600 } ";
}

std::string Opened(const std::string& stage = "proposal", const std::string& kind = "OPEN") {
  return "opened { opportunity { display_name: 'deal' currency_code: 'USD' owner: 'ann' team: 't1' "
         "branch: 'north' " +
         In(stage, kind, 50) + " } }";
}
const std::string kWon = "won { " + Entered("won", "WON", 100) +
                         " amount { currency_code: 'USD' units: 118 } "
                         "close_date { year: 2026 month: 3 day: 1 } branch: 'north' ";
const std::string kWonByErp = kWon + "}";
const std::string kLost = "lost { " + Entered("lost", "LOST", 0) +
                          " loss_reason: 'price' close_date { year: 2026 month: 3 day: 2 } }";
const char kWin[] =
    "amount { currency_code: 'USD' units: 118 } close_date { year: 2026 month: 3 day: 1 }";

TEST(OpenOpportunity, Rules) {
  const std::string mine = "currency_code: 'USD' owner: 'ann' team: 't1' branch: 'north'";
  CheckDecisions<OpportunityModel, v1::OpenOpportunityRequest>(
      {
          {"opens in the first stage, with the customer's owner",
           {},
           "opportunity { display_name: 'deal' }",
           "opened { opportunity { display_name: 'deal' " + mine + In("prospecting", "OPEN", 10) +
               "} }"},
          {"opens where it is told, for whom it is told",
           {},
           "opportunity { display_name: 'deal' stage: 'proposal' owner: 'bob' team: 't2' "
           "branch: 'south' amount { currency_code: 'USD' units: 5 } }",
           "opened { opportunity { display_name: 'deal' currency_code: 'USD' owner: 'bob' team: "
           "'t2' "
           "branch: 'south' amount { currency_code: 'USD' units: 5 } " +
               In("proposal", "OPEN", 50) + "} }"},
          {"needs what people call it",
           {},
           "opportunity { display_name: ' ' }",
           "!field:opportunity.display_name"},
          {"refuses a negative amount",
           {},
           "opportunity { display_name: 'd' amount { currency_code: 'USD' units: -5 } }",
           "!field:opportunity.amount"},
          {"refuses another currency than the customer's",
           {},
           "opportunity { display_name: 'd' amount { currency_code: 'CNY' units: 5 } }",
           "!field:opportunity.amount.currency_code"},
          {"refuses an unknown stage",
           {},
           "opportunity { display_name: 'd' stage: 'nowhere' }",
           "!field:opportunity.stage"},
          {"refuses to open as won",
           {},
           "opportunity { display_name: 'd' stage: 'won' }",
           "!STAGE_CLOSES"},
          {"refuses a date that does not exist",
           {},
           "opportunity { display_name: 'd' expected_close_date { year: 2026 } }",
           "!field:opportunity.expected_close_date"},
          {"refuses an unknown type",
           {},
           "opportunity { display_name: 'd' type: 77 }",
           "!field:opportunity.type"},
      },
      FixedContext<OpportunityModel>(), Known(), Customer());
}

// Its currency goes without saying, and is the company's.
TEST(OpenOpportunity, OfACustomerWithoutACurrency) {
  CheckDecisions<OpportunityModel, v1::OpenOpportunityRequest>(
      {{"takes the reporting currency",
        {},
        "opportunity { display_name: 'deal' }",
        "opened { opportunity { display_name: 'deal' currency_code: 'USD' " +
            In("prospecting", "OPEN", 10) + "} }"},
       {"refuses another",
        {},
        "opportunity { display_name: 'd' amount { currency_code: 'CNY' units: 5 } }",
        "!field:opportunity.amount.currency_code"}},
      FixedContext<OpportunityModel>(), Known(), v1::CustomerRef());
}

TEST(OpenOpportunity, AsksCustomerAndPipeline) {
  const auto context = FixedContext<OpportunityModel>();
  const auto decide = [&](const Facts& facts, const char* customer) {
    return OpportunityModel::Decide(
               {}, ParseText<v1::OpenOpportunityRequest>("opportunity { display_name: 'd' }"),
               context, facts, ParseText<v1::CustomerRef>(customer))
        .status();
  };
  EXPECT_THAT(decide(Known(), "status: CUSTOMER_STATUS_ERASED"),
              testing::IsRefusal("CUSTOMER_ERASED"));
  EXPECT_THAT(decide(Known(), "status: CUSTOMER_STATUS_LOST"), testing::IsRefusal("CUSTOMER_LOST"));
  EXPECT_THAT(decide(Facts(), "status: CUSTOMER_STATUS_ACTIVE"),
              testing::IsRefusal("PIPELINE_UNKNOWN"));
  EXPECT_THAT(decide(Known(), "status: CUSTOMER_STATUS_ACTIVE"), testing::IsOk());
}

TEST(MoveStage, Rules) {
  CheckDecisions<OpportunityModel, v1::MoveStageRequest>(
      {
          {"moves on",
           {Opened()},
           "stage: 'negotiation' reason: 'agreed'",
           "stage_moved { " + Entered("negotiation", "OPEN", 80) +
               " from_stage: 'proposal' reason: 'agreed' }"},
          {"moves back where it may",
           {Opened()},
           "stage: 'prospecting'",
           "stage_moved { " + Entered("prospecting", "OPEN", 10) + " from_stage: 'proposal' }"},
          {"rests",
           {Opened()},
           "stage: 'hold'",
           "stage_moved { " + Entered("hold", "ON_HOLD", 0) + " from_stage: 'proposal' }"},
          {"leaves a rest in any direction",
           {Opened("hold", "ON_HOLD")},
           "stage: 'proposal'",
           "stage_moved { " + Entered("proposal", "OPEN", 50) + " from_stage: 'hold' }"},
          {"leaves a stage that is gone",
           {Opened("gone")},
           "stage: 'prospecting'",
           "stage_moved { " + Entered("prospecting", "OPEN", 10) + " from_stage: 'gone' }"},
          {"is quiet where it is", {Opened()}, "stage: 'proposal'", ""},
          {"needs a stage", {Opened()}, "", "!field:stage"},
          {"refuses an unknown stage", {Opened()}, "stage: 'nowhere'", "!field:stage"},
          {"does not win", {Opened()}, "stage: 'won'", "!STAGE_CLOSES"},
          {"does not lose", {Opened()}, "stage: 'lost'", "!STAGE_CLOSES"},
          {"refuses a lost one", {Opened(), kLost}, "stage: 'proposal'", "!OPPORTUNITY_CLOSED"},
      },
      FixedContext<OpportunityModel>(), Known());
}

TEST(MoveStage, BackOnlyWhereThePipelineAllows) {
  Facts facts = Known();
  facts.pipeline->mutable_stages(2)->set_may_move_back(false);
  CheckDecisions<OpportunityModel, v1::MoveStageRequest>(
      {{"refuses", {Opened()}, "stage: 'qualification'", "!STAGE_NOT_BACK"}},
      FixedContext<OpportunityModel>(), facts);
}

TEST(WinOpportunity, Rules) {
  Facts erp = Known();
  erp.pipeline->set_order_source(v1::ORDER_SOURCE_ERP);
  CheckDecisions<OpportunityModel, v1::WinOpportunityRequest>(
      {
          {"wins an open one", {Opened()}, kWin, kWonByErp},
          {"is quiet the second time", {Opened(), kWonByErp}, kWin, ""},
          {"refuses another amount",
           {Opened(), kWonByErp},
           "amount { currency_code: 'USD' units: 99 } close_date { year: 2026 month: 3 day: 1 }",
           "!OPPORTUNITY_CLOSED"},
          {"refuses a lost one", {Opened(), kLost}, kWin, "!OPPORTUNITY_CLOSED"},
          {"needs an amount",
           {Opened()},
           "close_date { year: 2026 month: 3 day: 1 }",
           "!field:amount.currency_code"},
          {"needs a positive amount",
           {Opened()},
           "amount { currency_code: 'USD' } close_date { year: 2026 month: 3 day: 1 }",
           "!field:amount"},
          {"needs a date",
           {Opened()},
           "amount { currency_code: 'USD' units: 118 }",
           "!field:close_date"},
          {"refuses a date to come",
           {Opened()},
           "amount { currency_code: 'USD' units: 1 } close_date { year: 2062 month: 3 day: 1 }",
           "!field:close_date"},
          {"refuses another currency",
           {Opened()},
           "amount { currency_code: 'CNY' units: 1 } close_date { year: 2026 month: 3 day: 1 }",
           "!field:amount.currency_code"},
      },
      FixedContext<OpportunityModel>(), erp);
}

// Each win names an order of its own, and asks for it once.
TEST(WinOpportunity, NamesItsOrder) {
  const auto context = FixedContext<OpportunityModel>();
  const auto win = ParseText<v1::WinOpportunityRequest>(kWin);
  v1::Opportunity opportunity = Given<OpportunityModel>({Opened()});
  const auto first = OpportunityModel::Decide(opportunity, win, context, Known());
  ASSERT_THAT(first, testing::IsOk());
  const std::string order = (*first)->won().order();
  EXPECT_TRUE(order.starts_with("customers/customer-1/orders/")) << order;
  OpportunityModel::Evolve(opportunity, **first);
  EXPECT_EQ(opportunity.order(), order);
  EXPECT_EQ(opportunity.stage_before_close(), "proposal");
  const auto again = OpportunityModel::Decide(
      opportunity, ParseText<v1::ReopenOpportunityRequest>("reason: 'more'"), context, Known());
  ASSERT_THAT(again, testing::IsOk());
  EXPECT_EQ((*again)->reopened().order(), order);
  OpportunityModel::Evolve(opportunity, **again);
  EXPECT_EQ(opportunity.order(), "");
  const auto second = OpportunityModel::Decide(opportunity, win, context, Known());
  ASSERT_THAT(second, testing::IsOk());
  EXPECT_NE((*second)->won().order(), order);
}

TEST(LoseOpportunity, Rules) {
  CheckDecisions<OpportunityModel, v1::LoseOpportunityRequest>(
      {
          {"loses an open one, today", {Opened()}, "loss_reason: 'price'", kLost},
          {"is quiet the second time", {Opened(), kLost}, "loss_reason: 'price'", ""},
          {"also with its day",
           {Opened(), kLost},
           "loss_reason: 'price' close_date { year: 2026 month: 3 day: 2 }",
           ""},
          {"refuses another note",
           {Opened(), kLost},
           "loss_reason: 'price' loss_note: 'too dear'",
           "!OPPORTUNITY_CLOSED"},
          {"refuses another day",
           {Opened(), kLost},
           "loss_reason: 'price' close_date { year: 2026 month: 3 day: 1 }",
           "!OPPORTUNITY_CLOSED"},
          {"refuses another reason",
           {Opened(), kLost},
           "loss_reason: 'timing'",
           "!OPPORTUNITY_CLOSED"},
          {"refuses a won one",
           {Opened(), kWonByErp},
           "loss_reason: 'price'",
           "!OPPORTUNITY_CLOSED"},
          {"needs a reason", {Opened()}, "", "!field:loss_reason"},
          {"refuses a reason the pipeline lacks",
           {Opened()},
           "loss_reason: 'rain'",
           "!field:loss_reason"},
          {"other needs a note",
           {Opened()},
           "loss_reason: 'other' loss_note: ' '",
           "!field:loss_note"},
          {"takes other with a note and a date",
           {Opened()},
           "loss_reason: 'other' loss_note: 'rain' close_date { year: 2026 month: 2 day: 28 }",
           "lost { " + Entered("lost", "LOST", 0) +
               " loss_reason: 'other' loss_note: 'rain' "
               "close_date { year: 2026 month: 2 day: 28 } }"},
          {"refuses a date that does not exist",
           {Opened()},
           "loss_reason: 'price' close_date { year: 2026 month: 2 day: 30 }",
           "!field:close_date"},
          {"refuses a date to come",
           {Opened()},
           "loss_reason: 'price' close_date { year: 2026 month: 3 day: 4 }",
           "!field:close_date"},
      },
      FixedContext<OpportunityModel>(), Known());
}

TEST(ReopenOpportunity, Rules) {
  CheckDecisions<OpportunityModel, v1::ReopenOpportunityRequest>(
      {
          {"takes it up where it was",
           {Opened(), kLost},
           "reason: 'they called'",
           "reopened { " + Entered("proposal", "OPEN", 50) + " reason: 'they called' }"},
          {"or where it is told",
           {Opened(), kWonByErp},
           "reason: 'x' stage: 'negotiation'",
           "reopened { " + Entered("negotiation", "OPEN", 80) + " reason: 'x' }"},
          {"or at the start when its stage is gone",
           {Opened("gone"), kLost},
           "reason: 'x'",
           "reopened { " + Entered("prospecting", "OPEN", 10) + " reason: 'x' }"},
          {"needs a reason", {Opened(), kLost}, "reason: ' '", "!field:reason"},
          {"refuses an open one", {Opened()}, "reason: 'x'", "!OPPORTUNITY_OPEN"},
          {"refuses an unknown stage",
           {Opened(), kLost},
           "reason: 'x' stage: 'nowhere'",
           "!field:stage"},
          {"refuses a stage that closes",
           {Opened(), kLost},
           "reason: 'x' stage: 'won'",
           "!STAGE_CLOSES"},
      },
      FixedContext<OpportunityModel>(), Known());
  Facts delivered = Known();
  delivered.order = ParseText<v1::Order>("status: ORDER_STATUS_PARTLY_DELIVERED");
  CheckDecisions<OpportunityModel, v1::ReopenOpportunityRequest>(
      {{"refuses when its order was delivered",
        {Opened(), kWonByErp},
        "reason: 'x'",
        "!ORDER_DELIVERED"}},
      FixedContext<OpportunityModel>(), delivered);
}

// Every kind of stage and every verb: what is not listed here is refused.
TEST(OpportunityStateMachine, EveryKindAndVerb) {
  const std::map<std::string, std::vector<std::string>> states = {
      {"open", {Opened()}},
      {"on hold", {Opened("hold", "ON_HOLD")}},
      {"won", {Opened(), kWonByErp}},
      {"lost", {Opened(), kLost}}};
  const std::map<std::pair<std::string, std::string>, std::string> expected = {
      {{"open", "move"}, "stage_moved"},
      {{"open", "win"}, "won"},
      {{"open", "lose"}, "lost"},
      {{"open", "reopen"}, "!OPPORTUNITY_OPEN"},
      {{"on hold", "move"}, "stage_moved"},
      {{"on hold", "win"}, "won"},
      {{"on hold", "lose"}, "lost"},
      {{"on hold", "reopen"}, "!OPPORTUNITY_OPEN"},
      {{"won", "move"}, "!OPPORTUNITY_CLOSED"},
      {{"won", "win"}, "!OPPORTUNITY_CLOSED"},
      {{"won", "lose"}, "!OPPORTUNITY_CLOSED"},
      {{"won", "reopen"}, "reopened"},
      {{"lost", "move"}, "!OPPORTUNITY_CLOSED"},
      {{"lost", "win"}, "!OPPORTUNITY_CLOSED"},
      {{"lost", "lose"}, "!OPPORTUNITY_CLOSED"},
      {{"lost", "reopen"}, "reopened"}};
  const auto context = FixedContext<OpportunityModel>();
  const auto decide = [&](const v1::Opportunity& opportunity, const std::string& verb) {
    const Facts facts = Known();
    if (verb == "move") {
      const auto move = ParseText<v1::MoveStageRequest>("stage: 'negotiation'");
      return OpportunityModel::Decide(opportunity, move, context, facts);
    }
    if (verb == "win") {
      const auto win = ParseText<v1::WinOpportunityRequest>(
          "amount { currency_code: 'USD' units: 1 } close_date { year: 2026 month: 3 day: 1 }");
      return OpportunityModel::Decide(opportunity, win, context, facts);
    }
    if (verb == "lose") {
      const auto lose = ParseText<v1::LoseOpportunityRequest>("loss_reason: 'timing'");
      return OpportunityModel::Decide(opportunity, lose, context, facts);
    }
    const auto reopen = ParseText<v1::ReopenOpportunityRequest>("reason: 'x'");
    return OpportunityModel::Decide(opportunity, reopen, context, facts);
  };
  for (const auto& [state, facts] : states) {
    for (const std::string verb : {"move", "win", "lose", "reopen"}) {
      EXPECT_EQ(WordOf(decide(Given<OpportunityModel>(facts), verb)), expected.at({state, verb}))
          << state << " " << verb;
    }
  }
}

TEST(OpportunityDeathTest, AnUnknownFactEndsTheProcess) {
  v1::Opportunity opportunity;
  EXPECT_DEATH(OpportunityModel::Evolve(opportunity, v1::OpportunityEvent()),
               "facts it does not know");
}

}  // namespace
}  // namespace crm::sales
