#include "services/customer/domain/unit_rules.h"

#include <algorithm>

#include "crm/customer/v1/reason.pb.h"
#include "libs/base/text.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

// How many rows are looked at for what is left in a unit; those that are closed stay in the tables.
constexpr int kLeftScanMax = 10'000;

template <class Unit>
void NoteParent(const Unit& unit, const std::string& name, const table::TableSpec<Unit>& table,
                const Since& since, const engine::Snapshot& snapshot, RefusedReferences& refused) {
  NoteUnit("parent", unit.parent(), table, since, snapshot, refused);
  const Above above = LookAbove(name, unit.parent(), since, table, snapshot,
                                [](const auto& below) { return below.parent(); });
  if (above == Above::kItself) {
    refused.emplace("parent", base::Refused(v1::REASON_UNIT_CYCLE,
                                            "the parent belongs to the unit that is changed"));
  } else if (above == Above::kTooDeep) {
    refused.emplace(
        "parent", base::Refused(v1::REASON_UNITS_TOO_DEEP, "too many units lie above the parent"));
  }
}

absl::Status NotEmpty(const std::string& name) {
  return base::Refused(v1::REASON_UNIT_NOT_EMPTY, "something is left in the unit",
                       {{"name", name}});
}

// Looks by an index for a row that `stays` after the last day.
template <class Row, class Stays>
void LookForRest(const table::TableSpec<Row>& table, std::string_view index,
                 const std::string& unit, const engine::Snapshot& snapshot, const Stays& stays,
                 Emptiness& emptiness) {
  int rows = 0;
  const auto visit = [&](const Row& row) {
    if (!emptiness.refusal.ok() || ++rows > kLeftScanMax) return false;
    if (stays(row)) emptiness.refusal = NotEmpty(row.name());
    return true;
  };
  if constexpr (requires(Row row) { row.status(); }) {
    snapshot.Scan(table, index, visit, unit, v1::STAFF_STATUS_ACTIVE);
  } else {
    snapshot.Scan(table, index, visit, unit);
  }
}

auto StaffStays(const google::type::Date& last) {
  return [day = base::DayOf(last)](const v1::Staff& staff) {
    return !staff.has_leave_date() || base::DayOf(staff.leave_date()) > day;
  };
}

auto UnitStays(const google::type::Date& last) {
  return [day = base::DayOf(last)](const auto& unit) { return !IsClosed(unit, day + 1); };
}

// Whether an entry that `names` the unit holds on a day from `first` to `last`.
template <class Term, class Names>
bool NamedWithin(const google::protobuf::RepeatedPtrField<Term>& terms, absl::CivilDay first,
                 absl::CivilDay last, const Names& names) {
  for (int i = 0; i < terms.size(); ++i) {
    if (!names(terms[i])) continue;
    const absl::CivilDay begin = i == 0 ? first : base::DayOf(terms[i].start_date());
    const absl::CivilDay end =
        i + 1 == terms.size() ? last : base::DayOf(terms[i + 1].start_date()) - 1;
    if (std::max(begin, first) <= std::min(end, last)) return true;
  }
  return false;
}

absl::CivilDay EndOf(bool has_end, const google::type::Date& end) {
  return has_end ? base::DayOf(end) : absl::CivilDay::max();
}

// The same for whatever was in the unit on a day after `last`.
template <class Names>
bool WasIn(const v1::Staff& staff, absl::CivilDay last, const Names& names) {
  const auto& times = staff.employments();
  return std::any_of(times.begin(), times.end(), [&](const v1::Employment& time) {
    return NamedWithin(staff.placements(), std::max(last + 1, base::DayOf(time.hire_date())),
                       EndOf(time.has_leave_date(), time.leave_date()), names);
  });
}
template <class Unit, class Names>
bool WasIn(const Unit& unit, absl::CivilDay last, const Names& names) {
  return NamedWithin(unit.terms(), std::max(last + 1, base::DayOf(unit.start_date())),
                     EndOf(unit.has_close_date(), unit.close_date()), names);
}

// Looks in all rows for one that was in the unit after a last day that has passed, and may be in
// another by now. `unit_of`: the name that an entry has at the place of the unit.
template <class Row, class UnitOf>
void LookForPast(const table::TableSpec<Row>& table, const std::string& unit,
                 const google::type::Date& last, absl::CivilDay today,
                 const engine::Snapshot& snapshot, const UnitOf& unit_of, Emptiness& emptiness) {
  if (!emptiness.refusal.ok() || base::DayOf(last) >= today) return;
  const auto names = [&](const auto& term) { return unit_of(term) == unit; };
  int rows = 0;
  snapshot.Scan(table, "", [&](const Row& row) {
    if (WasIn(row, base::DayOf(last), names)) emptiness.refusal = NotEmpty(row.name());
    return emptiness.refusal.ok() && ++rows < kLeftScanMax;
  });
}

