// google.protobuf.Timestamp and absl::Time, exact to the nanosecond.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace crm::base {

// Finite times only; what is finer than a nanosecond is cut off towards the past.
google::protobuf::Timestamp TimestampOf(absl::Time time);
absl::Time TimeOf(const google::protobuf::Timestamp& timestamp);

// INVALID_ARGUMENT that names the field, unless it is a moment of the years 1 to 9999, or unset.
absl::Status CheckTimestamp(std::string_view field, const google::protobuf::Timestamp& timestamp);
// The same, but of the years 1970 to 2199: for what people plan, or say that has happened.
absl::Status CheckModernTime(std::string_view field, const google::protobuf::Timestamp& timestamp);

}  // namespace crm::base
