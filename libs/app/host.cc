#include "libs/app/host.h"

#include <filesystem>
#include <fstream>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "libs/app/limits.h"
#include "libs/base/hash.h"
#include "libs/base/log.h"
#include "libs/base/status.h"
#include "libs/engine/memory.h"

namespace crm::app {
namespace {

namespace fs = std::filesystem;

// A directory with this file in it was found to be damaged, and is put aside at the next start.
constexpr char kDamaged[] = "DAMAGED";

// Moves a directory out of the way; it is kept for people to look at.
void PutAside(const fs::path& path, const char* why) {
  std::error_code error;
  if (!fs::exists(path, error)) return;
  const fs::path aside =
      path.string() + "." + why + "-" + std::to_string(absl::ToUnixMillis(absl::Now()));
  fs::rename(path, aside, error);
  base::Log(base::Level::kWarning, "tables are put aside and made anew from the log",
            {{"path", path.string()},
             {"aside", aside.string()},
             {"error", error ? error.message() : ""}});
}

}  // namespace

void Host::Pulse::Wake() {
  {
    std::lock_guard lock(mutex_);
    pending_ = true;
  }
  woken_.notify_one();
}

void Host::Pulse::Wait(absl::Duration at_most) {
  std::unique_lock lock(mutex_);
  woken_.wait_for(lock, absl::ToChronoNanoseconds(at_most), [this] { return pending_; });
  pending_ = false;
}

void Host::Turn::Take() {
  while (!TryTake()) taken_.wait(true);
}

void Host::Turn::Give() {
  taken_.store(false, std::memory_order_release);
  taken_.notify_one();
}

Host::Host(engine::ServiceDef service, HostOptions options)
    : service_(std::move(service)),
      options_(std::move(options)),
      starting_("has not reached the log yet") {
  for (int i = 0; i < options_.workers; ++i) {
    worker_pulses_.push_back(std::make_unique<Pulse>());
    worker_turns_.push_back(std::make_unique<Turn>());
  }
  if (!service_.watches.empty()) watches_ = std::make_unique<Watches>();
}

Host::~Host() { Stop(); }

void Host::Start(eventlog::EventLog& log) {
  starter_ = std::thread([this, &log] { StartUp(log); });
}

absl::Status Host::MakeTopic(eventlog::EventLog& log) {
  absl::Status status = log.CreateTopic(service_.topic, options_.partitions, kTopicTimeout);
  return absl::IsAlreadyExists(status) ? absl::OkStatus() : status;
}

void Host::StartUp(eventlog::EventLog& log) {
  while (!stopping_.load()) {
    const absl::Status status = OpenOnce(log);
    if (status.ok()) return RunThreads();
    if (!absl::IsUnavailable(status)) return Fail(status);
    {
      std::lock_guard lock(mutex_);
      starting_ = std::string(status.message());
    }
    base::Log(base::Level::kWarning, "cannot start yet; trying again",
              {{"service", service_.name}, {"why", base::StatusText(status)}});
    flush_pulse_.Wait(kStartRetry);
  }
}

std::string Host::TablesPath() const {
  const std::string fingerprint =
      base::Sha256Hex(table::Fingerprint(service_.tables)).substr(0, 16);
  return absl::StrCat(options_.data_dir, "/", service_.name, "/tables-", fingerprint);
}

// Tables of other specs lie beside and are removed once these have caught up (RunThreads).
absl::StatusOr<std::unique_ptr<table::Database>> Host::OpenTables() {
  const fs::path path = TablesPath();
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error)
    return absl::InternalError(absl::StrCat("cannot make ", path.string(), ": ", error.message()));
  if (options_.rebuild) {
    PutAside(path, "rebuilt");
    options_.rebuild = false;
  }
  if (fs::exists(path / kDamaged)) PutAside(path, "damaged");
  for (int attempt = 0;; ++attempt) {
    table::DatabaseOptions tables;
    tables.path = path.string();
    tables.block_cache_bytes = options_.block_cache_bytes;
    tables.row_cache_bytes = options_.row_cache_bytes;
    auto database = table::Database::Open(tables, service_.tables, engine::kRawSpaces);
    if (!absl::IsDataLoss(database.status()) || attempt > 0) return database;
    PutAside(path, "damaged");
  }
}

absl::Status Host::OpenOnce(eventlog::EventLog& log) {
  if (absl::Status s = MakeTopic(log); !s.ok()) return s;
  if (database_ == nullptr) {
    auto database = OpenTables();
    if (!database.ok()) return database.status();
    database_ = *std::move(database);
  }
  engine::EngineOptions options;
  options.instance = options_.instance;
  options.workers = options_.workers;
  options.company = options_.company;
  options.seed = std::random_device()() * uint64_t{0x9E3779B97F4A7C15};
  options.peers = options_.peers;
  for (int i = 0; i < options_.workers; ++i) {
    options.worker_wakers.push_back([pulse = worker_pulses_[i].get()] { pulse->Wake(); });
  }
  options.step_worker_here = [this](int worker) { return StepHere(worker); };
  if (watches_ != nullptr)
    options.on_touched = [this](const std::string& parent) { watches_->Touch(parent); };
  options.coordinator_waker = [this] { coordinator_pulse_.Wake(); };
  options.reactor_waker = [this] { reactor_pulse_.Wake(); };
  auto engine =
      engine::Engine::Open(service_, log, *database_, *options_.clock, std::move(options));
  if (!engine.ok()) return engine.status();
  opened_ = *std::move(engine);
  engine_.store(opened_.get());
  return absl::OkStatus();
}

