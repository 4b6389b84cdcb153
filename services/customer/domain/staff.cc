#include "services/customer/domain/staff.h"

#include <algorithm>
#include <string>
#include <utility>

#include "crm/customer/v1/reason.pb.h"
#include "libs/base/check.h"
#include "libs/base/date.h"
#include "libs/base/field_mask.h"
#include "libs/base/status.h"
#include "libs/base/timestamp.h"
#include "libs/engine/update.h"
#include "services/customer/domain/absences.h"
#include "services/customer/domain/dated.h"
#include "services/customer/domain/phones.h"
#include "services/customer/domain/staff_checks.h"
#include "services/customer/read/holdings.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using engine::Context;
using engine::Decision;
using engine::Snapshot;
using Event = StaffModel::Event;

v1::Placement PlacementOf(const v1::Staff& staff, const google::type::Date& start_date) {
  v1::Placement placement;
  *placement.mutable_start_date() = start_date;
  placement.set_branch(staff.branch());
  placement.set_department(staff.department());
  placement.set_team(staff.team());
  placement.set_manager(staff.manager());
  return placement;
}

void SetPlacement(const v1::Placement& placement, v1::Staff& staff) {
  staff.set_branch(placement.branch());
  staff.set_department(placement.department());
  staff.set_team(placement.team());
  staff.set_manager(placement.manager());
}

bool IsOfPlacement(const std::string& path) {
  return path == "branch" || path == "department" || path == "team" || path == "manager";
}

// What may be changed of somebody who has left: what the person has a right to have right.
bool IsKeptRight(const std::string& path) {
  return path == "personal" || path.starts_with("personal.") || path == "language_code" ||
         path == "time_zone";
}

bool HasLeft(const v1::Staff& staff) { return staff.status() == v1::STAFF_STATUS_LEFT; }

absl::Status Left() { return base::Refused(v1::REASON_STAFF_LEFT, "rehire the staff first"); }

// When the day after the last one begins, counted from the business date, which need not be the day
// of the clock.
absl::Time LeaveCheckTime(absl::CivilDay leave_day, const Context& context) {
  const absl::CivilDay look =
      absl::ToCivilDay(context.time, context.zone) + (leave_day + 1 - context.business_date);
  return absl::FromCivil(look, context.zone);
}

void FoldPlacement(const v1::Placement& placement, v1::Staff& staff) {
  PutTerm(placement, *staff.mutable_placements());
  SetPlacement(staff.placements(staff.placements_size() - 1), staff);
}

// The present employment, or the last one.
v1::Employment& LastEmployment(v1::Staff& staff) {
  if (staff.employments().empty()) return *staff.add_employments();
  return *staff.mutable_employments(staff.employments_size() - 1);
}

void FoldCreated(const v1::StaffCreated& created, v1::Staff& staff) {
  staff = created.staff();
  *staff.mutable_personal() = created.personal();
  staff.set_status(v1::STAFF_STATUS_ACTIVE);
  *LastEmployment(staff).mutable_hire_date() = staff.hire_date();
  FoldPlacement(PlacementOf(staff, staff.hire_date()), staff);
}

void FoldUpdated(const v1::StaffUpdated& updated, v1::Staff& staff) {
  v1::Staff values = updated.staff();
  *values.mutable_personal() = updated.personal();
  base::ApplyMask(updated.changed(), values, staff);
  if (base::MaskTouches(updated.changed(), "hire_date"))
    *LastEmployment(staff).mutable_hire_date() = staff.hire_date();
  if (updated.has_placement()) FoldPlacement(updated.placement(), staff);
  for (const v1::Placement& later : updated.later_placements()) FoldPlacement(later, staff);
}

void FoldLeaveDate(const google::type::Date& leave_date, v1::Staff& staff) {
  *staff.mutable_leave_date() = leave_date;
  *LastEmployment(staff).mutable_leave_date() = leave_date;
}

void FoldNoLeave(v1::Staff& staff) {
  staff.clear_leave_date();
  staff.clear_leave_reason();
  staff.clear_leave_check_time();
  staff.clear_leave_holdings();
}

// Nothing is said of who has nothing.
template <class Fact>
void SetHoldings(const v1::StaffHoldings& holdings, Fact& fact) {
  if (holdings.ByteSizeLong() > 0) *fact.mutable_holdings() = holdings;
}

