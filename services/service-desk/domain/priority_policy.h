// Priority policy: how a ticket's priority follows from what happened and to whom.
// Pure: no I/O, no clock, no randomness.
#pragma once

#include "crm/servicedesk/v1/priority_policy.pb.h"
#include "libs/engine/model.h"

namespace crm::servicedesk {

struct PriorityPolicyModel {
  using State = v1::PriorityPolicy;
  using Event = v1::PriorityPolicyEvent;

  // kInvalidArgument: weights that do not add up, thresholds that do not descend, points out of
  // range; names the field.
  static engine::Decision<PriorityPolicyModel> Decide(const State&,
                                                      const v1::CreatePriorityPolicyRequest&,
                                                      const engine::Context&);
  // The same. Nothing when nothing would change.
  static engine::Decision<PriorityPolicyModel> Decide(const State&,
                                                      const v1::UpdatePriorityPolicyRequest&,
                                                      const engine::Context&);

  static void Evolve(State& state, const Event& event);
};

}  // namespace crm::servicedesk
