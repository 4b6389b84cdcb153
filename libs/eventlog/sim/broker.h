// What the simulated broker keeps: topics with what landed in them, groups with their members and
// commits.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "libs/eventlog/record.h"
#include "libs/eventlog/sim/network.h"

namespace crm::eventlog {

using TopicPartition = std::pair<std::string, int>;

// Whoever reads a partition: is told what has landed, over its link.
struct SimReader {
  std::shared_ptr<const SimClient> client;
  std::shared_ptr<SimNetwork::Link> link;
  std::function<void()> waker;
  std::map<TopicPartition, Offset>
      visible;  // One past what it can read; those it reads are in here.
};

struct SimPartition {
  std::vector<std::shared_ptr<const OwnedRecord>> records;
  Offset end() const { return static_cast<Offset>(records.size()); }
};

// One member of a group. The broker keeps it as long as it may come back.
struct SimMember {
  uint64_t id = 0;
  std::shared_ptr<const SimClient> client;
  std::shared_ptr<SimNetwork::Link> up;     // Heartbeats.
  std::shared_ptr<SimNetwork::Link> down;   // Answers and assignments.
  std::shared_ptr<SimNetwork::Link> timer;  // When the next heartbeat is due.
  std::shared_ptr<SimNetwork::Link> watch;  // The broker's watch on its session.
  std::function<void(const TopicPartition&, bool assigned)> tell;  // Null once its handle is gone.
  absl::Duration seen;                                             // By the broker.
  absl::Duration heartbeat = -absl::InfiniteDuration();            // As Ownership::LastHeartbeat.
  bool in_group = false;
};

struct SimGroup {
  struct Committed {
    Offset next = 0;
    std::string metadata;
  };
  struct Place {
    std::shared_ptr<SimMember> owner;   // Who was told last that it has it, and not told otherwise.
    std::shared_ptr<SimMember> target;  // Who is to have it.
    bool revoking = false;              // The owner is being told to let go.
  };
  std::set<std::string> topics;
  std::map<TopicPartition, Place> places;
  std::vector<std::shared_ptr<SimMember>> members;  // By id.
  std::map<TopicPartition, Committed> commits;
};

class SimBroker {
 public:
  struct Options {
    uint64_t seed = 1;
    absl::Duration session_timeout = absl::Seconds(3);
    absl::Duration heartbeat_interval = absl::Milliseconds(500);
    absl::Duration message_timeout = absl::Seconds(10);
    size_t record_bytes_max = 1'000'000;
    size_t writer_pending_max = 10'000;
  };
  SimBroker(const Options& options, const base::Clock& clock);

  const Options& options() const { return options_; }
  SimNetwork& network() { return network_; }

  std::map<std::string, std::vector<SimPartition>>& topics() { return topics_; }
  // Null: no such topic or partition.
  SimPartition* Find(const TopicPartition& place);
  // A topic was made: groups that wait for it get it.
  void TopicMade(const std::string& topic);

  // The record is in the log; gives its offset.
  Offset Land(const TopicPartition& place, OwnedRecord record);

  std::shared_ptr<SimReader> AddReader(std::shared_ptr<const SimClient> client,
                                       std::function<void()> waker);
  void RemoveReader(const std::shared_ptr<SimReader>& reader);
  // The reader begins to read a partition: what is there becomes visible to it.
  void Watch(SimReader& reader, const TopicPartition& place, Offset from);

  SimGroup& Group(const std::string& name) { return groups_[name]; }
  std::shared_ptr<SimMember> Join(const std::string& group, const std::set<std::string>& topics,
                                  std::shared_ptr<const SimClient> client,
                                  std::function<void(const TopicPartition&, bool)> tell);
  void Leave(const std::string& group, const std::shared_ptr<SimMember>& member);
  // Deals the partitions out anew: evenly, moving as few as possible; or by chance.
  void Rebalance(const std::string& group, bool by_chance);
  std::vector<std::string> GroupNames() const;

 private:
  void ShowLanding(SimReader& reader, const TopicPartition& place, Offset end);
  void Beat(const std::string& group, const std::weak_ptr<SimMember>& weak);
  void Arrive(const std::string& group, const std::shared_ptr<SimMember>& member,
              absl::Duration sent);
  void WatchSession(const std::string& group, const std::weak_ptr<SimMember>& weak);
  void Remove(const std::string& group, const std::shared_ptr<SimMember>& member);
  void Settle(const std::string& group, const TopicPartition& place);
  void Give(SimGroup::Place& place, const TopicPartition& where);
  void Tell(const std::shared_ptr<SimMember>& member, const TopicPartition& where, bool assigned,
            absl::Duration delay, SimNetwork::Task then);

  Options options_;
  SimNetwork network_;
  std::map<std::string, std::vector<SimPartition>> topics_;
  std::vector<std::shared_ptr<SimReader>> readers_;
  std::map<std::string, SimGroup> groups_;
  uint64_t next_member_ = 1;
};

}  // namespace crm::eventlog
