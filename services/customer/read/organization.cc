#include "services/customer/read/organization.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "libs/base/date.h"
#include "libs/base/status.h"
#include "libs/base/timestamp.h"
#include "services/customer/domain/dated.h"
#include "services/customer/domain/references.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

// What is read for an answer, and how much of it may be.
struct Reading {
  const engine::Snapshot& snapshot;
  absl::CivilDay day;
  std::optional<absl::Time> known_at;  // Nothing: what is known here.
};

// Uses each row of a table as it was known; false: `left` rows were not enough.
template <class Row, class Use>
bool ForEach(const Reading& reading, const table::TableSpec<Row>& table, int& left,
             const Use& use) {
  bool complete = true;
  reading.snapshot.Scan(table, "", [&](const Row& row) {
    complete = --left >= 0;
    if (!complete) return false;
    if (!reading.known_at.has_value()) {
      use(row);
    } else if (const auto known = reading.snapshot.GetAsOf(table, *reading.known_at,
                                                           *reading.known_at, row.name())) {
      use(*known);
    }
    return true;
  });
  return complete;
}

std::vector<std::string> SuperiorsOf(const v1::Branch&, const v1::UnitTerm& term) {
  return {term.parent()};
}
std::vector<std::string> SuperiorsOf(const v1::Department&, const v1::UnitTerm& term) {
  return {term.parent(), term.branch()};
}
std::vector<std::string> SuperiorsOf(const v1::Team&, const v1::UnitTerm& term) {
  return {term.department(), term.branch()};
}

template <class Unit>
bool AddUnits(const Reading& reading, const table::TableSpec<Unit>& table, v1::UnitKind kind,
              int& left, std::vector<UnitOfDay>& units) {
  return ForEach(reading, table, left, [&](const Unit& unit) {
    if (base::DayOf(unit.start_date()) > reading.day || IsClosed(unit, reading.day)) return;
    UnitOfDay& added = units.emplace_back();
    added.node.set_unit(unit.name());
    added.node.set_kind(kind);
    added.node.set_display_name(unit.display_name());
    if (const v1::UnitTerm* term = TermOn(unit.terms(), reading.day)) {
      added.node.set_lead(term->lead());
      added.superiors = SuperiorsOf(unit, *term);
    }
  });
}

bool EmployedOn(const v1::Staff& staff, absl::CivilDay day) {
  return std::any_of(staff.employments().begin(), staff.employments().end(),
                     [&](const v1::Employment& one) {
                       return base::DayOf(one.hire_date()) <= day &&
                              (!one.has_leave_date() || day <= base::DayOf(one.leave_date()));
                     });
}

// Programs have a record like people, but no head to count.
bool IsProgram(const v1::Staff& staff) {
  return std::find(staff.roles().begin(), staff.roles().end(), v1::STAFF_ROLE_SERVICE) !=
         staff.roles().end();
}

bool AddStaff(const Reading& reading, std::vector<PlacesOfDay>& staff) {
  int left = kOrganizationStaffMax;
  return ForEach(reading, kStaff, left, [&](const v1::Staff& one) {
    if (IsProgram(one) || !EmployedOn(one, reading.day)) return;
    PlacesOfDay& places = staff.emplace_back();
    if (const v1::Placement* placement = TermOn(one.placements(), reading.day))
      places = {placement->team(), placement->department(), placement->branch()};
  });
}

}  // namespace

absl::StatusOr<v1::GetOrganizationResponse> QueryOrganization(
    const v1::GetOrganizationRequest& request, const engine::Snapshot& snapshot,
    const engine::Context& context) {
  Reading reading{snapshot, context.business_date, std::nullopt};
  if (request.has_as_of()) {
    if (absl::Status s = base::CheckDate("as_of", request.as_of()); !s.ok()) return s;
    reading.day = base::DayOf(request.as_of());
  }
  if (request.has_known_at()) {
    if (absl::Status s = base::CheckTimestamp("known_at", request.known_at()); !s.ok()) return s;
    reading.known_at = base::TimeOf(request.known_at());
  }
  std::vector<UnitOfDay> units;
  int left = kOrganizationUnitsMax;
  const bool all_units = AddUnits(reading, kBranches, v1::UNIT_KIND_BRANCH, left, units) &&
                         AddUnits(reading, kDepartments, v1::UNIT_KIND_DEPARTMENT, left, units) &&
                         AddUnits(reading, kTeams, v1::UNIT_KIND_TEAM, left, units);
  std::vector<PlacesOfDay> staff;
  const bool all_staff = AddStaff(reading, staff);

  v1::GetOrganizationResponse response = OrganizationOf(std::move(units), staff);
  *response.mutable_as_of() = base::DateOf(reading.day);
  *response.mutable_known_at() = base::TimestampOf(reading.known_at.value_or(context.time));
  response.set_incomplete(!all_units || !all_staff);
  if (!all_units) response.add_notes("units: there are more than the 10,000 that were looked at");
  if (!all_staff) response.add_notes("staff: there are more than the 100,000 that were counted");
  return response;
}

}  // namespace crm::customer
