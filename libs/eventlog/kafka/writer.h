// The writer: an idempotent producer.
#pragma once

#include <memory>
#include <string>

#include "libs/eventlog/event_log.h"
#include "libs/eventlog/kafka/options.h"

namespace crm::eventlog::kafka {

// Waits, at most `wait`, until the producer knows the topic's leaders, so that the first append is
// not late; not at all when it is zero. The topic must exist: the caller has looked (a producer's
// handle alone may make one).
absl::StatusOr<std::unique_ptr<Writer>> OpenWriter(const Options& options, const std::string& topic,
                                                   int partitions, Waker waker,
                                                   absl::Duration wait);

}  // namespace crm::eventlog::kafka
