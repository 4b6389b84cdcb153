#include "libs/eventlog/kafka/kafka_log.h"

#include <utility>

#include "libs/base/status.h"
#include "libs/eventlog/kafka/client.h"
#include "libs/eventlog/kafka/conf.h"
#include "libs/eventlog/kafka/group_reader.h"
#include "libs/eventlog/kafka/ownership.h"
#include "libs/eventlog/kafka/tail.h"
#include "libs/eventlog/kafka/topics.h"
#include "libs/eventlog/kafka/writer.h"

namespace crm::eventlog::kafka {

absl::StatusOr<std::unique_ptr<KafkaLog>> KafkaLog::Open(Options options) {
  if (absl::Status s = CheckOptions(options); !s.ok()) return s;
  absl::StatusOr<ConfPtr> conf = ReaderConf(options);
  if (!conf.ok()) return conf.status();
  auto client = Client::Make(RD_KAFKA_CONSUMER, *std::move(conf), nullptr);
  if (!client.ok()) return client.status();
  return std::unique_ptr<KafkaLog>(new KafkaLog(std::move(options), *std::move(client)));
}

KafkaLog::KafkaLog(Options options, std::shared_ptr<Client> client)
    : options_(std::move(options)), client_(std::move(client)) {}

absl::StatusOr<TopicInfo> KafkaLog::Describe(const std::string& topic, absl::Duration timeout) {
  absl::StatusOr<TopicInfo> info = DescribeTopic(*client_, topic, timeout);
  if (info.ok()) Remember(topic, static_cast<int>(info->partitions.size()));
  return info;
}

absl::Status KafkaLog::CreateTopic(const std::string& topic, int partitions,
                                   absl::Duration timeout) {
  absl::Status made = kafka::CreateTopic(*client_, options_, topic, partitions, timeout);
  if (made.ok()) Remember(topic, partitions);
  return made;
}

absl::StatusOr<int> KafkaLog::CountOf(const std::string& topic) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto it = counts_.find(topic); it != counts_.end()) return it->second;
  }
  absl::StatusOr<int> count = PartitionCount(*client_, topic, options_.open_timeout);
  if (count.ok()) Remember(topic, *count);
  return count;
}

void KafkaLog::Remember(const std::string& topic, int partitions) {
  const std::lock_guard lock(mutex_);
  counts_[topic] = partitions;
}

absl::StatusOr<std::unique_ptr<Tail>> KafkaLog::OpenTail(const std::string& topic,
                                                         std::vector<Start> starts, Waker waker) {
  const absl::StatusOr<int> count = CountOf(topic);
  if (!count.ok()) return count.status();
  for (const Start& start : starts) {
    if (start.partition < 0 || start.partition >= *count) {
      return base::Invalid("starts.partition", "one of the topic's");
    }
    // librdkafka gives meanings of its own to negative positions.
    if (start.next < 0) return absl::OutOfRangeError("the position is not within the log");
  }
  return kafka::OpenTail(options_, topic, starts, std::move(waker));
}

absl::StatusOr<std::unique_ptr<Writer>> KafkaLog::OpenWriter(const std::string& topic,
                                                             Waker waker) {
  const absl::StatusOr<int> count = CountOf(topic);
  if (!count.ok()) return count.status();
  return kafka::OpenWriter(options_, topic, *count, std::move(waker), options_.open_timeout);
}

absl::StatusOr<std::unique_ptr<Writer>> KafkaLog::ReopenWriter(const std::string& topic,
                                                               Waker waker) {
  const absl::StatusOr<int> count = CountOf(topic);
  if (!count.ok()) return count.status();
  return kafka::OpenWriter(options_, topic, *count, std::move(waker), absl::ZeroDuration());
}

absl::StatusOr<std::unique_ptr<Ownership>> KafkaLog::JoinOwnership(const std::string& topic,
                                                                   const std::string& instance,
                                                                   Waker waker) {
  const absl::StatusOr<int> count = CountOf(topic);
  if (!count.ok()) return count.status();
  return kafka::JoinOwnership(options_, topic, instance, std::move(waker));
}

absl::StatusOr<std::unique_ptr<GroupReader>> KafkaLog::OpenGroup(const std::string& group,
                                                                 std::vector<std::string> topics,
                                                                 Waker waker) {
  return kafka::OpenGroup(options_, group, topics, std::move(waker));
}

}  // namespace crm::eventlog::kafka
