// What branches, departments and teams have in common: they begin, change from a day on, and close.
// Each has a display name, a lead, first and last day, terms, and what it is in: `parent`, `branch`
// and `department`, as far as its message has them.
#pragma once

#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/repeated_field.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "crm/customer/v1/branch.pb.h"
#include "crm/customer/v1/department.pb.h"
#include "crm/customer/v1/team.pb.h"
#include "crm/customer/v1/unit_term.pb.h"
#include "libs/base/date.h"
#include "libs/base/field_mask.h"
#include "libs/base/status.h"
#include "libs/engine/model.h"
#include "libs/engine/update.h"
#include "services/customer/domain/dated.h"
#include "services/customer/domain/references.h"

namespace crm::customer {

// What it is in and who leads it; the days are set by the caller.
template <class Unit>
v1::UnitTerm TermOf(const Unit& unit) {
  v1::UnitTerm term;
  term.set_lead(unit.lead());
  if constexpr (requires { unit.parent(); }) term.set_parent(unit.parent());
  if constexpr (requires { unit.branch(); }) term.set_branch(unit.branch());
  if constexpr (requires { unit.department(); }) term.set_department(unit.department());
  return term;
}

template <class Unit>
void SetTerm(const v1::UnitTerm& term, Unit& unit) {
  unit.set_lead(term.lead());
  if constexpr (requires { unit.parent(); }) unit.set_parent(term.parent());
  if constexpr (requires { unit.branch(); }) unit.set_branch(term.branch());
  if constexpr (requires { unit.department(); }) unit.set_department(term.department());
}

// Folds a term: the last of all holds now.
template <class Unit>
void FoldTerm(const v1::UnitTerm& term, Unit& unit) {
  PutTerm(term, *unit.mutable_terms());
  SetTerm(unit.terms(unit.terms_size() - 1), unit);
}

// Folds a changed term and the later ones that change with it.
template <class Unit, class Updated>
void FoldTerms(const Updated& updated, Unit& unit) {
  if (updated.has_term()) FoldTerm(updated.term(), unit);
  for (const v1::UnitTerm& later : updated.later_terms()) FoldTerm(later, unit);
}

// The beginning of a unit as its event says it.
template <class Unit>
void FoldBegun(const Unit& begun, Unit& unit) {
  unit = begun;
  v1::UnitTerm term = TermOf(unit);
  *term.mutable_start_date() = unit.start_date();
  FoldTerm(term, unit);
}

// Why what the unit refers to cannot be. Also UNIT_CYCLE and UNITS_TOO_DEEP, as far as is known.
RefusedReferences RefusedOf(const v1::Branch&, const std::string& name, const Since& since,
                            const engine::Snapshot&);
RefusedReferences RefusedOf(const v1::Department&, const std::string& name, const Since& since,
                            const engine::Snapshot&);
RefusedReferences RefusedOf(const v1::Team&, const std::string& name, const Since& since,
                            const engine::Snapshot&);

// Whether something is left in a unit after its last day, or was when that day has passed, as far
// as is known: OK or UNIT_NOT_EMPTY.
struct Emptiness {
  absl::Status refusal;
};
Emptiness EmptinessOfBranch(const std::string& name, const google::type::Date& last,
                            absl::CivilDay today, const engine::Snapshot& snapshot);
Emptiness EmptinessOfDepartment(const std::string& name, const google::type::Date& last,
                                absl::CivilDay today, const engine::Snapshot& snapshot);
Emptiness EmptinessOfTeam(const std::string& name, const google::type::Date& last,
                          absl::CivilDay today, const engine::Snapshot& snapshot);

// INVALID_ARGUMENT: what no unit can be. Fields are named from `resource` on: "team.lead".
absl::Status CheckTerm(const std::string& resource, const v1::UnitTerm& term);
absl::Status CheckDisplayName(const std::string& resource, const std::string& display_name);
absl::Status CheckStartDate(const std::string& resource, const google::type::Date& start_date,
                            const google::type::Date* close_date);
// Whether the path is one of a term's.
bool IsOfTerm(std::string_view path);

template <class Unit>
absl::Status CheckUnit(const std::string& resource, const Unit& unit) {
  if (absl::Status s = CheckDisplayName(resource, unit.display_name()); !s.ok()) return s;
  if (absl::Status s = CheckStartDate(resource, unit.start_date(),
                                      unit.has_close_date() ? &unit.close_date() : nullptr);
      !s.ok()) {
    return s;
  }
  return CheckTerm(resource, TermOf(unit));
}

// A unit as it begins.
template <class Unit>
absl::StatusOr<Unit> BeginUnit(const std::string& resource, const Unit& given,
                               const engine::Context& context, const RefusedReferences& refused) {
  Unit unit = given;
  engine::ClearStamps(unit);
  if (!unit.has_start_date()) *unit.mutable_start_date() = base::DateOf(context.business_date);
  if (absl::Status s = CheckUnit(resource, unit); !s.ok()) return s;
  if (!refused.empty()) return refused.begin()->second;
  return unit;
}

// What an update changes; nothing when both are empty.
template <class Unit>
struct UnitChange {
  google::protobuf::FieldMask changed;  // Other than what the term says.
  Unit values;
  std::optional<v1::UnitTerm> term;
  google::protobuf::RepeatedPtrField<v1::UnitTerm> later_terms;  // That change with it.

