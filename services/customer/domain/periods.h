// Runs of days that come in.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "crm/common/v1/types.pb.h"

namespace crm::customer {

// INVALID_ARGUMENT naming "<field>.start" or "<field>.end" unless both are dates, the end is later,
// and there are at most `days_max` days between.
absl::Status CheckRunOfDays(const std::string& field, const common::v1::Period& period,
                            int days_max);

common::v1::Period PeriodOf(absl::CivilDay start, absl::CivilDay end);

}  // namespace crm::customer
