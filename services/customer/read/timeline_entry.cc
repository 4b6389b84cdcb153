#include "services/customer/read/timeline_entry.h"

#include <algorithm>

#include "absl/time/civil_time.h"
#include "libs/base/date.h"
#include "libs/base/resource_name.h"
#include "libs/base/timestamp.h"

namespace crm::customer {

std::string CustomerOf(std::string_view name) {
  return "customers/" + std::string(base::KeyOf(name));
}

v1::TimelineEntry EntryOf(const engine::EventMeta& meta, v1::TimelineKind kind,
                          v1::TimelineAction action) {
  v1::TimelineEntry entry;
  entry.set_customer(CustomerOf(meta.name));
  entry.set_kind(kind);
  entry.set_action(action);
  *entry.mutable_occur_time() = *entry.mutable_record_time() = base::TimestampOf(meta.time);
  entry.set_about(meta.name);
  entry.set_revision(meta.revision);
  entry.set_actor(meta.actor);
  return entry;
}

void SetDay(const google::type::Date& date, v1::TimelineEntry& entry) {
  if (date.day() == 0) return;
  *entry.mutable_occur_date() = date;
  const absl::CivilDay day = base::DayOf(date);
  const absl::CivilDay recorded =
      absl::ToCivilDay(base::TimeOf(entry.record_time()), absl::UTCTimeZone());
  if (std::max(day, recorded) - std::min(day, recorded) <= 1) return;
  *entry.mutable_occur_time() = StartOf(date);
}

google::protobuf::Timestamp StartOf(const google::type::Date& date) {
  return base::TimestampOf(absl::FromCivil(base::DayOf(date), absl::UTCTimeZone()));
}

std::string ShortName(const google::protobuf::EnumDescriptor& list, int value) {
  const auto* found = list.FindValueByNumber(value);
  if (found == nullptr) return std::to_string(value);
  const std::string& zero = list.FindValueByNumber(0)->name();
  return found->name().substr(zero.size() - std::string_view("UNSPECIFIED").size());
}

}  // namespace crm::customer
