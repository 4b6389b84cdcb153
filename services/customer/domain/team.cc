#include "services/customer/domain/team.h"

#include "libs/base/check.h"

namespace crm::customer {

using engine::Context;
using engine::Decision;
using engine::Snapshot;

RefusedReferences TeamModel::Gather(const v1::CreateTeamRequest& create, const Context& context,
                                    const Snapshot& snapshot) {
  return RefusedOf(create.team(), context.name, SinceToday(context), snapshot);
}

Decision<TeamModel> TeamModel::Decide(const State&, const v1::CreateTeamRequest& create,
                                      const Context& context, const RefusedReferences& refused) {
  auto team = BeginUnit("team", create.team(), context, refused);
  if (!team.ok()) return team.status();
  Event event;
  *event.mutable_created()->mutable_team() = *std::move(team);
  return event;
}

RefusedReferences TeamModel::Gather(const v1::UpdateTeamRequest& update, const Context& context,
                                    const Snapshot& snapshot) {
  return RefusedOf(update.team(), context.name, SinceOf(update, context), snapshot);
}

Decision<TeamModel> TeamModel::Decide(const State& team, const v1::UpdateTeamRequest& update,
                                      const Context& context, const RefusedReferences& refused) {
  const auto change = ChangeUnit("team", team, update.team(), update, context, refused);
  if (!change.ok()) return change.status();
  if (change->empty()) return std::nullopt;
  Event event;
  auto& updated = *event.mutable_updated();
  SayChange(*change, updated);
  *updated.mutable_team() = change->values;
  return event;
}

Emptiness TeamModel::Gather(const v1::CloseTeamRequest& close, const Context& context,
                            const Snapshot& snapshot) {
  return EmptinessOfTeam(close.name(), close.close_date(), context.business_date, snapshot);
}

Decision<TeamModel> TeamModel::Decide(const State& team, const v1::CloseTeamRequest& close,
                                      const Context& context, const Emptiness& emptiness) {
  const absl::StatusOr<bool> closes = ClosesUnit(team, close, context, emptiness);
  if (!closes.ok()) return closes.status();
  if (!*closes) return std::nullopt;
  Event event;
  *event.mutable_closed()->mutable_close_date() = close.close_date();
  event.mutable_closed()->set_reason(close.reason());
  return event;
}

void TeamModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kCreated:
      FoldBegun(event.created().team(), state);
      return;
    case Event::kUpdated:
      base::ApplyMask(event.updated().changed(), event.updated().team(), state);
      FoldTerms(event.updated(), state);
      return;
    case Event::kClosed:
      *state.mutable_close_date() = event.closed().close_date();
      state.set_close_reason(event.closed().reason());
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

}  // namespace crm::customer
