// The calls a server has taken and whose reactors gRPC has not yet let go: what must be answered
// before the server can end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/rpc/call.h"

namespace crm::rpc {

// Thread-safe.
class LiveCalls {
 public:
  struct Entry {
    // Weak: a handler that drops its call must be noticed.
    std::weak_ptr<Call> call;
    absl::Time deadline;
  };
  using Place = std::list<Entry>::iterator;

  // At most `calls_max` at once.
  explicit LiveCalls(int calls_max) : calls_max_(calls_max) {}

  // OK, and `place` to leave from; or UNAVAILABLE: too many, or closed.
  absl::Status Enter(const std::shared_ptr<Call>& call, Place& place);
  void Leave(Place place);

  // Answers DEADLINE_EXCEEDED to what is overdue.
  void AnswerOverdue(absl::Time now);

  // Waits until there is none, or until the time-out. False at the time-out.
  bool AwaitNone(absl::Duration timeout);
  // Takes no more calls: those that come are refused.
  void Close();
  // After Close: waits until there is no call and none came for kDrainQuiet, or until the time-out.
  void AwaitQuiet(absl::Duration timeout);
  // Answers UNAVAILABLE to all there are.
  void AnswerLeft();

  int size() const;

 private:
  const int calls_max_;
  mutable absl::Mutex mutex_;
  std::list<Entry> entries_ ABSL_GUARDED_BY(mutex_);
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  int64_t turned_away_ ABSL_GUARDED_BY(mutex_) = 0;  // Since Close.
};

}  // namespace crm::rpc
