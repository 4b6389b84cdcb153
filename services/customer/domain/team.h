// Team: people who work together.
// Pure: no I/O, no clock, no randomness. Units and staff are read from the local tables as a
// courtesy (references.h).
#pragma once

#include "crm/customer/v1/team.pb.h"
#include "libs/engine/model.h"
#include "services/customer/domain/unit_rules.h"

namespace crm::customer {

struct TeamModel {
  using State = v1::Team;
  using Event = v1::TeamEvent;

  // Refusals: kInvalidArgument; UNIT_UNKNOWN, UNIT_CLOSED, STAFF_UNKNOWN, STAFF_LEFT.
  static RefusedReferences Gather(const v1::CreateTeamRequest&, const engine::Context&,
                                  const engine::Snapshot&);
  static engine::Decision<TeamModel> Decide(const State&, const v1::CreateTeamRequest&,
                                            const engine::Context&,
                                            const RefusedReferences& refused);
  // The same, and DATED_CHANGES_FULL.
  static RefusedReferences Gather(const v1::UpdateTeamRequest&, const engine::Context&,
                                  const engine::Snapshot&);
  static engine::Decision<TeamModel> Decide(const State&, const v1::UpdateTeamRequest&,
                                            const engine::Context&,
                                            const RefusedReferences& refused);
  // Refusals: kInvalidArgument; UNIT_CLOSED, UNIT_NOT_EMPTY.
  static Emptiness Gather(const v1::CloseTeamRequest&, const engine::Context&,
                          const engine::Snapshot&);
  static engine::Decision<TeamModel> Decide(const State&, const v1::CloseTeamRequest&,
                                            const engine::Context&, const Emptiness& emptiness);

  static void Evolve(State& state, const Event& event);
};

}  // namespace crm::customer
