// google.type.Date: days of the company's calendar.
#pragma once

#include <google/type/date.pb.h>

#include <string_view>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"

namespace crm::base {

// INVALID_ARGUMENT naming `field` unless it is a day that exists, year 1900 to 2200.
absl::Status CheckDate(std::string_view field, const google::type::Date& date);

// How far the day of a fact may lie after the business date: a branch east of the company's time
// zone is already there.
inline constexpr int kDaysAheadMax = 1;
// As CheckDate, and not more than kDaysAheadMax days after `today`: for what has happened.
absl::Status CheckPastDate(std::string_view field, const google::type::Date& date,
                           absl::CivilDay today);

// A date that passed CheckDate as a day.
absl::CivilDay DayOf(const google::type::Date& date);
google::type::Date DateOf(absl::CivilDay day);

}  // namespace crm::base
