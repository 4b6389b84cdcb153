#include "services/customer/domain/staff_checks.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "libs/base/date.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "services/customer/domain/checks.h"
#include "services/customer/domain/references.h"
#include "services/customer/domain/staff.h"

namespace crm::customer {
namespace {

using base::Invalid;

absl::Status CheckPersonal(const v1::StaffPersonal& personal) {
  if (base::IsBlank(personal.display_name()))
    return Invalid("staff.personal.display_name", "must not be empty");
  std::set<std::string> seen;
  for (int i = 0; i < personal.phones_size(); ++i) {
    const std::string field = absl::StrCat("staff.personal.phones[", i, "]");
    if (!IsPhone(personal.phones(i)))
      return Invalid(field, "must be an international number: + and 8 to 15 digits");
    if (!seen.insert(personal.phones(i)).second) return Invalid(field, "must not be there twice");
  }
  if (!personal.email().empty() && !IsEmail(personal.email()))
    return Invalid("staff.personal.email", "must be an e-mail address");
  return absl::OkStatus();
}

absl::Status CheckRoles(const v1::Staff& staff) {
  if (staff.roles().empty()) return Invalid("staff.roles", "must be given");
  std::set<int> seen;
  for (int i = 0; i < staff.roles_size(); ++i) {
    const auto role = staff.roles(i);
    if (!v1::StaffRole_IsValid(role) || role == v1::STAFF_ROLE_UNSPECIFIED ||
        !seen.insert(role).second) {
      return Invalid(absl::StrCat("staff.roles[", i, "]"), "must be one of the list, none twice");
    }
  }
  if (!v1::StaffScope_IsValid(staff.scope()) || staff.scope() == v1::STAFF_SCOPE_UNSPECIFIED)
    return Invalid("staff.scope", "must be one of the list");
  return absl::OkStatus();
}

absl::Status CheckPlace(const v1::Staff& staff, std::string_view name) {
  absl::Status s = CheckName("staff.branch", "branches", staff.branch());
  if (s.ok()) s = CheckName("staff.department", "departments", staff.department());
  if (s.ok()) s = CheckName("staff.team", "teams", staff.team());
  if (s.ok()) s = CheckName("staff.manager", "staff", staff.manager());
  if (s.ok() && staff.manager() == name) return Invalid("staff.manager", "must be somebody else");
  return s;
}

// The last day of the employment before the present one; nullptr: there is none.
const google::type::Date* LeftBefore(const v1::Staff& staff) {
  const int size = staff.employments_size();
  return size < 2 ? nullptr : &staff.employments(size - 2).leave_date();
}

}  // namespace

bool IsTimeZoneName(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
  const auto other = [](char c) {
    return (c >= '0' && c <= '9') || c == '/' || c == '_' || c == '-' || c == '+';
  };
  return !text.empty() && letter(text.front()) && text.back() != '/' &&
         text.find("//") == std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || other(c); });
}

absl::Status CheckStaff(const v1::Staff& staff, std::string_view name) {
  if (absl::Status s = CheckPersonal(staff.personal()); !s.ok()) return s;
  if (absl::Status s = CheckRoles(staff); !s.ok()) return s;
  if (absl::Status s = CheckPlace(staff, name); !s.ok()) return s;
  if (!staff.language_code().empty() && !IsLanguageCode(staff.language_code()))
    return Invalid("staff.language_code", "must be a BCP 47 language");
  if (!staff.time_zone().empty() && !IsTimeZoneName(staff.time_zone()))
    return Invalid("staff.time_zone", "must be the name of a time zone");
  if (staff.capacity() < 0) return Invalid("staff.capacity", "must not be negative");
  if (absl::Status s = base::CheckDate("staff.hire_date", staff.hire_date()); !s.ok()) return s;
  const absl::CivilDay hired = base::DayOf(staff.hire_date());
  if (staff.has_leave_date() && hired > base::DayOf(staff.leave_date()))
    return Invalid("staff.hire_date", "must not be after the last day");
  const google::type::Date* left = LeftBefore(staff);
  if (left != nullptr && hired <= base::DayOf(*left))
    return Invalid("staff.hire_date", "must be after the last day of the time before");
  return absl::OkStatus();
}

absl::Status CheckAbsence(const v1::Absence& absence, std::string_view name) {
  const auto& period = absence.period();
  if (absl::Status s = base::CheckDate("absence.period.start", period.start()); !s.ok()) return s;
  if (absl::Status s = base::CheckDate("absence.period.end", period.end()); !s.ok()) return s;
  const auto days = base::DayOf(period.end()) - base::DayOf(period.start());
  if (days <= 0) return Invalid("absence.period.end", "must be later than the start");
  if (days > kAbsenceDaysMax)
    return Invalid("absence.period.end", "must be at most 3,660 days after the start");
  if (!v1::AbsenceKind_IsValid(absence.kind()) || absence.kind() == v1::ABSENCE_KIND_UNSPECIFIED)
    return Invalid("absence.kind", "must be one of the list");
  if (absl::Status s = CheckName("absence.deputy", "staff", absence.deputy()); !s.ok()) return s;
  if (absence.deputy() == name) return Invalid("absence.deputy", "must be somebody else");
  return absl::OkStatus();
}

}  // namespace crm::customer
