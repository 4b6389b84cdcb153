// Every setting of the Kafka log, with what it is for. Names of librdkafka's own properties stand
// in brackets.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"

namespace crm::eventlog::kafka {

struct Options {
  std::string bootstrap_servers;  // "host:port,host:port" [bootstrap.servers]. Required.
  std::string client_id = "crm";  // In the broker's logs and quotas [client.id].
  // How to log in: librdkafka's own names, which must begin with security., sasl., ssl. or
  // enable.ssl.
  std::vector<std::pair<std::string, std::string>> security;

  // Opening something waits this long for the topic to be seen; then kUnavailable.
  absl::Duration open_timeout = absl::Seconds(10);
  // A request without an answer for so long drops its connection [socket.timeout.ms].
  absl::Duration socket_timeout = absl::Seconds(10);
  // Pause between attempts to reach a broker: the first, and the longest
  // [reconnect.backoff(.max).ms].
  absl::Duration reconnect_backoff = absl::Milliseconds(50);
  absl::Duration reconnect_backoff_max = absl::Seconds(1);
  // How soon topics that are made later are noticed by groups [topic.metadata.refresh.interval.ms].
  absl::Duration metadata_refresh = absl::Seconds(10);

  // Writer.
  absl::Duration linger = absl::ZeroDuration();  // Waits for company in a batch [linger.ms].
  absl::Duration message_timeout =
      absl::Seconds(10);  // Then the fate is unknown; >= 10 s [message.timeout.ms].
  absl::Duration request_timeout =
      absl::Seconds(5);                  // The broker's wait for its replicas [request.timeout.ms].
  int64_t record_bytes_max = 1'000'000;  // Key, value and headers [message.max.bytes].
  int queue_records_max = 100'000;       // Not yet delivered [queue.buffering.max.messages].
  int64_t queue_bytes_max = 256 << 20;   // The same in bytes, rounded down to KiB.
  std::string compression = "none";      // none, lz4, zstd ... [compression.type]

  // Reading (tails and groups).
  absl::Duration fetch_wait =
      absl::Milliseconds(500);  // A fetch waits so long for news [fetch.wait.max.ms].
  absl::Duration fetch_error_backoff =
      absl::Milliseconds(100);                  // After a failed fetch [fetch.error.backoff.ms].
  int64_t fetch_bytes_max = 8 << 20;            // One answer of a broker [fetch.max.bytes].
  int64_t fetch_partition_bytes_max = 1 << 20;  // ... of one partition [max.partition.fetch.bytes].
  int64_t read_ahead_bytes_max =
      32 << 20;            // Fetched, not yet polled, a partition, rounded down to KiB.
  bool check_crcs = true;  // A flipped bit is kDataLoss, not an event [check.crcs].

  // Ownership group. A broker that refuses the session gets the fallback, with a warning.
  absl::Duration session_timeout = absl::Seconds(3);            // [session.timeout.ms]
  absl::Duration session_timeout_fallback = absl::Seconds(6);   // Kafka's default minimum.
  absl::Duration heartbeat_interval = absl::Milliseconds(500);  // [heartbeat.interval.ms]
  // Who does not poll for so long leaves: a stuck worker must not keep partitions. >= both
  // sessions.
  absl::Duration poll_interval_max = absl::Seconds(6);  // [max.poll.interval.ms]

  // Groups of readers.
  absl::Duration group_session_timeout = absl::Seconds(10);  // Kafka's default minimum is 6 s.
  absl::Duration group_heartbeat_interval = absl::Seconds(2);
  absl::Duration group_poll_interval_max = absl::Seconds(60);
  // A poll that is given partitions waits at most so long for what the group committed; it tries
  // again later.
  absl::Duration committed_timeout = absl::Seconds(1);

  // CreateTopic. For a single broker both are 1.
  int replication_factor = 3;
  int min_insync_replicas =
      2;  // A write that fewer replicas took is not acknowledged [min.insync.replicas].
};

}  // namespace crm::eventlog::kafka
