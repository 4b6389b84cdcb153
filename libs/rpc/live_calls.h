// The calls a server has taken and whose reactors gRPC has not yet let go: what must be answered
// before the server can end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/rpc/call.h"

namespace crm::rpc {

// Ends a call whose caller does not take his answer, while gRPC still has it. Thread-safe.
class Cut {
 public:
  explicit Cut(std::function<void()> end) : end_(std::move(end)) {}

  void Now();
  // gRPC lets the call go: nothing is ended from here on. Waits for a Now on another thread.
  void Gone();

 private:
  std::recursive_mutex mutex_;  // A gRPC that lets the call go within Now finds it free.
  std::function<void()> end_;
};

// Thread-safe.
class LiveCalls {
 public:
  struct Limits {
    int calls_max = 0;  // At once.
    // Of answers that were given and not taken: bytes of all, time after the deadline.
    int64_t unsent_bytes_max = 0;
    absl::Duration unsent_max;
    // Streams at once, and for how long a message of one may wait for its reader.
    int streams_max = 0;
    absl::Duration stall_max = absl::InfiniteDuration();
  };
  struct Entry {
    // Weak: a handler that drops its call must be noticed.
    std::weak_ptr<Call> call;
    absl::Time deadline;
    std::shared_ptr<Cut> cut;                 // Shared with the reactor, which goes when it wants.
    int64_t unsent_bytes = 0;                 // Of the answer.
    bool doomed = false;                      // It is cut off, and leaves when gRPC lets it go.
    std::shared_ptr<Outbox> outbox;           // Of a stream.
    std::optional<absl::Time> overdue_since;  // Seen by EndOverdue.
  };
  using Place = std::list<Entry>::iterator;

  // `on_cut` is called for each call that is cut off; on any thread.
  LiveCalls(const Limits& limits, std::function<void()> on_cut)
      : limits_(limits), on_cut_(std::move(on_cut)) {}

  // OK, and `place` to leave from; or UNAVAILABLE: too many, or closed.
  // `outbox`: of a stream.
  absl::Status Enter(const std::shared_ptr<Call>& call, std::shared_ptr<Cut> cut, Place& place,
                     std::shared_ptr<Outbox> outbox = nullptr);
  // A stream was given its status: from `now` on it has as long as any call to take it.
  void StreamEnded(Place place, absl::Time now);
  // Before an answer of so many bytes is given. Cuts off who does not take his, when it is too
  // much; false: even so, and it must not be given.
  bool Answering(Place place, size_t bytes);
  void Leave(Place place);

  // Answers DEADLINE_EXCEEDED to what is overdue, ABORTED to streams that are not read, and cuts
  // off what was answered and not taken.
  void EndOverdue(absl::Time now);

  // Waits until there is none, or until the time-out. False at the time-out.
  bool AwaitNone(absl::Duration timeout);
  // Takes no more calls: those that come are refused.
  void Close();
  // Answers UNAVAILABLE to all streams: they do not end by themselves.
  void EndStreams() { RefuseLeft(true); }
  // After Close: waits until there is no call and none came for kDrainQuiet, or until the time-out.
  void AwaitQuiet(absl::Duration timeout);
  // Answers UNAVAILABLE to all there are.
  void AnswerLeft() { RefuseLeft(false); }

  int size() const;

 private:
  void RefuseLeft(bool only_streams);
  bool IsStalled(const Entry& entry, absl::Time now) const;
  std::shared_ptr<Cut> Doom(Entry& entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CutOff(const std::vector<std::shared_ptr<Cut>>& cuts) const;

  const Limits limits_;
  const std::function<void()> on_cut_;
  mutable absl::Mutex mutex_;
  // Those that were given a long answer stand in the order of their answers.
  std::list<Entry> entries_ ABSL_GUARDED_BY(mutex_);
  int64_t unsent_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t doomed_bytes_ ABSL_GUARDED_BY(mutex_) = 0;  // Of these.
  int streams_ ABSL_GUARDED_BY(mutex_) = 0;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  int64_t turned_away_ ABSL_GUARDED_BY(mutex_) = 0;  // Since Close.
};

}  // namespace crm::rpc
