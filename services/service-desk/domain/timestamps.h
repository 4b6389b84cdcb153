// Moments in messages and in rules.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include "absl/time/time.h"

namespace crm::servicedesk {

// To the nanosecond.
google::protobuf::Timestamp TimestampOf(absl::Time time);
absl::Time TimeOf(const google::protobuf::Timestamp& timestamp);

}  // namespace crm::servicedesk
