// The Chinese calendar of moons: days of it that come again every year.
#pragma once

#include <optional>

#include "absl/time/civil_time.h"

namespace crm::calendar {

// A day of the lunar calendar.
struct LunarDay {
  int year = 0;   // Gregorian year in which the lunar year began.
  int month = 0;  // 1 to 12.
  int day = 0;    // 1 to 30.
  bool leap_month = false;
  bool last_of_month = false;
  bool leap_follows = false;  // The next month is the leap month of the same number.

  bool operator==(const LunarDay&) const = default;
};

// Of a day of the Gregorian calendar; nullopt unless it is of the lunar years 1900 to 2100
// (1900-01-31 to 2101-01-28).
std::optional<LunarDay> LunarDayOf(absl::CivilDay day);

}  // namespace crm::calendar
