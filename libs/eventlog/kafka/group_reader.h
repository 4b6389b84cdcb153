// Reading as one of a group: for reactions.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "libs/eventlog/event_log.h"
#include "libs/eventlog/kafka/options.h"

namespace crm::eventlog::kafka {

// What differs from a reader that never waits and always knows:
// - A poll that is given partitions asks what the group committed, and one that loses some commits
// what is
//   open: each waits for a round trip, at most the committed time-out, and only in a rebalance. So
//   does destroying it. (kUnavailable: it was not told in time; the partitions come with a later
//   poll.)
// - Commit returns before the broker has it: one request is under way at a time, with the newest
// position of
//   each partition. One that fails goes again with the next poll. kFailedPrecondition: the
//   partition is not (or no longer) assigned; kInvalidArgument: metadata above its limit.
// - kOutOfRange, final: a committed position is no longer in the log, or not yet.
absl::StatusOr<std::unique_ptr<GroupReader>> OpenGroup(const Options& options,
                                                       const std::string& group,
                                                       const std::vector<std::string>& topics,
                                                       Waker waker);

}  // namespace crm::eventlog::kafka
