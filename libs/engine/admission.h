// Who is let in to wait: so many commands of each class, of interactive ones no more than are done
// in about a second, and of those that wait for one key a part. Who stands far behind in his own
// key's line narrows nothing for others. Refused on the thread of the caller: a flood costs those
// who do the work nothing.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/engine/command.h"
#include "libs/engine/limits.h"

namespace crm::engine {

// Thread-safe but for Learn. Outlives the commands.
class Admission {
 public:
  // OK: `command` is counted until its `done` is called. Else UNAVAILABLE with RetryInfo, and it is
  // untouched.
  absl::Status Admit(Command& command);
  // Nobody was let in who has not been answered.
  bool idle() const;

  // From how many are answered while others wait, how many may wait. Called often, by one thread.
  void Learn(absl::Duration now);
  size_t interactive_max() const { return interactive_max_.load(std::memory_order_relaxed); }

 private:
  size_t LimitOf(CommandClass priority) const;
  absl::Status TakeKey(const std::string& key);
  void ReleaseKey(const std::string& key);
  void Answered(CommandClass priority, const absl::Status& status);

  std::array<std::atomic<size_t>, 3> waiting_{};  // By class.
  std::atomic<size_t> interactive_max_{kQueuedInteractiveMax};
  std::atomic<int64_t> done_{0};  // Interactive ones that were decided.

  int64_t done_before_ = 0;                // At the last Learn.
  std::optional<absl::Duration> learned_;  // When.

  std::mutex mutex_;
  absl::flat_hash_map<std::string, size_t> of_key_;  // Interactive ones.
  size_t counted_ = 0;                               // Of each key at most kCountedOfKeyMax.
};

}  // namespace crm::engine
