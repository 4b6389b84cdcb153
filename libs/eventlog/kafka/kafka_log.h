// The log on Kafka, through librdkafka.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "libs/eventlog/event_log.h"
#include "libs/eventlog/kafka/options.h"

namespace crm::eventlog::kafka {

class Client;

// Besides what EventLog promises: opening a tail, a writer or an ownership of a topic for the first
// time waits, at most the open time-out, until the broker has said that the topic is there
// (kNotFound, kUnavailable), unless Describe or CreateTopic have heard it; opening a writer, though
// not reopening it, waits for the topic's leaders. A partition that the topic does not have is
// kInvalidArgument. Records may outlive the tail they
// came from, not the process.
class KafkaLog : public EventLog {
 public:
  // Does not wait for the broker. kInvalidArgument: a setting is wrong; the field says which.
  static absl::StatusOr<std::unique_ptr<KafkaLog>> Open(Options options);

  absl::StatusOr<TopicInfo> Describe(const std::string& topic, absl::Duration timeout) override;
  absl::Status CreateTopic(const std::string& topic, int partitions,
                           absl::Duration timeout) override;
  absl::StatusOr<std::unique_ptr<Tail>> OpenTail(const std::string& topic,
                                                 std::vector<Start> starts, Waker waker) override;
  absl::StatusOr<std::unique_ptr<Writer>> OpenWriter(const std::string& topic,
                                                     Waker waker) override;
  absl::StatusOr<std::unique_ptr<Writer>> ReopenWriter(const std::string& topic,
                                                       Waker waker) override;
  absl::StatusOr<std::unique_ptr<Ownership>> JoinOwnership(const std::string& topic,
                                                           const std::string& instance,
                                                           Waker waker) override;
  // Does not wait: topics that are missing are read from when they are made.
  absl::StatusOr<std::unique_ptr<GroupReader>> OpenGroup(const std::string& group,
                                                         std::vector<std::string> topics,
                                                         Waker waker) override;

 private:
  KafkaLog(Options options, std::shared_ptr<Client> client);
  // The topic's partitions, fixed for its life: asked for once.
  absl::StatusOr<int> CountOf(const std::string& topic);
  void Remember(const std::string& topic, int partitions);

  const Options options_;
  const std::shared_ptr<Client> client_;  // For questions; Client says why it is shared.
  std::mutex mutex_;                      // Guards counts_.
  std::map<std::string, int> counts_;
};

}  // namespace crm::eventlog::kafka
