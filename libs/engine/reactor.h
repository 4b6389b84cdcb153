// Reactions: reads logs as one of a group, asks the service's reactions which commands an event
// calls for, sends them to their owners and commits the group's offset once all were acknowledged.
// Also sends what the service sets up at its first start.
//
// Nothing is done twice: the owner of a target remembers, per reaction and source aggregate, the
// highest source revision it applied (also when it did nothing: ReactionPassed). Nothing is left
// out: the offset is committed only behind what was acknowledged. Only UNAVAILABLE and
// DEADLINE_EXCEEDED are tried again.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/engine/command.h"
#include "libs/engine/log_reader.h"
#include "libs/engine/worker.h"
#include "libs/eventlog/event_log.h"

namespace crm::engine {

class Engine;

class Reactor {
 public:
  Reactor(Engine& engine, eventlog::Waker waker);
  ~Reactor();

  // Takes records, sends commands, commits. An error is passing: it is logged, and the next step
  // tries again.
  StepReport Step();

  // Why a source partition stopped; empty when all run.
  std::string stopped() const;
  // What is set up at the first start is there: each command of it was acknowledged, now or by an
  // earlier start.
  bool set_up() const { return seeded_ && seeds_open_ == 0; }

 private:
  // One command of one event, or of the first start.
  struct Task {
    const CommandDef* def = nullptr;
    MessagePtr request;  // With its request_id.
    ReactionOrigin origin;
    int attempts = 0;
    absl::Duration not_before = -absl::InfiniteDuration();
    std::pair<std::string, int> source;  // Topic and partition; topic empty: first start.
    eventlog::Offset offset = 0;
  };
  // An event whose commands are not all acknowledged, or that waits to be looked at.
  struct Event {
    eventlog::OwnedRecord record;
    bool started = false;
    size_t open = 0;
  };
  struct Source {
    std::unique_ptr<LogReader> reader;
    std::deque<Event> events;
    eventlog::Offset committed = 0;
    bool paused = false;
  };
  // What finished, told from other threads. Outlives the reactor while commands are on their way.
  struct Finished {
    std::mutex mutex;
    std::vector<std::pair<std::shared_ptr<Task>, absl::Status>> results;
    eventlog::Waker waker;
  };

  void Assign(const eventlog::GroupAssignment& assignment);
  void TakeRecords();
  void LookAtEvents(const std::string& topic, Source& source);
  size_t React(const std::string& topic, const eventlog::OwnedRecord& owned);
  void SendTasks();
  void Send(std::shared_ptr<Task> task);
  void TakeResults();
  void Commit(const std::string& topic, int partition, Source& source);
  void SeedOnce();

  Engine& engine_;
  std::shared_ptr<Finished> finished_;
  std::unique_ptr<eventlog::GroupReader> group_;
  std::map<std::pair<std::string, int>, Source> sources_;
  std::deque<std::shared_ptr<Task>> tasks_;  // To be sent.
  size_t in_work_ = 0;
  bool seeded_ = false;
  size_t seeds_open_ = 0;
  eventlog::GroupRecords records_;
};

}  // namespace crm::engine
