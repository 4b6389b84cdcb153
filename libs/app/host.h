// Host: one service running in this process: its tables on disk, its engine, and the threads that
// step it.
//
// It starts in the background: while the log cannot be reached it says so, tries again and is not
// ready; its RPCs answer UNAVAILABLE. What ends it (a bug in the log, a disk that fails) is
// reported through `on_failure`.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "libs/app/watches.h"
#include "libs/base/clock.h"
#include "libs/engine/engine.h"
#include "libs/eventlog/event_log.h"
#include "libs/table/database.h"

namespace crm::app {

struct HostOptions {
  std::string data_dir;  // Its tables lie in <data_dir>/<service>/.
  int partitions = 12;   // Of its topic, if it has to be made. Fixed for life.
  int workers = 2;
  std::string instance = "local";
  engine::Company company;
  engine::Peers peers;
  size_t block_cache_bytes = 64 << 20;
  size_t row_cache_bytes = 64 << 20;
  // Bounds the replay after a crash.
  absl::Duration flush_every = absl::Seconds(30);
  bool rebuild = false;  // Puts the tables aside and makes them anew from the log.
  const base::Clock* clock = nullptr;
  std::function<void(const std::string& service, const absl::Status&)> on_failure;
};

class Host {
 public:
  // `service` was described without mistakes.
  Host(engine::ServiceDef service, HostOptions options);
  ~Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  // Begins to start on the log, which must outlive the host.
  void Start(eventlog::EventLog& log);
  // Makes the service's topic where it is missing; blocks. For processes that hold several
  // services, before Start.
  absl::Status MakeTopic(eventlog::EventLog& log);

  const engine::ServiceDef& service() const { return service_; }
  // nullptr until the log was reached and the tables are open; then for the life of the host.
  engine::Engine* engine() const { return engine_.load(); }
  bool Ready(std::string* why_not) const;

  // nullptr when nothing of the service can be watched.
  Watches* watches() const { return watches_.get(); }

  // Runs a read on a thread that may wait. UNAVAILABLE through `refused` when too many wait.
  void RunRead(std::function<void()> read, std::function<void()> refused);

  // Leaves the ownership group; others take over while we still serve.
  void LeaveGroup();
  // Answers what waits, ends the threads, writes the tables. After the RPC server was drained.
  void Stop();

 private:
  // Lets a thread sleep until there is something to do.
  class Pulse {
   public:
    void Wake();
    void Wait(absl::Duration at_most);

   private:
    std::mutex mutex_;
    std::condition_variable woken_;
    bool pending_ = false;
  };

  // Who has it may step a worker.
  class Turn {
   public:
    bool TryTake() { return !taken_.exchange(true, std::memory_order_acquire); }
    void Take();
    void Give();

    // Whether the last step left nothing to do at once. Of who has the turn.
    bool calm = false;

   private:
    std::atomic<bool> taken_{false};
  };

  void StartUp(eventlog::EventLog& log);
  absl::Status OpenOnce(eventlog::EventLog& log);
  absl::StatusOr<std::unique_ptr<table::Database>> OpenTables();
  void RunThreads();
  void StepLoop(Pulse& pulse, const std::function<absl::StatusOr<engine::StepReport>()>& step);
  absl::StatusOr<engine::StepReport> InTurn(int worker, absl::StatusOr<engine::StepReport> report);
  // Decides on the thread of a caller; false when the worker is being stepped, or has more to do.
  bool StepHere(int worker);
  void FlushLoop();
  void ReadLoop();
  void Fail(const absl::Status& status);
  std::string TablesPath() const;

  engine::ServiceDef service_;
  HostOptions options_;
  // The engine holds wakers of these to its end.
  std::vector<std::unique_ptr<Pulse>> worker_pulses_;
  std::vector<std::unique_ptr<Turn>> worker_turns_;
  Pulse coordinator_pulse_;
  Pulse reactor_pulse_;
  Pulse flush_pulse_;
  std::unique_ptr<Watches> watches_;  // Outlives the workers, which tell it.
  std::unique_ptr<table::Database> database_;
  std::unique_ptr<engine::Engine> opened_;
  std::atomic<engine::Engine*> engine_{nullptr};
  std::atomic<bool> stopping_{false};
  bool stopped_ = false;
  std::atomic<bool> failed_{false};
  std::thread starter_;
  std::vector<std::thread> threads_;

  mutable std::mutex mutex_;  // Guards what follows.
  std::string starting_;      // What the start waits for.
  std::condition_variable reads_changed_;
  std::deque<std::function<void()>> reads_;
};

}  // namespace crm::app