template <class Fact>
void FoldHoldings(const Fact& fact, v1::Staff& staff) {
  staff.clear_leave_holdings();
  if (fact.has_holdings()) *staff.mutable_leave_holdings() = fact.holdings();
}

}  // namespace

StaffFacts StaffModel::Gather(const v1::CreateStaffRequest& create, const Context& context,
                              const Snapshot& snapshot) {
  return {RefusedOf(create.staff(), context.name, SinceToday(context), snapshot),
          PhoneCountry(create.staff().personal(), snapshot)};
}

Decision<StaffModel> StaffModel::Decide(const State&, const v1::CreateStaffRequest& create,
                                        const Context& context, const StaffFacts& facts) {
  v1::Staff staff = create.staff();
  if (staff.has_personal()) ReadPhones(facts.phone_country, *staff.mutable_personal());
  engine::ClearStamps(staff);
  if (staff.scope() == v1::STAFF_SCOPE_UNSPECIFIED) staff.set_scope(v1::STAFF_SCOPE_OWN);
  if (!staff.has_hire_date()) *staff.mutable_hire_date() = base::DateOf(context.business_date);
  if (absl::Status s = CheckStaff(staff, context.name); !s.ok()) return s;
  if (!facts.refused.empty()) return facts.refused.begin()->second;
  Event event;
  auto& created = *event.mutable_created();
  *created.mutable_personal() = staff.personal();
  staff.clear_personal();
  *created.mutable_staff() = std::move(staff);
  return event;
}

StaffFacts StaffModel::Gather(const v1::UpdateStaffRequest& update, const Context& context,
                              const Snapshot& snapshot) {
  return {RefusedOf(update.staff(), context.name, SinceOf(update, context), snapshot),
          PhoneCountry(update.staff().personal(), snapshot)};
}

Decision<StaffModel> StaffModel::Decide(const State& staff, const v1::UpdateStaffRequest& update,
                                        const Context& context, const StaffFacts& facts) {
  const auto day = EffectiveDay(update, staff.placements(), context);
  if (!day.ok()) return day.status();
  v1::Staff said = update.staff();
  if (said.has_personal()) ReadPhones(facts.phone_country, *said.mutable_personal());
  // Where they worked on that day, which the change is compared with and adds to.
  v1::Staff next = staff;
  if (const v1::Placement* held = TermOn(staff.placements(), *day)) SetPlacement(*held, next);
  const auto changed = engine::ChangedFields(said, update.update_mask(), next);
  if (!changed.ok()) return changed.status();
  if (changed->paths().empty()) return std::nullopt;
  if (HasLeft(staff) && !std::all_of(changed->paths().begin(), changed->paths().end(), IsKeptRight))
    return Left();
  base::ApplyMask(*changed, said, next);
  if (absl::Status s = CheckStaff(next, context.name); !s.ok()) return s;
  if (absl::Status s = RefusedAt(facts.refused, *changed); !s.ok()) return s;
  Event event;
  auto& updated = *event.mutable_updated();
  for (const std::string& path : changed->paths()) {
    if (!IsOfPlacement(path)) {
      updated.mutable_changed()->add_paths(path);
    } else if (!updated.has_placement()) {
      if (absl::Status s = CheckRoomFor(staff.placements(), *day); !s.ok()) return s;
      *updated.mutable_placement() = PlacementOf(next, base::DateOf(*day));
      *updated.mutable_later_placements() = CarriedOn(staff.placements(), updated.placement());
    }
  }
  v1::Staff values;
  base::ApplyMask(updated.changed(), said, values);
  *updated.mutable_personal() = values.personal();
  values.clear_personal();
  *updated.mutable_staff() = std::move(values);
  return event;
}

RefusedReferences StaffModel::Gather(const v1::PlanAbsenceRequest& plan, const Context& context,
                                     const Snapshot& snapshot) {
  RefusedReferences refused;
  const absl::CivilDay day =
      std::min(base::DayOf(plan.absence().period().start()), context.business_date);
  NoteStaff("deputy", plan.absence().deputy(), day, snapshot, refused);
  return refused;
}

