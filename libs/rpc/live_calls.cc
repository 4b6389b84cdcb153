#include "libs/rpc/live_calls.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "libs/base/status.h"
#include "libs/rpc/limits.h"

namespace crm::rpc {
namespace {

constexpr absl::Duration kRetryAfter = absl::Milliseconds(200);

absl::Status ShuttingDown() {
  return base::Unavailable("SHUTTING_DOWN", "the server is shutting down", kRetryAfter);
}

}  // namespace

absl::Status LiveCalls::Enter(const std::shared_ptr<Call>& call, Place& place) {
  // The node is made before the lock is taken.
  std::list<Entry> node;
  node.push_back({.call = call, .deadline = call->deadline()});
  place = node.begin();
  absl::MutexLock lock(&mutex_);
  if (closed_) {
    ++turned_away_;
    return ShuttingDown();
  }
  if (entries_.size() >= static_cast<size_t>(calls_max_)) {
    return base::Unavailable("TOO_MANY_CALLS", "the server has as many calls as it takes",
                             kRetryAfter);
  }
  entries_.splice(entries_.end(), node);
  return absl::OkStatus();
}

void LiveCalls::Leave(Place place) {
  std::list<Entry> node;
  absl::MutexLock lock(&mutex_);
  node.splice(node.end(), entries_, place);
}

void LiveCalls::AnswerOverdue(absl::Time now) {
  std::vector<std::shared_ptr<Call>> overdue;
  {
    absl::MutexLock lock(&mutex_);
    for (const Entry& entry : entries_) {
      if (entry.deadline > now) continue;
      if (std::shared_ptr<Call> call = entry.call.lock()) overdue.push_back(std::move(call));
    }
  }
  for (const std::shared_ptr<Call>& call : overdue) {
    call->Override(base::Failed(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED",
                                "no answer before the deadline; a command may still take effect"));
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

void LiveCalls::AnswerLeft() {
  std::vector<std::shared_ptr<Call>> left;
  {
    absl::MutexLock lock(&mutex_);
    for (const Entry& entry : entries_) {
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
