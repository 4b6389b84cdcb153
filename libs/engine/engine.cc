#include "libs/engine/engine.h"

#include <algorithm>
#include <atomic>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/base/hash.h"
#include "libs/base/log.h"
#include "libs/base/status.h"
#include "libs/engine/limits.h"
#include "libs/engine/progress.h"
#include "libs/engine/reactor.h"
#include "libs/engine/starts.h"
#include "libs/engine/token.h"
#include "libs/engine/wire.h"

namespace crm::engine {
namespace {

// Calls `done` once all of `count` parts are in, with the first error.
std::function<void(absl::Status)> Join(size_t count, std::function<void(absl::Status)> done) {
  struct Joined {
    std::mutex mutex;
    size_t left;
    absl::Status status;
  };
  auto joined = std::make_shared<Joined>();
  joined->left = count;
  return [joined, done = std::move(done)](absl::Status status) {
    {
      std::lock_guard lock(joined->mutex);
      joined->status.Update(status);
      if (--joined->left > 0) return;
    }
    done(joined->status);
  };
}

absl::Status NoOwner() {
  return base::Unavailable("NO_OWNER", "nobody owns this key at the moment", kRetryAfter);
}

}  // namespace

Engine::Engine(const ServiceDef& service, eventlog::EventLog& log, table::Database& database,
               const base::Clock& clock, EngineOptions options)
    : service_(service),
      log_(log),
      database_(database),
      clock_(clock),
      options_(std::move(options)) {}

Engine::~Engine() {
  reactor_.reset();
  workers_.clear();
}

absl::StatusOr<std::unique_ptr<Engine>> Engine::Open(const ServiceDef& service,
                                                     eventlog::EventLog& log,
                                                     table::Database& database,
                                                     const base::Clock& clock,
                                                     EngineOptions options) {
  std::unique_ptr<Engine> engine(new Engine(service, log, database, clock, std::move(options)));
  if (absl::Status s = engine->Start(); !s.ok()) return s;
  return engine;
}

absl::Status Engine::Start() {
  std::set<std::string> topics{service_.topic};
  for (const ForeignDef& foreign : service_.foreigns) topics.insert(foreign.topic);
  std::vector<TopicStarts> shares(options_.workers);
  for (const std::string& topic : topics) {
    auto starts = FindStarts(log_, database_, topic, clock_, options_);
    if (!starts.ok()) return starts.status();
    if (topic == service_.topic) {
      partitions_ = static_cast<int>(starts->size());
      log_id_ = starts->front().position.cluster_id();
    }
    for (PartitionStart& start : *starts) {
      shares[start.partition % options_.workers][topic].push_back(std::move(start));
    }
  }
  for (int i = 0; i < options_.workers; ++i) {
    WorkerSetup setup;
    setup.service = &service_;
    setup.log = &log_;
    setup.database = &database_;
    setup.clock = &clock_;
    setup.company = &options_.company;
    setup.instance = options_.instance;
    setup.seed = options_.seed + i;
    setup.last_heartbeat = [this] { return LastHeartbeat(); };
    setup.lease = [this] { return Lease(); };
    setup.waker = options_.worker_wakers[i];
    if (options_.step_worker_here != nullptr)
      setup.step_here = [this, i] { return options_.step_worker_here(i); };
    setup.on_touched = options_.on_touched;
    auto worker = Worker::Start(std::move(setup), shares[i]);
    if (!worker.ok()) return worker.status();
    workers_.push_back(*std::move(worker));
  }
  opened_ = said_ = clock_.SinceBoot();
  return absl::OkStatus();
}

const CommandDef* Engine::FindCommand(const std::string& type) const {
  const auto it = service_.commands.find(type);
  return it == service_.commands.end() ? nullptr : it->second.get();
}

void Engine::Route(Command command) {
  const Owner owner = OwnerOf(command.partition);
  if (owner.self) return SubmitHere(std::move(command));
  if (!owner.instance.empty() && owner.instance != options_.instance && options_.peers.forward) {
    return Forward(owner, std::move(command));
  }
  // Nobody else is known to own it; here it may be about to be claimed.
  SubmitHere(std::move(command));
}

void Engine::SubmitHere(Command command) {
  Resolve(std::move(command),
          [this](Command resolved) { WorkerOf(resolved.partition).Submit(std::move(resolved)); });
}

// Finds the fact of another service that the command requires: in the foreign table, else by
// asking. Not found: the decision says so.
void Engine::Resolve(Command command, std::function<void(Command)> then) {
  if (!command.def->requires_fact.has_value()) return then(std::move(command));
  const RequiresDef& needed = *command.def->requires_fact;
  const std::string name = needed.name_of(*command.request);
  auto stored = database_.GetStored(needed.table, {name});
  if (!stored.ok()) {
    CommandResult result;
    result.status = OfTables(stored.status());
    result.name = command.name;
    return command.done(std::move(result));
  }
  if (stored->has_value()) {
    MessagePtr row = NewOf(*needed.row);
    if ((*stored)->ParseTo(*row)) {
      command.required = std::move(row);
      return then(std::move(command));
    }
  }
  if (!options_.peers.ask || name.empty()) return then(std::move(command));
  auto shared = std::make_shared<Command>(std::move(command));
  options_.peers.ask(*needed.method, name, shared->deadline,
                     [shared, &needed, then](absl::StatusOr<MessagePtr> answer) {
                       if (answer.ok()) shared->required = needed.convert(**answer);
                       if (answer.ok() || absl::IsNotFound(answer.status()))
                         return then(std::move(*shared));
                       CommandResult result;
                       result.status = base::Unavailable(
                           "DEPENDENCY_UNAVAILABLE",
                           "another service that must be asked cannot be reached", kRetryAfter);
                       result.name = shared->name;
                       shared->done(std::move(result));
                     });
}

void Engine::Forward(const Owner& owner, Command command) {
  auto shared = std::make_shared<Command>(std::move(command));
  options_.peers.forward(owner.instance, WireOf(*shared, service_.topic, owner.epoch),
                         shared->deadline,
                         [this, shared](absl::StatusOr<v1::SubmitCommandResponse> response) {
                           CommandResult result = response.ok() ? ResultOf(*std::move(response))
                                                                : CommandResult{response.status()};
                           result.name = shared->name;
                           AnswerForwarded(std::move(*shared), std::move(result));
                         });
}

// Whoever got an OK can read at once what it did, also here. But it is done: when reading takes
// long, the answer does not wait for it.
void Engine::AnswerForwarded(Command command, CommandResult result) {
  const bool waits = command.priority != CommandClass::kSystem && result.status.ok() &&
                     result.position.partition == command.partition &&
                     WorkerOf(command.partition).ReportOf(command.partition).stopped.empty();
  if (!waits) return command.done(std::move(result));
  const absl::Duration now = clock_.SinceBoot();
  const absl::Duration until = now + std::min(kReadBackSlow, (command.deadline - now) / 2);
  const Position position = result.position;
  Await({position}, until,
        [done = std::move(command.done), held = std::make_shared<CommandResult>(std::move(result))](
            const absl::Status&) { done(std::move(*held)); });
}

Owner Engine::OwnerOf(int partition) const {
  const PartitionReport report = WorkerOf(partition).ReportOf(partition);
  return {report.role != Role::kFollower, report.owner, report.fence};
}

void Engine::Barrier(std::vector<int> partitions, absl::Duration deadline,
                     std::function<void(absl::Status)> done) {
  if (partitions.empty()) {
    for (int i = 0; i < partitions_; ++i) partitions.push_back(i);
  }
  auto joined = Join(partitions.size(), std::move(done));
  for (const int partition : partitions) {
    auto await = [this, deadline, joined](Position position) {
      Await({position}, deadline, joined);
    };
    const Owner owner = OwnerOf(partition);
    if (owner.self || owner.instance == options_.instance || !options_.peers.barrier) {
      BarrierHere(partition, deadline, [await, joined](absl::StatusOr<Position> position) {
        position.ok() ? await(*position) : joined(position.status());
      });
      continue;
    }
    if (owner.instance.empty()) {
      joined(NoOwner());
      continue;
    }
    v1::CreateBarrierRequest request;
    request.set_topic(service_.topic);
    request.set_partition(partition);
    options_.peers.barrier(
        owner.instance, std::move(request), deadline,
        [await, joined](absl::StatusOr<v1::CreateBarrierResponse> response) {
          if (!response.ok()) return joined(response.status());
          await({response->position().partition(), response->position().next_offset()});
        });
  }
}

void Engine::BarrierHere(int partition, absl::Duration deadline, BarrierDone done) {
  WorkerOf(partition).AddBarrier(partition, {deadline, std::move(done)});
}

void Engine::Await(std::vector<Position> positions, absl::Duration deadline,
                   std::function<void(absl::Status)> done) {
  if (positions.empty()) return done(absl::OkStatus());
  auto joined = Join(positions.size(), std::move(done));
  for (const Position& position : positions) {
    WorkerOf(position.partition).Await(position, deadline, joined);
  }
}

std::string Engine::TokenOf(const std::vector<Position>& positions) const {
  v1::PositionToken token;
  token.set_log_id(log_id_);
  token.set_topic(service_.topic);
  for (const Position& position : positions) {
    auto& added = *token.add_positions();
    added.set_partition(position.partition);
    added.set_next_offset(position.next);
  }
  return FormatToken(token);
}

std::vector<Position> Engine::Positions() const {
  std::vector<Position> positions;
  for (int i = 0; i < partitions_; ++i) positions.push_back(PositionOf(i));
  return positions;
}

Position Engine::PositionOf(int partition) const {
  return {partition, WorkerOf(partition).NextOf(partition)};
}

absl::StatusOr<std::vector<Position>> Engine::ParseReadAfter(std::string_view text) const {
  absl::StatusOr<v1::PositionToken> token = ParseToken(text, log_id_, service_.topic, partitions_);
  if (!token.ok()) return token.status();
  std::vector<Position> positions;
  for (const auto& position : token->positions()) {
    positions.push_back({position.partition(), position.next_offset()});
  }
  return positions;
}

std::vector<PartitionReport> Engine::Reports() const {
  std::vector<PartitionReport> reports;
  for (const auto& worker : workers_) {
    for (PartitionReport& report : worker->Reports()) reports.push_back(std::move(report));
  }
  std::sort(reports.begin(), reports.end(), [](const PartitionReport& a, const PartitionReport& b) {
    return std::tie(a.topic, a.partition) < std::tie(b.topic, b.partition);
  });
  return reports;
}

bool Engine::Ready(std::string* why_not) const {
  if (!Serves(why_not)) return false;
  for (const PartitionReport& report : Reports()) {
    if (report.unwritable.empty()) continue;
    if (why_not != nullptr) {
      *why_not =
          absl::StrCat(report.topic, " partition ", report.partition, ": ", report.unwritable);
    }
    return false;
  }
  return true;
}

bool Engine::Serves(std::string* why_not) const {
  const std::vector<PartitionReport> reports = Reports();
  for (const PartitionReport& report : reports) {
    if (report.stopped.empty() && report.caught_up) continue;
    if (why_not != nullptr) {
      *why_not = absl::StrCat(report.topic, " partition ", report.partition);
      if (report.stopped.empty()) {
        absl::StrAppend(why_not, " is catching up; all: ",
                        Describe(ReplayOf(reports), clock_.SinceBoot() - opened_));
      } else {
        absl::StrAppend(why_not, " has stopped: ", report.stopped);
      }
    }
    return false;
  }
  const std::string stopped = Reactions().stopped;
  if (why_not != nullptr) *why_not = stopped;
  return stopped.empty();
}

ReactionReport Engine::Reactions() const {
  std::lock_guard lock(reactions_mutex_);
  return reactions_;
}

bool Engine::CaughtUp() const {
  const std::vector<PartitionReport> reports = Reports();
  return std::all_of(reports.begin(), reports.end(), [](const PartitionReport& report) {
    return report.caught_up || !report.stopped.empty();
  });
}

eventlog::Offset Engine::AppliedOf(const std::string& topic, int partition) const {
  return workers_[partition % workers_.size()]->NextOf(topic, partition);
}

std::pair<absl::Duration, absl::Duration> Engine::HeartbeatAndSession() const {
  std::lock_guard lock(ownership_mutex_);
  if (ownership_ != nullptr) return {ownership_->LastHeartbeat(), ownership_->SessionTimeout()};
  // Left the group on purpose: the lease goes on from the last heartbeat in it.
  return {last_heartbeat_, session_};
}

bool Engine::InContact() const {
  const auto [heartbeat, session] = HeartbeatAndSession();
  return clock_.SinceBoot() < heartbeat + session;
}

absl::Duration Engine::LastHeartbeat() const { return HeartbeatAndSession().first; }
absl::Duration Engine::Lease() const { return HeartbeatAndSession().second; }

void Engine::StepOwnership() {
  const absl::Duration now = clock_.SinceBoot();
  const bool lost = std::any_of(workers_.begin(), workers_.end(),
                                [](const auto& worker) { return worker->wants_to_leave(); });
  if (ownership_ != nullptr && (lost || leaving_.load())) {
    base::Log(base::Level::kWarning, "leaving the ownership group", {{"topic", service_.topic}});
    LeaveGroupNow();
    rejoin_at_ = now + absl::Seconds(5);
  }
  if (ownership_ == nullptr) {
    if (leaving_.load() || now < rejoin_at_ || !CaughtUp()) return;
    auto joined = log_.JoinOwnership(service_.topic, options_.instance, options_.coordinator_waker);
    if (!joined.ok()) {
      rejoin_at_ = now + kBackoffFirst;
      return;
    }
    std::lock_guard lock(ownership_mutex_);
    ownership_ = *std::move(joined);
  }
  std::vector<eventlog::OwnershipEvent> events;
  ownership_->Poll(events);
  for (const eventlog::OwnershipEvent& event : events) {
    if (event.partition >= partitions_) continue;
    WorkerOf(event.partition)
        .Assign(event.partition, event.kind == eventlog::OwnershipEvent::Kind::kAssigned);
  }
}

void Engine::LeaveGroupNow() {
  std::unique_ptr<eventlog::Ownership> left;
  {
    std::lock_guard lock(ownership_mutex_);
    last_heartbeat_ = ownership_->LastHeartbeat();
    session_ = ownership_->SessionTimeout();
    left = std::move(ownership_);
  }
  left.reset();
  for (int partition = 0; partition < partitions_; ++partition)
    WorkerOf(partition).Assign(partition, false);
}

void Engine::SayProgress() {
  if (said_ == absl::InfiniteDuration()) return;
  const absl::Duration now = clock_.SinceBoot();
  const bool caught_up = CaughtUp();
  if (!caught_up && now - said_ < kProgressEvery) return;
  said_ = caught_up ? absl::InfiniteDuration() : now;
  const Replay replay = ReplayOf(Reports());
  if (replay.all == 0) return;
  base::Log(base::Level::kInfo, caught_up ? "caught up with the logs" : "catching up with the logs",
            {{"service", service_.name}, {"progress", Describe(replay, now - opened_)}});
}

absl::StatusOr<StepReport> Engine::StepCoordinator() {
  SayProgress();
  StepOwnership();
  return StepReport{};
}

absl::StatusOr<StepReport> Engine::StepReactor() {
  if (reactor_ == nullptr) {
    if (!CaughtUp()) return StepReport{};
    reactor_ = std::make_unique<Reactor>(*this, options_.reactor_waker);
  }
  StepReport report = reactor_->Step();
  std::lock_guard lock(reactions_mutex_);
  reactions_ = reactor_->Report();
  return report;
}

void Engine::Abandon() {
  reactor_.reset();
  for (const auto& worker : workers_) worker->Abandon();
}

}  // namespace crm::engine
