#include "services/customer/domain/unit_rules.h"

#include "crm/customer/v1/reason.pb.h"
#include "libs/base/text.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

// How many rows are looked at for what is left in a unit; those that are closed stay in the tables.
constexpr int kLeftScanMax = 10'000;

template <class Unit>
void NoteParent(const Unit& unit, const std::string& name, const table::TableSpec<Unit>& table,
                absl::CivilDay today, const engine::Snapshot& snapshot,
                RefusedReferences& refused) {
  NoteUnit("parent", unit.parent(), table, today, snapshot, refused);
  const Above above = LookAbove(name, unit.parent(), table, snapshot,
                                [](const Unit& below) { return below.parent(); });
  if (above == Above::kItself) {
    refused.emplace("parent", base::Refused(v1::REASON_UNIT_CYCLE,
                                            "the parent belongs to the unit that is changed"));
  } else if (above == Above::kTooDeep) {
    refused.emplace(
        "parent", base::Refused(v1::REASON_UNITS_TOO_DEEP, "too many units lie above the parent"));
  }
}

// Looks by an index for a row that `stays` after the last day.
template <class Row, class Stays>
void LookForRest(const table::TableSpec<Row>& table, std::string_view index,
                 const std::string& unit, const engine::Snapshot& snapshot, const Stays& stays,
                 Emptiness& emptiness) {
  int rows = 0;
  const auto visit = [&](const Row& row) {
    if (!emptiness.refusal.ok() || ++rows > kLeftScanMax) return false;
    if (stays(row)) {
      emptiness.refusal = base::Refused(v1::REASON_UNIT_NOT_EMPTY, "something is left in the unit",
                                        {{"name", row.name()}});
    }
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

}  // namespace

RefusedReferences RefusedOf(const v1::Branch& branch, const std::string& name, absl::CivilDay today,
                            const engine::Snapshot& snapshot) {
  RefusedReferences refused;
  NoteParent(branch, name, kBranches, today, snapshot, refused);
  NoteStaff("lead", branch.lead(), snapshot, refused);
  return refused;
}

RefusedReferences RefusedOf(const v1::Department& department, const std::string& name,
                            absl::CivilDay today, const engine::Snapshot& snapshot) {
  RefusedReferences refused;
  NoteUnit("branch", department.branch(), kBranches, today, snapshot, refused);
  NoteParent(department, name, kDepartments, today, snapshot, refused);
  NoteStaff("lead", department.lead(), snapshot, refused);
  return refused;
}

RefusedReferences RefusedOf(const v1::Team& team, const std::string&, absl::CivilDay today,
                            const engine::Snapshot& snapshot) {
  RefusedReferences refused;
  NoteUnit("branch", team.branch(), kBranches, today, snapshot, refused);
  NoteUnit("department", team.department(), kDepartments, today, snapshot, refused);
  NoteStaff("lead", team.lead(), snapshot, refused);
  return refused;
}

Emptiness EmptinessOfBranch(const std::string& name, const google::type::Date& last,
                            const engine::Snapshot& snapshot) {
  Emptiness emptiness;
  LookForRest(kBranches, "by_parent", name, snapshot, UnitStays(last), emptiness);
  LookForRest(kDepartments, "by_branch", name, snapshot, UnitStays(last), emptiness);
  LookForRest(kTeams, "by_branch", name, snapshot, UnitStays(last), emptiness);
  LookForRest(kStaff, "by_branch", name, snapshot, StaffStays(last), emptiness);
  return emptiness;
}

Emptiness EmptinessOfDepartment(const std::string& name, const google::type::Date& last,
                                const engine::Snapshot& snapshot) {
  Emptiness emptiness;
  LookForRest(kDepartments, "by_parent", name, snapshot, UnitStays(last), emptiness);
  LookForRest(kTeams, "by_department", name, snapshot, UnitStays(last), emptiness);
  LookForRest(kStaff, "by_department", name, snapshot, StaffStays(last), emptiness);
  return emptiness;
}

Emptiness EmptinessOfTeam(const std::string& name, const google::type::Date& last,
                          const engine::Snapshot& snapshot) {
  Emptiness emptiness;
  LookForRest(kStaff, "by_team", name, snapshot, StaffStays(last), emptiness);
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
