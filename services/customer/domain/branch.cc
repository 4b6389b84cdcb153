#include "services/customer/domain/branch.h"

#include "libs/base/check.h"

namespace crm::customer {

using engine::Context;
using engine::Decision;
using engine::Snapshot;

RefusedReferences BranchModel::Gather(const v1::CreateBranchRequest& create, const Context& context,
                                      const Snapshot& snapshot) {
  return RefusedOf(create.branch(), context.name, SinceToday(context), snapshot);
}

Decision<BranchModel> BranchModel::Decide(const State&, const v1::CreateBranchRequest& create,
                                          const Context& context,
                                          const RefusedReferences& refused) {
  auto branch = BeginUnit("branch", create.branch(), context, refused);
  if (!branch.ok()) return branch.status();
  Event event;
  *event.mutable_created()->mutable_branch() = *std::move(branch);
  return event;
}

RefusedReferences BranchModel::Gather(const v1::UpdateBranchRequest& update, const Context& context,
                                      const Snapshot& snapshot) {
  return RefusedOf(update.branch(), context.name, SinceOf(update, context), snapshot);
}

Decision<BranchModel> BranchModel::Decide(const State& branch,
                                          const v1::UpdateBranchRequest& update,
                                          const Context& context,
                                          const RefusedReferences& refused) {
  const auto change = ChangeUnit("branch", branch, update.branch(), update, context, refused);
  if (!change.ok()) return change.status();
  if (change->empty()) return std::nullopt;
  Event event;
  auto& updated = *event.mutable_updated();
  SayChange(*change, updated);
  *updated.mutable_branch() = change->values;
  return event;
}

Emptiness BranchModel::Gather(const v1::CloseBranchRequest& close, const Context& context,
                              const Snapshot& snapshot) {
  return EmptinessOfBranch(close.name(), close.close_date(), context.business_date, snapshot);
}

Decision<BranchModel> BranchModel::Decide(const State& branch, const v1::CloseBranchRequest& close,
                                          const Context& context, const Emptiness& emptiness) {
  const absl::StatusOr<bool> closes = ClosesUnit(branch, close, context, emptiness);
  if (!closes.ok()) return closes.status();
  if (!*closes) return std::nullopt;
  Event event;
  *event.mutable_closed()->mutable_close_date() = close.close_date();
  event.mutable_closed()->set_reason(close.reason());
  return event;
}

void BranchModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kCreated:
      FoldBegun(event.created().branch(), state);
      return;
    case Event::kUpdated:
      base::ApplyMask(event.updated().changed(), event.updated().branch(), state);
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
