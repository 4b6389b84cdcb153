#include "tests/fault/sim/process.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/engine/memory.h"

namespace crm::fault {
namespace {

constexpr char kTables[] = "/tables";
constexpr absl::Duration kRetryStart = absl::Milliseconds(100);
// RocksDB compacts after the fourth flush, on threads of its own: a seed would not say any more
// what happens when.
constexpr int kFlushesMax = 3;

}  // namespace

Process::Process(ProcessOptions options)
    : options_(std::move(options)), clock_(*options_.clock), random_(options_.seed) {
  NewDisk();
}

Process::~Process() {
  if (life_ != nullptr) End(Ending::kKilled);
  TearDown();
}

void Process::NewDisk() {
  disk_.reset();
  files_.reset(rocksdb::NewMemEnv(rocksdb::Env::Default()));
  disk_ = std::make_unique<testing::UnsyncedEnv>(files_.get());
  hurt_ = damaged_ = false;
  flushes_ = 0;
}

void Process::End(Ending ending) {
  if (life_ == nullptr) return;
  ending_ = ending;
  if (ending == Ending::kStopped && engine_ != nullptr && !life_->dead()) {
    engine_->Abandon();
    Flush();
  }
  life_->End();
}

void Process::EndAt(int64_t deed) {
  if (life_ == nullptr) return;
  ending_ = Ending::kKilled;
  life_->EndAt(deed);
}

void Process::StartAfter(absl::Duration delay) {
  restart_after_ = delay;
  if (down()) start_at_ = Now() + delay;
}

void Process::TearDown() {
  parts_.clear();
  engine_.reset();
  if (ending_ == Ending::kPowerLost) disk_->Crash();
  database_.reset();
  connection_.reset();
  if (ending_ == Ending::kPowerLost) {
    const bool torn = random_() % 2 == 0;
    disk_->Restart(torn ? testing::UnsyncedEnv::Loss::kTorn : testing::UnsyncedEnv::Loss::kAll,
                   random_());
    hurt_ = hurt_ || torn;
  }
  life_.reset();
  start_at_ = Now() + restart_after_;
}

void Process::Fail(const absl::Status& status) {
  const bool expected = absl::IsDataLoss(status) ? hurt_ : filled_;
  if (!expected)
    options_.complain(absl::StrCat(options_.name, " ended with ", base::StatusText(status)));
  damaged_ = damaged_ || absl::IsDataLoss(status);
  // A supervisor waits before it starts again what ended by itself.
  restart_after_ = std::max(restart_after_, kRetryStart);
  End(Ending::kKilled);
}

void Process::Start() {
  if (life_ == nullptr) {
    life_ =
        std::make_shared<Life>([log = options_.log, name = options_.name] { log->Crash(name); });
    ending_ = Ending::kKilled;
    connection_ = MortalLog(options_.log->Connect(options_.name), life_);
  }
  start_at_ = Now() + kRetryStart;
  absl::Status status = database_ == nullptr ? OpenTables() : absl::OkStatus();
  if (status.ok()) status = OpenEngine();
  // One that died meanwhile gives all kinds of errors; damage is none of them.
  if (!status.ok() && (dead() ? absl::IsDataLoss(status) : !absl::IsUnavailable(status)))
    Fail(status);
}

// As libs/app: what is damaged is put aside and made anew from the log.
absl::Status Process::OpenTables() {
  if (damaged_) NewDisk();
  for (int attempt = 0;; ++attempt) {
    table::DatabaseOptions tables;
    tables.path = kTables;
    tables.env = disk_.get();
    tables.write_buffer_bytes = 1 << 20;
    tables.flush_on_close = false;
    auto database = table::Database::Open(tables, options_.service->tables, engine::kRawSpaces);
    if (database.ok()) {
      database_ = *std::move(database);
      return absl::OkStatus();
    }
    if (!absl::IsDataLoss(database.status()) || attempt > 0) return database.status();
    if (!hurt_) return database.status();
    NewDisk();
  }
}

absl::Status Process::OpenEngine() {
  engine::EngineOptions options;
  options.instance = options_.name;
  options.workers = options_.workers;
  options.seed = random_();
  options.peers = options_.peers;
  options.idle = options_.idle;
  woken_ = std::make_shared<Woken>();
  woken_->workers.resize(static_cast<size_t>(options_.workers), false);
  for (int i = 0; i < options_.workers; ++i)
    options.worker_wakers.push_back([woken = woken_, i] { woken->workers[i] = true; });
  if (options_.steps_here) options.step_worker_here = [this](int i) { return StepHere(i); };
  options.coordinator_waker = [woken = woken_] { woken->coordinator = true; };
  options.reactor_waker = [woken = woken_] { woken->reactor = true; };
  auto engine =
      engine::Engine::Open(*options_.service, *connection_, *database_, clock_, std::move(options));
  if (!engine.ok()) return engine.status();
  engine_ = *std::move(engine);
  MakeParts();
  return absl::OkStatus();
}

void Process::MakeParts() {
  const auto add = [this](std::function<absl::StatusOr<engine::StepReport>()> step,
                          std::function<bool(bool take)> wake) {
    parts_.push_back(
        {std::move(step), [wake] { return wake(true); }, [wake] { return wake(false); }, Now()});
  };
  for (int i = 0; i < options_.workers; ++i) {
    add([this, i] { return engine_->StepWorker(i); },
        [woken = woken_, i](bool take) {
          const bool was = woken->workers[i];
          if (take) woken->workers[i] = false;
          return was;
        });
  }
  add([this] { return engine_->StepCoordinator(); },
      [woken = woken_](bool take) {
        return take ? std::exchange(woken->coordinator, false) : woken->coordinator;
      });
  add([this] { return engine_->StepReactor(); },
      [woken = woken_](bool take) {
        return take ? std::exchange(woken->reactor, false) : woken->reactor;
      });
}

void Process::Step(bool may_start) {
  if (starting_) return;
  if (life_ != nullptr && life_->dead()) TearDown();
  if (frozen()) return;
  if (engine_ == nullptr) {
    if (may_start && Now() >= start_at_) {
      starting_ = true;
      Start();
      starting_ = false;
    }
    return;
  }
  for (Part& part : parts_) {
    if (!part.take_wake() && Now() < part.next) continue;
    StepPart(part, part.step);
    if (dead()) return;
  }
}

void Process::StepPart(Part& part, const PartStep& step) {
  part.stepping = true;
  const absl::StatusOr<engine::StepReport> report = step();
  part.stepping = false;
  if (dead()) return;
  if (!report.ok()) return Fail(report.status());
  part.calm = !report->busy;
  part.next = report->busy ? Now() : Now() + report->next;
}

bool Process::StepHere(int worker) {
  if (engine() == nullptr || frozen()) return false;
  Part& part = parts_[static_cast<size_t>(worker)];
  if (part.stepping || !part.calm) return false;
  StepPart(part, [this, worker] { return engine_->StepDecisions(worker); });
  return true;
}

absl::Duration Process::NextTime(bool may_start) const {
  if (starting_) return absl::InfiniteDuration();
  if (life_ != nullptr && life_->dead()) return Now();
  if (frozen()) return absl::InfiniteDuration();
  if (engine_ == nullptr) return may_start ? start_at_ : absl::InfiniteDuration();
  absl::Duration next = absl::InfiniteDuration();
  for (const Part& part : parts_) next = std::min(next, part.woken() ? Now() : part.next);
  return next;
}

void Process::Flush() {
  if (engine() == nullptr || flushes_ >= kFlushesMax) return;
  ++flushes_;
  if (absl::Status s = database_->Flush(); !s.ok()) Fail(s);
}

void Process::Scrub() {
  if (engine() == nullptr) return;
  if (absl::Status s = database_->Verify(); !s.ok()) Fail(s);
}

void Process::FillDisk(bool full) {
  filled_ = filled_ || full;
  disk_->FillDisk(full);
}

bool Process::FlipBit() {
  if (!down()) return false;
  std::vector<std::string> names;
  if (!disk_->GetChildren(kTables, &names).ok()) return false;
  std::erase_if(names, [](const std::string& name) {
    return name.rfind("MANIFEST", 0) != 0 && name.rfind("CURRENT", 0) != 0 &&
           name.find(".sst") == std::string::npos;
  });
  if (names.empty()) return false;
  std::sort(names.begin(), names.end());
  const std::string path = absl::StrCat(kTables, "/", names[random_() % names.size()]);
  std::string bytes;
  base::Check(rocksdb::ReadFileToString(disk_.get(), path, &bytes).ok(), "a file can be read");
  if (bytes.empty()) return false;
  bytes[random_() % bytes.size()] ^= static_cast<char>(1 << random_() % 8);
  if (!rocksdb::WriteStringToFile(disk_.get(), bytes, path, true).ok()) return false;
  hurt_ = true;
  return true;
}

void Process::Wipe() {
  if (down()) NewDisk();
}

std::string Process::Digest() const {
  const auto digest =
      database_->Digest({.table = "", .raw_spaces = true, .skip_raw = {{engine::kPositions, ""}}});
  base::Check(digest.ok(), digest.status().ToString());
  return *digest;
}

}  // namespace crm::fault
