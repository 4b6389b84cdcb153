// Department: a part of the company that does one kind of work.
// Pure: no I/O, no clock, no randomness. Units and staff are read from the local tables as a
// courtesy (references.h).
#pragma once

#include "crm/customer/v1/department.pb.h"
#include "libs/engine/model.h"
#include "services/customer/domain/unit_rules.h"

namespace crm::customer {

struct DepartmentModel {
  using State = v1::Department;
  using Event = v1::DepartmentEvent;

  // Refusals: kInvalidArgument; UNIT_UNKNOWN, UNIT_CLOSED, STAFF_UNKNOWN, STAFF_LEFT,
  // UNIT_CYCLE, UNITS_TOO_DEEP.
  static RefusedReferences Gather(const v1::CreateDepartmentRequest&, const engine::Context&,
                                  const engine::Snapshot&);
  static engine::Decision<DepartmentModel> Decide(const State&, const v1::CreateDepartmentRequest&,
                                                  const engine::Context&,
                                                  const RefusedReferences& refused);
  // The same, and DATED_CHANGES_FULL.
  static RefusedReferences Gather(const v1::UpdateDepartmentRequest&, const engine::Context&,
                                  const engine::Snapshot&);
  static engine::Decision<DepartmentModel> Decide(const State&, const v1::UpdateDepartmentRequest&,
                                                  const engine::Context&,
                                                  const RefusedReferences& refused);
  // Refusals: kInvalidArgument; UNIT_CLOSED, UNIT_NOT_EMPTY.
  static Emptiness Gather(const v1::CloseDepartmentRequest&, const engine::Context&,
                          const engine::Snapshot&);
  static engine::Decision<DepartmentModel> Decide(const State&, const v1::CloseDepartmentRequest&,
                                                  const engine::Context&,
                                                  const Emptiness& emptiness);

  static void Evolve(State& state, const Event& event);
};

}  // namespace crm::customer
