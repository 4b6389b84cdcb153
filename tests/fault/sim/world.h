// What a simulation is made of: one clock, one log, two services that send amounts to each other,
// their replicas, and what is to happen when. One thread; from one seed the same run follows.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "libs/engine/testdata/account.h"
#include "tests/fault/sim/process.h"

namespace crm::fault {

inline constexpr int kServices = 2;

class World {
 public:
  // 2 to 5 replicas of the first service and 2 or 3 of the second, by the seed; all start at once.
  explicit World(uint64_t seed);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // Does something `delay` from now.
  void At(absl::Duration delay, std::function<void()> what);
  // Lets time pass until `until` holds; false when it does not within `limit`.
  bool Run(const std::function<bool()>& until, absl::Duration limit);

  uint64_t seed() const { return seed_; }
  int partitions() const { return partitions_; }
  const engine::ServiceDef& service(int which) const { return services_[which]; }
  // Replicas of one service.
  const std::vector<Process*>& replicas(int service) const { return replicas_[service]; }
  const std::vector<std::unique_ptr<Process>>& processes() const { return processes_; }
  // One more replica, with empty tables.
  Process& AddReplica(int service);

  // Chances that a call between replicas is not delivered, that its answer is not, and how long
  // either takes at most.
  struct PeerFaults {
    double lose_request = 0;
    double lose_answer = 0;
    absl::Duration delay_max = absl::Milliseconds(1);
  };
  PeerFaults peer_faults;
  // Chance that what a caller says takes its time to arrive.
  double late_command = 0;

  eventlog::SimLog& log() { return log_; }
  eventlog::SimClock& clock() { return clock_; }
  absl::Duration Now() const { return clock_.SinceBoot(); }
  std::mt19937_64& random() { return random_; }
  bool Chance(double probability);
  size_t Pick(size_t count) { return random_() % count; }
  absl::Duration UpTo(absl::Duration longest);

  void Fired(const std::string& kind) { ++fired_[kind]; }
  // How often each kind of fault happened, those of the log included.
  std::map<std::string, int64_t> FaultsFired();
  // What must never be, found on the way.
  void Complain(std::string what) { complaints_.push_back(std::move(what)); }
  const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  engine::Peers PeersOf(const std::string& name);
  // `done`, some time later, if whoever asked lives then.
  template <class Answer>
  std::function<void(Answer)> Delayed(const std::string& name, std::function<void(Answer)> done);
  template <class Answer>
  std::function<void(Answer)> Spoken(const std::string& name, std::function<void(Answer)> done);
  Process* Find(const std::string& name) const;
  bool Loses(double probability, const char* kind);
  void Tick(absl::Duration at_most);

  const uint64_t seed_;
  eventlog::SimClock clock_;
  std::mt19937_64 random_;
  eventlog::SimLog log_;
  std::vector<engine::ServiceDef> services_;
  int partitions_;
  std::unique_ptr<eventlog::EventLog> setup_;  // Made the topics.
  std::multimap<absl::Duration, std::function<void()>> agenda_;
  std::map<std::string, int64_t> fired_;
  std::vector<std::string> complaints_;
  std::vector<std::unique_ptr<Process>> processes_;
  std::vector<Process*> replicas_[kServices];
  bool starting_ = false;
};

}  // namespace crm::fault