void Host::RunThreads() {
  base::Log(base::Level::kInfo, "tables are open, reading the log",
            {{"service", service_.name}, {"tables", TablesPath()}});
  for (int i = 0; i < options_.workers; ++i) {
    threads_.emplace_back([this, i] {
      StepLoop(*worker_pulses_[i], [this, i] {
        worker_turns_[i]->Take();
        return InTurn(i, opened_->StepWorker(i));
      });
    });
  }
  threads_.emplace_back(
      [this] { StepLoop(coordinator_pulse_, [this] { return opened_->StepCoordinator(); }); });
  threads_.emplace_back(
      [this] { StepLoop(reactor_pulse_, [this] { return opened_->StepReactor(); }); });
  threads_.emplace_back([this] { FlushLoop(); });
  for (int i = 0; i < kReadThreads; ++i) threads_.emplace_back([this] { ReadLoop(); });
}

void Host::StepLoop(Pulse& pulse, const std::function<absl::StatusOr<engine::StepReport>()>& step) {
  while (!stopping_.load()) {
    absl::StatusOr<engine::StepReport> report = step();
    if (!report.ok()) return Fail(report.status());
    if (!report->busy) pulse.Wait(report->next);
  }
}

// Gives back the turn in which the worker was stepped.
absl::StatusOr<engine::StepReport> Host::InTurn(int worker,
                                                absl::StatusOr<engine::StepReport> report) {
  Turn& turn = *worker_turns_[worker];
  turn.calm = report.ok() && !report->busy;
  turn.Give();
  return report;
}

bool Host::StepHere(int worker) {
  Turn& turn = *worker_turns_[worker];
  if (stopping_.load() || !turn.TryTake()) return false;
  if (!turn.calm) {
    turn.Give();
    return false;
  }
  const auto report = InTurn(worker, opened_->StepDecisions(worker));
  if (!report.ok()) {
    Fail(report.status());
  } else if (report->busy || report->next < engine::StepReport().next) {
    // Its own thread sleeps by what it saw last.
    worker_pulses_[worker]->Wake();
  }
  return true;
}

void Host::FlushLoop() {
  bool old_removed = false;
  while (!stopping_.load()) {
    flush_pulse_.Wait(options_.flush_every);
    if (stopping_.load()) return;
    if (absl::Status s = database_->Flush(); !s.ok()) return Fail(s);
    if (old_removed || !Ready(nullptr)) continue;
    old_removed = true;
    const fs::path current = TablesPath();
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(current.parent_path(), error)) {
      const std::string name = entry.path().filename().string();
      const bool tables = name.rfind("tables-", 0) == 0 && name.find('.') == std::string::npos;
      if (tables && entry.path() != current) fs::remove_all(entry.path(), error);
    }
  }
}

void Host::ReadLoop() {
  while (true) {
    std::function<void()> read;
    {
      std::unique_lock lock(mutex_);
      reads_changed_.wait(lock, [this] { return stopping_.load() || !reads_.empty(); });
      if (reads_.empty()) return;
      read = std::move(reads_.front());
      reads_.pop_front();
    }
    read();
  }
}

void Host::RunRead(std::function<void()> read, std::function<void()> refused) {
  {
    std::lock_guard lock(mutex_);
    if (!stopping_.load() && reads_.size() < kReadsQueuedMax) {
      reads_.push_back(std::move(read));
      refused = nullptr;
    }
  }
  refused ? refused() : reads_changed_.notify_one();
}

void Host::Fail(const absl::Status& status) {
  if (stopping_.load() || failed_.exchange(true)) return;
  if (absl::IsDataLoss(status))  // Said of the tables alone, never of the log.
    std::ofstream(TablesPath() + "/" + kDamaged) << base::StatusText(status) << "\n";
  {
    std::lock_guard lock(mutex_);
    starting_ = std::string(status.message());
  }
  options_.on_failure(service_.name, status);
}

bool Host::Ready(std::string* why_not) const {
  if (engine::Engine* engine = engine_.load(); engine != nullptr) return engine->Ready(why_not);
  if (why_not != nullptr) {
    std::lock_guard lock(mutex_);
    *why_not = absl::StrCat(service_.name, ": ", starting_);
  }
  return false;
}

void Host::LeaveGroup() {
  if (engine::Engine* engine = engine_.load(); engine != nullptr) engine->LeaveGroup();
}

void Host::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_.store(true);
  }
  flush_pulse_.Wake();
  if (starter_.joinable()) starter_.join();
  for (const auto& pulse : worker_pulses_) pulse->Wake();
  coordinator_pulse_.Wake();
  reactor_pulse_.Wake();
  reads_changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  if (watches_ != nullptr) watches_->Stop();
  if (opened_ == nullptr || std::exchange(stopped_, true)) return;
  // For good: no caller steps a worker beside this.
  for (const auto& turn : worker_turns_) turn->Take();
  opened_->Abandon();
}

}  // namespace crm::app
