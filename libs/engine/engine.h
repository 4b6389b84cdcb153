// Engine: a service's partitions in this process, all of them: those it owns and those it follows.
//
// It has no threads. Each worker, the coordinator and the reactor are stepped from outside
// (libs/app has the threads, one for each; a simulation steps them itself); everything that is said
// to be for any thread may be called while they run.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "crm/engine/v1/engine.pb.h"
#include "libs/engine/command.h"
#include "libs/engine/options.h"
#include "libs/engine/worker.h"

namespace crm::engine {

class Reactor;

inline constexpr char kNotSetUp[] = "what is set up at the first start is not there yet";

struct ReactionReport {
  std::string stopped;  // Why reactions, or what is set up at first start, wait; empty: they run.
  // Events that were passed over because this program does not know their fact.
  int64_t unknown_facts = 0;
};

struct Owner {
  bool self = false;
  std::string instance;  // Empty: nobody has claimed yet.
  int64_t epoch = 0;
};

class Engine {
 public:
  // Checks the stored positions against the log and begins to read. `service`, `log`, `database`
  // and `clock` must outlive it. kUnavailable: the log or a foreign topic is not there yet, try
  // again.
  static absl::StatusOr<std::unique_ptr<Engine>> Open(const ServiceDef& service,
                                                      eventlog::EventLog& log,
                                                      table::Database& database,
                                                      const base::Clock& clock,
                                                      EngineOptions options);
  ~Engine();

  // --- any thread
  const ServiceDef& service() const { return service_; }
  int partitions() const { return partitions_; }
  // Which log it is of.
  const std::string& log_id() const { return log_id_; }
  const CommandDef* FindCommand(const std::string& type) const;

  // Sends a prepared command to the owner of its key: here, or over one hop. `done` is called
  // exactly once.
  void Route(Command command);
  // The same, but only here: for commands that were forwarded to us.
  void SubmitHere(Command command);

  Owner OwnerOf(int partition) const;
  // Waits until everything acknowledged before is applied here.
  void Barrier(std::vector<int> partitions, absl::Duration deadline,
               std::function<void(absl::Status)> done);
  // The owner's half of a barrier.
  void BarrierHere(int partition, absl::Duration deadline, BarrierDone done);
  void Await(std::vector<Position> positions, absl::Duration deadline,
             std::function<void(absl::Status)> done);

  // Token of positions; `Positions` gives all partitions as applied now.
  std::string TokenOf(const std::vector<Position>& positions) const;
  std::vector<Position> Positions() const;
  Position PositionOf(int partition) const;
  absl::StatusOr<std::vector<Position>> ParseReadAfter(std::string_view token) const;

  std::vector<PartitionReport> Reports() const;
  // Caught up with what the logs held at the start, and nothing stopped: reads are answered, and
  // commands at once. `why_not`, when given, says more.
  bool Serves(std::string* why_not = nullptr) const;
  // Serves, and can write what it owns.
  bool Ready(std::string* why_not = nullptr) const;
  // A heartbeat was answered within the lease: what the logs hold is known, not remembered.
  bool InContact() const;
  // As of the end of the reactor's last step.
  ReactionReport Reactions() const;
  // How far a topic's partition is applied here, own or foreign; -1: not projected here.
  eventlog::Offset AppliedOf(const std::string& topic, int partition) const;

  const base::Clock& clock() const { return clock_; }
  const table::Database& database() const { return database_; }
  const EngineOptions& options() const { return options_; }
  eventlog::EventLog& log() const { return log_; }

  // --- stepping
  int workers() const { return static_cast<int>(workers_.size()); }
  absl::StatusOr<StepReport> StepWorker(int worker) { return workers_[worker]->Step(); }
  // As Worker::StepDecisions.
  absl::StatusOr<StepReport> StepDecisions(int worker) { return workers_[worker]->StepDecisions(); }
  // Group membership. Never long: a poll that is late costs the partitions.
  absl::StatusOr<StepReport> StepCoordinator();
  // Reactions, and what is set up at first start. A reaction may read for long, so it has a thread
  // of its own.
  absl::StatusOr<StepReport> StepReactor();
  // After the last step: answers everything that waits.
  void Abandon();
  // Leaves the group, so that others claim; keeps serving until they have.
  void LeaveGroup() { leaving_.store(true); }

 private:
  Engine(const ServiceDef& service, eventlog::EventLog& log, table::Database& database,
         const base::Clock& clock, EngineOptions options);
  absl::Status Start();
  Worker& WorkerOf(int partition) const { return *workers_[partition % workers_.size()]; }
  void Resolve(Command command, std::function<void(Command)> then);
  void Forward(const Owner& owner, Command command);
  void AnswerForwarded(Command command, CommandResult result);
  std::pair<absl::Duration, absl::Duration> HeartbeatAndSession() const;
  absl::Duration LastHeartbeat() const;
  absl::Duration Lease() const;
  // Every partition was read to where its log ended at the start, or has stopped before: one that
  // stopped keeps the others from nothing.
  bool CaughtUp() const;
  void StepOwnership();
  void SayProgress();
  void LeaveGroupNow();

  const ServiceDef& service_;
  eventlog::EventLog& log_;
  table::Database& database_;
  const base::Clock& clock_;
  EngineOptions options_;
  int partitions_ = 0;
  std::string log_id_;
  std::vector<std::unique_ptr<Worker>> workers_;
  mutable std::mutex ownership_mutex_;
  std::unique_ptr<eventlog::Ownership> ownership_;
  absl::Duration last_heartbeat_ = -absl::InfiniteDuration();
  absl::Duration session_ = absl::ZeroDuration();
  absl::Duration rejoin_at_ = -absl::InfiniteDuration();
  std::atomic<bool> leaving_{false};
  absl::Duration opened_ = absl::ZeroDuration();
  absl::Duration said_ = absl::ZeroDuration();  // Progress; infinite: there is no more to say.
  std::unique_ptr<Reactor> reactor_;            // Of the reactor's thread.
  mutable std::mutex reactions_mutex_;          // Guards what follows.
  ReactionReport reactions_{kNotSetUp};
};

}  // namespace crm::engine
