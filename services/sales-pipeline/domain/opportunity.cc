#include "services/sales-pipeline/domain/opportunity.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "crm/sales/v1/reason.pb.h"
#include "libs/base/check.h"
#include "libs/base/date.h"
#include "libs/base/hash.h"
#include "libs/base/money.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/base/timestamp.h"
#include "services/sales-pipeline/domain/pipeline.h"
#include "services/sales-pipeline/domain/seed.h"
#include "services/sales-pipeline/read/tables.h"

namespace crm::sales {
namespace {

using base::Invalid;
using base::Refused;
using engine::Context;
using engine::Decision;
using engine::Snapshot;
using Facts = OpportunityModel::Facts;

bool Closed(const v1::Opportunity& opportunity) {
  return opportunity.stage_kind() == v1::STAGE_KIND_WON ||
         opportunity.stage_kind() == v1::STAGE_KIND_LOST;
}

bool Closes(const v1::Stage& stage) {
  return stage.kind() == v1::STAGE_KIND_WON || stage.kind() == v1::STAGE_KIND_LOST;
}

absl::Status PipelineUnknown() {
  return Refused(v1::REASON_PIPELINE_UNKNOWN, "the pipeline is not known here");
}

// The pipeline that the opportunity of this name goes through, read on the same key.
Facts PipelineOf(const Snapshot& snapshot, const std::string& name) {
  const std::optional<v1::Opportunity> opportunity = snapshot.Get(kOpportunities, name);
  if (!opportunity.has_value()) return {};
  return {snapshot.Get(kPipelines, opportunity->pipeline()), std::nullopt};
}

v1::StageEntered Enter(const v1::Pipeline& pipeline, const v1::Stage& stage,
                       const Context& context) {
  v1::StageEntered entered;
  entered.set_stage(stage.id());
  entered.set_kind(stage.kind());
  entered.set_probability_percent(stage.probability_percent());
  entered.set_pipeline_etag(pipeline.etag());
  *entered.mutable_time() = base::TimestampOf(context.time);
  return entered;
}

void FoldStage(v1::Opportunity& opportunity, const v1::StageEntered& entered) {
  opportunity.set_stage(entered.stage());
  opportunity.set_stage_kind(entered.kind());
  opportunity.set_probability_percent(entered.probability_percent());
  opportunity.set_pipeline_etag(entered.pipeline_etag());
  *opportunity.mutable_stage_time() = entered.time();
}

// A stage to work in, by its id; empty: `otherwise`, or the first open one when that is gone.
absl::StatusOr<const v1::Stage*> OpenStage(const v1::Pipeline& pipeline, const char* field,
                                           const std::string& id, const std::string& otherwise) {
  int index = StageIndex(pipeline, id.empty() ? otherwise : id);
  if (index < 0 && !id.empty()) return Invalid(field, "must be a stage of the pipeline");
  const v1::Stage* stage =
      index >= 0 ? &pipeline.stages(index) : FirstStage(pipeline, v1::STAGE_KIND_OPEN);
  if (stage == nullptr) return PipelineUnknown();
  if (Closes(*stage)) {
    return Refused(v1::REASON_STAGE_CLOSES, "win or lose the opportunity instead");
  }
  return stage;
}

absl::Status CheckOpen(const v1::Opportunity& opportunity) {
  if (base::IsBlank(opportunity.display_name())) {
    return Invalid("opportunity.display_name", "must be given");
  }
  if (!v1::OpportunityType_IsValid(opportunity.type())) {
    return Invalid("opportunity.type", "must be a type of opportunity");
  }
  if (opportunity.has_amount()) {
    absl::Status s = base::CheckNotNegative("opportunity.amount", opportunity.amount());
    if (!s.ok()) return s;
  }
  if (opportunity.has_expected_close_date()) {
    return base::CheckDate("opportunity.expected_close_date", opportunity.expected_close_date());
  }
  return absl::OkStatus();
}

// What the customer deals in; until there are dated rates, the company's reporting currency.
std::string_view CurrencyOf(const v1::CustomerRef& customer, const Context& context) {
  return customer.currency_code().empty() ? context.reporting_currency : customer.currency_code();
}

absl::Status CheckCustomer(const v1::Opportunity& opportunity, const v1::CustomerRef& customer,
                           const Context& context) {
  if (customer.status() == customer::v1::CUSTOMER_STATUS_ERASED) {
    return Refused(v1::REASON_CUSTOMER_ERASED, "the customer was erased");
  }
  if (!customer.merged_into().empty()) {
    return Refused(v1::REASON_CUSTOMER_MERGED, "the customer was merged into another one",
                   {{"survivor", customer.merged_into()}});
  }
  if (customer.status() == customer::v1::CUSTOMER_STATUS_LOST) {
    return Refused(v1::REASON_CUSTOMER_LOST, "qualify the customer again first");
  }
  if (!opportunity.has_amount()) return absl::OkStatus();
  for (const std::string_view currency :
       {CurrencyOf(customer, context), std::string_view(context.reporting_currency)}) {
    if (opportunity.amount().currency_code() != currency) {
      return Invalid("opportunity.amount.currency_code",
                     "must be the customer's, and the company's reporting currency");
    }
  }
  return absl::OkStatus();
}

// Fills in what the caller left to the customer and the pipeline.
void Complete(v1::Opportunity& opportunity, const v1::CustomerRef& customer,
              const Context& context) {
  if (opportunity.pipeline().empty()) opportunity.set_pipeline(kStandardPipeline);
  if (opportunity.owner().empty()) opportunity.set_owner(customer.owner());
  if (opportunity.team().empty()) opportunity.set_team(customer.team());
  if (opportunity.branch().empty()) opportunity.set_branch(customer.branch());
  opportunity.set_currency_code(std::string(CurrencyOf(customer, context)));
}

// An id for the order of this win, the same whenever it is asked for.
std::string WonOrder(const v1::Opportunity& opportunity) {
  return absl::StrCat(
      std::string(base::ParentOf(opportunity.name())), "/orders/",
      base::DeriveId({"won-order", opportunity.name(), absl::StrCat(opportunity.win_count() + 1)}));
}

bool SameDate(const google::type::Date& a, const google::type::Date& b) {
  return a.year() == b.year() && a.month() == b.month() && a.day() == b.day();
}

// Whether it was lost in just this way; a date that is not given is whatever it was.
bool LostSo(const v1::Opportunity& opportunity, const v1::LoseOpportunityRequest& lose) {
  return opportunity.stage_kind() == v1::STAGE_KIND_LOST &&
         opportunity.loss_reason() == lose.loss_reason() &&
         opportunity.loss_note() == lose.loss_note() &&
         (!lose.has_close_date() || SameDate(opportunity.close_date(), lose.close_date()));
}

void FoldReopened(v1::Opportunity& opportunity, const v1::OpportunityReopened& reopened) {
  FoldStage(opportunity, reopened.entered());
  opportunity.clear_close_date();
  opportunity.clear_loss_reason();
  opportunity.clear_loss_note();
  opportunity.clear_stage_before_close();
  opportunity.clear_order();
}

}  // namespace

Facts OpportunityModel::Gather(const v1::OpenOpportunityRequest& open, const Context&,
                               const Snapshot& snapshot) {
  const std::string& pipeline = open.opportunity().pipeline();
  return {snapshot.Get(kPipelines, pipeline.empty() ? std::string(kStandardPipeline) : pipeline),
          std::nullopt};
}

Decision<OpportunityModel> OpportunityModel::Decide(const State&,
                                                    const v1::OpenOpportunityRequest& open,
                                                    const Context& context, const Facts& facts,
                                                    const v1::CustomerRef& customer) {
  if (absl::Status s = CheckOpen(open.opportunity()); !s.ok()) return s;
  if (absl::Status s = CheckCustomer(open.opportunity(), customer, context); !s.ok()) return s;
  if (!facts.pipeline.has_value()) return PipelineUnknown();
  absl::StatusOr<const v1::Stage*> stage =
      OpenStage(*facts.pipeline, "opportunity.stage", open.opportunity().stage(), "");
  if (!stage.ok()) return stage.status();
  Event event;
  v1::Opportunity& opportunity = *event.mutable_opened()->mutable_opportunity();
  opportunity = open.opportunity();
  Complete(opportunity, customer, context);
  FoldStage(opportunity, Enter(*facts.pipeline, **stage, context));
  return event;
}

Facts OpportunityModel::Gather(const v1::MoveStageRequest& move, const Context&,
                               const Snapshot& snapshot) {
  return PipelineOf(snapshot, move.name());
}

Decision<OpportunityModel> OpportunityModel::Decide(const State& opportunity,
                                                    const v1::MoveStageRequest& move,
                                                    const Context& context, const Facts& facts) {
  if (move.stage().empty()) return Invalid("stage", "must be given");
  if (Closed(opportunity)) {
    return Refused(v1::REASON_OPPORTUNITY_CLOSED, "reopen the opportunity first");
  }
  if (!facts.pipeline.has_value()) return PipelineUnknown();
  absl::StatusOr<const v1::Stage*> to = OpenStage(*facts.pipeline, "stage", move.stage(), "");
  if (!to.ok()) return to.status();
  if (move.stage() == opportunity.stage()) return std::nullopt;
  // A stage that is gone from the pipeline can be left in any direction, and so can a rest.
  const int from_index = StageIndex(*facts.pipeline, opportunity.stage());
  const int to_index = StageIndex(*facts.pipeline, move.stage());
  const bool back = to_index < from_index && (*to)->kind() == v1::STAGE_KIND_OPEN &&
                    opportunity.stage_kind() == v1::STAGE_KIND_OPEN;
  if (back && !facts.pipeline->stages(from_index).may_move_back()) {
    return Refused(v1::REASON_STAGE_NOT_BACK, "the pipeline does not allow to move back from here");
  }
  Event event;
  v1::OpportunityStageMoved& moved = *event.mutable_stage_moved();
  *moved.mutable_entered() = Enter(*facts.pipeline, **to, context);
  moved.set_from_stage(opportunity.stage());
  moved.set_reason(move.reason());
  return event;
}

Facts OpportunityModel::Gather(const v1::WinOpportunityRequest& win, const Context&,
                               const Snapshot& snapshot) {
  return PipelineOf(snapshot, win.name());
}

Decision<OpportunityModel> OpportunityModel::Decide(const State& opportunity,
                                                    const v1::WinOpportunityRequest& win,
                                                    const Context& context, const Facts& facts) {
  if (absl::Status s = base::CheckPositive("amount", win.amount()); !s.ok()) return s;
  absl::Status date = base::CheckPastDate("close_date", win.close_date(), context.business_date);
  if (!date.ok()) return date;
  if (opportunity.stage_kind() == v1::STAGE_KIND_WON &&
      base::SameMoney(opportunity.amount(), win.amount()) &&
      SameDate(opportunity.close_date(), win.close_date())) {
    return std::nullopt;
  }
  if (Closed(opportunity)) {
    return Refused(v1::REASON_OPPORTUNITY_CLOSED, "reopen the opportunity first");
  }
  if (absl::Status s = base::CheckCurrency("amount", win.amount(), opportunity.currency_code());
      !s.ok()) {
    return s;
  }
  if (!facts.pipeline.has_value()) return PipelineUnknown();
  const v1::Stage* stage = FirstStage(*facts.pipeline, v1::STAGE_KIND_WON);
  if (stage == nullptr) return PipelineUnknown();
  Event event;
  v1::OpportunityWon& won = *event.mutable_won();
  *won.mutable_entered() = Enter(*facts.pipeline, *stage, context);
  *won.mutable_amount() = win.amount();
  *won.mutable_close_date() = win.close_date();
  won.set_branch(opportunity.branch());
  if (facts.pipeline->order_source() != v1::ORDER_SOURCE_ERP) won.set_order(WonOrder(opportunity));
  return event;
}

Facts OpportunityModel::Gather(const v1::LoseOpportunityRequest& lose, const Context&,
                               const Snapshot& snapshot) {
  return PipelineOf(snapshot, lose.name());
}

Decision<OpportunityModel> OpportunityModel::Decide(const State& opportunity,
                                                    const v1::LoseOpportunityRequest& lose,
                                                    const Context& context, const Facts& facts) {
  if (lose.loss_reason().empty()) return Invalid("loss_reason", "must be given");
  if (lose.loss_reason() == kOtherLossReason && base::IsBlank(lose.loss_note())) {
    return Invalid("loss_note", "must say what the other reason is");
  }
  if (lose.has_close_date()) {
    absl::Status s = base::CheckPastDate("close_date", lose.close_date(), context.business_date);
    if (!s.ok()) return s;
  }
  if (LostSo(opportunity, lose)) return std::nullopt;
  if (Closed(opportunity)) {
    return Refused(v1::REASON_OPPORTUNITY_CLOSED, "reopen the opportunity first");
  }
  if (!facts.pipeline.has_value()) return PipelineUnknown();
  if (!HasLossReason(*facts.pipeline, lose.loss_reason())) {
    return Invalid("loss_reason", "must be a loss reason of the pipeline");
  }
  const v1::Stage* stage = FirstStage(*facts.pipeline, v1::STAGE_KIND_LOST);
  if (stage == nullptr) return PipelineUnknown();
  Event event;
  v1::OpportunityLost& lost = *event.mutable_lost();
  *lost.mutable_entered() = Enter(*facts.pipeline, *stage, context);
  lost.set_loss_reason(lose.loss_reason());
  lost.set_loss_note(lose.loss_note());
  *lost.mutable_close_date() =
      lose.has_close_date() ? lose.close_date() : base::DateOf(context.business_date);
  return event;
}

Facts OpportunityModel::Gather(const v1::ReopenOpportunityRequest& reopen, const Context&,
                               const Snapshot& snapshot) {
  Facts facts = PipelineOf(snapshot, reopen.name());
  const std::optional<v1::Opportunity> opportunity = snapshot.Get(kOpportunities, reopen.name());
  if (opportunity.has_value() && !opportunity->order().empty()) {
    facts.order = snapshot.Get(kOrders, opportunity->order());
  }
  return facts;
}

Decision<OpportunityModel> OpportunityModel::Decide(const State& opportunity,
                                                    const v1::ReopenOpportunityRequest& reopen,
                                                    const Context& context, const Facts& facts) {
  if (base::IsBlank(reopen.reason())) return Invalid("reason", "must be given");
  if (!Closed(opportunity)) {
    return Refused(v1::REASON_OPPORTUNITY_OPEN, "the opportunity is not closed");
  }
  if (facts.order.has_value() && (facts.order->status() == v1::ORDER_STATUS_PARTLY_DELIVERED ||
                                  facts.order->status() == v1::ORDER_STATUS_DELIVERED)) {
    return Refused(v1::REASON_ORDER_DELIVERED, "the order of the win was delivered");
  }
  if (!facts.pipeline.has_value()) return PipelineUnknown();
  absl::StatusOr<const v1::Stage*> stage =
      OpenStage(*facts.pipeline, "stage", reopen.stage(), opportunity.stage_before_close());
  if (!stage.ok()) return stage.status();
  Event event;
  v1::OpportunityReopened& reopened = *event.mutable_reopened();
  *reopened.mutable_entered() = Enter(*facts.pipeline, **stage, context);
  reopened.set_reason(reopen.reason());
  reopened.set_order(opportunity.order());
  return event;
}

void OpportunityModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kOpened:
      state = event.opened().opportunity();
      return;
    case Event::kStageMoved:
      FoldStage(state, event.stage_moved().entered());
      return;
    case Event::kWon:
      state.set_stage_before_close(state.stage());
      FoldStage(state, event.won().entered());
      *state.mutable_amount() = event.won().amount();
      state.set_currency_code(event.won().amount().currency_code());
      *state.mutable_close_date() = event.won().close_date();
      state.set_win_count(state.win_count() + 1);
      state.set_order(event.won().order());
      return;
    case Event::kLost:
      state.set_stage_before_close(state.stage());
      FoldStage(state, event.lost().entered());
      state.set_loss_reason(event.lost().loss_reason());
      state.set_loss_note(event.lost().loss_note());
      *state.mutable_close_date() = event.lost().close_date();
      return;
    case Event::kReopened:
      FoldReopened(state, event.reopened());
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

}  // namespace crm::sales
