#include "libs/eventlog/kafka/group_reader.h"

#include <algorithm>
#include <set>
#include <utility>

#include "libs/base/log.h"
#include "libs/base/status.h"
#include "libs/eventlog/commit.h"
#include "libs/eventlog/kafka/client.h"
#include "libs/eventlog/kafka/commits.h"
#include "libs/eventlog/kafka/conf.h"
#include "libs/eventlog/kafka/errors.h"
#include "libs/eventlog/kafka/leave.h"
#include "libs/eventlog/kafka/message.h"

namespace crm::eventlog::kafka {
namespace {

// The events whose messages one poll gave out; the client must outlive them.
struct Batch {
  explicit Batch(std::shared_ptr<Client> of) : client(std::move(of)) {}
  std::shared_ptr<Client> client;
  std::vector<EventPtr> events;
};

std::set<PartitionKey> KeysOf(const rd_kafka_topic_partition_list_t* list) {
  std::set<PartitionKey> keys;
  for (int i = 0; i < list->cnt; ++i) {
    keys.emplace(list->elems[i].topic, list->elems[i].partition);
  }
  return keys;
}

class KafkaGroupReader : public GroupReader {
 public:
  KafkaGroupReader(std::shared_ptr<Client> client, absl::Duration committed_timeout)
      : client_(std::move(client)), committed_timeout_(committed_timeout) {}

  ~KafkaGroupReader() override {
    client_->Silence();
    commits_.Flush(client_->get(), assigned_, committed_timeout_);
    if (waiting_ != nullptr) rd_kafka_assign(client_->get(), nullptr);
    const auto answer = [client = client_->get()](rd_kafka_event_t* rebalance) {
      Answer(client, rebalance);
    };
    if (held_ != nullptr) answer(held_.get());
    held_.reset();
    LeaveGroup(client_, answered_, answer);
  }

  absl::Status Poll(size_t max, GroupRecords& out) override {
    out.assignments.clear();
    out.topics.clear();
    out.records.Clear();
    if (!final_.ok()) return final_;
    commits_.Retry();
    absl::Status status;
    if (waiting_ != nullptr) status = Assign(out);
    const auto batch = std::make_shared<Batch>(client_);
    while (status.ok() && out.records.records.size() < std::max<size_t>(max, 1)) {
      EventPtr event = held_ != nullptr ? std::move(held_) : client_->Next();
      if (event == nullptr) break;
      const auto type = rd_kafka_event_type(event.get());
      if (type == RD_KAFKA_EVENT_REBALANCE && !out.records.records.empty()) {
        // Assignments of one answer come before its records: this one is for the next.
        held_ = std::move(event);
        break;
      }
      status = Take(std::move(event), *batch, out);
    }
    commits_.Send(client_->get(), client_->queue());
    if (!batch->events.empty()) {
      out.records.pins.push_back(batch);
      // The queue speaks up only when it stops being empty; what may be left must not be forgotten.
      if (out.records.records.size() >= max || held_ != nullptr || !status.ok()) client_->Wake();
    }
    // An error is given alone: a final one with the next poll, a passing one was logged.
    const bool something = !out.records.records.empty() || !out.assignments.empty();
    return something ? absl::OkStatus() : status;
  }

  absl::Status Commit(const std::string& topic, int partition, Offset next,
                      const std::string& metadata) override {
    if (absl::Status s = CheckCommitMetadata(metadata); !s.ok()) return s;
    if (next < 0) return base::Invalid("next", "not negative");
    if (assigned_.count({topic, partition}) == 0) {
      return base::Failed(absl::StatusCode::kFailedPrecondition, "LOG_NOT_ASSIGNED",
                          "the partition is not assigned to this reader");
    }
    commits_.Set({topic, partition}, next, metadata);
    commits_.Send(client_->get(), client_->queue());
    return absl::OkStatus();
  }

  void Pause(const std::string& topic, int partition) override {
    const PartitionKey key{topic, partition};
    if (assigned_.count(key) == 0 || !paused_.insert(key).second) return;
    rd_kafka_pause_partitions(client_->get(), One(key).get());
  }

  void Resume(const std::string& topic, int partition) override {
    const PartitionKey key{topic, partition};
    if (paused_.erase(key) == 0) return;
    rd_kafka_resume_partitions(client_->get(), One(key).get());
  }

 private:
  static PartitionsPtr One(const PartitionKey& key) {
    PartitionsPtr list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(list.get(), key.first.c_str(), key.second);
    return list;
  }

  absl::Status Take(EventPtr event, Batch& batch, GroupRecords& out) {
    switch (rd_kafka_event_type(event.get())) {
      case RD_KAFKA_EVENT_FETCH:
        while (const rd_kafka_message_t* message = rd_kafka_event_message_next(event.get())) {
          out.records.records.push_back(ToRecord(*message));
          out.topics.emplace_back(rd_kafka_topic_name(message->rkt));
        }
        batch.events.push_back(std::move(event));
        return absl::OkStatus();
      case RD_KAFKA_EVENT_REBALANCE:
        return Rebalance(event.get(), out);
      case RD_KAFKA_EVENT_OFFSET_COMMIT:
        commits_.OnAnswer(event.get());
        return absl::OkStatus();
      case RD_KAFKA_EVENT_ERROR:
        return OnError(event.get());
      default:
        return absl::OkStatus();
    }
  }

