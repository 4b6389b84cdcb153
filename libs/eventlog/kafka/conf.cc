#include "libs/eventlog/kafka/conf.h"

#include <array>
#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/base/log.h"
#include "libs/base/status.h"

namespace crm::eventlog::kafka {
namespace {

// Below this a broker's short pause would leave commands in doubt.
constexpr absl::Duration kMessageTimeoutMin = absl::Seconds(10);

// Collects settings and keeps the first refusal.
class ConfBuilder {
 public:
  ConfBuilder() : conf_(rd_kafka_conf_new()) {}

  ConfBuilder& Set(const std::string& name, const std::string& value) {
    std::array<char, 512> why{};
    if (status_.ok() && rd_kafka_conf_set(conf_.get(), name.c_str(), value.c_str(), why.data(),
                                          why.size()) != RD_KAFKA_CONF_OK) {
      status_ = base::Invalid(name, why.data());
    }
    return *this;
  }
  ConfBuilder& Set(const std::string& name, int64_t value) {
    return Set(name, absl::StrCat(value));
  }
  ConfBuilder& Set(const std::string& name, absl::Duration value) {
    return Set(name, absl::ToInt64Milliseconds(value));
  }
  ConfBuilder& SetBool(const std::string& name, bool value) {
    return Set(name, value ? "true" : "false");
  }

  rd_kafka_conf_t* get() { return conf_.get(); }
  absl::StatusOr<ConfPtr> Done() && {
    if (!status_.ok()) return status_;
    return std::move(conf_);
  }

