#include "libs/engine/admission.h"

#include <algorithm>
#include <utility>

#include "libs/base/status.h"
#include "libs/engine/limits.h"

namespace crm::engine {
namespace {

// Made once: a refusal must cost little.
const absl::Status& TooMany() {
  static const absl::Status status =
      base::Unavailable("QUEUE_FULL", "too many commands are waiting", kRetryAfter);
  return status;
}
const absl::Status& TooManyOfKey() {
  static const absl::Status status =
      base::Unavailable("QUEUE_FULL", "too many commands wait for the same key", kRetryAfter);
  return status;
}

}  // namespace

size_t Admission::LimitOf(CommandClass priority) const {
  switch (priority) {
    case CommandClass::kInteractive:
      return interactive_max();
    case CommandClass::kSystem:
      return kQueuedSystemMax;
    case CommandClass::kBatch:
      return kQueuedBatchMax;
  }
  return 0;
}

absl::Status Admission::Admit(Command& command) {
  const CommandClass priority = command.priority;
  std::atomic<size_t>& waiting = waiting_[static_cast<size_t>(priority)];
  if (waiting.load() >= LimitOf(priority)) return TooMany();
  std::string key;
  if (priority == CommandClass::kInteractive) {
    key = command.key();
    if (absl::Status s = TakeKey(key); !s.ok()) return s;
  }
  waiting.fetch_add(1);
  command.done = [this, priority, key = std::move(key),
                  done = std::move(command.done)](CommandResult result) {
    if (!key.empty()) ReleaseKey(key);
    Answered(priority, result.status);
    done(std::move(result));
  };
  return absl::OkStatus();
}

absl::Status Admission::TakeKey(const std::string& key) {
  const std::lock_guard lock(mutex_);
  size_t& count = of_key_[key];
  if (count >= kQueuedPerKeyMax) return TooManyOfKey();
  if (count++ < kCountedOfKeyMax) ++counted_;
  return absl::OkStatus();
}

void Admission::ReleaseKey(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto found = of_key_.find(key);
  if (--found->second < kCountedOfKeyMax) --counted_;
  if (found->second == 0) of_key_.erase(found);
}

void Admission::Answered(CommandClass priority, const absl::Status& status) {
  waiting_[static_cast<size_t>(priority)].fetch_sub(1);
  // Those who were not decided say nothing about how fast that goes.
  const bool decided = !absl::IsUnavailable(status) && !absl::IsDeadlineExceeded(status);
  if (decided && priority == CommandClass::kInteractive) done_.fetch_add(1);
}

bool Admission::idle() const {
  return std::all_of(waiting_.begin(), waiting_.end(),
                     [](const std::atomic<size_t>& waiting) { return waiting.load() == 0; });
}

void Admission::Learn(absl::Duration now) {
  if (!learned_.has_value()) learned_ = now;
  const absl::Duration elapsed = now - *learned_;
  if (elapsed < kAdmissionLearnedEvery) return;
  const int64_t done = done_.load();
  const auto waiting = static_cast<double>([this] {
    const std::lock_guard lock(mutex_);
    return counted_;
  }());
  // So many are done in the time that the last in the queue may wait.
  const double in_time =
      static_cast<double>(done - done_before_) * absl::FDivDuration(kQueuedFor, elapsed);
  double limit = static_cast<double>(interactive_max());
  // Whoever waits for his key is not let in beyond what is done in twice the time either.
  const auto all =
      static_cast<double>(waiting_[static_cast<size_t>(CommandClass::kInteractive)].load());
  if (waiting > in_time || all > 2 * in_time) {
    limit = (limit + in_time) / 2;
  } else if (waiting <= in_time / 2) {
    limit *= 2;
  }
  interactive_max_.store(
      std::clamp(static_cast<size_t>(limit), kQueuedInteractiveMin, kQueuedInteractiveMax));
  done_before_ = done;
  learned_ = now;
}

}  // namespace crm::engine
