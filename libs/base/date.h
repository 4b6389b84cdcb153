// google.type.Date: days of the company's calendar.
#pragma once

#include <google/type/date.pb.h>

#include <string_view>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"

namespace crm::base {

// INVALID_ARGUMENT naming `field` unless it is a day that exists, year 1900 to 2200.
absl::Status CheckDate(std::string_view field, const google::type::Date& date);

// A date that passed CheckDate as a day.
absl::CivilDay DayOf(const google::type::Date& date);
google::type::Date DateOf(absl::CivilDay day);

}  // namespace crm::base
