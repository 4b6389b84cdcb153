#include "services/customer/domain/department.h"

#include "libs/base/check.h"

namespace crm::customer {

using engine::Context;
using engine::Decision;
using engine::Snapshot;

RefusedReferences DepartmentModel::Gather(const v1::CreateDepartmentRequest& create,
                                          const Context& context, const Snapshot& snapshot) {
  return RefusedOf(create.department(), context.name, SinceToday(context), snapshot);
}

Decision<DepartmentModel> DepartmentModel::Decide(const State&,
                                                  const v1::CreateDepartmentRequest& create,
                                                  const Context& context,
                                                  const RefusedReferences& refused) {
  auto department = BeginUnit("department", create.department(), context, refused);
  if (!department.ok()) return department.status();
  Event event;
  *event.mutable_created()->mutable_department() = *std::move(department);
  return event;
}

RefusedReferences DepartmentModel::Gather(const v1::UpdateDepartmentRequest& update,
                                          const Context& context, const Snapshot& snapshot) {
  return RefusedOf(update.department(), context.name, SinceOf(update, context), snapshot);
}

Decision<DepartmentModel> DepartmentModel::Decide(const State& department,
                                                  const v1::UpdateDepartmentRequest& update,
                                                  const Context& context,
                                                  const RefusedReferences& refused) {
  const auto change =
      ChangeUnit("department", department, update.department(), update, context, refused);
  if (!change.ok()) return change.status();
  if (change->empty()) return std::nullopt;
  Event event;
  auto& updated = *event.mutable_updated();
  SayChange(*change, updated);
  *updated.mutable_department() = change->values;
  return event;
}

Emptiness DepartmentModel::Gather(const v1::CloseDepartmentRequest& close, const Context& context,
                                  const Snapshot& snapshot) {
  return EmptinessOfDepartment(close.name(), close.close_date(), context.business_date, snapshot);
}

Decision<DepartmentModel> DepartmentModel::Decide(const State& department,
                                                  const v1::CloseDepartmentRequest& close,
                                                  const Context& context,
                                                  const Emptiness& emptiness) {
  const absl::StatusOr<bool> closes = ClosesUnit(department, close, context, emptiness);
  if (!closes.ok()) return closes.status();
  if (!*closes) return std::nullopt;
  Event event;
  *event.mutable_closed()->mutable_close_date() = close.close_date();
  event.mutable_closed()->set_reason(close.reason());
  return event;
}

void DepartmentModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kCreated:
      FoldBegun(event.created().department(), state);
      return;
    case Event::kUpdated:
      base::ApplyMask(event.updated().changed(), event.updated().department(), state);
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
