// When a member of a group last was in contact with the group, from what its client sends and
// receives.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>

#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/eventlog/kafka/handles.h"

namespace crm::eventlog::kafka {

// librdkafka tells that an answer came, not what it says. So an answered heartbeat counts, with the
// time it was sent, only when what the client sends next shows that the answer was good. After a
// refusal the client joins again, or calls its assignment lost (which the owner of this checks), or
// looks for the coordinator, or repeats the heartbeat before the interval is over (of repeated ones
// none counts). That costs one heartbeat interval of the lease. Joining and syncing count likewise,
// so that a rebalance does not end a lease; syncing also when an assignment came of it. One refusal
// looks like a good answer: that of a group that the client may no longer read
// (GROUP_AUTHORIZATION_FAILED). Thread-safe.
class HeartbeatTracker {
 public:
  // `interval`: the client's pause between heartbeats.
  explicit HeartbeatTracker(absl::Duration interval) : interval_(interval) {}
  void OnSent(int16_t api_key, absl::Duration now);
  // May be told the same twice (librdkafka 2.0.2 does, and gives no usable correlation id: the
  // answers of one connection come in order, and a request whose connection broke is answered with
  // an error).
  void OnReceived(int16_t api_key, bool ok);
  // The group's answer to SyncGroup assigned partitions. To be told before they are taken: until
  // then the client does not join again.
  void OnAssigned();
  // When the last request that counts was sent; -InfiniteDuration: none since Reset.
  absl::Duration Last() const;
  // The member was thrown out: nothing counts until it has joined again. Leaving (LeaveGroup) does
  // the same.
  void Reset();
  // The member may have been thrown out: what was before does not count, what comes does.
  void Forget();

 private:
  struct Request {
    int16_t api_key = 0;
    absl::Duration sent;
    bool answered = false;
    bool repeated = false;  // Of a heartbeat: sent before the interval was over.
  };

  // Whether sending `next` shows that the request before it was answered well.
  bool Confirmed(int16_t next, absl::Duration now) const;
  bool Repeats(int16_t next, absl::Duration now) const;

  const absl::Duration interval_;
  mutable std::mutex mutex_;
  bool joined_ = false;             // A SyncGroup was sent since Reset.
  std::optional<Request> request_;  // The group's requests go out one by one.
  absl::Duration last_ = -absl::InfiniteDuration();
};

struct HeartbeatProbe {
  explicit HeartbeatProbe(absl::Duration interval) : tracker(interval) {}

  HeartbeatTracker tracker;
  base::SystemClock clock;  // Only a real broker is ever behind this.
};
// Makes clients of this configuration report to `probe`, which must outlive them.
void Attach(HeartbeatProbe& probe, rd_kafka_conf_t* conf);

}  // namespace crm::eventlog::kafka
