// The engine's limits. Over them a caller gets a clear error; nothing grows without one.
#pragma once

#include <cstddef>

#include "absl/time/time.h"

namespace crm::engine {

// Request ids remembered for each key (creates and reactions: for ever).
inline constexpr int kRequestsRememberedMax = 1000;
// Answers without an event remembered for each key, of commands that had been said before.
inline constexpr int kAnswersRememberedMax = 100;
// Largest such answer, in bytes; of a larger one only the code is kept.
inline constexpr size_t kAnswerBytesMax = 4096;
// Longest request_id, in bytes.
inline constexpr size_t kRequestIdBytesMax = 128;
// Largest event, in bytes: below what a broker takes by default.
inline constexpr size_t kEventBytesMax = 900 * 1024;
// Commands waiting or in flight, per worker and class. Over it: UNAVAILABLE with RetryInfo.
// Interactive ones at most as many as are done in kQueuedFor, as far as the worker has learned it,
// and between these.
inline constexpr size_t kQueuedInteractiveMin = 512;
inline constexpr size_t kQueuedInteractiveMax = 4096;
inline constexpr absl::Duration kQueuedFor = absl::Seconds(1);
inline constexpr absl::Duration kAdmissionLearnedEvery = absl::Milliseconds(100);
inline constexpr size_t kQueuedSystemMax = 4096;
inline constexpr size_t kQueuedBatchMax = 8192;
// Interactive commands waiting or in flight for one key, which are done one after another: about as
// many as are done in a second, be they commands that change nothing. Over it: UNAVAILABLE with
// RetryInfo, and other keys go on.
inline constexpr size_t kQueuedPerKeyMax = 256;
// Of one key so many count as waiting for the worker; those behind them wait for their key.
inline constexpr size_t kCountedOfKeyMax = 16;
// Records taken from the log in one step of a worker.
inline constexpr size_t kRecordsPerStepMax = 1024;
// Waiters for a position or a barrier, per worker. Over it: UNAVAILABLE with RetryInfo.
inline constexpr size_t kWaitersMax = 10000;
// Commands a worker decides in one step before it looks at the log again.
inline constexpr size_t kDecisionsPerStepMax = 512;
// Records looked at behind one that cannot be read, in search of the word that it may be skipped.
inline constexpr size_t kLookAheadMax = 10000;
// Timers that a partition fires in one step, and looks at for that.
inline constexpr size_t kTimersPerStepMax = 512;
inline constexpr size_t kTimersScannedPerStepMax = 2048;
// Commands of reactions sent and not answered, per service. While so many are sent or wait to be,
// no further event is looked at: what waits beyond are the commands of one event.
inline constexpr size_t kReactionsInWorkMax = 512;

// Events of a source partition that wait for their reactions. Over it the partition is paused until
// half of them are done.
inline constexpr size_t kReactionEventsWaitingMax = 1024;

// States that a worker keeps parsed.
inline constexpr size_t kStatesCachedBytesMax = 32 << 20;
// Keys of which a worker keeps how many request ids it remembers.
inline constexpr size_t kCountsCachedMax = 16'384;
// How often a start says how far it has read.
inline constexpr absl::Duration kProgressEvery = absl::Seconds(5);
// How often the start looks whether the log's first records have come.
inline constexpr absl::Duration kStartPoll = absl::Milliseconds(10);
// How often it is looked where foreign logs end.
inline constexpr absl::Duration kKnownEndEvery = absl::Milliseconds(50);
// What a caller should wait after an UNAVAILABLE.
inline constexpr absl::Duration kRetryAfter = absl::Milliseconds(100);
// A timer whose command changed nothing though still due; at the longest also a reaction whose
// command fails in a way that does not pass by itself.
inline constexpr absl::Duration kBackoffFirst = absl::Seconds(1);
inline constexpr absl::Duration kBackoffMax = absl::Minutes(10);
// A reaction whose command was UNAVAILABLE is sent again after at most this.
inline constexpr absl::Duration kReactionRetryMax = absl::Seconds(5);
// How long reactions ask at a time where their log ends: they stand still meanwhile.
inline constexpr absl::Duration kLogEndsTimeout = absl::Milliseconds(500);
// A lost claim is tried again after a random time between these.
inline constexpr absl::Duration kReclaimAfterMin = absl::Milliseconds(200);
inline constexpr absl::Duration kReclaimAfterMax = absl::Seconds(5);
// Oldest append acknowledged but not read back: a new tail after the first, give up owning after
// the second.
inline constexpr absl::Duration kReadBackSlow = absl::Seconds(2);
inline constexpr absl::Duration kReadBackLost = absl::Seconds(4);
// An owner that could not write for so long says that it is not ready, and refuses commands at
// once; until then they wait.
inline constexpr absl::Duration kLogSilenceMax = absl::Seconds(5);
// How often waiting commands are looked through for passed deadlines.
inline constexpr absl::Duration kExpirySweep = absl::Milliseconds(50);
// A claim that has neither come back nor been refused is sent again after this.
inline constexpr absl::Duration kClaimPatience = absl::Seconds(15);

}  // namespace crm::engine
