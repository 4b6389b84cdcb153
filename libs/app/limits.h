// Limits of a running service.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace crm::app {

// Reads that wait for a position or a barrier run on these threads afterwards.
inline constexpr int kReadThreads = 2;
// Reads waiting for such a thread. Over it: UNAVAILABLE.
inline constexpr size_t kReadsQueuedMax = 4096;
// Rows that a watch is told in one turn, before the others have theirs.
inline constexpr size_t kWatchRowsPerTurn = 64;
// How long a watch may wait at its start for what its resume token was given for.
inline constexpr absl::Duration kWatchFreshWithin = absl::Seconds(10);
// Rows of one batch request, and names of one BatchGet.
inline constexpr int kBatchRowsMax = 1000;
// What a forwarded command carries beside the caller's request, at most.
inline constexpr int64_t kForwardBytesExtra = 64 << 10;
// How often a start is tried again while the log cannot be reached.
inline constexpr absl::Duration kStartRetry = absl::Seconds(1);
// How long making or describing a topic may take.
inline constexpr absl::Duration kTopicTimeout = absl::Seconds(10);
// What must be free in the data directory at the start: logs and tables reserve a few MiB each when
// they are opened.
inline constexpr uint64_t kDiskFreeBytesMin = 64 << 20;
// A replica's name: a DNS name and a port fit.
inline constexpr size_t kInstanceBytesMax = 255;

// What a caller should wait when the replica that owns its key cannot be reached: with the five
// attempts of our client policy, about as long as another replica needs to take over.
inline constexpr absl::Duration kPeerGoneRetryAfter = absl::Seconds(1);

}  // namespace crm::app
