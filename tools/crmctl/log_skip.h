// `crmctl log skip`: the word that a record which no reader can read is to be passed over.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/eventlog/event_log.h"

namespace crm::crmctl {

struct SkipArguments {
  std::string topic;
  int partition = 0;
  eventlog::Offset offset = 0;
  std::string reason;  // 1 to 500 characters.
  std::string by;      // Who says so: the actor.
  bool force = false;  // Also a record that this program can read.
};

struct Skipped {
  eventlog::Offset offset = 0;  // Of the RecordSkipped.
  int64_t fence = 0;
  std::string sha256;  // Of the value of the record that is passed over.
  bool already = false;
};

// Appends RecordSkipped under the current fence and reads it back; `now` is its time. Said twice,
// it changes nothing. kNotFound: no record at the offset. kFailedPrecondition: the record does not
// count or is a claim, which need no skipping; it can be read, and `force` is not set; or nobody
// has claimed the partition. kUnavailable: claims kept coming between.
absl::StatusOr<Skipped> SkipRecord(eventlog::EventLog& log, const SkipArguments& arguments,
                                   absl::Time now);

}  // namespace crm::crmctl