Decision<StaffModel> StaffModel::Decide(const State& staff, const v1::PlanAbsenceRequest& plan,
                                        const Context& context, const RefusedReferences& refused) {
  const v1::Absence& absence = plan.absence();
  if (absl::Status s = CheckAbsence(absence, context.name); !s.ok()) return s;
  if (HasLeft(staff)) return Left();
  const v1::Absence* known = BeginningOn(staff.absences(), base::DayOf(absence.period().start()));
  if (known != nullptr && SameAbsence(*known, absence)) return std::nullopt;
  if (Overlaps(staff.absences(), absence))
    return base::Refused(v1::REASON_ABSENCES_OVERLAP, "the staff is away already on such a day");
  if (absl::Status s = RefusedAt(refused, "deputy"); !s.ok()) return s;
  Event event;
  *event.mutable_absence_planned()->mutable_absence() = absence;
  if (staff.absences_size() >= kAbsencesMax) {
    if (!IsOver(staff.absences(0), context.business_date))
      return base::Refused(v1::REASON_ABSENCES_FULL, "no more absences can be kept");
    event.mutable_absence_planned()->set_pruned_count(staff.absences_size() - kAbsencesMax + 1);
  }
  return event;
}

Decision<StaffModel> StaffModel::Decide(const State& staff, const v1::CancelAbsenceRequest& cancel,
                                        const Context& context) {
  if (absl::Status s = base::CheckDate("start_date", cancel.start_date()); !s.ok()) return s;
  if (HasLeft(staff)) return Left();
  const v1::Absence* absence = BeginningOn(staff.absences(), base::DayOf(cancel.start_date()));
  if (absence == nullptr)
    return base::Refused(v1::REASON_ABSENCE_UNKNOWN, "no absence begins on that day");
  if (IsOver(*absence, context.business_date)) return std::nullopt;
  Event event;
  auto& personal = *event.mutable_absence_cancelled()->mutable_personal();
  *personal.mutable_cancelled() = *absence;
  if (base::DayOf(absence->period().start()) < context.business_date) {
    *personal.mutable_remaining() = *absence;
    *personal.mutable_remaining()->mutable_period()->mutable_end() =
        base::DateOf(context.business_date);
  }
  return event;
}

v1::StaffHoldings StaffModel::Gather(const v1::MarkStaffLeftRequest&, const Context& context,
                                     const Snapshot& snapshot) {
  return HoldingsOf(context.name, context.business_date, context.zone, snapshot);
}

Decision<StaffModel> StaffModel::Decide(const State& staff, const v1::MarkStaffLeftRequest& mark,
                                        const Context& context, const v1::StaffHoldings& holdings) {
  if (absl::Status s = base::CheckDate("leave_date", mark.leave_date()); !s.ok()) return s;
  const absl::CivilDay day = base::DayOf(mark.leave_date());
  if (day < base::DayOf(staff.hire_date()))
    return base::Invalid("leave_date", "must not be before the first day");
  const bool same_day = staff.has_leave_date() && base::DayOf(staff.leave_date()) == day;
  if (same_day && (mark.reason().empty() || mark.reason() == staff.leave_reason()))
    return std::nullopt;
  if (HasLeft(staff)) return Left();
  Event event;
  if (day < context.business_date) {
    auto& left = *event.mutable_left();
    *left.mutable_leave_date() = mark.leave_date();
    left.mutable_personal()->set_reason(mark.reason());
    SetHoldings(holdings, left);
    left.set_manager(staff.manager());
  } else {
    auto& planned = *event.mutable_leave_planned();
    *planned.mutable_leave_date() = mark.leave_date();
    *planned.mutable_leave_check_time() = base::TimestampOf(LeaveCheckTime(day, context));
    planned.mutable_personal()->set_reason(mark.reason());
    SetHoldings(holdings, planned);
    planned.set_manager(staff.manager());
  }
  return event;
}

RefusedReferences StaffModel::Gather(const v1::CancelLeaveRequest&, const Context& context,
                                     const Snapshot& snapshot) {
  const auto staff = snapshot.Get(kStaff, context.name);
  if (!staff.has_value()) return {};
  return RefusedUnitsOf(*staff, SinceToday(context), snapshot);
}

