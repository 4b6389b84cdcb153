// Questions about topics, and making them.
#pragma once

#include <string>

#include "libs/eventlog/event_log.h"
#include "libs/eventlog/kafka/client.h"
#include "libs/eventlog/kafka/options.h"

namespace crm::eventlog::kafka {

// All wait, at most `timeout`; `client` is a consumer (whose questions never make a topic).
// Thread-safe. kUnavailable: not reached, or some partition has no leader; kNotFound: no such
// topic.
absl::StatusOr<int> PartitionCount(const Client& client, const std::string& topic,
                                   absl::Duration timeout);
absl::StatusOr<TopicInfo> DescribeTopic(const Client& client, const std::string& topic,
                                        absl::Duration timeout);
// kFailedPrecondition: it is there with another number of partitions. Returns when it can be
// described.
absl::Status CreateTopic(const Client& client, const Options& options, const std::string& topic,
                         int partitions, absl::Duration timeout);

}  // namespace crm::eventlog::kafka
