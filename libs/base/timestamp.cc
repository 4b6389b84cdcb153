#include "libs/base/timestamp.h"

#include "libs/base/status.h"

namespace crm::base {

google::protobuf::Timestamp TimestampOf(absl::Time time) {
  google::protobuf::Timestamp timestamp;
  const int64_t seconds = absl::ToUnixSeconds(time);
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
  return timestamp;
}

absl::Time TimeOf(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

absl::Status CheckTimestamp(std::string_view field, const google::protobuf::Timestamp& timestamp) {
  constexpr int64_t kFirst = -62'135'596'800, kLast = 253'402'300'799;
  if (timestamp.seconds() >= kFirst && timestamp.seconds() <= kLast && timestamp.nanos() >= 0 &&
      timestamp.nanos() <= 999'999'999)
    return absl::OkStatus();
  return Invalid(field, "must be a moment of the years 1 to 9999");
}

absl::Status CheckModernTime(std::string_view field, const google::protobuf::Timestamp& timestamp) {
  constexpr int64_t kYear2200 = 7'258'118'400;
  if (absl::Status s = CheckTimestamp(field, timestamp); !s.ok()) return s;
  if (timestamp.seconds() >= 0 && timestamp.seconds() < kYear2200) return absl::OkStatus();
  return Invalid(field, "must lie between 1970 and 2200");
}

}  // namespace crm::base
