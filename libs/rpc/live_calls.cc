#include "libs/rpc/live_calls.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "libs/base/status.h"
#include "libs/rpc/limits.h"

namespace crm::rpc {
namespace {

absl::Status ShuttingDown() {
  return base::Unavailable("SHUTTING_DOWN", "the server is shutting down", kRetryAfter);
}

}  // namespace

void Cut::Now() {
  const std::lock_guard lock(mutex_);
  if (end_ != nullptr) end_();
}

void Cut::Gone() {
  const std::lock_guard lock(mutex_);
  end_ = nullptr;
}

absl::Status LiveCalls::Enter(const std::shared_ptr<Call>& call, std::shared_ptr<Cut> cut,
                              Place& place, std::shared_ptr<Outbox> outbox) {
  const bool stream = outbox != nullptr;
  // The node is made before the lock is taken.
  std::list<Entry> node;
  node.push_back({.call = call,
                  .deadline = call->deadline(),
                  .cut = std::move(cut),
                  .outbox = std::move(outbox)});
  place = node.begin();
  absl::MutexLock lock(&mutex_);
  if (closed_) {
    ++turned_away_;
    return ShuttingDown();
  }
  if (entries_.size() >= static_cast<size_t>(limits_.calls_max)) {
    return base::Unavailable("TOO_MANY_CALLS", "the server has as many calls as it takes",
                             kRetryAfter);
  }
  if (stream && streams_ >= limits_.streams_max) {
    return base::Unavailable("TOO_MANY_STREAMS", "the server has as many streams as it takes",
                             kRetryAfter);
  }
  streams_ += stream ? 1 : 0;
  entries_.splice(entries_.end(), node);
  return absl::OkStatus();
}

void LiveCalls::StreamEnded(Place place, absl::Time now) {
  absl::MutexLock lock(&mutex_);
  place->deadline = std::min(place->deadline, now);
}

bool LiveCalls::Answering(Place place, size_t bytes) {
  std::vector<std::shared_ptr<Cut>> cuts;
  {
    absl::MutexLock lock(&mutex_);
    const auto more = static_cast<int64_t>(bytes);
    if (unsent_bytes_ + more > 2 * limits_.unsent_bytes_max) return false;
    place->unsent_bytes = more;
    unsent_bytes_ += more;
    if (place->doomed) doomed_bytes_ += more;
    entries_.splice(entries_.end(), entries_, place);
    for (auto at = entries_.begin();
         unsent_bytes_ - doomed_bytes_ > limits_.unsent_bytes_max && at != place; ++at) {
      if (at->unsent_bytes > 0 && !at->doomed) cuts.push_back(Doom(*at));
    }
  }
  CutOff(cuts);
  return true;
}

std::shared_ptr<Cut> LiveCalls::Doom(Entry& entry) {
  entry.doomed = true;
  doomed_bytes_ += entry.unsent_bytes;
  return entry.cut;
}

void LiveCalls::Leave(Place place) {
  std::list<Entry> node;
  absl::MutexLock lock(&mutex_);
  unsent_bytes_ -= place->unsent_bytes;
  if (place->doomed) doomed_bytes_ -= place->unsent_bytes;
  if (place->outbox != nullptr) --streams_;
  node.splice(node.end(), entries_, place);
}

void LiveCalls::EndOverdue(absl::Time now) {
  std::vector<std::shared_ptr<Call>> overdue, stalled;
  std::vector<std::shared_ptr<Cut>> cuts;
  {
    absl::MutexLock lock(&mutex_);
    for (Entry& entry : entries_) {
      if (entry.doomed) continue;
      if (IsStalled(entry, now)) {
        if (std::shared_ptr<Call> call = entry.call.lock()) stalled.push_back(std::move(call));
      }
      if (entry.deadline > now) continue;
      if (std::shared_ptr<Call> call = entry.call.lock()) overdue.push_back(std::move(call));
      // Not by the deadline alone: after a pause of ours a caller must be told first.
      if (!entry.overdue_since.has_value()) entry.overdue_since = now;
      if (*entry.overdue_since + limits_.unsent_max <= now) cuts.push_back(Doom(entry));
    }
  }
  for (const std::shared_ptr<Call>& call : overdue) {
    call->Override(base::Failed(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED",
                                "no answer before the deadline; a command may still take effect"));
  }
  for (const std::shared_ptr<Call>& call : stalled) {
    call->Override(base::Failed(absl::StatusCode::kAborted, "READER_TOO_SLOW",
                                "a message was not read for too long; go on from the last one"));
  }
  CutOff(cuts);
}

// Without the lock: a call may leave within.
void LiveCalls::CutOff(const std::vector<std::shared_ptr<Cut>>& cuts) const {
  for (const std::shared_ptr<Cut>& cut : cuts) {
    on_cut_();
    cut->Now();
  }
}

bool LiveCalls::AwaitNone(absl::Duration timeout) {
  absl::MutexLock lock(&mutex_);
  const auto none = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return entries_.empty(); };
  return mutex_.AwaitWithTimeout(absl::Condition(&none), timeout);
}

void LiveCalls::Close() {
  absl::MutexLock lock(&mutex_);
  closed_ = true;
}

void LiveCalls::AwaitQuiet(absl::Duration timeout) {
  const absl::Time end = absl::Now() + timeout;
  AwaitNone(timeout);
  absl::MutexLock lock(&mutex_);
  int64_t seen = turned_away_;
  const auto came = [&]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return turned_away_ != seen; };
  while (
      mutex_.AwaitWithTimeout(absl::Condition(&came), std::min(kDrainQuiet, end - absl::Now())) &&
      absl::Now() < end) {
    seen = turned_away_;
  }
}

bool LiveCalls::IsStalled(const Entry& entry, absl::Time now) const {
  if (entry.outbox == nullptr || entry.deadline <= now) return false;
  const std::optional<absl::Time> since = entry.outbox->waits_since();
  return since.has_value() && *since + limits_.stall_max <= now;
}

void LiveCalls::RefuseLeft(bool only_streams) {
  std::vector<std::shared_ptr<Call>> left;
  {
    absl::MutexLock lock(&mutex_);
    for (const Entry& entry : entries_) {
      if (only_streams && entry.outbox == nullptr) continue;
      if (std::shared_ptr<Call> call = entry.call.lock()) left.push_back(std::move(call));
    }
  }
  for (const std::shared_ptr<Call>& call : left) call->Override(ShuttingDown());
}

int LiveCalls::size() const {
  absl::MutexLock lock(&mutex_);
  return static_cast<int>(entries_.size());
}

}  // namespace crm::rpc
