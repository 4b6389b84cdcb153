// One partition of a service's log in this process: who owns it, what waits, what is on its way,
// how far it is applied. Stepped by its worker, one thread.
//
// In one step, in this order: records that came back are applied (Apply), the worker commits them,
// replies go out (Settle), then commands are decided and appended (Decide). So a decision never
// sees an uncommitted row, and nobody is told what is not durable.
#pragma once

#include <deque>
#include <functional>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "libs/base/clock.h"
#include "libs/engine/apply.h"
#include "libs/engine/claim.h"
#include "libs/engine/decide.h"
#include "libs/engine/log_reader.h"
#include "libs/engine/queue.h"
#include "libs/eventlog/event_log.h"

namespace crm::engine {

// What a partition uses of its worker. Outlives it.
struct PartitionHost {
  const ServiceDef& service;
  const base::Clock& clock;
  const Company& company;
  const std::string& instance;
  const table::Database& database;
  Applier& applier;
  std::mt19937_64& random;
  // Appends to the log. An error: nothing was appended.
  std::function<absl::Status(const eventlog::Record&, uint64_t token)> append;
  // Counts a command of the partition's own against the limit of its class until it is answered;
  // false: there are too many.
  std::function<bool(Command&)> admit;
  // True while a heartbeat was answered within the lease.
  std::function<bool()> lease_holds;
};

// What others may know of a partition.
struct PartitionReport {
  std::string topic;
  int partition = 0;
  Role role = Role::kFollower;
  eventlog::Offset next = 0;
  int64_t fence = 0;
  std::string owner;
  int64_t rejected = 0;
  std::string stopped;  // Why it stopped; empty while it runs.
  // Where this start began to read, and where the log ended then.
  eventlog::Offset from = 0, to = 0;
  bool caught_up = false;
  // Of a foreign partition: where its log was last seen to end, -1 where nobody says; and when the
  // newest event was recorded that was applied since the start.
  eventlog::Offset known_end = -1;
  absl::Time newest_event = absl::InfinitePast();
  std::string unwritable;  // Why its owner, this replica, cannot write; empty while it can.
};

using BarrierDone = std::function<void(absl::StatusOr<Position>)>;
// Somebody who waits for a barrier. At the deadline he is told UNAVAILABLE.
struct Barrier {
  absl::Duration deadline;  // On Clock::SinceBoot's scale.
  BarrierDone done;
};

class Partition {
 public:
  Partition(PartitionHost host, int partition, v1::StoredPosition position,
            eventlog::Offset end_at_start);

  // --- from the group
  void Assign(bool assigned);

  // --- from callers
  void Submit(Command command);
  void AddBarrier(Barrier barrier);

  // --- one step
  // An accepted or rejected record read back. An error: the tables failed, the process must stop.
  absl::Status Apply(const eventlog::Record& record);
  // Writes the position into the batch; called once after the records of a step.
  void WritePosition();
  void Delivered(const eventlog::Delivery& delivery);
  // After the commit: replies to what has come back. Returns the number of replies.
  size_t Settle();
  // Claims, fires timers, decides. Returns how many records were appended.
  size_t Decide(size_t max);

  // How long from now there is no timer to look at. Only an owner has any.
  absl::Duration TimeToTimers() const;
  bool HasWork() const { return claim_.owns() && queue_.waiting() > 0; }
  // Something was read back whose report has not come.
  bool AwaitsReports() const;
  // Since when the oldest acknowledged append has not been read back; InfiniteFuture when all were.
  absl::Duration OldestUnread() const;
  size_t waiting(CommandClass priority) const { return queue_.waiting(priority); }
  PartitionReport Report() const;
  // Whether Report would give something else; cheap.
  bool Differs(const PartitionReport& report) const;
  eventlog::Offset next() const { return reader_.next(); }
  // The writer is gone: what was appended through it is in doubt.
  void WriterLost();
  // Answers everything; for the end of the process.
  void Abandon();

 private:
  struct Inflight {
    uint64_t token = 0;
    std::string event_id;
    std::optional<Command> command;   // nullopt: a barrier.
    std::vector<Barrier> barriers;    // Told when it is settled.
    std::optional<Folded> rehearsed;  // Until it is read back.
    // The reply: of an event the resource comes when it is read back.
    std::string resource;
    absl::Status refusal;
    bool delivered = false;
    bool read = false;
    bool recorded = false;  // Its record is in the log.
    absl::Duration delivered_at = absl::InfiniteDuration();
    Position position;
  };

  void ReadRejected(const eventlog::Record& record);
  absl::Status ApplyAccepted(const eventlog::Record& record);
  void ReadClaim();
  void AnswerExpired(absl::Duration now);
  static void ExpireBarriers(std::vector<Barrier>& barriers, absl::Duration now);
  // nullptr: it is none of ours, or was read.
  Inflight* UnreadOf(const std::string& event_id);
  void SendClaim();
  void FireTimers();
  enum class Firing { kFired, kNotNow, kNoRoom };
  Firing FireTimer(absl::Time due, std::string_view name);
  static std::string TimerId(std::string_view name, absl::Time due);
  size_t DecideOne(Command command);
  size_t AppendOutcome(Command command, Outcome outcome);
  size_t AppendBarrier();
  absl::Status AppendRecord(const eventlog::EventHeaders& headers, std::string_view key,
                            std::string_view value, uint64_t token);
  bool MayAnswer() const;
  absl::Status NotOwner() const;
  std::string WhyUnwritable() const;
  static absl::Status Stopped();
  static absl::Status FateUnknown();
  // Answers what waits to be decided or for a barrier.
  void RefuseWaiting(const absl::Status& why, bool not_owner);
  // The reader stopped: answers everything whose end will not be read.
  void Halt();
  void Reply(Inflight& inflight);
  // The refusal of a command that the log did not take. Of one that had been said before it cannot
  // be final: what was said earlier may still get in.
  static absl::Status Unrecorded(const Command& command, absl::Status refusal);
  void AnswerNow(Command& command, absl::Status status);
  void AnswerNow(Command& command, Outcome outcome);
  absl::Duration Jitter();

  PartitionHost host_;
  const int partition_;
  const eventlog::Offset from_, end_at_start_;
  LogReader reader_;
  Claim claim_;
  CommandQueue queue_;
  std::deque<Inflight> inflight_;  // In the order of their appends.
  std::vector<Barrier> barriers_;
  // Timers fired and not gone since: fired again only after a while, ever longer.
  struct Fired {
    absl::Duration again_at;
    int times = 0;
  };
  std::unordered_map<std::string, Fired> fired_;  // By TimerId.
  // The next look at the timers: when the first is due that was not yet, or when those that back
  // off have their turn. The one goes by the wall clock, as the timers do, the other must not: a
  // clock that was ahead and is put right would hold it up for as long.
  absl::Time next_timer_ = absl::InfinitePast();
  absl::Duration next_pass_ = absl::InfiniteDuration();
  // A pass over what is due may take several steps: where it goes on, and the first that was set
  // meanwhile, perhaps behind it.
  std::string timers_from_;
  absl::Time set_meanwhile_ = absl::InfiniteFuture();
  bool deciding_ = false;   // In the last step: owns, under its lease.
  absl::Duration able_at_;  // The last step in which it decided, or owned nothing.
  absl::Duration silence_ = absl::ZeroDuration();  // From then to the last step.
  bool topic_gone_ = false;                        // Said the last append.
  absl::Duration next_sweep_ = -absl::InfiniteDuration();
  uint64_t next_token_ = 1;
  int64_t sequence_ = 0;
};

}  // namespace crm::engine
