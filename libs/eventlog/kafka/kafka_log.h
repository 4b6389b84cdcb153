// The log on Kafka, through librdkafka.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "libs/eventlog/event_log.h"
#include "libs/eventlog/kafka/options.h"

namespace crm::eventlog::kafka {

class Client;

// Besides what EventLog promises: opening a tail, a writer or an ownership waits, at most the open
// time-out, until the broker has said that the topic is there (kNotFound, kUnavailable); a
// partition that the topic does not have is kInvalidArgument. Records may outlive the tail they
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
  absl::StatusOr<std::unique_ptr<Ownership>> JoinOwnership(const std::string& topic,
                                                           const std::string& instance,
                                                           Waker waker) override;
  // Does not wait: topics that are missing are read from when they are made.
  absl::StatusOr<std::unique_ptr<GroupReader>> OpenGroup(const std::string& group,
                                                         std::vector<std::string> topics,
                                                         Waker waker) override;

 private:
  KafkaLog(Options options, std::shared_ptr<Client> client);

  const Options options_;
  const std::shared_ptr<Client> client_;  // For questions; Client says why it is shared.
};

}  // namespace crm::eventlog::kafka
