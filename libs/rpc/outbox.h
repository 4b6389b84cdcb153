// The messages of a streaming call on their way from its handler to gRPC: few, as a handler is told
// when there is no room. Nothing of gRPC is seen here.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"

namespace crm::rpc {

// Thread-safe. What it is given is called with its lock held, but for `wake`; so it may come back
// here, and must not wait for another thread that does.
class Outbox {
 public:
  struct Ways {
    // Gives one message to gRPC, which says Written when it wants another.
    std::function<void(std::string)> write;
    // Ends the call, once, after the last message.
    std::function<void(absl::Status)> finish;
  };

  // Takes messages while what was not written yet is less than `bytes_max`.
  Outbox(size_t bytes_max, const base::Clock& clock) : bytes_max_(bytes_max), clock_(clock) {}

  // Before anything else.
  void Connect(Ways ways);

  // --- the handler
  // False: there is no room, or the call has ended; the message is dropped.
  bool Put(std::string message);
  // `wake` is called, on any thread, when there is room after a Put that found none, and when the
  // call ends. At once when it has ended.
  void OnRoom(std::function<void()> wake);

  // --- the server
  // gRPC took a message; false: the caller is gone.
  void Written(bool ok);
  // No more messages. `now`: those that wait are dropped.
  void End(absl::Status status, bool now);
  // gRPC has let the call go: the ways are not used from here on.
  void Gone();
  // Since when the message has waited that gRPC was given and did not take yet.
  // Takes no lock.
  std::optional<absl::Time> waits_since() const;

 private:
  void WriteNext();

  const size_t bytes_max_;
  const base::Clock& clock_;
  std::recursive_mutex mutex_;  // A gRPC that calls back at once finds it free.
  Ways ways_;
  std::function<void()> wake_;
  std::deque<std::string> waiting_;
  size_t bytes_ = 0;               // Of these, and of what gRPC has.
  size_t written_bytes_ = 0;       // Of what gRPC has.
  bool writing_ = false;           // gRPC has one,
  std::atomic<int64_t> since_{0};  // since then, in nanoseconds of the epoch; 0: it has none.
  bool wants_room_ = false;
  bool closed_ = false;
  std::optional<absl::Status> end_;  // To be given after what waits.
};

}  // namespace crm::rpc
