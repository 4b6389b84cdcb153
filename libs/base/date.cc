#include "libs/base/date.h"

#include "libs/base/status.h"

namespace crm::base {

absl::Status CheckDate(std::string_view field, const google::type::Date& date) {
  const absl::CivilDay day = DayOf(date);
  const bool exists =
      day.year() == date.year() && day.month() == date.month() && day.day() == date.day();
  if (!exists || date.year() < 1900 || date.year() > 2200) {
    return Invalid(field, "must be a full date that exists, year 1900 to 2200");
  }
  return absl::OkStatus();
}

absl::Status CheckPastDate(std::string_view field, const google::type::Date& date,
                           absl::CivilDay today) {
  if (absl::Status s = CheckDate(field, date); !s.ok()) return s;
  if (DayOf(date) > today + kDaysAheadMax) {
    return Invalid(field, "must not be in the future");
  }
  return absl::OkStatus();
}

absl::CivilDay DayOf(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

google::type::Date DateOf(absl::CivilDay day) {
  google::type::Date date;
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

}  // namespace crm::base
