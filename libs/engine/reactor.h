// Reactions: reads logs as one of a group, asks the service's reactions which commands an event
// calls for, sends them to their owners and commits the group's offset once all were acknowledged.
// Also sends what the service sets up at its first start.
//
// Nothing is done twice: the owner of a target remembers, per reaction and source aggregate, the
// highest source revision it applied (also when it did nothing: ReactionPassed). That mark can tell
// "done" from "not done" only because the events of one source aggregate are taken one after
// another: the next is looked at when every command of the one before is in the log.
//
// The next event of a source aggregate is looked at when the tables here also show what became of
// the commands of the one before: a reaction that goes on by its own aggregate's events sees what
// it did. That holds also when another replica sent these: of a source that was given to this one
// nothing is looked at before the tables here are as far as the service's log was then.
//
// Nothing is left out: a command counts as acknowledged only when its owner says that the log holds
// its event or its ReactionPassed; whatever else the answer is, it is sent again. The offset is
// committed only behind what was acknowledged. An event that cannot be read stops its source. Only
// a fact of another service that this program does not know yet is passed over, and counted.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/engine/command.h"
#include "libs/engine/engine.h"
#include "libs/engine/log_reader.h"
#include "libs/eventlog/cloud_events.h"
#include "libs/eventlog/event_log.h"

namespace crm::engine {

// One thread, except that the wakers it hands out may be called from any.
class Reactor {
 public:
  Reactor(Engine& engine, eventlog::Waker waker);
  ~Reactor();

  // Takes records, sends commands, commits. An error is passing: it is logged, and a later step
  // tries again.
  StepReport Step();
  ReactionReport Report() const;

 private:
  // What asks for commands: an event of a source, or the first start. Goes with its source when
  // that is taken away, and with it all that waits to be sent for it.
  struct Event {
    eventlog::Offset offset = 0;
    int64_t number_before = 0;  // Of what counted before it.
    eventlog::EventHeaders headers;
    MessagePtr message;
    bool started = false;
    size_t open = 0;  // Commands that are not known to be in the log.
    // Of those that are, how far our tables must be to show what became of them, by partition.
    std::map<int, eventlog::Offset> shown_at;
  };
  struct Task {
    const ReactionDef* reaction = nullptr;  // nullptr: of the first start.
    MessagePtr request;
    std::weak_ptr<Event> event;
    int attempts = 0;
  };
  struct Source {
    std::unique_ptr<LogReader> reader;
    std::deque<std::shared_ptr<Event>> events;  // Shared: tasks know by it that the source is gone.
    eventlog::Offset committed = 0;
    bool paused = false;
    // How far our tables must be to show what was done for its events before it was given to us, by
    // partition; unset: that is not known yet.
    std::optional<std::map<int, eventlog::Offset>> shown_at;
  };
  // What finished, told from other threads. Outlives the reactor while commands are on their way.
  struct Finished {
    std::mutex mutex;  // Guards what follows.
    std::vector<std::pair<std::shared_ptr<Task>, CommandResult>> results;
    eventlog::Waker waker;
  };

  absl::Status TakeRecords();
  absl::Status OpenGroup();
  void JoinAnew(const absl::Status& why);
  void Assign(const eventlog::GroupAssignment& assignment);
  void DropTasksOfNoEvent();
  void LearnLogEnds();
  bool ShowsWhatWasDone(Source& source) const;
  absl::Status TakeEvent(const std::string& topic, Source& source, const eventlog::Record& record);
  void LookAtSources();
  void LookAtEvents(const std::string& topic, Source& source);
  bool IsSetUp() const;
  // Forgets the positions that our tables have come to; true when none is left.
  bool IsShown(std::map<int, eventlog::Offset>& shown_at) const;
  void React(const std::string& topic, int partition, const std::shared_ptr<Event>& event);
  void SendTasks();
  void Send(std::shared_ptr<Task> task, const Event& event);
  void TakeResults();
  void TryAgain(std::shared_ptr<Task> task, const Event& event, const absl::Status& status);
  void Commit(const std::string& topic, int partition, Source& source);
  void SeedOnce();
  Caller Self() const;

  Engine& engine_;
  std::shared_ptr<Finished> finished_;  // Shared with the commands on their way.
  std::unique_ptr<eventlog::GroupReader> group_;
  absl::Duration join_at_ = -absl::InfiniteDuration();
  absl::Duration learn_ends_at_ = -absl::InfiniteDuration();
  std::string cannot_read_;  // Why the group was left; empty while it is read.
  std::map<std::pair<std::string, int>, Source> sources_;
  std::pair<std::string, int> asked_last_;  // The source whose event asked for commands last.
  // To be sent, by when. Shared: a callback that may be copied holds it on its way.
  std::multimap<absl::Duration, std::shared_ptr<Task>> tasks_;
  size_t in_work_ = 0;  // Sent and not answered.
  std::shared_ptr<Event> first_start_;
  int64_t unknown_facts_ = 0;
  bool behind_ = false;  // Something waits for our tables only.
  eventlog::GroupRecords records_;
};

}  // namespace crm::engine
