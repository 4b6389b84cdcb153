#include "services/customer/domain/periods.h"

#include "absl/strings/str_cat.h"
#include "libs/base/date.h"
#include "libs/base/status.h"

namespace crm::customer {

absl::Status CheckRunOfDays(const std::string& field, const common::v1::Period& period,
                            int days_max) {
  absl::Status s = base::CheckDate(field + ".start", period.start());
  if (s.ok()) s = base::CheckDate(field + ".end", period.end());
  if (!s.ok()) return s;
  const absl::civil_diff_t days = base::DayOf(period.end()) - base::DayOf(period.start());
  if (days < 1) return base::Invalid(field + ".end", "must be later than the start");
  if (days > days_max)
    return base::Invalid(field + ".end", absl::StrCat("must be at most ", days_max, " days later"));
  return absl::OkStatus();
}

common::v1::Period PeriodOf(absl::CivilDay start, absl::CivilDay end) {
  common::v1::Period period;
  *period.mutable_start() = base::DateOf(start);
  *period.mutable_end() = base::DateOf(end);
  return period;
}

}  // namespace crm::customer
