// One worker of the engine: it decides, applies and replies for its partitions (partition mod
// workers), and projects its share of foreign topics. No locks around state: everything happens in
// Step, which runs on one thread at a time; the inbox is the only way in.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "libs/engine/admission.h"
#include "libs/engine/decide.h"
#include "libs/engine/partition.h"
#include "libs/eventlog/event_log.h"
#include "libs/table/batch.h"
#include "libs/table/database.h"

namespace crm::engine {

struct WorkerSetup {
  const ServiceDef* service = nullptr;
  eventlog::EventLog* log = nullptr;
  table::Database* database = nullptr;
  const base::Clock* clock = nullptr;
  const Company* company = nullptr;
  std::string instance;
  uint64_t seed = 0;
  // When the last heartbeat was sent that was answered, and how long the lease runs from it.
  std::function<absl::Duration()> last_heartbeat;
  std::function<absl::Duration()> lease;
  eventlog::Waker waker;  // Called when a step has become worthwhile. Any thread.
  // Called by who sends a command while no other waits: may step this worker at once, on his
  // thread. False: it did not. Empty: nobody does.
  std::function<bool()> step_here;
  // Called after a commit with each parent of rows that can be watched and changed. Empty: nobody
  // watches.
  std::function<void(const std::string& parent)> on_touched;
};

// A share of a topic: which partitions, from where, and where their logs ended at the start.
struct PartitionStart {
  int partition = 0;
  v1::StoredPosition position;
  eventlog::Offset end = 0;
};
using TopicStarts = std::map<std::string, std::vector<PartitionStart>>;

struct StepReport {
  bool busy = false;                              // There is more to do at once.
  absl::Duration next = absl::Milliseconds(100);  // Else: after this, or when woken.
};

class Worker {
 public:
  // kUnavailable: the log cannot be reached now.
  static absl::StatusOr<std::unique_ptr<Worker>> Start(WorkerSetup setup,
                                                       const TopicStarts& starts);
  ~Worker();

  // --- any thread
  void Submit(Command command);
  void AddBarrier(int partition, Barrier barrier);
  // Calls `done` once the partition is applied up to `next`, or with UNAVAILABLE at the deadline.
  void Await(Position position, absl::Duration deadline, std::function<void(absl::Status)> done);
  void Assign(int partition, bool assigned);
  // Reports of own and foreign partitions as of the end of the last step.
  std::vector<PartitionReport> Reports() const;
  // Position of one report, of an own partition or of any; -1: none of ours. Cheap.
  eventlog::Offset NextOf(int partition) const;
  eventlog::Offset NextOf(const std::string& topic, int partition) const;
  // One report of an own partition; cheap.
  PartitionReport ReportOf(int partition) const;
  // Everything read back is too late: the worker wants to leave the group.
  bool wants_to_leave() const { return wants_to_leave_.load(); }

  // --- one thread at a time
  // One sweep. An error is final: the process must stop. kDataLoss: the tables are damaged, whoever
  // found it, and must be made anew from the log.
  absl::StatusOr<StepReport> Step();
  // Only decides what was submitted: it neither reads the log nor writes the tables, so that a
  // caller's thread can do it. Errors as of Step.
  absl::StatusOr<StepReport> StepDecisions();
  // Answers everything that waits; nothing is decided afterwards.
  void Abandon();

 private:
  struct Waiter {
    Position position;
    absl::Duration deadline;
    std::function<void(absl::Status)> done;
  };
  struct Inbox {
    std::vector<Command> commands;
    std::vector<std::pair<int, Barrier>> barriers;
    std::vector<Waiter> waiters;
    std::vector<std::pair<int, bool>> assignments;
  };

  explicit Worker(WorkerSetup setup);
  absl::Status Open(const TopicStarts& starts);
  absl::StatusOr<StepReport> Sweep();
  StepReport DecideSubmitted();
  absl::Status OpenTail();
  std::function<void()> ReportWaker();
  void WatchReports(StepReport& report);
  // Counts who waits until it is answered; false: there are too many already.
  template <class Result>
  bool AdmitWaiter(std::function<void(Result)>& done);
  void TakeInbox();
  absl::StatusOr<size_t> ReadLog();
  absl::StatusOr<size_t> ReadForeign();
  absl::Status ApplyForeign(const std::string& topic, const eventlog::Record& record);
  void PollDeliveries();
  bool LeaseHolds() const;
  void WatchLease();
  absl::Status WatchReadBack();
  void WatchWriter();
  void ServeWaiters();
  void WatchForeignEnds();
  void Publish();

  WorkerSetup setup_;
  // A record was read back whose report has not come. Outlives the writer, which asks.
  std::atomic<bool> awaits_reports_{false};
  // The error that ended it: records may have been passed over since, so it never goes on.
  absl::Status final_;
  table::Batch batch_;
  Applier applier_;
  std::mt19937_64 random_;
  std::map<int, std::unique_ptr<Partition>> partitions_;
  std::map<std::pair<std::string, int>, std::unique_ptr<LogReader>> foreign_readers_;
  std::map<std::string, std::unique_ptr<eventlog::Tail>> foreign_tails_;
  std::map<std::pair<std::string, int>, absl::Time> foreign_newest_;
  absl::Duration ends_watched_ = -absl::InfiniteDuration();
  std::unique_ptr<eventlog::Tail> tail_;
  std::unique_ptr<eventlog::Writer> writer_;
  eventlog::Records records_;
  std::vector<eventlog::Delivery> deliveries_;
  std::vector<Waiter> waiters_;
  bool lease_held_ = true;
  absl::Duration tail_opened_ = -absl::InfiniteDuration();
  std::atomic<bool> wants_to_leave_{false};

  Admission admission_;
  std::atomic<size_t> waiting_{0};  // For a position or a barrier.
  mutable std::mutex mutex_;        // Guards what follows.
  Inbox inbox_;
  bool abandoned_ = false;
  std::map<int, PartitionReport> own_reports_;
  std::map<std::pair<std::string, int>, PartitionReport> foreign_reports_;
};

}  // namespace crm::engine
