// Months and hours of the calendar.
#pragma once

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace crm::customer {

// The same day `months` later (or earlier); the last of that month when it has no such day.
absl::CivilDay AddMonths(absl::CivilDay day, int months);

// When the hour of the day (0 to 23) next begins, later than `now`.
absl::Time NextAtHour(int hour, absl::Time now, absl::TimeZone zone);

}  // namespace crm::customer
