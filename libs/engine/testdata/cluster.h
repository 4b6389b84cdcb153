// Replicas of a service on the simulated log, with tables in memory and one manual clock: the real
// engine, stepped by the test.
#pragma once

#include <rocksdb/env.h>

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "libs/engine/engine.h"
#include "libs/engine/testdata/account.h"
#include "libs/eventlog/sim/sim_clock.h"
#include "libs/eventlog/sim/sim_log.h"

namespace crm::engine::testdata {

class Cluster {
 public:
  explicit Cluster(uint64_t seed, int partitions = 4, ServiceDef service = MakeAccountService());
  ~Cluster();

  // Starts a replica; again after Kill: its tables are as they were at the last flush.
  void StartReplica(const std::string& name);
  // The process is gone without a word; its tables stay as `flushed`.
  void Kill(const std::string& name, bool flushed);
  // Its tables are gone too.
  void Wipe(const std::string& name);

  // Lets time pass until `until` holds; false when it does not within `limit` of simulated time.
  bool Run(const std::function<bool()>& until, absl::Duration limit = absl::Seconds(60));
  // Until every partition has an owner that serves.
  bool RunUntilOwned();

  // Sends a request to a replica as a caller would, and runs until the answer; DEADLINE_EXCEEDED
  // when none came.
  CommandResult Send(const std::string& replica, const google::protobuf::Message& request,
                     const std::string& actor = "user:ann", bool said_before = false);
  // Does not wait.
  void Start(const std::string& replica, const google::protobuf::Message& request, CommandDone done,
             const std::string& actor = "user:ann", bool said_before = false);
  // Retries UNAVAILABLE and not-owner over all replicas, as a client with the published policy
  // would.
  CommandResult SendAnywhere(const google::protobuf::Message& request,
                             const std::string& actor = "user:ann");

  Engine& engine(const std::string& replica) { return *replicas_.at(replica).engine; }
  table::Database& database(const std::string& replica) { return *replicas_.at(replica).database; }
  // Digest of all tables but the positions.
  std::string Digest(const std::string& replica);
  // Until both replicas have applied everything that is in the log.
  bool RunUntilCaughtUp();

  // What the sender of a forwarded command hears; OK: the command goes to its owner.
  using ForwardFault = std::function<absl::Status(const v1::SubmitCommandRequest& request)>;
  void SetForwardFault(ForwardFault fault) { forward_fault_ = std::move(fault); }

  eventlog::SimLog& log() { return *log_; }
  eventlog::SimClock& clock() { return clock_; }
  const ServiceDef& service() const { return service_; }
  int partitions() const { return partitions_; }

 private:
  struct Replica {
    std::shared_ptr<int> life;  // Watched by answers of others, which outlive a process.
    std::unique_ptr<rocksdb::Env> env;
    std::unique_ptr<eventlog::EventLog> connection;
    std::unique_ptr<table::Database> database;
    std::unique_ptr<Engine> engine;
  };
  // `done`, unless the replica has died meanwhile.
  template <class Answer>
  std::function<void(Answer)> WhileAlive(const std::string& name,
                                         std::function<void(Answer)> done) {
    return [life = std::weak_ptr<int>(replicas_.at(name).life), done = std::move(done)](Answer a) {
      if (!life.expired()) done(std::move(a));
    };
  }
  Peers PeersOf(const std::string& name);
  void StepAll();
  void Tick();

  ServiceDef service_;
  const int partitions_;
  uint64_t seed_;
  eventlog::SimClock clock_;
  std::unique_ptr<eventlog::SimLog> log_;
  std::map<std::string, Replica> replicas_;
  ForwardFault forward_fault_;
};

}  // namespace crm::engine::testdata
