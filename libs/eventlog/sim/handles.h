// What a client of the simulated log holds: connection, tails, writers, ownership, group readers.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "libs/eventlog/event_log.h"
#include "libs/eventlog/sim/broker.h"

namespace crm::eventlog {

class SimConnection : public EventLog {
 public:
  SimConnection(SimBroker& broker, std::shared_ptr<SimClient> client)
      : broker_(broker), client_(std::move(client)) {}
  ~SimConnection() override { client_->gone = true; }

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
  absl::StatusOr<std::unique_ptr<GroupReader>> OpenGroup(const std::string& group,
                                                         std::vector<std::string> topics,
                                                         Waker waker) override;

 private:
  // kUnavailable: cut off; kNotFound: no such topic.
  absl::Status Reach(const std::string& topic);

  SimBroker& broker_;
  std::shared_ptr<SimClient> client_;  // Shared with the links.
};

class SimTail : public Tail {
 public:
  SimTail(SimBroker& broker, std::shared_ptr<SimClient> client, std::string topic,
          std::vector<EventLog::Start> starts, Waker waker);
  ~SimTail() override { broker_.RemoveReader(reader_); }
  absl::Status Poll(size_t max, Records& out) override;

 private:
  SimBroker& broker_;
  std::string topic_;
  std::vector<EventLog::Start> positions_;
  std::shared_ptr<SimReader> reader_;  // Shared with the broker.
  absl::Status broken_;
  size_t first_ = 0;
};

class SimOwnership : public Ownership {
 public:
  SimOwnership(SimBroker& broker, std::shared_ptr<SimClient> client, const std::string& topic,
               Waker waker);
  ~SimOwnership() override { broker_.Leave(group_, member_); }
  void Poll(std::vector<OwnershipEvent>& out) override;
  absl::Duration LastHeartbeat() const override { return member_->heartbeat; }
  absl::Duration SessionTimeout() const override { return broker_.options().session_timeout; }

  // The name of the group that shares a topic's ownership.
  static std::string GroupOf(const std::string& topic) { return "ownership of " + topic; }

 private:
  SimBroker& broker_;
  std::string group_;
  std::vector<OwnershipEvent> events_;
  std::shared_ptr<SimMember> member_;  // Shared with the broker.
};

class SimGroupReader : public GroupReader {
 public:
  SimGroupReader(SimBroker& broker, std::shared_ptr<SimClient> client, std::string group,
                 const std::vector<std::string>& topics, Waker waker);
  ~SimGroupReader() override;
  absl::Status Poll(size_t max, GroupRecords& out) override;
  absl::Status Commit(const std::string& topic, int partition, Offset next,
                      const std::string& metadata) override;
  void Pause(const std::string& topic, int partition) override;
  void Resume(const std::string& topic, int partition) override;

 private:
  struct Position {
    Offset next = 0;
    bool paused = false;
  };
  void Told(const TopicPartition& where, bool assigned);

  SimBroker& broker_;
  std::shared_ptr<SimClient> client_;
  std::string group_;
  Waker waker_;
  std::vector<GroupAssignment> assignments_;
  std::map<TopicPartition, Position> positions_;
  std::shared_ptr<SimReader> reader_;  // Shared with the broker, as is:
  std::shared_ptr<SimMember> member_;
};

}  // namespace crm::eventlog