constexpr auto kParentOf = [](const v1::UnitTerm& term) { return term.parent(); };
constexpr auto kBranchOf = [](const auto& term) { return term.branch(); };
constexpr auto kDepartmentOf = [](const auto& term) { return term.department(); };
constexpr auto kTeamOf = [](const v1::Placement& placement) { return placement.team(); };

}  // namespace

RefusedReferences RefusedOf(const v1::Branch& branch, const std::string& name, const Since& since,
                            const engine::Snapshot& snapshot) {
  RefusedReferences refused;
  NoteParent(branch, name, kBranches, since, snapshot, refused);
  NoteStaff("lead", branch.lead(), since.day, snapshot, refused);
  return refused;
}

RefusedReferences RefusedOf(const v1::Department& department, const std::string& name,
                            const Since& since, const engine::Snapshot& snapshot) {
  RefusedReferences refused;
  NoteUnit("branch", department.branch(), kBranches, since, snapshot, refused);
  NoteParent(department, name, kDepartments, since, snapshot, refused);
  NoteStaff("lead", department.lead(), since.day, snapshot, refused);
  return refused;
}

RefusedReferences RefusedOf(const v1::Team& team, const std::string&, const Since& since,
                            const engine::Snapshot& snapshot) {
  RefusedReferences refused;
  NoteUnit("branch", team.branch(), kBranches, since, snapshot, refused);
  NoteUnit("department", team.department(), kDepartments, since, snapshot, refused);
  NoteStaff("lead", team.lead(), since.day, snapshot, refused);
  return refused;
}

Emptiness EmptinessOfBranch(const std::string& name, const google::type::Date& last,
                            absl::CivilDay today, const engine::Snapshot& snapshot) {
  Emptiness emptiness;
  LookForRest(kBranches, "by_parent", name, snapshot, UnitStays(last), emptiness);
  LookForRest(kDepartments, "by_branch", name, snapshot, UnitStays(last), emptiness);
  LookForRest(kTeams, "by_branch", name, snapshot, UnitStays(last), emptiness);
  LookForRest(kStaff, "by_branch", name, snapshot, StaffStays(last), emptiness);
  LookForPast(kBranches, name, last, today, snapshot, kParentOf, emptiness);
  LookForPast(kDepartments, name, last, today, snapshot, kBranchOf, emptiness);
  LookForPast(kTeams, name, last, today, snapshot, kBranchOf, emptiness);
  LookForPast(kStaff, name, last, today, snapshot, kBranchOf, emptiness);
  return emptiness;
}

Emptiness EmptinessOfDepartment(const std::string& name, const google::type::Date& last,
                                absl::CivilDay today, const engine::Snapshot& snapshot) {
  Emptiness emptiness;
  LookForRest(kDepartments, "by_parent", name, snapshot, UnitStays(last), emptiness);
  LookForRest(kTeams, "by_department", name, snapshot, UnitStays(last), emptiness);
  LookForRest(kStaff, "by_department", name, snapshot, StaffStays(last), emptiness);
  LookForPast(kDepartments, name, last, today, snapshot, kParentOf, emptiness);
  LookForPast(kTeams, name, last, today, snapshot, kDepartmentOf, emptiness);
  LookForPast(kStaff, name, last, today, snapshot, kDepartmentOf, emptiness);
  return emptiness;
}

Emptiness EmptinessOfTeam(const std::string& name, const google::type::Date& last,
                          absl::CivilDay today, const engine::Snapshot& snapshot) {
  Emptiness emptiness;
  LookForRest(kStaff, "by_team", name, snapshot, StaffStays(last), emptiness);
  LookForPast(kStaff, name, last, today, snapshot, kTeamOf, emptiness);
  return emptiness;
}

absl::Status CheckTerm(const std::string& resource, const v1::UnitTerm& term) {
  const char* const parents = resource == "branch" ? "branches" : "departments";
  if (absl::Status s = CheckName(resource + ".parent", parents, term.parent()); !s.ok()) return s;
  if (absl::Status s = CheckName(resource + ".branch", "branches", term.branch()); !s.ok())
    return s;
  if (absl::Status s = CheckName(resource + ".department", "departments", term.department());
      !s.ok()) {
    return s;
  }
  return CheckName(resource + ".lead", "staff", term.lead());
}

absl::Status CheckDisplayName(const std::string& resource, const std::string& display_name) {
  if (!base::IsBlank(display_name)) return absl::OkStatus();
  return base::Invalid(resource + ".display_name", "must not be empty");
}

absl::Status CheckStartDate(const std::string& resource, const google::type::Date& start_date,
                            const google::type::Date* close_date) {
  const std::string field = resource + ".start_date";
  if (absl::Status s = base::CheckDate(field, start_date); !s.ok()) return s;
  if (close_date == nullptr || base::DayOf(start_date) <= base::DayOf(*close_date))
    return absl::OkStatus();
  return base::Invalid(field, "must not be after its last day");
}

bool IsOfTerm(std::string_view path) {
  return path == "parent" || path == "branch" || path == "department" || path == "lead";
}

}  // namespace crm::customer
