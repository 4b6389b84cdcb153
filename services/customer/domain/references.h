// What a command names on other keys: units of the organization and staff.
//
// They are looked up in the local tables, which may be behind: a refusal helps whoever mistyped, it
// keeps no invariant. Two changes at one moment can still make a circle; whoever reads the tree has
// to be prepared for one.
#pragma once

#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/repeated_field.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "crm/customer/v1/staff.pb.h"
#include "libs/base/date.h"
#include "libs/engine/model.h"
#include "libs/table/spec.h"
#include "services/customer/domain/dated.h"

namespace crm::customer {

// How many units may lie above one another, and how far managers are followed.
inline constexpr int kUnitLevelsMax = 20;
// How many days of change are looked at on the way up.
inline constexpr int kWaysUpMax = 1'000;

// Why the reference in a field of the resource cannot be, by the field's name; none: it can.
using RefusedReferences = std::map<std::string, absl::Status, std::less<>>;

// INVALID_ARGUMENT naming `field` unless `name` is empty or that of a resource of `collection`.
absl::Status CheckName(std::string_view field, std::string_view collection, std::string_view name);

// INVALID_ARGUMENT naming `field` unless `name` is empty or could be that of a resource of some
// service. Whether there is one is not asked.
absl::Status CheckAnyName(std::string_view field, std::string_view name);
// The customer that something hangs on: "customers/c1" of itself and of "customers/c1/orders/o7";
// empty: on none.
std::string CustomerIn(std::string_view name);

// Whether a person says it, rather than one of our services, which only carries what was recorded
// and names whoever was named there.
bool IsByHand(std::string_view actor);

// The id of staff of a caller that is a person ("user:ann"); empty: it is none.
std::string StaffOfActor(std::string_view actor);

// The refusal of a field, or of the first one in the mask; OK: there is none.
absl::Status RefusedAt(const RefusedReferences& refused, std::string_view field);
absl::Status RefusedAt(const RefusedReferences& refused,
                       const google::protobuf::FieldMask& changed);

// From when on a reference is to hold.
struct Since {
  absl::CivilDay day;
  absl::CivilDay today;
  bool said = false;  // The day; else it is the last entry's when that is later (EffectiveDay).

