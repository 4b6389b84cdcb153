// Opportunity: one possible sale, from first contact to won or lost.
// Pure: no I/O, no clock, no randomness. Time, actor and new names arrive in Context.
#pragma once

#include <optional>

#include "crm/sales/v1/customer_ref.pb.h"
#include "crm/sales/v1/opportunity.pb.h"
#include "crm/sales/v1/order.pb.h"
#include "crm/sales/v1/pipeline.pb.h"
#include "libs/engine/model.h"

namespace crm::sales {

struct OpportunityModel {
  using State = v1::Opportunity;
  using Event = v1::OpportunityEvent;

  // What a decision needs besides the opportunity. The pipeline lies on another key, so it may be a
  // moment old; every event records the etag of the one used. The order is exact: it has the
  // opportunity's key.
  struct Facts {
    std::optional<v1::Pipeline> pipeline;  // Nothing when it is not known here.
    std::optional<v1::Order> order;        // What winning recorded; only for ReopenOpportunity.
  };

  // Refusals: kInvalidArgument, also for a currency other than the customer's and a stage the
  // pipeline lacks; CUSTOMER_ERASED, CUSTOMER_LOST, PIPELINE_UNKNOWN, STAGE_CLOSES.
  static Facts Gather(const v1::OpenOpportunityRequest&, const engine::Context&,
                      const engine::Snapshot&);
  static engine::Decision<OpportunityModel> Decide(const State&, const v1::OpenOpportunityRequest&,
                                                   const engine::Context&, const Facts&,
                                                   const v1::CustomerRef& customer);

  // Refusals: kInvalidArgument; OPPORTUNITY_CLOSED, PIPELINE_UNKNOWN, STAGE_CLOSES, STAGE_NOT_BACK.
  static Facts Gather(const v1::MoveStageRequest&, const engine::Context&, const engine::Snapshot&);
  static engine::Decision<OpportunityModel> Decide(const State&, const v1::MoveStageRequest&,
                                                   const engine::Context&, const Facts&);

  // Refusals: kInvalidArgument; OPPORTUNITY_CLOSED, PIPELINE_UNKNOWN.
  static Facts Gather(const v1::WinOpportunityRequest&, const engine::Context&,
                      const engine::Snapshot&);
  static engine::Decision<OpportunityModel> Decide(const State&, const v1::WinOpportunityRequest&,
                                                   const engine::Context&, const Facts&);
  static Facts Gather(const v1::LoseOpportunityRequest&, const engine::Context&,
                      const engine::Snapshot&);
  static engine::Decision<OpportunityModel> Decide(const State&, const v1::LoseOpportunityRequest&,
                                                   const engine::Context&, const Facts&);

  // Refusals: kInvalidArgument; OPPORTUNITY_OPEN, ORDER_DELIVERED, PIPELINE_UNKNOWN, STAGE_CLOSES.
  static Facts Gather(const v1::ReopenOpportunityRequest&, const engine::Context&,
                      const engine::Snapshot&);
  static engine::Decision<OpportunityModel> Decide(const State&,
                                                   const v1::ReopenOpportunityRequest&,
                                                   const engine::Context&, const Facts&);

  static void Evolve(State& state, const Event& event);
};

}  // namespace crm::sales
