#include "services/marketing-campaign/domain/campaign.h"

#include <google/protobuf/util/message_differencer.h>

#include <string>

#include "crm/marketing/v1/reason.pb.h"
#include "libs/base/check.h"
#include "libs/base/date.h"
#include "libs/base/field_mask.h"
#include "libs/base/money.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/engine/update.h"
#include "services/marketing-campaign/domain/campaign_shape.h"

namespace crm::marketing {
namespace {

using base::Invalid;
using base::Refused;
using engine::Context;
using engine::Decision;

// What an approval agrees to, so that it stays afterwards.
constexpr const char* kAgreed[] = {"objective", "type", "programme", "period", "budget", "channel"};

bool Closed(const v1::Campaign& campaign) {
  return campaign.status() == v1::CAMPAIGN_STATUS_COMPLETE ||
         campaign.status() == v1::CAMPAIGN_STATUS_CANCELLED;
}

bool Launched(const v1::Campaign& campaign) {
  return campaign.status() == v1::CAMPAIGN_STATUS_ACTIVE ||
         campaign.status() == v1::CAMPAIGN_STATUS_PAUSED;
}

absl::Status IsClosed() {
  return Refused(v1::REASON_CAMPAIGN_CLOSED, "the campaign is complete or cancelled");
}

absl::Status NotLaunched() {
  return Refused(v1::REASON_CAMPAIGN_NOT_LAUNCHED, "launch the campaign first");
}

// Both of one external id, or both without.
bool SameCost(const v1::CampaignCost& a, const v1::CampaignCost& b) {
  return google::protobuf::util::MessageDifferencer::Equals(a, b);
}

const v1::CampaignCost* FindCost(const v1::Campaign& campaign,
                                 const common::v1::ExternalId& external_id) {
  for (const v1::CampaignCost& cost : campaign.costs()) {
    if (cost.has_external_id() && cost.external_id().system() == external_id.system() &&
        cost.external_id().id() == external_id.id()) {
      return &cost;
    }
  }
  return nullptr;
}

}  // namespace

Decision<CampaignModel> CampaignModel::Decide(const State&, const v1::CreateCampaignRequest& create,
                                              const Context& context) {
  if (absl::Status s = CheckCampaign(create.campaign(), context.name); !s.ok()) return s;
  Event event;
  v1::Campaign& campaign = *event.mutable_created()->mutable_campaign();
  campaign = create.campaign();
  campaign.set_status(v1::CAMPAIGN_STATUS_PLANNING);
  *campaign.mutable_cost_total() = base::MoneyOf(0, campaign.budget().currency_code());
  return event;
}

Decision<CampaignModel> CampaignModel::Decide(const State& campaign,
                                              const v1::UpdateCampaignRequest& update,
                                              const Context&) {
  if (Closed(campaign)) return IsClosed();
  absl::StatusOr<google::protobuf::FieldMask> changed =
      engine::ChangedFields(update.campaign(), update.update_mask(), campaign);
  if (!changed.ok()) return changed.status();
  if (changed->paths().empty()) return std::nullopt;
  if (campaign.status() != v1::CAMPAIGN_STATUS_PLANNING) {
    for (const char* field : kAgreed) {
      if (base::MaskTouches(*changed, field)) {
        return Refused(v1::REASON_CAMPAIGN_APPROVED, "what was approved cannot change",
                       {{"field", field}});
      }
    }
  }
  State after = campaign;
  base::ApplyMask(*changed, update.campaign(), after);
  if (absl::Status s = CheckCampaign(after, campaign.name()); !s.ok()) return s;
  if (!campaign.costs().empty()) {
    absl::Status s = base::CheckCurrency("campaign.budget", after.budget(),
                                         campaign.cost_total().currency_code());
    if (!s.ok()) return s;
  }
  Event event;
  v1::CampaignUpdated& updated = *event.mutable_updated();
  base::ApplyMask(*changed, update.campaign(), *updated.mutable_campaign());
  *updated.mutable_changed() = *std::move(changed);
  return event;
}

Decision<CampaignModel> CampaignModel::Decide(const State& campaign,
                                              const v1::ApproveCampaignRequest&,
                                              const Context& context) {
  if (Closed(campaign)) return IsClosed();
  if (campaign.status() != v1::CAMPAIGN_STATUS_PLANNING) return std::nullopt;
  if (!campaign.has_period()) {
    return Refused(v1::REASON_CAMPAIGN_INCOMPLETE, "the campaign has no period",
                   {{"field", "campaign.period"}});
  }
  Event event;
  *event.mutable_approved()->mutable_approve_date() = base::DateOf(context.business_date);
  event.mutable_approved()->set_approver(context.actor);
  return event;
}

Decision<CampaignModel> CampaignModel::Decide(const State& campaign,
                                              const v1::LaunchCampaignRequest&,
                                              const Context& context) {
  if (Closed(campaign)) return IsClosed();
  if (campaign.status() == v1::CAMPAIGN_STATUS_ACTIVE) return std::nullopt;
  if (campaign.status() == v1::CAMPAIGN_STATUS_PLANNING) {
    return Refused(v1::REASON_CAMPAIGN_NOT_APPROVED, "approve the campaign first");
  }
  Event event;
  *event.mutable_launched()->mutable_launch_date() = base::DateOf(context.business_date);
  return event;
}

Decision<CampaignModel> CampaignModel::Decide(const State& campaign,
                                              const v1::PauseCampaignRequest& pause,
                                              const Context& context) {
  if (Closed(campaign)) return IsClosed();
  if (!Launched(campaign)) return NotLaunched();
  if (campaign.status() == v1::CAMPAIGN_STATUS_PAUSED) return std::nullopt;
  Event event;
  *event.mutable_paused()->mutable_pause_date() = base::DateOf(context.business_date);
  event.mutable_paused()->set_reason(pause.reason());
  return event;
}

Decision<CampaignModel> CampaignModel::Decide(const State& campaign,
                                              const v1::CompleteCampaignRequest&,
                                              const Context& context) {
  if (campaign.status() == v1::CAMPAIGN_STATUS_COMPLETE) return std::nullopt;
  if (Closed(campaign)) return IsClosed();
  if (!Launched(campaign)) return NotLaunched();
  Event event;
  *event.mutable_completed()->mutable_close_date() = base::DateOf(context.business_date);
  return event;
}

Decision<CampaignModel> CampaignModel::Decide(const State& campaign,
                                              const v1::CancelCampaignRequest& cancel,
                                              const Context& context) {
  if (base::IsBlank(cancel.reason())) return Invalid("reason", "must be given");
  if (campaign.status() == v1::CAMPAIGN_STATUS_CANCELLED) return std::nullopt;
  if (Closed(campaign)) return IsClosed();
  Event event;
  *event.mutable_cancelled()->mutable_close_date() = base::DateOf(context.business_date);
  event.mutable_cancelled()->set_reason(cancel.reason());
  return event;
}

Decision<CampaignModel> CampaignModel::Decide(const State& campaign,
                                              const v1::RecordCostRequest& record, const Context&) {
  if (!record.has_cost()) return Invalid("cost", "must be given");
  absl::Status s = CheckCost(record.cost(), campaign.budget().currency_code());
  if (!s.ok()) return s;
  if (record.cost().has_external_id()) {
    const v1::CampaignCost* earlier = FindCost(campaign, record.cost().external_id());
    if (earlier != nullptr && SameCost(*earlier, record.cost())) return std::nullopt;
    if (earlier != nullptr) {
      return Refused(v1::REASON_COST_DIFFERS, "the external id has another cost");
    }
  }
  if (campaign.costs_size() >= kCostsMax) {
    return Refused(v1::REASON_CAMPAIGN_FULL, "the campaign has as many costs as it can have");
  }
  Event event;
  v1::CampaignCostRecorded& recorded = *event.mutable_cost_recorded();
  *recorded.mutable_cost() = record.cost();
  *recorded.mutable_cost_total() =
      base::MoneyOf(base::NanosOf(campaign.cost_total()) + base::NanosOf(record.cost().amount()),
                    campaign.budget().currency_code());
  return event;
}

void CampaignModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kCreated:
      state = event.created().campaign();
      return;
    case Event::kUpdated:
      base::ApplyMask(event.updated().changed(), event.updated().campaign(), state);
      if (state.costs().empty()) {
        state.mutable_cost_total()->set_currency_code(state.budget().currency_code());
      }
      return;
    case Event::kApproved:
      state.set_status(v1::CAMPAIGN_STATUS_APPROVED);
      *state.mutable_approve_date() = event.approved().approve_date();
      state.set_approver(event.approved().approver());
      return;
    case Event::kLaunched:
      state.set_status(v1::CAMPAIGN_STATUS_ACTIVE);
      if (!state.has_launch_date()) *state.mutable_launch_date() = event.launched().launch_date();
      return;
    case Event::kPaused:
      state.set_status(v1::CAMPAIGN_STATUS_PAUSED);
      return;
    case Event::kCompleted:
      state.set_status(v1::CAMPAIGN_STATUS_COMPLETE);
      *state.mutable_close_date() = event.completed().close_date();
      return;
    case Event::kCancelled:
      state.set_status(v1::CAMPAIGN_STATUS_CANCELLED);
      *state.mutable_close_date() = event.cancelled().close_date();
      state.set_cancel_reason(event.cancelled().reason());
      return;
    case Event::kCostRecorded:
      *state.add_costs() = event.cost_recorded().cost();
      *state.mutable_cost_total() = event.cost_recorded().cost_total();
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

}  // namespace crm::marketing