 private:
  ConfPtr conf_;
  absl::Status status_;
};

// Called by librdkafka's threads. Its texts name brokers, topics and partitions, never keys.
void WriteLog(const rd_kafka_t* client, int level, const char* facility, const char* text) {
  constexpr int kSyslogError = 3;
  constexpr int kSyslogWarning = 5;
  const base::Level ours = level <= kSyslogError     ? base::Level::kError
                           : level <= kSyslogWarning ? base::Level::kWarning
                                                     : base::Level::kInfo;
  base::Log(ours, "librdkafka", {{"facility", facility}, {"text", text}});
}

ConfBuilder Common(const Options& options) {
  ConfBuilder conf;
  rd_kafka_conf_set_log_cb(conf.get(), WriteLog);
  for (const auto& [name, value] : options.security) conf.Set(name, value);
  conf.Set("bootstrap.servers", options.bootstrap_servers)
      .Set("client.id", options.client_id)
      .Set("socket.timeout.ms", options.socket_timeout)
      .SetBool("socket.nagle.disable", true)
      .SetBool("socket.keepalive.enable", true)
      .Set("reconnect.backoff.ms", options.reconnect_backoff)
      .Set("reconnect.backoff.max.ms", options.reconnect_backoff_max)
      .Set("topic.metadata.refresh.interval.ms", options.metadata_refresh)
      // Idle connections that a broker closes are no error; they are opened again when needed.
      .SetBool("log.connection.close", false);
  return conf;
}

ConfBuilder Consumer(const Options& options) {
  ConfBuilder conf = Common(options);
  conf.SetBool("enable.auto.commit", false)
      .SetBool("enable.auto.offset.store", false)
      .Set("auto.offset.reset", "error")
      .SetBool("allow.auto.create.topics", false)
      // Which records count is judged by the acceptance rule alone, the same for every reader.
      .Set("isolation.level", "read_uncommitted")
      .SetBool("check.crcs", options.check_crcs)
      .Set("fetch.wait.max.ms", options.fetch_wait)
      .Set("fetch.error.backoff.ms", options.fetch_error_backoff)
      .Set("fetch.max.bytes", options.fetch_bytes_max)
      .Set("max.partition.fetch.bytes", options.fetch_partition_bytes_max)
      .Set("queued.max.messages.kbytes", options.read_ahead_bytes_max >> 10);
  return conf;
}

ConfBuilder Group(const Options& options, const GroupConf& group) {
  ConfBuilder conf = Consumer(options);
  conf.Set("group.id", group.group)
      .Set("partition.assignment.strategy", "cooperative-sticky")
      .Set("session.timeout.ms", group.session_timeout)
      .Set("heartbeat.interval.ms", group.heartbeat_interval)
      .Set("max.poll.interval.ms", group.poll_interval_max);
  rd_kafka_conf_set_events(conf.get(), RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_FETCH |
                                           RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_OFFSET_COMMIT);
  return conf;
}

bool IsSecurity(const std::string& name) {
  return absl::StartsWith(name, "security.") || absl::StartsWith(name, "sasl.") ||
         absl::StartsWith(name, "ssl.") || absl::StartsWith(name, "enable.ssl.");
}

}  // namespace

absl::Status CheckOptions(const Options& options) {
  if (options.bootstrap_servers.empty()) {
    return base::Invalid("bootstrap_servers", "host:port of at least one broker");
  }
  for (const auto& [name, value] : options.security) {
    if (!IsSecurity(name)) {
      return base::Invalid("security", "only security., sasl., ssl. and enable.ssl. properties");
    }
  }
  if (options.message_timeout < kMessageTimeoutMin) {
    return base::Invalid("message_timeout", "at least 10 s");
  }
  if (options.request_timeout >= options.message_timeout) {
    return base::Invalid("request_timeout", "below message_timeout, so that a retry has its time");
  }
  if (options.session_timeout_fallback < options.session_timeout) {
    return base::Invalid("session_timeout_fallback", "at least session_timeout");
  }
  if (options.poll_interval_max < options.session_timeout_fallback) {
    return base::Invalid("poll_interval_max", "at least session_timeout_fallback");
  }
  // Two lost heartbeats must not end a lease, which runs from the one before the last.
  if (options.heartbeat_interval * 4 > options.session_timeout) {
    return base::Invalid("heartbeat_interval", "at most a quarter of session_timeout");
  }
  if (options.replication_factor < 1 || options.min_insync_replicas < 1 ||
      options.min_insync_replicas > options.replication_factor) {
    return base::Invalid("min_insync_replicas", "1 to replication_factor");
  }
  return absl::OkStatus();
}

absl::StatusOr<ConfPtr> WriterConf(const Options& options) {
  ConfBuilder conf = Common(options);
  conf.SetBool("enable.idempotence", true)
      .Set("acks", "all")
      .Set("linger.ms", options.linger)
      .Set("message.timeout.ms", options.message_timeout)
      .Set("request.timeout.ms", options.request_timeout)
      .Set("message.max.bytes", options.record_bytes_max)
      .Set("queue.buffering.max.messages", options.queue_records_max)
      .Set("queue.buffering.max.kbytes", options.queue_bytes_max >> 10)
      .Set("compression.type", options.compression);
  rd_kafka_conf_set_events(conf.get(), RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR);
  return std::move(conf).Done();
}

absl::StatusOr<ConfPtr> ReaderConf(const Options& options) {
  ConfBuilder conf = Consumer(options);
  // assign() wants a group id though no group is joined and nothing is committed.
  conf.Set("group.id", absl::StrCat(options.client_id, ".tail"));
  return std::move(conf).Done();
}

absl::StatusOr<ConfPtr> GroupReaderConf(const Options& options, const GroupConf& group) {
  ConfBuilder conf = Group(options, group);
  conf.Set("fetch.min.bytes", options.group_fetch_bytes_min);
  return std::move(conf).Done();
}

absl::StatusOr<ConfPtr> OwnershipConf(const Options& options, const GroupConf& group) {
  ConfBuilder conf = Group(options, group);
  // Between being assigned and being paused a fetch may slip out: it must not bring much.
  conf.Set("fetch.max.bytes", 1'024)
      .Set("max.partition.fetch.bytes", 1'024)
      .Set("message.max.bytes", 1'024)
      .Set("queued.min.messages", 1)
      .Set("queued.max.messages.kbytes", 1);
  return std::move(conf).Done();
}

}  // namespace crm::eventlog::kafka
