// The positions a group reader wants committed, and their way to the broker.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "libs/eventlog/event_log.h"
#include "libs/eventlog/kafka/handles.h"

namespace crm::eventlog::kafka {

using PartitionKey = std::pair<std::string, int>;  // Topic, partition.

// One thread uses it. At most one request is under way, so that positions never overtake each
// other.
class Commits {
 public:
  void Set(const PartitionKey& key, Offset next, const std::string& metadata);
  // Sends what is new, unless a request is under way or the last one failed since the last Retry.
  // Its answer comes to `answers` as an event.
  void Send(rd_kafka_t* client, rd_kafka_queue_t* answers);
  // The answer to a request: what failed is new again.
  void OnAnswer(rd_kafka_event_t* event);
  // What failed may be sent again.
  void Retry() { failed_ = false; }
  // Commits what is open of these partitions, and waits for it, at most `timeout`.
  void Flush(rd_kafka_t* client, const std::set<PartitionKey>& keys, absl::Duration timeout);
  // Forgets what is open of these partitions: they belong to others now.
  void Forget(const std::set<PartitionKey>& keys);

 private:
  struct Position {
    Offset next = 0;
    std::string metadata;
  };
  using Positions = std::map<PartitionKey, Position>;
  static PartitionsPtr ToList(const Positions& positions);

  Positions new_;
  Positions sent_;  // Under way.
  bool failed_ = false;
};

}  // namespace crm::eventlog::kafka
