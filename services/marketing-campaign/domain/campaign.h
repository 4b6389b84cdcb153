// Campaign: something we do to win and keep customers, from plan to end, and what it costs.
// Pure: no I/O, no clock, no randomness.
#pragma once

#include "crm/marketing/v1/campaign.pb.h"
#include "libs/engine/model.h"

namespace crm::marketing {

// The most costs one campaign may have.
inline constexpr int kCostsMax = 500;

struct CampaignModel {
  using State = v1::Campaign;
  using Event = v1::CampaignEvent;

  // Refusals: kInvalidArgument.
  static engine::Decision<CampaignModel> Decide(const State&, const v1::CreateCampaignRequest&,
                                                const engine::Context&);
  // Refusals: kInvalidArgument, also for another currency once there are costs; CAMPAIGN_CLOSED;
  // CAMPAIGN_APPROVED for what was agreed. Nothing when nothing would change.
  static engine::Decision<CampaignModel> Decide(const State&, const v1::UpdateCampaignRequest&,
                                                const engine::Context&);
  // Refusals: CAMPAIGN_INCOMPLETE, CAMPAIGN_CLOSED. Nothing when it is approved or further.
  static engine::Decision<CampaignModel> Decide(const State&, const v1::ApproveCampaignRequest&,
                                                const engine::Context&);
  // Refusals: CAMPAIGN_NOT_APPROVED, CAMPAIGN_CLOSED. Nothing when it runs.
  static engine::Decision<CampaignModel> Decide(const State&, const v1::LaunchCampaignRequest&,
                                                const engine::Context&);
  // Refusals: CAMPAIGN_NOT_LAUNCHED, CAMPAIGN_CLOSED. Nothing when it rests.
  static engine::Decision<CampaignModel> Decide(const State&, const v1::PauseCampaignRequest&,
                                                const engine::Context&);
  // Refusals: CAMPAIGN_NOT_LAUNCHED, CAMPAIGN_CLOSED. Nothing when it is complete.
  static engine::Decision<CampaignModel> Decide(const State&, const v1::CompleteCampaignRequest&,
                                                const engine::Context&);
  // Refusals: kInvalidArgument; CAMPAIGN_CLOSED. Nothing when it is cancelled.
  static engine::Decision<CampaignModel> Decide(const State&, const v1::CancelCampaignRequest&,
                                                const engine::Context&);
  // Refusals: kInvalidArgument; COST_DIFFERS; CAMPAIGN_FULL. Nothing when the same cost was
  // recorded under the same external id.
  static engine::Decision<CampaignModel> Decide(const State&, const v1::RecordCostRequest&,
                                                const engine::Context&);

  static void Evolve(State& state, const Event& event);
};

}  // namespace crm::marketing
