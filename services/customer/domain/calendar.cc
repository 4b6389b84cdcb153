#include "services/customer/domain/calendar.h"

#include <algorithm>

namespace crm::customer {

absl::CivilDay AddMonths(absl::CivilDay day, int months) {
  const absl::CivilMonth month = absl::CivilMonth(day) + months;
  const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
  return absl::CivilDay(month.year(), month.month(), std::min(day.day(), last.day()));
}

absl::Time NextAtHour(int hour, absl::Time now, absl::TimeZone zone) {
  const absl::CivilDay today = absl::ToCivilDay(now, zone);
  const absl::Time at = absl::FromCivil(absl::CivilHour(today) + hour, zone);
  return at > now ? at : absl::FromCivil(absl::CivilHour(today + 1) + hour, zone);
}

}  // namespace crm::customer
