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
  // "host:port,host:port" [bootstrap.servers]. Required.
  std::string bootstrap_servers;
  // In the broker's logs and quotas [client.id].
  std::string client_id = "crm";
  // How to log in: librdkafka's own names, which must begin with security., sasl., ssl. or
  // enable.ssl.
  std::vector<std::pair<std::string, std::string>> security;

  // Opening something waits this long for the broker's word on the topic; then kUnavailable.
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
  //
  // A record waits so long for company in a batch [linger.ms].
  absl::Duration linger = absl::ZeroDuration();
  // Then the fate of a record is unknown; at least 10 s [message.timeout.ms].
  absl::Duration message_timeout = absl::Seconds(10);
  // The broker's wait for its replicas [request.timeout.ms].
  absl::Duration request_timeout = absl::Seconds(5);
  // Key, value and headers of one record [message.max.bytes].
  int64_t record_bytes_max = 1'000'000;
  // Appended and not yet delivered, in records [queue.buffering.max.messages], and in bytes,
  // rounded down to KiB [queue.buffering.max.kbytes].
  int queue_records_max = 100'000;
  int64_t queue_bytes_max = 256 << 20;
  // none, gzip, snappy, lz4 or zstd [compression.type].
  std::string compression = "none";

  // Reading (tails and groups).
  //
  // A fetch that finds nothing waits so long for news [fetch.wait.max.ms]. Also how late the first
  // record of a partition can be that was not in the fetch under way: so not librdkafka's 500 ms.
  absl::Duration fetch_wait = absl::Milliseconds(100);
  // Pause after a failed fetch [fetch.error.backoff.ms].
  absl::Duration fetch_error_backoff = absl::Milliseconds(100);
  // One answer of a broker [fetch.max.bytes], and of one partition in it
  // [max.partition.fetch.bytes].
  int64_t fetch_bytes_max = 8 << 20;
  int64_t fetch_partition_bytes_max = 1 << 20;
  // Fetched and not yet polled, a consumer, rounded down to KiB [queued.max.messages.kbytes].
  int64_t read_ahead_bytes_max = 32 << 20;
  // A flipped bit is kDataLoss, not an event [check.crcs].
  bool check_crcs = true;

  // Ownership group.
  //
  // How long the group waits for a heartbeat [session.timeout.ms]. A broker that refuses the first
  // gets the fallback, which is Kafka's default minimum, with a warning.
  absl::Duration session_timeout = absl::Seconds(3);
  absl::Duration session_timeout_fallback = absl::Seconds(6);
  // At most a quarter of the session [heartbeat.interval.ms].
  absl::Duration heartbeat_interval = absl::Milliseconds(500);
  // Who does not poll for so long leaves: a stuck worker must not keep partitions. At least both
  // sessions [max.poll.interval.ms].
  absl::Duration poll_interval_max = absl::Seconds(6);

  // Groups of readers: as above, with less hurry.
  //
  absl::Duration group_session_timeout = absl::Seconds(10);
  absl::Duration group_heartbeat_interval = absl::Seconds(2);
  absl::Duration group_poll_interval_max = absl::Seconds(60);
  // A fetch waits for so many bytes, at most fetch_wait: an answer costs a broker as much as an
  // append, and beside a busy writer there would be one for every few records [fetch.min.bytes].
  int64_t group_fetch_bytes_min = 64 << 10;
  // A poll that is given partitions waits at most so long for what the group committed, and one
  // that loses some for its last commit. What was not told in time is asked again by a later poll.
  absl::Duration committed_timeout = absl::Seconds(1);

  // CreateTopic. On a single broker both are 1.
  //
  int replication_factor = 3;
  // A write that fewer replicas took is not acknowledged [min.insync.replicas].
  int min_insync_replicas = 2;
};

}  // namespace crm::eventlog::kafka
