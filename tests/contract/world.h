// All services over one log in memory, without threads or clock: requests are decided and events
// are folded as a process does it, by the same code.
#pragma once

#include <google/protobuf/message.h>
#include <rocksdb/env.h>

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/engine/apply.h"
#include "libs/engine/command.h"
#include "libs/engine/ops.h"
#include "libs/table/batch.h"
#include "libs/table/database.h"

namespace crm::contract {

// An event as the golden log keeps it.
struct GoldenRecord {
  std::string package;  // "crm.sales.v1": whose log.
  std::string schema;   // Full name of the event's message.
  std::string subject;  // Resource name.
  int64_t revision = 0;
  absl::Time time;
  std::string actor;
  std::string value;  // The event, serialized.
};

// One service with its tables and what folds into them.
struct Replica {
  // A mistake in the tables ends the test program. `env` must outlive it.
  Replica(engine::ServiceDef service, rocksdb::Env* env);

  // Forgets what was folded and not committed, what the applier remembers of it included.
  void DropWrites();

  engine::ServiceDef def;
  std::unique_ptr<table::Database> database;
  std::unique_ptr<table::Batch> batch;
  std::unique_ptr<engine::Applier> applier;
};

// What an event of the golden log travels with, under fence 1.
eventlog::EventHeaders HeadersOf(const GoldenRecord& record, std::string id);
engine::EventMeta MetaOf(const GoldenRecord& record);

struct TableDigest {
  std::string service;
  std::string table;
  int version = 0;
  std::string sha256;  // Over the rows in the order of their keys.
  int64_t rows = 0;
};
// Of each table, what is not committed included.
std::vector<TableDigest> DigestsOf(const Replica& replica);

class World {
 public:
  World();

  // Decides a request, and whatever reactions ask for after it. Refusals of reactions are ignored.
  absl::Status Send(const google::protobuf::Message& request, absl::Time now);
  // What each service sets up at its first start.
  absl::Status Seed(absl::Time now);
  // Folds one event into the tables of its service and the foreign tables of the others.
  absl::Status Apply(const GoldenRecord& record);

  // Everything that happened, in order.
  const std::vector<GoldenRecord>& records() const { return records_; }

  std::vector<TableDigest> Digests() const;
  // One of each service; they live as long as the world.
  const std::vector<std::unique_ptr<Replica>>& replicas() const { return replicas_; }

 private:
  struct Asked {  // A command that a reaction asked for.
    Replica* replica;
    engine::MessagePtr request;
    engine::ReactionOrigin origin;
  };

  Replica& ReplicaOf(const std::string& package);
  absl::Status SendOne(Replica& replica, engine::MessagePtr request, const std::string& actor,
                       const engine::ReactionOrigin& origin, absl::Time now);
  void React(const GoldenRecord& record);
  absl::Status RunReactions(absl::Time now);

  std::unique_ptr<rocksdb::Env> env_;
  std::vector<std::unique_ptr<Replica>> replicas_;
  std::vector<GoldenRecord> records_;
  std::deque<Asked> asked_;
};

}  // namespace crm::contract
