#include "libs/eventlog/embedded/partition.h"

#include <algorithm>
#include <utility>

#include "libs/base/check.h"
#include "libs/eventlog/embedded/limits.h"

namespace crm::eventlog {

void Partition::Publish(std::shared_ptr<const Segment> segment) {
  const std::lock_guard lock(mutex_);
  base::Check(segment->first == end(), "records are published in their order");
  const Offset end = segment->end();
  recent_bytes_ += segment->bytes;
  recent_.push_back(std::move(segment));
  while (recent_.size() > 1 && recent_bytes_ > kEmbeddedRecentBytesMax) {
    recent_bytes_ -= recent_.front()->bytes;
    recent_.pop_front();
  }
  end_.store(end, std::memory_order_release);
}

std::vector<std::shared_ptr<const Segment>> Partition::Recent(Offset from,
                                                              size_t records_max) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<const Segment>> found;
  if (recent_.empty() || from < recent_.front()->first) return found;
  auto it =
      std::upper_bound(recent_.begin(), recent_.end(), from,
                       [](Offset offset, const auto& segment) { return offset < segment->end(); });
  for (size_t records = 0; it != recent_.end() && records < records_max; ++it) {
    records += static_cast<size_t>((*it)->end() - std::max(from, (*it)->first));
    found.push_back(*it);
  }
  return found;
}

std::shared_ptr<Subscription> Wakers::Add(Waker waker, const std::vector<Partition*>& partitions) {
  auto subscription = std::make_shared<Subscription>();
  subscription->waker = std::move(waker);
  const std::lock_guard lock(mutex_);
  for (Partition* partition : partitions) partition->subscribers_.push_back(subscription);
  return subscription;
}

void Wakers::Extend(const std::shared_ptr<Subscription>& subscription, Partition& partition) {
  const std::lock_guard lock(mutex_);
  partition.subscribers_.push_back(subscription);
}

void Wakers::Remove(const std::shared_ptr<Subscription>& subscription,
                    const std::vector<Partition*>& partitions) {
  const std::lock_guard lock(mutex_);
  subscription->waker = nullptr;
  for (Partition* partition : partitions) std::erase(partition->subscribers_, subscription);
}

void Wakers::Wake(const std::vector<Partition*>& partitions,
                  const std::vector<std::shared_ptr<Subscription>>& subscriptions) {
  const std::lock_guard lock(mutex_);
  ++round_;
  for (const Partition* partition : partitions) {
    for (const auto& subscription : partition->subscribers_) Call(*subscription);
  }
  for (const auto& subscription : subscriptions) Call(*subscription);
}

void Wakers::Call(Subscription& subscription) {
  if (subscription.waker == nullptr || subscription.round == round_) return;
  subscription.round = round_;
  subscription.waker();
}

}  // namespace crm::eventlog