Decision<StaffModel> StaffModel::Decide(const State& staff, const v1::CancelLeaveRequest&,
                                        const Context&, const RefusedReferences& refused) {
  if (HasLeft(staff)) return Left();
  if (!staff.has_leave_date()) return std::nullopt;
  if (!refused.empty()) return refused.begin()->second;
  Event event;
  *event.mutable_leave_cancelled()->mutable_leave_date() = staff.leave_date();
  return event;
}

Decision<StaffModel> StaffModel::Decide(const State& staff, const v1::RehireStaffRequest& rehire,
                                        const Context&) {
  if (absl::Status s = base::CheckDate("hire_date", rehire.hire_date()); !s.ok()) return s;
  const absl::CivilDay day = base::DayOf(rehire.hire_date());
  if (!HasLeft(staff)) {
    if (base::DayOf(staff.hire_date()) == day) return std::nullopt;
    return base::Refused(v1::REASON_STAFF_EMPLOYED, "the staff has not left");
  }
  if (day <= base::DayOf(staff.leave_date()))
    return base::Invalid("hire_date", "must be after the last day");
  if (staff.employments_size() >= kEmploymentsMax)
    return base::Refused(v1::REASON_DATED_CHANGES_FULL, "no more employments can be kept");
  Event event;
  *event.mutable_rehired()->mutable_hire_date() = rehire.hire_date();
  return event;
}

v1::StaffHoldings StaffModel::Gather(const v1::CheckStaffLeaveRequest&, const Context& context,
                                     const Snapshot& snapshot) {
  return HoldingsOf(context.name, context.business_date, context.zone, snapshot);
}

Decision<StaffModel> StaffModel::Decide(const State& staff, const v1::CheckStaffLeaveRequest&,
                                        const Context& context, const v1::StaffHoldings& holdings) {
  if (HasLeft(staff) || !staff.has_leave_date()) return std::nullopt;
  if (context.business_date <= base::DayOf(staff.leave_date())) return std::nullopt;
  Event event;
  *event.mutable_left()->mutable_leave_date() = staff.leave_date();
  event.mutable_left()->mutable_personal()->set_reason(staff.leave_reason());
  SetHoldings(holdings, *event.mutable_left());
  event.mutable_left()->set_manager(staff.manager());
  return event;
}

std::optional<absl::Time> StaffModel::NextDue(const State& state) {
  if (HasLeft(state) || !state.has_leave_check_time()) return std::nullopt;
  return base::TimeOf(state.leave_check_time());
}

void StaffModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kCreated:
      FoldCreated(event.created(), state);
      return;
    case Event::kUpdated:
      FoldUpdated(event.updated(), state);
      return;
    case Event::kAbsencePlanned: {
      Absences& absences = *state.mutable_absences();
      absences.DeleteSubrange(
          0, std::clamp(event.absence_planned().pruned_count(), 0, absences.size()));
      PutAbsence(event.absence_planned().absence(), absences);
      return;
    }
    case Event::kAbsenceCancelled: {
      const auto& personal = event.absence_cancelled().personal();
      TakeAbsence(personal.cancelled(), *state.mutable_absences());
      if (personal.has_remaining()) PutAbsence(personal.remaining(), *state.mutable_absences());
      return;
    }
    case Event::kLeavePlanned:
      FoldLeaveDate(event.leave_planned().leave_date(), state);
      state.set_leave_reason(event.leave_planned().personal().reason());
      *state.mutable_leave_check_time() = event.leave_planned().leave_check_time();
      FoldHoldings(event.leave_planned(), state);
      return;
    case Event::kLeaveCancelled:
      FoldNoLeave(state);
      LastEmployment(state).clear_leave_date();
      return;
    case Event::kLeft:
      FoldLeaveDate(event.left().leave_date(), state);
      state.set_status(v1::STAFF_STATUS_LEFT);
      state.set_leave_reason(event.left().personal().reason());
      FoldHoldings(event.left(), state);
      state.clear_leave_check_time();
      return;
    case Event::kRehired:
      FoldNoLeave(state);
      state.set_status(v1::STAFF_STATUS_ACTIVE);
      *state.mutable_hire_date() = event.rehired().hire_date();
      *state.add_employments()->mutable_hire_date() = event.rehired().hire_date();
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

}  // namespace crm::customer
