// librdkafka configurations from Options: the one place that knows property names.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "libs/eventlog/kafka/handles.h"
#include "libs/eventlog/kafka/options.h"

namespace crm::eventlog::kafka {

// Refuses settings that would break a promise of the log: kInvalidArgument, naming the field.
absl::Status CheckOptions(const Options& options);

struct GroupConf {
  std::string group;
  absl::Duration session_timeout;
  absl::Duration heartbeat_interval;
  absl::Duration poll_interval_max;
};

// kInvalidArgument: librdkafka does not take a setting. Their owner hands them to Client::Make.
absl::StatusOr<ConfPtr> WriterConf(const Options& options);
// A consumer outside of any group, for tails and for questions (topics, offsets).
absl::StatusOr<ConfPtr> ReaderConf(const Options& options);
absl::StatusOr<ConfPtr> GroupReaderConf(const Options& options, const GroupConf& group);
// A member of a group that fetches nothing.
absl::StatusOr<ConfPtr> OwnershipConf(const Options& options, const GroupConf& group);

}  // namespace crm::eventlog::kafka