  bool empty() const { return changed.paths().empty() && !term.has_value(); }
};

// Says the change in an event, all but the values.
template <class Unit, class Updated>
void SayChange(const UnitChange<Unit>& change, Updated& updated) {
  *updated.mutable_changed() = change.changed;
  if (change.term.has_value()) *updated.mutable_term() = *change.term;
  *updated.mutable_later_terms() = change.later_terms;
}

template <class Unit, class Update>
absl::StatusOr<UnitChange<Unit>> ChangeUnit(const std::string& resource, const Unit& unit,
                                            const Unit& values, const Update& update,
                                            const engine::Context& context,
                                            const RefusedReferences& refused) {
  const auto day = EffectiveDay(update, unit.terms(), context);
  if (!day.ok()) return day.status();
  // What it was on that day, which the change is compared with and adds to.
  Unit next = unit;
  if (const v1::UnitTerm* held = TermOn(unit.terms(), *day)) SetTerm(*held, next);
  const auto changed = engine::ChangedFields(values, update.update_mask(), next);
  if (!changed.ok()) return changed.status();
  UnitChange<Unit> change;
  if (changed->paths().empty()) return change;
  if (IsClosed(unit, context.business_date)) return UnitClosed(unit.name());
  base::ApplyMask(*changed, values, next);
  if (absl::Status s = CheckUnit(resource, next); !s.ok()) return s;
  if (absl::Status s = RefusedAt(refused, *changed); !s.ok()) return s;
  for (const std::string& path : changed->paths()) {
    if (!IsOfTerm(path)) {
      change.changed.add_paths(path);
    } else if (!change.term.has_value()) {
      change.term = TermOf(next);
      *change.term->mutable_start_date() = base::DateOf(*day);
    }
  }
  if (change.term.has_value()) {
    if (*day < base::DayOf(next.start_date()))
      return base::Invalid("effective_date", "must not be before the first day of the unit");
    if (absl::Status s = CheckRoomFor(unit.terms(), *day); !s.ok()) return s;
    change.later_terms = CarriedOn(unit.terms(), *change.term);
  }
  base::ApplyMask(change.changed, values, change.values);
  return change;
}

// Whether the command says a last day that is not known yet.
template <class Unit, class Close>
absl::StatusOr<bool> ClosesUnit(const Unit& unit, const Close& close,
                                const engine::Context& context, const Emptiness& emptiness) {
  if (absl::Status s = base::CheckDate("close_date", close.close_date()); !s.ok()) return s;
  const absl::CivilDay day = base::DayOf(close.close_date());
  if (unit.has_close_date() && base::DayOf(unit.close_date()) == day) return false;
  if (IsClosed(unit, context.business_date)) return UnitClosed(unit.name());
  if (day < base::DayOf(unit.start_date()))
    return base::Invalid("close_date", "must not be before its first day");
  if (!emptiness.refusal.ok()) return emptiness.refusal;
  return true;
}

}  // namespace crm::customer
