// Pool: customers that nobody looks after and that may be picked, and who may have how many.
//
// Once a day it is looked who goes back into it: the timer's event says so, and a reaction tells
// each customer (react/ownership_reactions.h). Pure: no I/O, no clock, no randomness.
#pragma once

#include <optional>
#include <string>

#include "crm/customer/v1/ownership_internal.pb.h"
#include "crm/customer/v1/pool.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

struct PoolModel {
  using State = v1::Pool;
  using Event = v1::PoolEvent;
  using Due = v1::CheckPoolRequest;

  // kInvalidArgument, naming the field.
  static engine::Decision<PoolModel> Decide(const State&, const v1::CreatePoolRequest&,
                                            const engine::Context&);
  // The same. Nothing when nothing would change.
  static engine::Decision<PoolModel> Decide(const State&, const v1::UpdatePoolRequest&,
                                            const engine::Context&);
  // Refuses POOL_PAUSED.
  static engine::Decision<PoolModel> Decide(const State&, const v1::SweepPoolRequest&,
                                            const engine::Context&);
  static engine::Decision<PoolModel> Decide(const State&, const v1::CheckPoolRequest&,
                                            const engine::Context&);
  // Nothing when another sweep has begun, or it has come that far.
  static engine::Decision<PoolModel> Decide(const State&, const v1::ContinueSweepRequest&,
                                            const engine::Context&);

  // When it is next looked what goes back.
  static std::optional<absl::Time> NextDue(const State& state);

  static void Evolve(State& state, const Event& event);
};

// kInvalidArgument, naming the field below `field`.
absl::Status CheckPoolScope(const std::string& field, const v1::PoolScope& scope);

}  // namespace crm::customer
