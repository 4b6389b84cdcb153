#include "libs/rpc/outbox.h"

#include <utility>

namespace crm::rpc {

void Outbox::Connect(Ways ways) {
  const std::lock_guard lock(mutex_);
  ways_ = std::move(ways);
}

bool Outbox::Put(std::string message) {
  const std::lock_guard lock(mutex_);
  if (closed_) return false;
  if (bytes_ >= bytes_max_) {
    wants_room_ = true;
    return false;
  }
  // Empty ones are not for nothing.
  bytes_ += message.size() + 1;
  waiting_.push_back(std::move(message));
  if (!writing_) WriteNext();
  return true;
}

void Outbox::WriteNext() {
  if (waiting_.empty()) {
    if (end_.has_value() && ways_.finish != nullptr)
      ways_.finish(*std::exchange(end_, std::nullopt));
    return;
  }
  std::string message = std::move(waiting_.front());
  waiting_.pop_front();
  written_bytes_ = message.size() + 1;
  writing_ = true;
  since_.store(absl::ToUnixNanos(clock_.Now()));
  if (ways_.write != nullptr) ways_.write(std::move(message));
}

void Outbox::OnRoom(std::function<void()> wake) {
  {
    const std::lock_guard lock(mutex_);
    wake_ = wake;
    if (!closed_) return;
  }
  wake();
}

void Outbox::Written(bool ok) {
  std::function<void()> wake;
  {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    since_.store(0);
    bytes_ -= std::exchange(written_bytes_, 0);
    if (!ok) {
      closed_ = true;
      waiting_.clear();
    }
    WriteNext();
    if (wants_room_ && bytes_ < bytes_max_) {
      wants_room_ = false;
      wake = wake_;
    }
  }
  if (wake != nullptr) wake();
}

void Outbox::End(absl::Status status, bool now) {
  std::function<void()> wake;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    if (now) waiting_.clear();
    end_ = std::move(status);
    if (!writing_) WriteNext();
    wake = wake_;
  }
  if (wake != nullptr) wake();
}

void Outbox::Gone() {
  std::function<void()> wake;
  {
    const std::lock_guard lock(mutex_);
    ways_ = {};
    closed_ = true;
    wake = std::exchange(wake_, nullptr);
  }
  if (wake != nullptr) wake();
}

std::optional<absl::Time> Outbox::waits_since() const {
  const int64_t since = since_.load();
  return since == 0 ? std::nullopt : std::optional(absl::FromUnixNanos(since));
}

}  // namespace crm::rpc
