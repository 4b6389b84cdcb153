#include "libs/eventlog/kafka/ownership.h"

#include <atomic>
#include <mutex>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/log.h"
#include "libs/eventlog/kafka/client.h"
#include "libs/eventlog/kafka/conf.h"
#include "libs/eventlog/kafka/errors.h"
#include "libs/eventlog/kafka/heartbeat.h"
#include "libs/eventlog/kafka/leave.h"

namespace crm::eventlog::kafka {
namespace {

class KafkaOwnership : public Ownership {
 public:
  KafkaOwnership(const Options& options, std::string topic, Waker waker)
      : options_(options),
        topic_(std::move(topic)),
        waker_(std::move(waker)),
        probe_(std::make_shared<HeartbeatProbe>(options.heartbeat_interval)),
        session_timeout_(options.session_timeout),
        polled_ns_(absl::ToInt64Nanoseconds(probe_->clock.SinceBoot())) {}
  ~KafkaOwnership() override { Leave(); }

  absl::Status Join() {
    absl::StatusOr<ConfPtr> conf =
        OwnershipConf(options_, {absl::StrCat(topic_, ".owners"), session_timeout_,
                                 options_.heartbeat_interval, options_.poll_interval_max});
    if (!conf.ok()) return conf.status();
    Attach(*probe_, conf->get());
    auto client = Client::Make(RD_KAFKA_CONSUMER, *std::move(conf), waker_);
    if (!client.ok()) return client.status();
    (*client)->Keep(probe_);
    const PartitionsPtr topics(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(topics.get(), topic_.c_str(), RD_KAFKA_PARTITION_UA);
    if (const auto error = rd_kafka_subscribe((*client)->get(), topics.get());
        error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return RequestStatus(error, "the group of owners cannot be joined");
    }
    std::shared_ptr<Client> before =
        *std::move(client);  // Ends without the lock: that takes a while.
    const std::lock_guard lock(mutex_);
    client_.swap(before);
    answered_ = false;
    return absl::OkStatus();
  }

  void Poll(std::vector<OwnershipEvent>& out) override {
    // Who has not polled for too long was taken out of the group by its client, which may not have
    // said so yet.
    if (PolledTooLongAgo()) probe_->tracker.Forget();
    polled_ns_ = absl::ToInt64Nanoseconds(probe_->clock.SinceBoot());
    bool refused = false;
    while (const EventPtr event = client_->Next()) {
      switch (rd_kafka_event_type(event.get())) {
        case RD_KAFKA_EVENT_REBALANCE:
          Rebalance(event.get(), out);
          break;
        case RD_KAFKA_EVENT_ERROR:
          refused = OnError(event.get()) || refused;
          break;
        default:
          break;  // A record that slipped out before its partition was paused.
      }
    }
    if (refused) JoinWithFallback();
  }

  absl::Duration LastHeartbeat() const override {
    const std::lock_guard lock(mutex_);
    if (PolledTooLongAgo() || rd_kafka_assignment_lost(client_->get()))
      return -absl::InfiniteDuration();
    return probe_->tracker.Last();
  }

  absl::Duration SessionTimeout() const override {
    const std::lock_guard lock(mutex_);
    return session_timeout_;
  }

 private:
  // Noticed here no later than by the client: it counts from a later point of the same polls.
  bool PolledTooLongAgo() const {
    return probe_->clock.SinceBoot() - absl::Nanoseconds(polled_ns_.load()) >=
           options_.poll_interval_max;
  }

  void Rebalance(rd_kafka_event_t* event, std::vector<OwnershipEvent>& out) {
    answered_ = true;
    rd_kafka_t* const client = client_->get();
    rd_kafka_topic_partition_list_t* partitions = rd_kafka_event_topic_partition_list(event);
    switch (rd_kafka_event_error(event)) {
      case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS:
        probe_->tracker.OnAssigned();
        Assign(client, partitions);
        Report(partitions, OwnershipEvent::Kind::kAssigned, out);
        return;
      case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS: {
        const bool lost = rd_kafka_assignment_lost(client) != 0;
        // Before and after: unassigning ends what makes LastHeartbeat say "lost", and no heartbeat
        // of the old membership may count in between.
        if (lost) probe_->tracker.Reset();
        const ErrorPtr failed(rd_kafka_incremental_unassign(client, partitions));
        LogFailure(failed.get());
        if (lost) probe_->tracker.Reset();
        Report(partitions, OwnershipEvent::Kind::kRevoked, out);
        return;
      }
      default:
        // The group's state is unknown to librdkafka: begin again from nothing.
        probe_->tracker.Reset();
        rd_kafka_assign(client, nullptr);
        probe_->tracker.Reset();
        for (const int partition : owned_) {
          out.push_back({OwnershipEvent::Kind::kRevoked, partition});
        }
        owned_.clear();
    }
  }

  // Nothing is to be fetched: positions at the end, and paused.
  static void Assign(rd_kafka_t* client, rd_kafka_topic_partition_list_t* partitions) {
    for (int i = 0; i < partitions->cnt; ++i) partitions->elems[i].offset = RD_KAFKA_OFFSET_END;
    const ErrorPtr failed(rd_kafka_incremental_assign(client, partitions));
    LogFailure(failed.get());
    rd_kafka_pause_partitions(client, partitions);
  }

  static void LogFailure(const rd_kafka_error_t* failed) {
    if (failed == nullptr) return;
    base::Log(base::Level::kWarning, "an assignment was not taken",
              {{"kafka_error", rd_kafka_error_name(failed)}});
  }

  void Report(const rd_kafka_topic_partition_list_t* partitions, OwnershipEvent::Kind kind,
              std::vector<OwnershipEvent>& out) {
    for (int i = 0; i < partitions->cnt; ++i) {
      const int partition = partitions->elems[i].partition;
      const bool changed = kind == OwnershipEvent::Kind::kAssigned ? owned_.insert(partition).second
                                                                   : owned_.erase(partition) > 0;
      if (changed) out.push_back({kind, partition});
    }
  }

  // True when the broker refuses the session time-out.
  bool OnError(rd_kafka_event_t* event) const {
    const rd_kafka_resp_err_t error = rd_kafka_event_error(event);
    base::Log(base::Level::kWarning, "group of owners",
              {{"kafka_error", rd_kafka_err2name(error)},
               {"text", rd_kafka_event_error_string(event)},
               {"topic", topic_}});
    return error == RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT &&
           session_timeout_ < options_.session_timeout_fallback;
  }

  void JoinWithFallback() {
    base::Log(base::Level::kWarning,
              "the broker's group.min.session.timeout.ms is higher than our session: failing over "
              "takes longer",
              {{"session", absl::FormatDuration(options_.session_timeout_fallback)}});
    {
      const std::lock_guard lock(mutex_);
      session_timeout_ = options_.session_timeout_fallback;
    }
    client_->Silence();
    // It joined nothing, so there is nothing to leave. The configuration was taken before: only the
    // machine can fail here, and then the old client goes on asking.
    const absl::Status joined = Join();
    if (!joined.ok()) base::Log(base::Level::kError, "could not join again", {});
  }

  void Leave() {
    if (client_ == nullptr) return;
    client_->Silence();
    LeaveGroup(client_, answered_, [this](rd_kafka_event_t* rebalance) {
      std::vector<OwnershipEvent> nobody;
      Rebalance(rebalance, nobody);
    });
  }

  const Options options_;
  const std::string topic_;
  const Waker waker_;
  const std::shared_ptr<HeartbeatProbe> probe_;  // Kept by the clients, whose threads report to it.
  mutable std::mutex mutex_;
  // Read under the lock by any thread; replaced under it, by the fallback, on the polling one.
  std::shared_ptr<Client> client_;
  absl::Duration session_timeout_;
  std::atomic<int64_t> polled_ns_;  // When Poll was last called, on SinceBoot's scale.
  std::set<int> owned_;
  bool answered_ = false;  // A rebalance, since the client was made.
};

}  // namespace

absl::StatusOr<std::unique_ptr<Ownership>> JoinOwnership(const Options& options,
                                                         const std::string& topic,
                                                         const std::string& instance, Waker waker) {
  Options ours = options;
  ours.client_id = instance;
  auto ownership = std::make_unique<KafkaOwnership>(ours, topic, std::move(waker));
  if (absl::Status joined = ownership->Join(); !joined.ok()) return joined;
  return ownership;
}

}  // namespace crm::eventlog::kafka
