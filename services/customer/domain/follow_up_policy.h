// FollowUpPolicy: what the company has decided about interviews, signals and insight sheets. There
// is one, "followUpPolicies/standard". Pure: no I/O, no clock, no randomness.
#pragma once

#include "crm/customer/v1/follow_up_policy.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// What is set up at the first start: a critical signal of a gold customer the same day, others in
// three working days; the small are answered in writing; Monday to Friday, 9 to 18.
v1::FollowUpPolicy DefaultFollowUpPolicy();

// The policy as it is here, or the default while there is none.
v1::FollowUpPolicy FollowUpPolicyIn(const engine::Snapshot& snapshot);

struct FollowUpPolicyModel {
  using State = v1::FollowUpPolicy;
  using Event = v1::FollowUpPolicyEvent;

  // kInvalidArgument, naming the field: another id than the one, or what makes no policy.
  static engine::Decision<FollowUpPolicyModel> Decide(const State&,
                                                      const v1::CreateFollowUpPolicyRequest&,
                                                      const engine::Context&);
  // The same. Nothing when nothing would change.
  static engine::Decision<FollowUpPolicyModel> Decide(const State&,
                                                      const v1::UpdateFollowUpPolicyRequest&,
                                                      const engine::Context&);

  static void Evolve(State& state, const Event& event);
};

}  // namespace crm::customer
