// google.protobuf.Timestamp and absl::Time, exact to the nanosecond.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include "absl/time/time.h"

namespace crm::base {

// Finite times only; what is finer than a nanosecond is cut off towards the past.
google::protobuf::Timestamp TimestampOf(absl::Time time);
absl::Time TimeOf(const google::protobuf::Timestamp& timestamp);

}  // namespace crm::base
