#include "libs/eventlog/kafka/topics.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "libs/base/status.h"
#include "libs/eventlog/kafka/errors.h"

namespace crm::eventlog::kafka {
namespace {

using MetadataPtr = std::unique_ptr<const rd_kafka_metadata_t,
                                    Destroy<const rd_kafka_metadata_t, rd_kafka_metadata_destroy>>;
using NewTopicPtr = Owned<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy>;
using AdminOptionsPtr = Owned<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>;

// Pause between looks at a topic that was just made.
constexpr absl::Duration kLookAgain = absl::Milliseconds(20);

// What is left of a call's time, for librdkafka: at least 1 ms, so that the last step fails by
// itself.
class Deadline {
 public:
  explicit Deadline(absl::Duration timeout) : end_(absl::Now() + timeout) {}
  int LeftMs() const {
    return static_cast<int>(std::clamp<int64_t>(absl::ToInt64Milliseconds(end_ - absl::Now()), 1,
                                                std::numeric_limits<int>::max()));
  }
  bool Over() const { return absl::Now() >= end_; }

 private:
  absl::Time end_;
};

struct Shape {
  int partitions = 0;
  bool led = true;  // Every partition has a leader.
};

absl::StatusOr<Shape> Look(const Client& client, const std::string& topic, int timeout_ms) {
  const TopicPtr handle(rd_kafka_topic_new(client.get(), topic.c_str(), nullptr));
  if (handle == nullptr) return base::Invalid("topic", "a name that Kafka takes");
  const rd_kafka_metadata_t* found = nullptr;
  if (const auto error = rd_kafka_metadata(client.get(), 0, handle.get(), &found, timeout_ms);
      error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return RequestStatus(error, "the log was not reached");
  }
  const MetadataPtr metadata(found);
  if (metadata->topic_cnt != 1) {
    return RequestStatus(RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, "no such topic");
  }
  const rd_kafka_metadata_topic_t& described = metadata->topics[0];
  if (described.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return RequestStatus(described.err, "the topic cannot be used");
  }
  Shape shape{described.partition_cnt, true};
  for (int i = 0; i < described.partition_cnt; ++i) {
    shape.led = shape.led && described.partitions[i].leader >= 0;
  }
  return shape;
}

// Asks all leaders at once for the offset that `which` (RD_KAFKA_OFFSET_BEGINNING or _END) stands
// for.
absl::Status FillOffsets(const Client& client, const std::string& topic, int64_t which,
                         const Deadline& deadline, Offset PartitionInfo::*field, TopicInfo& info) {
  const int count = static_cast<int>(info.partitions.size());
  const PartitionsPtr asked(rd_kafka_topic_partition_list_new(count));
  for (int i = 0; i < count; ++i) {
    rd_kafka_topic_partition_list_add(asked.get(), topic.c_str(), i)->offset = which;
  }
  auto error = rd_kafka_offsets_for_times(client.get(), asked.get(), deadline.LeftMs());
  for (int i = 0; error == RD_KAFKA_RESP_ERR_NO_ERROR && i < count; ++i) {
    error = asked->elems[i].err;
    info.partitions.at(asked->elems[i].partition).*field = asked->elems[i].offset;
  }
  // Metadata has just said that the topic is there: its leader does not know that yet.
  if (error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
    error = RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE;
  }
  return RequestStatus(error, "the topic's offsets are not known");
}

absl::Status CheckCount(int found, int wanted) {
  if (found == wanted) return absl::OkStatus();
  return base::Failed(absl::StatusCode::kFailedPrecondition, "LOG_PARTITIONS_DIFFER",
                      "the topic has another number of partitions, which is fixed for life",
                      {{"found", absl::StrCat(found)}, {"wanted", absl::StrCat(wanted)}});
}

absl::StatusOr<NewTopicPtr> NewTopic(const Options& options, const std::string& topic,
                                     int partitions) {
  std::array<char, 512> why{};
  NewTopicPtr made(rd_kafka_NewTopic_new(topic.c_str(), partitions, options.replication_factor,
                                         why.data(), why.size()));
  if (made == nullptr) return base::Invalid("topic", why.data());
  // Room for the batch's own header around the largest record.
  const std::string bytes_max = absl::StrCat(options.record_bytes_max + (64 << 10));
  const std::string min_insync = absl::StrCat(options.min_insync_replicas);
  const std::pair<const char*, const char*> settings[] = {
      {"cleanup.policy", "delete"},  // Never compacted: every record counts.
      {"retention.ms", "-1"},
      {"retention.bytes", "-1"},
      {"unclean.leader.election.enable", "false"},
      {"min.insync.replicas", min_insync.c_str()},
      {"max.message.bytes", bytes_max.c_str()},
  };
  for (const auto& [name, value] : settings) {
    if (const auto error = rd_kafka_NewTopic_set_config(made.get(), name, value);
        error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return RequestStatus(error, "a setting of the topic was not taken");
    }
  }
  return made;
}

// What the broker said about the one topic that was asked for.
absl::Status CreateOnBroker(const Client& client, rd_kafka_NewTopic_t* topic,
                            const Deadline& deadline) {
  const AdminOptionsPtr how(
      rd_kafka_AdminOptions_new(client.get(), RD_KAFKA_ADMIN_OP_CREATETOPICS));
  std::array<char, 512> why{};
  rd_kafka_AdminOptions_set_request_timeout(how.get(), deadline.LeftMs(), why.data(), why.size());
  rd_kafka_AdminOptions_set_operation_timeout(how.get(), deadline.LeftMs(), why.data(), why.size());
  const QueuePtr answers(rd_kafka_queue_new(client.get()));
  rd_kafka_CreateTopics(client.get(), &topic, 1, how.get(), answers.get());
  // The request's own time-out answers too; the second on top only bounds a bug.
  const EventPtr event(rd_kafka_queue_poll(answers.get(), deadline.LeftMs() + 1'000));
  if (event == nullptr) {
    return RequestStatus(RD_KAFKA_RESP_ERR__TIMED_OUT, "the log's brokers cannot be reached");
  }
  auto error = rd_kafka_event_error(event.get());
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
    size_t count = 0;
    const auto* results = rd_kafka_CreateTopics_result_topics(
        rd_kafka_event_CreateTopics_result(event.get()), &count);
    if (count == 1) error = rd_kafka_topic_result_error(results[0]);
  }
  const bool silent = error == RD_KAFKA_RESP_ERR__TIMED_OUT ||
                      error == RD_KAFKA_RESP_ERR__TRANSPORT ||
                      error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN;
  return RequestStatus(
      error, silent ? "the log's brokers cannot be reached" : "the topic could not be made");
}

}  // namespace

absl::StatusOr<int> PartitionCount(const Client& client, const std::string& topic,
                                   absl::Duration timeout) {
  const absl::StatusOr<Shape> shape = Look(client, topic, Deadline(timeout).LeftMs());
  if (!shape.ok()) return shape.status();
  return shape->partitions;
}

absl::StatusOr<TopicInfo> DescribeTopic(const Client& client, const std::string& topic,
                                        absl::Duration timeout) {
  const Deadline deadline(timeout);
  const absl::StatusOr<int> count = PartitionCount(client, topic, timeout);
  if (!count.ok()) return count.status();
  TopicInfo info;
  info.partitions.resize(*count);
  char* id = rd_kafka_clusterid(client.get(), deadline.LeftMs());
  if (id == nullptr) {
    return RequestStatus(RD_KAFKA_RESP_ERR__TIMED_OUT, "the cluster's id is not known");
  }
  info.cluster_id = id;
  rd_kafka_mem_free(client.get(), id);
  for (const auto& [which, field] : {std::pair(RD_KAFKA_OFFSET_BEGINNING, &PartitionInfo::begin),
                                     std::pair(RD_KAFKA_OFFSET_END, &PartitionInfo::end)}) {
    if (absl::Status s = FillOffsets(client, topic, which, deadline, field, info); !s.ok()) {
      return s;
    }
  }
  return info;
}

absl::Status CreateTopic(const Client& client, const Options& options, const std::string& topic,
                         int partitions, absl::Duration timeout) {
  const Deadline deadline(timeout);
  absl::StatusOr<NewTopicPtr> wanted = NewTopic(options, topic, partitions);
  if (!wanted.ok()) return wanted.status();
  const absl::Status made = CreateOnBroker(client, wanted->get(), deadline);
  if (!made.ok() && !absl::IsAlreadyExists(made)) return made;
  // Brokers learn of a topic one after the other: those who open it next must find it, and its
  // leaders.
  while (true) {
    const absl::StatusOr<Shape> shape = Look(client, topic, deadline.LeftMs());
    if (shape.ok() && shape->led) return CheckCount(shape->partitions, partitions);
    const bool passing =
        shape.ok() || absl::IsNotFound(shape.status()) || absl::IsUnavailable(shape.status());
    if (!passing) return shape.status();
    if (deadline.Over()) {
      return RequestStatus(RD_KAFKA_RESP_ERR__TIMED_OUT, "the topic was made, but is not seen yet");
    }
    absl::SleepFor(kLookAgain);
  }
}

}  // namespace crm::eventlog::kafka
