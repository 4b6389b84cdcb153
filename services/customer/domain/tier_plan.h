// TierPlan: by what and when every customer's standing tier is computed. There is one,
// "tierPlans/standard".
//
// A computation looks at all customers at once, so it is the plan's own fact: it says where one
// tier ends and the next begins. What follows for a customer is that customer's own fact, by a
// reaction. Pure: no I/O, no clock, no randomness.
#pragma once

#include <optional>

#include "absl/status/status.h"
#include "crm/customer/v1/value.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// An import that goes on is waited for so long, from its first order.
inline constexpr absl::Duration kImportPatience = absl::Minutes(10);

// The ranking of the plan's window, or why there is none.
struct TierFacts {
  absl::Status status;
  v1::TierComputation computation;
  // An import is going on: looked again then, and nothing was ranked.
  std::optional<absl::Time> wait_until;
};

struct TierPlanModel {
  using State = v1::TierPlan;
  using Event = v1::TierPlanEvent;
  using Due = v1::TierPlanDueRequest;

  static engine::Decision<TierPlanModel> Decide(const State&, const v1::CreateTierPlanRequest&,
                                                const engine::Context&);
  static engine::Decision<TierPlanModel> Decide(const State&, const v1::UpdateTierPlanRequest&,
                                                const engine::Context&);
  // Reads the sums of all customers: other keys, which may be behind; the event records what they
  // gave.
  static TierFacts Gather(const v1::ComputeTierPlanRequest&, const engine::Context&,
                          const engine::Snapshot&);
  static TierFacts Gather(const v1::TierPlanDueRequest&, const engine::Context&,
                          const engine::Snapshot&);
  // Refuses CURRENCIES_MIXED, SUM_TOO_LARGE.
  static engine::Decision<TierPlanModel> Decide(const State&, const v1::ComputeTierPlanRequest&,
                                                const engine::Context&, const TierFacts&);
  static engine::Decision<TierPlanModel> Decide(const State&, const v1::TierPlanDueRequest&,
                                                const engine::Context&, const TierFacts&);

  static engine::Decision<TierPlanModel> Decide(const State&, const v1::NoteOrderImportRequest&,
                                                const engine::Context&);
  static engine::Decision<TierPlanModel> Decide(const State&,
                                                const v1::ContinueTierAssignmentRequest&,
                                                const engine::Context&);

  // When the tiers are next computed, or an import is next looked at.
  static std::optional<absl::Time> NextDue(const State& state);

  static void Evolve(State& state, const Event& event);
};

}  // namespace crm::customer