  // It holds from now on, rather than from a day that has passed.
  bool now() const { return day >= today; }
};

// As an update says it with its effective_date, and today without one.
template <class Update>
Since SinceOf(const Update& update, const engine::Context& context) {
  const absl::CivilDay today = context.business_date;
  return {update.has_effective_date() ? base::DayOf(update.effective_date()) : today, today,
          update.has_effective_date()};
}
inline Since SinceToday(const engine::Context& context) {
  return {context.business_date, context.business_date};
}

// Notes under `field` why `name` cannot be meant on `day`: STAFF_UNKNOWN, STAFF_LEFT. An empty name
// can.
void NoteStaff(const std::string& field, const std::string& name, absl::CivilDay day,
               const engine::Snapshot& snapshot, RefusedReferences& refused);

// CONTACT_UNKNOWN for the first that is not known here and not one of `before`; names that have not
// the form of one count as known. Cost: a row for each that is new.
absl::Status RefusedContacts(const google::protobuf::RepeatedPtrField<std::string>& contacts,
                             const google::protobuf::RepeatedPtrField<std::string>& before,
                             const engine::Snapshot& snapshot);
absl::Status RefusedContact(const std::string& contact, const std::string& before,
                            const engine::Snapshot& snapshot);
// STAFF_UNKNOWN for an id of staff that is not recorded here and is not `before`; empty: OK.
absl::Status RefusedStaff(const std::string& staff, const std::string& before,
                          const engine::Snapshot& snapshot);

absl::Status UnitUnknown(std::string_view name);
absl::Status UnitClosed(std::string_view name);

// Whether the unit's last day has passed.
template <class Unit>
bool IsClosed(const Unit& unit, absl::CivilDay today) {
  return unit.has_close_date() && base::DayOf(unit.close_date()) < today;
}

// Whether something can be put into the unit: from now on while it has no last day, from a day that
// has passed when it was open on that day.
template <class Unit>
bool IsOpenSince(const Unit& unit, const Since& since) {
  if (since.now()) return !unit.has_close_date();
  return base::DayOf(unit.start_date()) <= since.day && !IsClosed(unit, since.day);
}

// Notes the same for a unit: UNIT_UNKNOWN, UNIT_CLOSED.
template <class Unit>
void NoteUnit(const std::string& field, const std::string& name,
              const table::TableSpec<Unit>& table, const Since& since,
              const engine::Snapshot& snapshot, RefusedReferences& refused) {
  if (name.empty()) return;
  const auto unit = snapshot.Get(table, name);
  if (!unit.has_value()) {
    refused.emplace(field, UnitUnknown(name));
  } else if (!IsOpenSince(*unit, since)) {
    refused.emplace(field, UnitClosed(name));
  }
}

// What lies above a resource when it hangs below another of its kind.
enum class Above { kFine, kItself, kTooDeep };

// Its dated entries.
template <class Row>
const auto& DatedOf(const Row& row) {
  if constexpr (requires { row.placements(); }) {
    return row.placements();
  } else {
    return row.terms();
  }
}

// The days on which a change of what is above a resource holds: until a later entry of its own says
// that otherwise, as CarriedOn has it.
struct DaysBelow {
  absl::CivilDay first;
  absl::CivilDay end;  // The first on which it does not.
};

template <class Row, class Next>
DaysBelow DaysOfChange(const Row& row, const Since& since, const Next& next) {
  DaysBelow days{since.day, absl::CivilDay::max()};
  const auto& entries = DatedOf(row);
  if (entries.empty()) return days;
  if (!since.said)
    days.first = std::max(days.first, base::DayOf(entries[entries.size() - 1].start_date()));
  const auto& held = *TermOn(entries, days.first);
  const bool before_all = base::DayOf(held.start_date()) > days.first;
  for (const auto& entry : entries) {
    const absl::CivilDay begin = base::DayOf(entry.start_date());
    if (begin <= days.first || (!before_all && next(entry) == next(held))) continue;
    days.end = begin;
    break;
  }
  return days;
}

// What is above the row on a day. `changes` becomes the day of its next entry, when that is
// earlier.
template <class Row, class Next>
std::string AboveOn(const Row& row, absl::CivilDay day, const Next& next, absl::CivilDay& changes) {
  const auto& entries = DatedOf(row);
  if (entries.empty()) return next(row);
  for (const auto& entry : entries) {
    const absl::CivilDay begin = base::DayOf(entry.start_date());
    if (begin > day) changes = std::min(changes, begin);
  }
  return next(*TermOn(entries, day));
}

// Follows `next` (the name above, of a row or of an entry of it) from `first` up, on each day on
// which `name` is to be below that and something on the way changes. kItself: it comes to `name`.
// Cost: a row for each that is above on one of these days.
template <class Row, class Next>
Above LookAbove(const std::string& name, const std::string& first, const Since& since,
                const table::TableSpec<Row>& table, const engine::Snapshot& snapshot,
                const Next& next) {
  if (first.empty()) return Above::kFine;
  auto [day, end] = DaysOfChange(snapshot.Get(table, name).value_or(Row()), since, next);
  std::map<std::string, Row> rows;
  for (int way = 0; way < kWaysUpMax && day < end; ++way) {
    absl::CivilDay changes = end;
    std::string at = first;
    for (int level = 1; !at.empty(); ++level) {
      if (at == name) return Above::kItself;
      if (level >= kUnitLevelsMax) return Above::kTooDeep;
      if (rows.count(at) == 0) rows[at] = snapshot.Get(table, at).value_or(Row());
      at = AboveOn(rows[at], day, next, changes);
    }
    day = changes;
  }
  return Above::kFine;
}

// Where somebody works: branch, department, team.
RefusedReferences RefusedUnitsOf(const v1::Staff& staff, const Since& since,
                                 const engine::Snapshot& snapshot);
// What somebody called `name` refers to: the same, and the manager (also MANAGER_CYCLE).
RefusedReferences RefusedOf(const v1::Staff& staff, const std::string& name, const Since& since,
                            const engine::Snapshot& snapshot);

}  // namespace crm::customer
