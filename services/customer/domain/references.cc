#include "services/customer/domain/references.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "crm/customer/v1/reason.pb.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

bool HasLeftBy(const v1::Staff& staff, absl::CivilDay day) {
  if (staff.has_leave_date()) return base::DayOf(staff.leave_date()) < day;
  return staff.status() == v1::STAFF_STATUS_LEFT;
}

bool IsCollection(std::string_view word) {
  return !word.empty() && absl::ascii_islower(static_cast<unsigned char>(word[0])) &&
         std::all_of(word.begin(), word.end(),
                     [](unsigned char c) { return absl::ascii_isalpha(c); });
}

}  // namespace

absl::Status CheckName(std::string_view field, std::string_view collection, std::string_view name) {
  if (name.empty()) return absl::OkStatus();
  const bool right = name.size() > collection.size() && name.starts_with(collection) &&
                     name[collection.size()] == '/' &&
                     base::IsResourceId(name.substr(collection.size() + 1));
  if (right) return absl::OkStatus();
  return base::Invalid(field, "must be the name of such a resource");
}

absl::Status CheckAnyName(std::string_view field, std::string_view name) {
  if (name.empty()) return absl::OkStatus();
  const std::vector<std::string> parts =
      absl::StrSplit(absl::string_view(name.data(), name.size()), '/');
  bool right = parts.size() % 2 == 0;
  for (size_t i = 0; right && i < parts.size(); i += 2)
    right = IsCollection(parts[i]) && base::IsResourceId(parts[i + 1]);
  if (right) return absl::OkStatus();
  return base::Invalid(field, "must be the name of a resource");
}

std::string CustomerIn(std::string_view name) {
  constexpr std::string_view kCollection = "customers/";
  const std::string_view id = base::KeyOf(name);
  if (!name.starts_with(kCollection) || !base::IsResourceId(id)) return "";
  return std::string(kCollection).append(id);
}

bool IsByHand(std::string_view actor) { return !actor.starts_with("service:"); }

std::string StaffOfActor(std::string_view actor) {
  constexpr std::string_view kPerson = "user:";
  if (!actor.starts_with(kPerson)) return "";
  const std::string_view id = actor.substr(kPerson.size());
  return base::IsResourceId(id) ? std::string(id) : std::string();
}

absl::Status RefusedAt(const RefusedReferences& refused, std::string_view field) {
  const auto found = refused.find(field);
  return found == refused.end() ? absl::OkStatus() : found->second;
}

absl::Status RefusedAt(const RefusedReferences& refused,
                       const google::protobuf::FieldMask& changed) {
  for (const std::string& path : changed.paths()) {
    if (absl::Status s = RefusedAt(refused, path); !s.ok()) return s;
  }
  return absl::OkStatus();
}

void NoteStaff(const std::string& field, const std::string& name, absl::CivilDay day,
               const engine::Snapshot& snapshot, RefusedReferences& refused) {
  if (name.empty()) return;
  const auto staff = snapshot.Get(kStaff, name);
  if (!staff.has_value()) {
    refused.emplace(field, base::Refused(v1::REASON_STAFF_UNKNOWN, "the staff is not known here",
                                         {{"name", name}}));
  } else if (HasLeftBy(*staff, day)) {
    refused.emplace(field, base::Refused(v1::REASON_STAFF_LEFT, "the staff that is named has left",
                                         {{"name", name}}));
  }
}

absl::Status RefusedContact(const std::string& contact, const std::string& before,
                            const engine::Snapshot& snapshot) {
  const bool said = !contact.empty() && contact != before;
  if (!said || !CheckName("", "contacts", contact).ok() ||
      snapshot.Get(kContacts, contact).has_value())
    return absl::OkStatus();
  return base::Refused(v1::REASON_CONTACT_UNKNOWN, "the contact is not known here",
                       {{"name", contact}});
}

absl::Status RefusedContacts(const google::protobuf::RepeatedPtrField<std::string>& contacts,
                             const google::protobuf::RepeatedPtrField<std::string>& before,
                             const engine::Snapshot& snapshot) {
  for (const std::string& contact : contacts) {
    if (std::find(before.begin(), before.end(), contact) != before.end()) continue;
    if (absl::Status s = RefusedContact(contact, "", snapshot); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status RefusedStaff(const std::string& staff, const std::string& before,
                          const engine::Snapshot& snapshot) {
  const std::string name = "staff/" + staff;
  if (staff.empty() || staff == before || snapshot.Get(kStaff, name).has_value())
    return absl::OkStatus();
  return base::Refused(v1::REASON_STAFF_UNKNOWN, "the staff is not known here", {{"name", name}});
}

absl::Status UnitUnknown(std::string_view name) {
  return base::Refused(v1::REASON_UNIT_UNKNOWN, "the unit is not known here", {{"name", name}});
}

absl::Status UnitClosed(std::string_view name) {
  return base::Refused(v1::REASON_UNIT_CLOSED, "the unit is not open then", {{"name", name}});
}

RefusedReferences RefusedUnitsOf(const v1::Staff& staff, const Since& since,
                                 const engine::Snapshot& snapshot) {
  RefusedReferences refused;
  NoteUnit("branch", staff.branch(), kBranches, since, snapshot, refused);
  NoteUnit("department", staff.department(), kDepartments, since, snapshot, refused);
  NoteUnit("team", staff.team(), kTeams, since, snapshot, refused);
  return refused;
}

RefusedReferences RefusedOf(const v1::Staff& staff, const std::string& name, const Since& since,
                            const engine::Snapshot& snapshot) {
  RefusedReferences refused = RefusedUnitsOf(staff, since, snapshot);
  NoteStaff("manager", staff.manager(), since.day, snapshot, refused);
  const Above above = LookAbove(name, staff.manager(), since, kStaff, snapshot,
                                [](const auto& below) { return below.manager(); });
  if (above != Above::kFine) {
    refused.emplace("manager",
                    base::Refused(v1::REASON_MANAGER_CYCLE,
                                  "the manager reports to the one who is changed, or to too many"));
  }
  return refused;
}

}  // namespace crm::customer
