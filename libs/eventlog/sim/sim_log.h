// A log in memory that does to its clients whatever a Kafka cluster may do, from a seed and a
// manual clock: delays, lost acknowledgements, records that land after they were reported as
// unknown, slow reads, frozen and cut-off clients, lost sessions, partitions that two believe to
// own.
//
// One thread. Nothing happens but in Advance(), in an order that the seed and the calls decide. In
// a simulation:
//
//   clock.AdvanceTo(log.NextEventTime());
//   log.Advance();
//   step every replica whose client is not frozen
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/eventlog/event_log.h"
#include "libs/eventlog/sim/broker.h"

namespace crm::eventlog {

class SimLog {
 public:
  // seed; session_timeout 3 s, heartbeat_interval 0.5 s, message_timeout 10 s; record_bytes_max;
  // writer_pending_max.
  using Options = SimBroker::Options;

  // The clock must outlive it; what Connect gave must be destroyed before it.
  SimLog(const Options& options, const base::Clock& clock) : broker_(options, clock) {}

  // A process called `client` starts: its connection. One at a time for a name; faults set for the
  // name stay.
  std::unique_ptr<EventLog> Connect(const std::string& client);

  // When something happens next, on the clock's SinceBoot (perhaps past: then it is due);
  // InfiniteDuration: nothing will. Records, reports, heartbeats, time-outs.
  absl::Duration NextEventTime() { return broker_.network().NextTime(); }
  // Lets happen all that is due.
  void Advance() { broker_.network().Advance(); }

  void SetFaults(const std::string& client, const SimFaults& faults);
  SimFaults FaultsOf(const std::string& client) const;
  // The process stands still (as under SIGSTOP): nothing is sent or received, none of its time-outs
  // run. What it had handed over lands all the same. The simulation must not step it meanwhile.
  void Freeze(const std::string& client, bool frozen);
  bool Frozen(const std::string& client) const;
  // No message passes; its own time-outs run.
  void Disconnect(const std::string& client, bool disconnected);
  // It runs and is connected, but its heartbeats are not sent.
  void StopHeartbeats(const std::string& client, bool stopped);
  // The process is gone, without a word. Of its appends under way, some first ones still land; its
  // session runs out. Its handles and its connection must be destroyed before the name connects
  // again.
  void Crash(const std::string& client);
  // Partitions of this topic's ownership group, or of all groups when empty, are dealt out by
  // chance.
  void Rebalance(const std::string& topic);
  // All clients are well, those that will connect again included: nobody is frozen or cut off, no
  // faults are set.
  void Heal();
  // Names of the connected clients, sorted.
  std::vector<std::string> Clients() const;

  // What is in a partition, whoever has seen it. Empty when there is no such partition.
  std::vector<OwnedRecord> Contents(const std::string& topic, int partition);
  // One past the newest of them.
  Offset End(const std::string& topic, int partition);
  // How often each kind of fault happened.
  const std::map<std::string, int64_t>& fired() { return broker_.network().fired(); }

  SimNetwork& network() { return broker_.network(); }

 private:
  // Null: never connected.
  SimClient* Find(const std::string& client) const;

  SimBroker broker_;
  std::map<std::string, SimFaults> faults_;
  std::map<std::string, std::shared_ptr<SimClient>>
      clients_;  // Shared with their connections and links.
};

}  // namespace crm::eventlog
