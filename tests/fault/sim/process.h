// One replica of a service in the simulation: the real engine on real tables, in a process with a
// disk, a wall clock and a connection of its own, that may end at any moment and is started again.
#pragma once

#include <rocksdb/env.h>

#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "libs/engine/engine.h"
#include "libs/eventlog/sim/sim_clock.h"
#include "libs/eventlog/sim/sim_log.h"
#include "libs/testing/unsynced_env.h"
#include "tests/fault/sim/mortal_log.h"

namespace crm::fault {

// Time since boot is everybody's; the wall clock is a machine's own and may be wrong.
class ProcessClock : public base::Clock {
 public:
  explicit ProcessClock(const eventlog::SimClock& truth) : truth_(truth) {}
  absl::Time Now() const override { return truth_.Now() + error_; }
  absl::Duration SinceBoot() const override { return truth_.SinceBoot(); }
  void SetError(absl::Duration error) { error_ = error; }

 private:
  const eventlog::SimClock& truth_;
  absl::Duration error_ = absl::ZeroDuration();
};

struct ProcessOptions {
  std::string name;
  const engine::ServiceDef* service = nullptr;
  int workers = 1;
  // A command may be decided within its caller's call, as in libs/app.
  bool steps_here = false;
  uint64_t seed = 0;
  eventlog::SimLog* log = nullptr;
  const eventlog::SimClock* clock = nullptr;
  engine::Peers peers;
  // Lets time pass for the others while it starts.
  std::function<void(absl::Duration)> idle;
  // Told of errors that a process may not end with, whatever happens to it.
  std::function<void(std::string)> complain;
};

class Process {
 public:
  explicit Process(ProcessOptions options);
  ~Process();

  enum class Ending { kKilled, kPowerLost, kStopped };
  // It is gone without a word when it is stepped next; nothing it does until then is seen. Of what
  // it had on disk a kill loses nothing, a loss of power what was not synced. kStopped: it answers
  // what waits, and writes its tables.
  void End(Ending ending);
  // The same, in front of its `deed`th append, commit or answer from now; 0: not any more.
  void EndAt(int64_t deed);
  // It may start again `delay` after it ended. At first it is down.
  void StartAfter(absl::Duration delay);

  // Starts it, or does what is due in it, unless it is frozen. Starts only if `may_start`.
  void Step(bool may_start);
  // When it wants to be stepped next, on SinceBoot's scale.
  absl::Duration NextTime(bool may_start) const;

  // Writes its tables to disk, as is done now and then.
  void Flush();
  void FillDisk(bool full);
  // Reads all that is on disk; ends if it is damaged.
  void Scrub();
  // Changes one bit of one file, if there is any and the process is down.
  bool FlipBit();
  // Its tables are lost, if the process is down.
  void Wipe();
  ProcessClock& clock() { return clock_; }

  const std::string& name() const { return options_.name; }
  // Null while it is down or starting.
  engine::Engine* engine() const { return dead() ? nullptr : engine_.get(); }
  const table::Database& database() const { return *database_; }
  // Stands still, in the middle of whatever it was doing.
  bool frozen() const { return !down() && options_.log->Frozen(options_.name); }
  bool down() const { return life_ == nullptr; }
  // Of this run of the process; watched by what acts for it.
  std::shared_ptr<Life> life() const { return life_; }
  // Of all tables and bookkeeping but the positions.
  std::string Digest() const;

 private:
  // What its threads would be woken for.
  struct Woken {
    std::vector<bool> workers;
    bool coordinator = false;
    bool reactor = false;
  };
  using PartStep = std::function<absl::StatusOr<engine::StepReport>()>;
  struct Part {
    PartStep step;
    std::function<bool()> take_wake;
    std::function<bool()> woken;
    absl::Duration next;
    bool stepping = false;
    bool calm = false;  // The last step left nothing to do at once.
  };

  bool dead() const { return life_ == nullptr || life_->dead(); }
  void NewDisk();
  void Start();
  absl::Status OpenTables();
  absl::Status OpenEngine();
  void MakeParts();
  void StepPart(Part& part, const PartStep& step);
  // Within a caller's call. False when the worker is being stepped, or has much to do.
  bool StepHere(int worker);
  // Ends with an error, as a process does whose engine gave up.
  void Fail(const absl::Status& status);
  void TearDown();
  absl::Duration Now() const { return options_.clock->SinceBoot(); }

  const ProcessOptions options_;
  ProcessClock clock_;
  std::mt19937_64 random_;
  std::unique_ptr<rocksdb::Env> files_;
  std::unique_ptr<testing::UnsyncedEnv> disk_;
  // What was done to the files since they were new: then damage and errors are to be expected.
  bool hurt_ = false;
  bool filled_ = false;
  bool damaged_ = false;  // Found so: they are made anew at the next start.
  int flushes_ = 0;

  std::shared_ptr<Life> life_;  // Shared with callbacks that outlive the process.
  Ending ending_ = Ending::kKilled;
  absl::Duration start_at_ = absl::InfiniteDuration();
  // Time goes on while it waits for the log in its start; it ends after that at the earliest.
  bool starting_ = false;
  absl::Duration restart_after_ = absl::ZeroDuration();
  std::unique_ptr<eventlog::EventLog> connection_;
  std::unique_ptr<table::Database> database_;
  std::unique_ptr<engine::Engine> engine_;
  std::shared_ptr<Woken> woken_;  // Shared with the wakers.
  std::vector<Part> parts_;
};

}  // namespace crm::fault
