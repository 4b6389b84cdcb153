// Months of the calendar.
#pragma once

#include "absl/time/civil_time.h"

namespace crm::customer {

// The same day `months` later (or earlier); the last of that month when it has no such day.
absl::CivilDay AddMonths(absl::CivilDay day, int months);

}  // namespace crm::customer
