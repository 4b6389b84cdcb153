// A writer of the simulated log: one lane a partition, in which appends keep their order whatever
// becomes of them.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "libs/eventlog/event_log.h"
#include "libs/eventlog/sim/broker.h"

namespace crm::eventlog {

class SimWriter : public Writer {
 public:
  SimWriter(SimBroker& broker, std::shared_ptr<SimClient> client, std::string topic, Waker waker);
  ~SimWriter() override;
  absl::Status Append(const Record& record, uint64_t token) override;
  void Poll(std::vector<Delivery>& out) override;
  void Purge() override;
  bool Broken() const override { return state_->broken; }

 private:
  // What the tasks of a writer share with it: they may outlive it.
  struct State {
    Waker waker;  // Null once the writer is gone.
    bool broken = false;
    size_t pending = 0;
    std::vector<Delivery> reports;
  };
  struct Pending {
    uint64_t token = 0;
    int partition = 0;
    bool told = false;
    bool dropped = false;  // Will not be sent any more.
  };
  // One partition's appends on their way, in order.
  struct Lane {
    std::shared_ptr<SimNetwork::Link> link;
    std::deque<std::shared_ptr<Pending>> pending;  // As the link's items.
  };
  enum class Fate { kGood, kLost, kAckLost, kLate, kDenied };

  Fate DrawFate();
  Lane& LaneOf(int partition);
  void Send(Lane& lane, std::shared_ptr<Pending> pending, OwnedRecord record, Fate fate);
  void Land(Lane& lane, const std::shared_ptr<Pending>& pending, const OwnedRecord& record,
            Fate fate);
  // The record a second time, behind what lands meanwhile.
  static void LandAgain(SimBroker& broker, const std::shared_ptr<SimClient>& client,
                        const TopicPartition& place, const OwnedRecord& record);
  // Reported as unknown within the message time-out, whatever happens meanwhile.
  void TellUnknownSoon(const std::shared_ptr<Pending>& pending);
  void WatchTimeout(const std::shared_ptr<Pending>& pending);
  // Of each lane a first part, by chance, stays on its way; gives the others back, never to be
  // sent.
  std::vector<std::shared_ptr<Pending>> Cut();
  void Break();
  static void Tell(State& state, Pending& pending, const absl::Status& status, Offset offset);

  SimBroker& broker_;
  std::shared_ptr<SimClient> client_;
  std::string topic_;
  std::shared_ptr<State> state_;
  std::shared_ptr<SimNetwork::Link> acks_;
  std::shared_ptr<SimNetwork::Link> timeouts_;
  std::deque<std::shared_ptr<Pending>>
      untold_;  // In the order of the calls; told ones leave in time.
  std::map<int, std::shared_ptr<Lane>> lanes_;  // Shared with what is on its way in them.
};

}  // namespace crm::eventlog
