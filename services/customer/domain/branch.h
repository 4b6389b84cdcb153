// Branch: a place of ours that looks after customers of its own.
// Pure: no I/O, no clock, no randomness. Units and staff are read from the local tables as a
// courtesy (references.h).
#pragma once

#include "crm/customer/v1/branch.pb.h"
#include "libs/engine/model.h"
#include "services/customer/domain/unit_rules.h"

namespace crm::customer {

struct BranchModel {
  using State = v1::Branch;
  using Event = v1::BranchEvent;

  // Refusals: kInvalidArgument; UNIT_UNKNOWN, UNIT_CLOSED, STAFF_UNKNOWN, STAFF_LEFT,
  // UNIT_CYCLE, UNITS_TOO_DEEP.
  static RefusedReferences Gather(const v1::CreateBranchRequest&, const engine::Context&,
                                  const engine::Snapshot&);
  static engine::Decision<BranchModel> Decide(const State&, const v1::CreateBranchRequest&,
                                              const engine::Context&,
                                              const RefusedReferences& refused);
  // The same, and DATED_CHANGES_FULL.
  static RefusedReferences Gather(const v1::UpdateBranchRequest&, const engine::Context&,
                                  const engine::Snapshot&);
  static engine::Decision<BranchModel> Decide(const State&, const v1::UpdateBranchRequest&,
                                              const engine::Context&,
                                              const RefusedReferences& refused);
  // Refusals: kInvalidArgument; UNIT_CLOSED, UNIT_NOT_EMPTY.
  static Emptiness Gather(const v1::CloseBranchRequest&, const engine::Context&,
                          const engine::Snapshot&);
  static engine::Decision<BranchModel> Decide(const State&, const v1::CloseBranchRequest&,
                                              const engine::Context&, const Emptiness& emptiness);

  static void Evolve(State& state, const Event& event);
};

}  // namespace crm::customer
