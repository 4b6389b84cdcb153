// Months of the calendar, and the moments at which the service wakes.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace crm::customer {

// The same day `months` later (or earlier); the last of that month when it has no such day.
absl::CivilDay AddMonths(absl::CivilDay day, int months);

// To the nanosecond.
google::protobuf::Timestamp TimestampOf(absl::Time time);
absl::Time TimeOf(const google::protobuf::Timestamp& timestamp);

}  // namespace crm::customer
