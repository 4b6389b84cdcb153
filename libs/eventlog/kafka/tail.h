// The tail: a consumer outside of any group, told where to begin.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "libs/eventlog/event_log.h"
#include "libs/eventlog/kafka/client.h"
#include "libs/eventlog/kafka/options.h"

namespace crm::eventlog::kafka {

// The partitions must exist: the caller has looked. Positions are checked by the broker with the
// first fetch, and Poll says so.
absl::StatusOr<std::unique_ptr<Tail>> OpenTail(const Options& options, const std::string& topic,
                                               const std::vector<EventLog::Start>& starts,
                                               Waker waker);

}  // namespace crm::eventlog::kafka
