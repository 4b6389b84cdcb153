// Membership in the group of a topic's owners: a group consumer that fetches nothing.
#pragma once

#include <memory>
#include <string>

#include "libs/eventlog/event_log.h"
#include "libs/eventlog/kafka/options.h"

namespace crm::eventlog::kafka {

// The group is "<topic>.owners". The topic must exist. Closing leaves the group, so that the others
// get the partitions at once; that takes a round trip, some seconds when the broker is away.
absl::StatusOr<std::unique_ptr<Ownership>> JoinOwnership(const Options& options,
                                                         const std::string& topic,
                                                         const std::string& instance, Waker waker);

}  // namespace crm::eventlog::kafka
