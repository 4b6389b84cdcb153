#include "libs/engine/testdata/cluster.h"

#include "libs/base/check.h"
#include "libs/engine/memory.h"
#include "libs/engine/testdata/local_peers.h"

namespace crm::engine::testdata {
namespace {

std::unique_ptr<eventlog::SimLog> MakeLog(uint64_t seed, const base::Clock& clock) {
  eventlog::SimLog::Options options;
  options.seed = seed;
  return std::make_unique<eventlog::SimLog>(options, clock);
}

constexpr absl::Duration kStep = absl::Milliseconds(1);

}  // namespace

Cluster::Cluster(uint64_t seed, int partitions, ServiceDef service)
    : service_(std::move(service)),
      partitions_(partitions),
      seed_(seed),
      log_(MakeLog(seed, clock_)) {}

Cluster::~Cluster() {
  for (auto& [name, replica] : replicas_) {
    if (replica.engine != nullptr) replica.engine->Abandon();
    replica.engine.reset();
    replica.database.reset();
    replica.connection.reset();
  }
}

void Cluster::StartReplica(const std::string& name) {
  Replica& replica = replicas_[name];
  if (replica.env == nullptr) replica.env.reset(rocksdb::NewMemEnv(rocksdb::Env::Default()));
  replica.connection = log_->Connect(name);
  replica.life = std::make_shared<int>();
  const absl::Status made =
      replica.connection->CreateTopic(service_.topic, partitions_, absl::Seconds(1));
  base::Check(made.ok() || absl::IsAlreadyExists(made), "the topic can be made");
  table::DatabaseOptions tables;
  tables.path = "/tables";
  tables.env = replica.env.get();
  tables.flush_on_close = false;
  auto database = table::Database::Open(tables, service_.tables, kRawSpaces);
  base::Check(database.ok(), database.status().ToString());
  replica.database = *std::move(database);

  EngineOptions options;
  options.instance = name;
  options.workers = 1;
  options.seed = ++seed_ * 1000;
  options.worker_wakers = {[] {}};
  options.coordinator_waker = [] {};
  options.reactor_waker = [] {};
  options.idle = [this](absl::Duration) { Tick(); };
  options.peers = PeersOf(name);
  auto engine =
      Engine::Open(service_, *replica.connection, *replica.database, clock_, std::move(options));
  base::Check(engine.ok(), engine.status().ToString());
  replica.engine = *std::move(engine);
}

Peers Cluster::PeersOf(const std::string& name) {
  const Peers direct = LocalPeers([this](const std::string& instance) -> Engine* {
    const auto target = replicas_.find(instance);
    const bool there = target != replicas_.end() && !log_->Frozen(instance);
    return there ? target->second.engine.get() : nullptr;
  });
  Peers peers;
  peers.forward = [this, name, direct](const std::string& instance,
                                       const v1::SubmitCommandRequest& request,
                                       absl::Duration deadline, ForwardDone done) {
    done = WhileAlive(name, std::move(done));
    if (forward_fault_ != nullptr) {
      if (absl::Status s = forward_fault_(request); !s.ok()) return done(std::move(s));
    }
    direct.forward(instance, request, deadline, std::move(done));
  };
  peers.barrier = [this, name, direct](const std::string& instance,
                                       const v1::CreateBarrierRequest& request,
                                       absl::Duration deadline, PeerBarrierDone done) {
    direct.barrier(instance, request, deadline, WhileAlive(name, std::move(done)));
  };
  return peers;
}

void Cluster::Kill(const std::string& name, bool flushed) {
  Replica& replica = replicas_.at(name);
  if (flushed) base::Check(replica.database->Flush().ok(), "memory takes everything");
  log_->Crash(name);
  replica.life.reset();
  replica.engine.reset();
  replica.database.reset();
  replica.connection.reset();
}

void Cluster::Wipe(const std::string& name) { replicas_.at(name).env.reset(); }

void Cluster::StepAll() {
  for (auto& [name, replica] : replicas_) {
    if (replica.engine == nullptr || log_->Frozen(name)) continue;
    for (int worker = 0; worker < replica.engine->workers(); ++worker) {
      const auto report = replica.engine->StepWorker(worker);
      base::Check(report.ok(), report.status().ToString());
    }
    for (const auto& report : {replica.engine->StepCoordinator(), replica.engine->StepReactor()})
      base::Check(report.ok(), report.status().ToString());
  }
}

void Cluster::Tick() {
  clock_.AdvanceTo(
      std::min(clock_.SinceBoot() + kStep, std::max(clock_.SinceBoot(), log_->NextEventTime())));
  clock_.AdvanceTo(clock_.SinceBoot() + absl::Microseconds(10));
  log_->Advance();
}

bool Cluster::Run(const std::function<bool()>& until, absl::Duration limit) {
  const absl::Duration end = clock_.SinceBoot() + limit;
  while (!until()) {
    if (clock_.SinceBoot() > end) return false;
    Tick();
    StepAll();
  }
  return true;
}

bool Cluster::RunUntilOwned() {
  return Run([this] {
    for (int partition = 0; partition < partitions_; ++partition) {
      bool owned = false;
      for (const auto& [name, replica] : replicas_) {
        if (replica.engine == nullptr || log_->Frozen(name)) continue;
        for (const PartitionReport& report : replica.engine->Reports()) {
          owned = owned || (report.partition == partition && report.role == Role::kOwner &&
                            report.owner == name);
        }
      }
      if (!owned) return false;
    }
    return true;
  });
}

void Cluster::Start(const std::string& replica, const google::protobuf::Message& request,
                    CommandDone done, const std::string& actor, bool said_before) {
  Engine& engine = *replicas_.at(replica).engine;
  MessagePtr copy = NewOf(request);
  copy->CopyFrom(request);
  absl::StatusOr<Command> command =
      Prepare(*engine.FindCommand(request.GetDescriptor()->full_name()), std::move(copy),
              {actor, ""}, partitions_);
  if (!command.ok()) return done(CommandResult{command.status()});
  command->done = std::move(done);
  command->said_before = said_before;
  engine.Route(*std::move(command));
}

CommandResult Cluster::Send(const std::string& replica, const google::protobuf::Message& request,
                            const std::string& actor, bool said_before) {
  auto answer = std::make_shared<std::optional<CommandResult>>();
  Start(
      replica, request, [answer](CommandResult result) { *answer = std::move(result); }, actor,
      said_before);
  Run([&] { return answer->has_value(); });
  return answer->value_or(CommandResult{absl::DeadlineExceededError("no answer")});
}

CommandResult Cluster::SendAnywhere(const google::protobuf::Message& request,
                                    const std::string& actor) {
  CommandResult result{absl::UnavailableError("not sent")};
  for (int attempt = 0; attempt < 200 && absl::IsUnavailable(result.status); ++attempt) {
    for (const auto& [name, replica] : replicas_) {
      if (replica.engine == nullptr || log_->Frozen(name)) continue;
      result = Send(name, request, actor);
      if (!absl::IsUnavailable(result.status)) return result;
    }
    const absl::Duration retry = clock_.SinceBoot() + absl::Milliseconds(100);
    Run([&] { return clock_.SinceBoot() >= retry; });
  }
  return result;
}

std::string Cluster::Digest(const std::string& replica) {
  const auto digest = replicas_.at(replica).database->Digest(
      {.table = "", .raw_spaces = true, .skip_raw = {{kPositions, ""}}});
  base::Check(digest.ok(), digest.status().ToString());
  return *digest;
}

bool Cluster::RunUntilCaughtUp() {
  return Run([this] {
    for (int partition = 0; partition < partitions_; ++partition) {
      const auto contents = log_->Contents(service_.topic, partition);
      const eventlog::Offset end = contents.empty() ? 0 : contents.back().offset + 1;
      for (const auto& [name, replica] : replicas_) {
        if (replica.engine == nullptr || log_->Frozen(name)) continue;
        if (replica.engine->PositionOf(partition).next < end) return false;
      }
    }
    return true;
  });
}

}  // namespace crm::engine::testdata
