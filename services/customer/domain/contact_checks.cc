#include "services/customer/domain/contact_checks.h"

#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/date.h"
#include "libs/base/external_id.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/calendar/lunar.h"
#include "services/customer/domain/checks.h"

namespace crm::customer {
namespace {

using base::Invalid;

constexpr int kMinutesOfDay = 24 * 60;
constexpr int kLunarMonths = 12;
constexpr int kLunarMonthDaysMax = 30;
constexpr char kTwice[] = "must not be there twice";

std::string At(std::string_view field, int index) {
  return absl::StrCat(std::string(field), "[", index, "]");
}

// A day of the Chinese calendar by its shape: which months have 30 days changes from year to year.
bool IsLunarDay(const google::type::Date& date) {
  google::type::Date year = date;
  year.set_month(1);
  year.set_day(1);
  return IsYearlyDay(year) && date.month() >= 1 && date.month() <= kLunarMonths &&
         date.day() >= 1 && date.day() <= kLunarMonthDaysMax;
}

// As base::CheckPastDate has it of other days.
bool IsLunarDayToCome(const v1::Birthday& birthday, absl::CivilDay today) {
  const auto& date = birthday.date();
  const auto last = calendar::LunarDayOf(today + base::kDaysAheadMax);
  if (!last.has_value()) return date.year() > today.year();
  return std::make_tuple(date.year(), date.month(), birthday.leap_month(), date.day()) >
         std::make_tuple(last->year, last->month, last->leap_month, last->day);
}

absl::Status CheckBirthday(const v1::Birthday& birthday, absl::CivilDay today) {
  constexpr char kField[] = "contact.personal.birthday";
  const std::string date_field = absl::StrCat(kField, ".date");
  if (!v1::Calendar_IsValid(birthday.calendar()))
    return Invalid(absl::StrCat(kField, ".calendar"), "must be one of the list");
  const bool lunar = birthday.calendar() == v1::CALENDAR_LUNAR;
  if (birthday.leap_month() && !lunar)
    return Invalid(absl::StrCat(kField, ".leap_month"), "must be of the lunar calendar");
  if (!(lunar ? IsLunarDay(birthday.date()) : IsYearlyDay(birthday.date())))
    return Invalid(date_field, "must be a day of its calendar");
  if (birthday.date().year() == 0) return absl::OkStatus();
  const bool future = lunar ? IsLunarDayToCome(birthday, today)
                            : !base::CheckPastDate("", birthday.date(), today).ok();
  if (future) return Invalid(date_field, "must not lie in the future");
  return absl::OkStatus();
}

absl::Status CheckAnniversaries(const v1::ContactPersonal& personal) {
  std::set<std::tuple<std::string, int, int, int>> seen;
  for (int i = 0; i < personal.anniversaries_size(); ++i) {
    const v1::Anniversary& anniversary = personal.anniversaries(i);
    const auto& date = anniversary.date();
    const std::string field = At("contact.personal.anniversaries", i);
    if (base::IsBlank(anniversary.label())) return Invalid(field + ".label", "must be given");
    if (!IsYearlyDay(date)) return Invalid(field + ".date", "must be a day");
    if (!seen.emplace(anniversary.label(), date.year(), date.month(), date.day()).second)
      return Invalid(field, kTwice);
  }
  return absl::OkStatus();
}

// Of several ways to reach somebody at most one comes first, and none is there twice.
class Ways {
 public:
  absl::Status Add(const std::string& field, const std::string& value_field,
                   const std::string& value, bool valid, bool primary) {
    if (!valid) return Invalid(field + value_field, "must have the form of one");
    if (!seen_.insert(value).second) return Invalid(field + value_field, kTwice);
    if (primary && std::exchange(has_primary_, true))
      return Invalid(field + ".primary", "must be said of one only");
    return absl::OkStatus();
  }

 private:
  std::set<std::string> seen_;
  bool has_primary_ = false;
};

absl::Status CheckWays(const v1::ContactPersonal& personal) {
  Ways phones, emails;
  for (int i = 0; i < personal.phones_size(); ++i) {
    const v1::ContactPhone& phone = personal.phones(i);
    absl::Status s = phones.Add(At("contact.personal.phones", i), ".number", phone.number(),
                                IsPhone(phone.number()), phone.primary());
    if (!s.ok()) return s;
  }
  for (int i = 0; i < personal.emails_size(); ++i) {
    const v1::ContactEmail& email = personal.emails(i);
    absl::Status s = emails.Add(At("contact.personal.emails", i), ".address", email.address(),
                                IsEmail(email.address()), email.primary());
    if (!s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status CheckPersonal(const v1::ContactPersonal& personal, absl::CivilDay today) {
  if (base::IsBlank(personal.given_name()) && base::IsBlank(personal.family_name())) {
    return Invalid("contact.personal.family_name", "must be given, or else a given name");
  }
  if (personal.has_birthday()) {
    if (absl::Status s = CheckBirthday(personal.birthday(), today); !s.ok()) return s;
  }
  if (absl::Status s = CheckAnniversaries(personal); !s.ok()) return s;
  return CheckWays(personal);
}

absl::Status CheckLists(const v1::Contact& contact) {
  std::set<std::string> tags;
  for (int i = 0; i < contact.tags_size(); ++i) {
    const std::string field = At("contact.tags", i);
    if (base::IsBlank(contact.tags(i))) return Invalid(field, "must not be empty");
    if (!tags.insert(contact.tags(i)).second) return Invalid(field, kTwice);
  }
  std::set<std::pair<std::string, std::string>> external_ids;
  for (int i = 0; i < contact.external_ids_size(); ++i) {
    const auto& external_id = contact.external_ids(i);
    const std::string field = At("contact.external_ids", i);
    if (absl::Status s = base::CheckExternalId(field, external_id); !s.ok()) return s;
    if (!external_ids.emplace(external_id.system(), external_id.id()).second)
      return Invalid(field, kTwice);
  }
  return absl::OkStatus();
}

absl::Status CheckHours(const v1::ContactHours& hours) {
  if (hours.start_minute() < 0 || hours.start_minute() >= kMinutesOfDay)
    return Invalid("contact.preferred_hours.start_minute", "must be 0 to 1,439");
  if (hours.end_minute() <= hours.start_minute() || hours.end_minute() > kMinutesOfDay) {
    return Invalid("contact.preferred_hours.end_minute", "must be after the start, at most 1,440");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckContact(const v1::Contact& contact, absl::CivilDay today) {
  if (!common::v1::Channel_IsValid(contact.preferred_channel()))
    return Invalid("contact.preferred_channel", "must be one of the list");
  if (!v1::ContactInfluence_IsValid(contact.influence()))
    return Invalid("contact.influence", "must be one of the list");
  if (!contact.language_code().empty() && !IsLanguageCode(contact.language_code()))
    return Invalid("contact.language_code", "must be a BCP 47 language");
  if (contact.has_preferred_hours()) {
    if (absl::Status s = CheckHours(contact.preferred_hours()); !s.ok()) return s;
  }
  if (absl::Status s = CheckPersonal(contact.personal(), today); !s.ok()) return s;
  return CheckLists(contact);
}

}  // namespace crm::customer
