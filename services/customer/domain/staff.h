// Staff: who works for us, as what, where, and when not.
//
// ACTIVE when recorded; LEFT on the day after the last one, which is said in advance or afterwards;
// ACTIVE again when rehired. Pure: no I/O, no clock, no randomness. Units and other staff are read
// from the local tables as a courtesy (references.h).
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "crm/customer/v1/staff.pb.h"
#include "crm/customer/v1/staff_event.pb.h"
#include "libs/engine/model.h"
#include "services/customer/domain/references.h"

namespace crm::customer {

// Most absences that are kept, and days that one may last.
inline constexpr int kAbsencesMax = 100;
inline constexpr int kAbsenceDaysMax = 3'660;
// How often somebody may be hired.
inline constexpr int kEmploymentsMax = 20;

// What recording or changing staff rests on besides itself; mostly what is refused, alone.
struct StaffFacts {
  StaffFacts(RefusedReferences refused_references = {}, std::string country = {})
      : refused(std::move(refused_references)), phone_country(std::move(country)) {}

  RefusedReferences refused;
  std::string phone_country;  // Of numbers that are written without one.
};

struct StaffModel {
  using State = v1::Staff;
  using Event = v1::StaffEvent;
  using Due = v1::CheckStaffLeaveRequest;

  // Refusals: kInvalidArgument; UNIT_UNKNOWN, UNIT_CLOSED, STAFF_UNKNOWN, STAFF_LEFT (the manager).
  static StaffFacts Gather(const v1::CreateStaffRequest&, const engine::Context&,
                           const engine::Snapshot&);
  static engine::Decision<StaffModel> Decide(const State&, const v1::CreateStaffRequest&,
                                             const engine::Context&, const StaffFacts&);
  // The same, and STAFF_LEFT, MANAGER_CYCLE, DATED_CHANGES_FULL.
  static StaffFacts Gather(const v1::UpdateStaffRequest&, const engine::Context&,
                           const engine::Snapshot&);
  static engine::Decision<StaffModel> Decide(const State&, const v1::UpdateStaffRequest&,
                                             const engine::Context&, const StaffFacts&);
  // Refusals: kInvalidArgument; STAFF_LEFT, STAFF_UNKNOWN, ABSENCES_OVERLAP, ABSENCES_FULL.
  static RefusedReferences Gather(const v1::PlanAbsenceRequest&, const engine::Context&,
                                  const engine::Snapshot&);
  static engine::Decision<StaffModel> Decide(const State&, const v1::PlanAbsenceRequest&,
                                             const engine::Context&,
                                             const RefusedReferences& refused);
  // Refusals: kInvalidArgument; STAFF_LEFT, ABSENCE_UNKNOWN.
  static engine::Decision<StaffModel> Decide(const State&, const v1::CancelAbsenceRequest&,
                                             const engine::Context&);
  // What is still theirs; others' keys, so it may be behind.
  static v1::StaffHoldings Gather(const v1::MarkStaffLeftRequest&, const engine::Context&,
                                  const engine::Snapshot&);
  // Refusals: kInvalidArgument; STAFF_LEFT.
  static engine::Decision<StaffModel> Decide(const State&, const v1::MarkStaffLeftRequest&,
                                             const engine::Context&,
                                             const v1::StaffHoldings& holdings = {});
  // Refusals: STAFF_LEFT, UNIT_CLOSED (where they work).
  static RefusedReferences Gather(const v1::CancelLeaveRequest&, const engine::Context&,
                                  const engine::Snapshot&);
  static engine::Decision<StaffModel> Decide(const State&, const v1::CancelLeaveRequest&,
                                             const engine::Context&,
                                             const RefusedReferences& refused);
  // Refusals: kInvalidArgument; STAFF_EMPLOYED, DATED_CHANGES_FULL.
  static engine::Decision<StaffModel> Decide(const State&, const v1::RehireStaffRequest&,
                                             const engine::Context&);
  static v1::StaffHoldings Gather(const v1::CheckStaffLeaveRequest&, const engine::Context&,
                                  const engine::Snapshot&);
  static engine::Decision<StaffModel> Decide(const State&, const v1::CheckStaffLeaveRequest&,
                                             const engine::Context&,
                                             const v1::StaffHoldings& holdings = {});

  // When it is next looked whether the last day has passed.
  static std::optional<absl::Time> NextDue(const State& state);

  static void Evolve(State& state, const Event& event);
};

}  // namespace crm::customer