  absl::Status OnError(rd_kafka_event_t* event) {
    const rd_kafka_resp_err_t error = rd_kafka_event_error(event);
    base::Log(
        base::Level::kWarning, "group reader",
        {{"kafka_error", rd_kafka_err2name(error)}, {"text", rd_kafka_event_error_string(event)}});
    absl::Status status = ReadStatus(error);
    if (!absl::IsUnavailable(status)) final_ = status;
    return status;
  }

  // Of one who leaves: whatever the group wants, nothing is read any more.
  static void Answer(rd_kafka_t* client, rd_kafka_event_t* event) {
    const rd_kafka_topic_partition_list_t* list = rd_kafka_event_topic_partition_list(event);
    ErrorPtr failed;
    switch (rd_kafka_event_error(event)) {
      case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS:
        failed.reset(rd_kafka_incremental_assign(client, list));
        break;
      case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS:
        failed.reset(rd_kafka_incremental_unassign(client, list));
        break;
      default:
        rd_kafka_assign(client, nullptr);
    }
    if (failed != nullptr) rd_kafka_assign(client, nullptr);
  }

  absl::Status Rebalance(rd_kafka_event_t* event, GroupRecords& out) {
    answered_ = true;
    const rd_kafka_topic_partition_list_t* list = rd_kafka_event_topic_partition_list(event);
    switch (rd_kafka_event_error(event)) {
      case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS:
        waiting_.reset(rd_kafka_topic_partition_list_copy(list));
        return Assign(out);
      case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS:
        Revoke(list, out);
        return absl::OkStatus();
      default:
        waiting_.reset();
        rd_kafka_assign(client_->get(), nullptr);
        Drop(std::set<PartitionKey>(assigned_), out);
        return absl::OkStatus();
    }
  }

  // Takes waiting_ over, from where the group is; leaves it for the next poll, whatever the reason,
  // when that is not known.
  absl::Status Assign(GroupRecords& out) {
    const auto error =
        rd_kafka_committed(client_->get(), waiting_.get(),
                           static_cast<int>(absl::ToInt64Milliseconds(committed_timeout_)));
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return ReadStatus(error);
    }
    for (int i = 0; i < waiting_->cnt; ++i) {
      rd_kafka_topic_partition_t& entry = waiting_->elems[i];
      if (entry.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return ReadStatus(entry.err);
      }
      if (entry.offset < 0) entry.offset = 0;  // Nothing was committed.
    }
    const PartitionsPtr list = std::move(waiting_);
    const ErrorPtr failed(rd_kafka_incremental_assign(client_->get(), list.get()));
    if (failed != nullptr) {
      return RequestStatus(rd_kafka_error_code(failed.get()), "the assignment was not taken");
    }
    for (int i = 0; i < list->cnt; ++i) {
      const rd_kafka_topic_partition_t& entry = list->elems[i];
      assigned_.emplace(entry.topic, entry.partition);
      out.assignments.push_back(
          {entry.topic, entry.partition, true, entry.offset,
           std::string(static_cast<const char*>(entry.metadata), entry.metadata_size)});
    }
    return absl::OkStatus();
  }

  void Revoke(const rd_kafka_topic_partition_list_t* list, GroupRecords& out) {
    waiting_.reset();
    const std::set<PartitionKey> keys = KeysOf(list);
    // Who is thrown out commits nothing any more: the broker would refuse it.
    if (!rd_kafka_assignment_lost(client_->get())) {
      commits_.Flush(client_->get(), keys, committed_timeout_);
    }
    const ErrorPtr failed(rd_kafka_incremental_unassign(client_->get(), list));
    // Partitions that it had not been assigned yet.
    if (failed != nullptr) rd_kafka_assign(client_->get(), nullptr);
    Drop(failed == nullptr ? keys : std::set<PartitionKey>(assigned_), out);
  }

  void Drop(const std::set<PartitionKey>& keys, GroupRecords& out) {
    commits_.Forget(keys);
    for (const PartitionKey& key : keys) {
      Resume(key.first, key.second);  // A pause must not outlive the assignment.
      if (assigned_.erase(key) > 0)
        out.assignments.push_back({key.first, key.second, false, 0, {}});
    }
  }

  const std::shared_ptr<Client> client_;  // Shared with the batches given out.
  const absl::Duration committed_timeout_;
  Commits commits_;
  std::set<PartitionKey> assigned_;
  std::set<PartitionKey> paused_;
  PartitionsPtr waiting_;  // Assigned by the group, positions not known yet.
  bool answered_ = false;  // A rebalance, at least one.
  EventPtr held_;          // A rebalance that came behind records.
  absl::Status final_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<GroupReader>> OpenGroup(const Options& options,
                                                       const std::string& group,
                                                       const std::vector<std::string>& topics,
                                                       Waker waker) {
  absl::StatusOr<ConfPtr> conf =
      GroupReaderConf(options, {group, options.group_session_timeout,
                                options.group_heartbeat_interval, options.group_poll_interval_max});
  if (!conf.ok()) return conf.status();
  auto client = Client::Make(RD_KAFKA_CONSUMER, *std::move(conf), std::move(waker));
  if (!client.ok()) return client.status();
  const PartitionsPtr list(rd_kafka_topic_partition_list_new(static_cast<int>(topics.size())));
  for (const std::string& topic : topics) {
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
  }
  if (const auto error = rd_kafka_subscribe((*client)->get(), list.get());
      error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return RequestStatus(error, "the group cannot be joined");
  }
  return std::make_unique<KafkaGroupReader>(*std::move(client), options.committed_timeout);
}

}  // namespace crm::eventlog::kafka
