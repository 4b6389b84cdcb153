// One partition while the log is open: where it ends, and its newest records in memory. And whom to
// wake.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "libs/eventlog/embedded/segment.h"
#include "libs/eventlog/event_log.h"

namespace crm::eventlog {

// Somebody who waits: the waker of one handle. Guarded by Wakers.
struct Subscription {
  Waker waker;  // Null once its handle is gone.
  uint64_t round = 0;
};

// Thread-safe.
class Partition {
 public:
  Partition(const std::string& topic, uint32_t topic_id, int number, Offset end)
      : topic_(topic), topic_id_(topic_id), number_(number), end_(end) {}

  const std::string& topic() const { return topic_; }
  uint32_t topic_id() const { return topic_id_; }
  int number() const { return number_; }
  // One past the newest durable record.
  Offset end() const { return end_.load(std::memory_order_acquire); }

  // Adds durable records; `segment` begins at end().
  void Publish(std::shared_ptr<const Segment> segment);
  // The segments in memory with records from `from` on, until `records_max` are in. Empty when
  // `from` is not in memory (any more, or yet).
  std::vector<std::shared_ptr<const Segment>> Recent(Offset from, size_t records_max) const;

 private:
  friend class Wakers;

  const std::string topic_;
  const uint32_t topic_id_;
  const int number_;
  std::atomic<Offset> end_;
  mutable std::mutex mutex_;
  std::deque<std::shared_ptr<const Segment>> recent_;
  size_t recent_bytes_ = 0;
  std::vector<std::shared_ptr<Subscription>> subscribers_;  // Guarded by Wakers.
};

// Calls wakers, each at most once a round, and never after its Remove. Thread-safe. A waker must
// not open or destroy handles: it runs under the lock.
class Wakers {
 public:
  // `partitions` outlive the subscription.
  std::shared_ptr<Subscription> Add(Waker waker, const std::vector<Partition*>& partitions);
  // More partitions for a subscription.
  void Extend(const std::shared_ptr<Subscription>& subscription, Partition& partition);
  void Remove(const std::shared_ptr<Subscription>& subscription,
              const std::vector<Partition*>& partitions);
  // Whoever waits for one of the partitions, and the given ones.
  void Wake(const std::vector<Partition*>& partitions,
            const std::vector<std::shared_ptr<Subscription>>& subscriptions);

 private:
  void Call(Subscription& subscription);

  std::mutex mutex_;
  uint64_t round_ = 0;
};

}  // namespace crm::eventlog
