#include "libs/engine/reactor.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/log.h"
#include "libs/base/status.h"
#include "libs/engine/fold.h"
#include "libs/engine/group_metadata.h"
#include "libs/engine/limits.h"
#include "libs/table/read_view.h"

namespace crm::engine {
namespace {

// Owners come and go, queues fill and empty.
bool Passing(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

bool HoldsAFact(const Message& event) {
  const auto* facts = event.GetDescriptor()->FindOneofByName("event");
  return facts == nullptr || event.GetReflection()->HasOneof(event, facts);
}

MessagePtr CopyOf(const Message& message) {
  MessagePtr copy = NewOf(message);
  copy->CopyFrom(message);
  return copy;
}

}  // namespace

Reactor::Reactor(Engine& engine, eventlog::Waker waker)
    : engine_(engine), finished_(std::make_shared<Finished>()) {
  finished_->waker = std::move(waker);
}

Reactor::~Reactor() {
  std::lock_guard lock(finished_->mutex);
  finished_->waker = [] {};
}

StepReport Reactor::Step() {
  SeedOnce();
  TakeResults();
  if (absl::Status s = TakeRecords(); !s.ok() && !absl::IsUnavailable(s)) JoinAnew(s);
  behind_ = false;
  LearnLogEnds();
  LookAtSources();
  SendTasks();
  for (auto& [key, source] : sources_) Commit(key.first, key.second, source);
  StepReport report;
  report.busy = !records_.records.records.empty();
  if (behind_) report.next = absl::Milliseconds(1);
  if (!tasks_.empty()) {
    const absl::Duration due = tasks_.begin()->first - engine_.clock().SinceBoot();
    report.next = std::min(report.next, std::max(due, absl::Milliseconds(1)));
  }
  return report;
}

ReactionReport Reactor::Report() const {
  ReactionReport report{cannot_read_, unknown_facts_};
  for (const auto& [key, source] : sources_) {
    if (source.reader->stopped().empty()) continue;
    report.stopped = absl::StrCat("reactions to ", key.first, " partition ", key.second,
                                  " have stopped: ", source.reader->stopped());
  }
  if (first_start_ == nullptr || first_start_->open > 0) report.stopped = kNotSetUp;
  return report;
}

void Reactor::SeedOnce() {
  if (first_start_ != nullptr) return;
  first_start_ = std::make_shared<Event>();
  for (const auto& seed : engine_.service().seeds) {
    int number = 0;
    for (MessagePtr& request : seed()) {
      // Several may be set up under one key, which knows their requests apart by these ids.
      const auto& type = *request->GetDescriptor();
      const CommandDef* def = engine_.FindCommand(type.full_name());
      base::Check(def != nullptr, "what is set up at first start are commands of the service");
      request->GetReflection()->SetString(request.get(), def->shape.request_id,
                                          absl::StrCat("first-start-", type.name(), "-", ++number));
      auto task = std::make_shared<Task>();
      task->request = std::move(request);
      task->event = first_start_;
      tasks_.emplace(-absl::InfiniteDuration(), std::move(task));
      ++first_start_->open;
    }
  }
}

absl::Status Reactor::OpenGroup() {
  std::set<std::string> topics;
  for (const ReactionDef& reaction : engine_.service().reactions) topics.insert(reaction.topic);
  auto group = engine_.log().OpenGroup(engine_.service().topic + ".reactions",
                                       {topics.begin(), topics.end()}, [finished = finished_] {
                                         std::lock_guard lock(finished->mutex);
                                         finished->waker();
                                       });
  if (!group.ok()) return group.status();
  group_ = *std::move(group);
  return absl::OkStatus();
}

// kUnavailable: passing. Any other error: the group must be joined anew.
absl::Status Reactor::TakeRecords() {
  records_.records.Clear();
  if (engine_.service().reactions.empty()) return absl::OkStatus();
  if (group_ == nullptr) {
    if (engine_.clock().SinceBoot() < join_at_) return absl::OkStatus();
    if (absl::Status s = OpenGroup(); !s.ok()) return s;
  }
  if (absl::Status s = group_->Poll(kRecordsPerStepMax, records_); !s.ok()) return s;
  for (const eventlog::GroupAssignment& assignment : records_.assignments) Assign(assignment);
  if (!records_.assignments.empty()) cannot_read_.clear();
  for (size_t i = 0; i < records_.records.records.size(); ++i) {
    const eventlog::Record& record = records_.records.records[i];
    const auto source = sources_.find({records_.topics[i], record.partition});
    if (source == sources_.end()) continue;
    if (absl::Status s = source->second.reader->Feed(record); !s.ok()) return s;
  }
  return absl::OkStatus();
}

// What was not committed is read again from where the group stands.
void Reactor::JoinAnew(const absl::Status& why) {
  cannot_read_ = absl::StrCat("reactions cannot read: ", why.message());
  base::Log(base::Level::kError, "reactions cannot read on; joining anew",
            {{"topic", engine_.service().topic}, {"why", std::string(why.message())}});
  group_.reset();
  sources_.clear();
  DropTasksOfNoEvent();
  join_at_ = engine_.clock().SinceBoot() + kBackoffFirst;
}

void Reactor::DropTasksOfNoEvent() {
  std::erase_if(tasks_, [](const auto& task) { return task.second->event.expired(); });
}

void Reactor::Assign(const eventlog::GroupAssignment& assignment) {
  const std::pair<std::string, int> key{assignment.topic, assignment.partition};
  sources_.erase(key);
  DropTasksOfNoEvent();
  if (!assignment.assigned) return;
  const v1::GroupMetadata metadata = ParseGroupMetadata(assignment.metadata);
  v1::StoredPosition position;
  position.set_next_offset(assignment.next);
  position.set_fence(metadata.fence());
  position.set_number(metadata.number());
  Source& source = sources_[key];
  source.committed = assignment.next;
  source.reader = std::make_unique<LogReader>(
      assignment.topic, assignment.partition, position, [](const eventlog::Record&) {},
      [this, &source](const eventlog::Record& record) {
        return TakeEvent(source.reader->topic(), source, record);
      });
}

// Whoever had a source before us may have asked for what our tables do not show yet. What it had
// done is before where our log ends now; what it had not is asked for again.
void Reactor::LearnLogEnds() {
  const auto unknown = [](const auto& source) { return !source.second.shown_at.has_value(); };
  if (std::none_of(sources_.begin(), sources_.end(), unknown)) return;
  behind_ = true;
  if (engine_.clock().SinceBoot() < learn_ends_at_) return;
  const auto log = engine_.log().Describe(engine_.service().topic, kLogEndsTimeout);
  if (!log.ok()) {
    learn_ends_at_ = engine_.clock().SinceBoot() + kRetryAfter;
    base::Log(base::Level::kWarning, "where the log ends is not known; reactions wait",
              {{"topic", engine_.service().topic}, {"why", std::string(log.status().message())}});
    return;
  }
  std::map<int, eventlog::Offset> ends;
  for (size_t i = 0; i < log->partitions.size(); ++i)
    ends[static_cast<int>(i)] = log->partitions[i].end;
  for (auto& [key, source] : sources_) {
    if (!source.shown_at.has_value()) source.shown_at = ends;
  }
}

// A partition that has stopped keeps no source waiting, as it keeps no other partition.
bool Reactor::ShowsWhatWasDone(Source& source) const {
  if (!source.shown_at.has_value()) return false;
  if (IsShown(*source.shown_at)) return true;
  for (const PartitionReport& report : engine_.Reports()) {
    if (report.topic == engine_.service().topic && !report.stopped.empty())
      source.shown_at->erase(report.partition);
  }
  return source.shown_at->empty();
}

absl::Status Reactor::TakeEvent(const std::string& topic, Source& source,
                                const eventlog::Record& record) {
  const auto& reactions = engine_.service().reactions;
  const auto wanted =
      std::find_if(reactions.begin(), reactions.end(), [&](const ReactionDef& reaction) {
        return reaction.topic == topic &&
               record.HeaderOr("ce_dataschema") == reaction.event->GetDescriptor()->full_name();
      });
  if (wanted == reactions.end()) return absl::OkStatus();
  absl::StatusOr<EventRecord> parsed = ParseRecord(record, *wanted->event);
  if (!parsed.ok()) return parsed.status();
  auto event = std::make_shared<Event>();
  event->offset = record.offset;
  event->number_before = source.reader->number();
  event->headers = std::move(parsed->headers);
  event->message = std::move(parsed->event);
  if (!HoldsAFact(*event->message)) {
    // The partition of ours stops there as well: the program is older than its log.
    if (topic == engine_.service().topic)
      return Poison("the event holds a fact that this program does not know");
    ++unknown_facts_;
    if ((unknown_facts_ & (unknown_facts_ - 1)) == 0) {  // At 1, 2, 4, 8...
      base::Log(base::Level::kWarning, "facts that this program does not know were passed over",
                {{"topic", topic},
                 {"type", event->headers.type},
                 {"count", std::to_string(unknown_facts_)}});
    }
    return absl::OkStatus();
  }
  source.events.push_back(std::move(event));
  return absl::OkStatus();
}

// Begins behind the source that asked for something last: one whose every event asks for as much as
// may be in work leaves the next room to the others.
void Reactor::LookAtSources() {
  const auto begin = sources_.upper_bound(asked_last_);
  for (auto source = begin; source != sources_.end(); ++source)
    LookAtEvents(source->first.first, source->second);
  for (auto source = sources_.begin(); source != begin; ++source)
    LookAtEvents(source->first.first, source->second);
}

// Looks at events in order, none before the tables show what is set up first (a command may rest on
// it) and what was done for earlier ones elsewhere, each only when the tables here have seen it too
// (a reaction reads tables, and must not miss a row that the very event it looks at brings), and
// when nothing is open of an earlier event of the same aggregate and the tables show what became of
// it.
void Reactor::LookAtEvents(const std::string& topic, Source& source) {
  const int partition = source.reader->partition();
  const eventlog::Offset applied = source.events.empty() ? -1 : engine_.AppliedOf(topic, partition);
  const bool ready = IsSetUp() && ShowsWhatWasDone(source);
  std::set<std::string_view> open;
  for (const std::shared_ptr<Event>& event : source.events) {
    if (!event->started) {
      if (!ready) {
        behind_ = true;
        break;
      }
      if (in_work_ + tasks_.size() >= kReactionsInWorkMax) break;
      if (applied >= 0 && applied <= event->offset) {
        behind_ = true;
        break;
      }
      if (open.count(event->headers.subject) > 0) continue;
      React(topic, partition, event);
    }
    if (event->open > 0 || !IsShown(event->shown_at)) open.insert(event->headers.subject);
    behind_ = behind_ || (event->started && event->open == 0 && !event->shown_at.empty());
  }
  if (!source.paused && source.events.size() >= kReactionEventsWaitingMax) {
    group_->Pause(topic, partition);
    source.paused = true;
  } else if (source.paused && source.events.size() <= kReactionEventsWaitingMax / 2) {
    group_->Resume(topic, partition);
    source.paused = false;
  }
}

bool Reactor::IsSetUp() const {
  return first_start_ != nullptr && first_start_->open == 0 && IsShown(first_start_->shown_at);
}

bool Reactor::IsShown(std::map<int, eventlog::Offset>& shown_at) const {
  std::erase_if(shown_at, [&](const auto& at) {
    return engine_.AppliedOf(engine_.service().topic, at.first) >= at.second;
  });
  return shown_at.empty();
}

void Reactor::React(const std::string& topic, int partition, const std::shared_ptr<Event>& event) {
  const eventlog::EventHeaders& headers = event->headers;
  const EventMeta meta{headers.time, headers.actor, headers.subject, headers.revision, partition};
  const table::ReadView view(engine_.database());
  std::vector<std::shared_ptr<Task>> tasks;
  for (const ReactionDef& reaction : engine_.service().reactions) {
    if (reaction.topic != topic ||
        reaction.event->GetDescriptor() != event->message->GetDescriptor())
      continue;
    const std::string request_id = absl::StrCat(headers.id, "/", reaction.name);
    std::set<std::string> targets;
    for (MessagePtr& request : reaction.react(*event->message, meta, view)) {
      const CommandDef* def = engine_.FindCommand(request->GetDescriptor()->full_name());
      base::Check(def != nullptr, "a reaction asks for commands of its own service");
      request->GetReflection()->SetString(request.get(), def->shape.request_id, request_id);
      auto prepared = Prepare(*def, CopyOf(*request), Self(), engine_.partitions());
      // The target remembers only the event, not which of its commands.
      base::Check(!prepared.ok() || targets.insert(prepared->name).second,
                  "the commands that a reaction asks for have distinct targets");
      auto task = std::make_shared<Task>();
      task->reaction = &reaction;
      task->request = std::move(request);
      task->event = event;
      tasks.push_back(std::move(task));
    }
  }
  // What could not be read was taken for absent: not to be acted on, nor passed by.
  if (!view.status().ok()) return;
  event->started = true;
  event->open += tasks.size();
  if (!tasks.empty()) asked_last_ = {topic, partition};
  for (auto& task : tasks) tasks_.emplace(-absl::InfiniteDuration(), std::move(task));
}

Caller Reactor::Self() const { return {absl::StrCat("service:", engine_.service().name), ""}; }

void Reactor::SendTasks() {
  const absl::Duration now = engine_.clock().SinceBoot();
  while (in_work_ < kReactionsInWorkMax && !tasks_.empty() && tasks_.begin()->first <= now) {
    std::shared_ptr<Task> task = std::move(tasks_.begin()->second);
    tasks_.erase(tasks_.begin());
    if (const auto event = task->event.lock(); event != nullptr) Send(std::move(task), *event);
  }
}

void Reactor::Send(std::shared_ptr<Task> task, const Event& event) {
  ++in_work_;
  auto finish = [finished = finished_, task](CommandResult result) {
    std::lock_guard lock(finished->mutex);
    finished->results.emplace_back(task, std::move(result));
    finished->waker();
  };
  const CommandDef& def = *engine_.FindCommand(task->request->GetDescriptor()->full_name());
  absl::StatusOr<Command> command =
      Prepare(def, CopyOf(*task->request), Self(), engine_.partitions());
  if (!command.ok()) return finish(CommandResult{command.status()});
  if (task->reaction != nullptr) {
    const eventlog::EventHeaders& headers = event.headers;
    command->reaction = {task->reaction->name, headers.subject, headers.revision, headers.id,
                         headers.correlation.empty() ? headers.id : headers.correlation};
  }
  command->priority = CommandClass::kSystem;
  command->done = std::move(finish);
  engine_.Route(*std::move(command));
}

void Reactor::TakeResults() {
  std::vector<std::pair<std::shared_ptr<Task>, CommandResult>> results;
  {
    std::lock_guard lock(finished_->mutex);
    results.swap(finished_->results);
  }
  for (auto& [task, result] : results) {
    --in_work_;
    const std::shared_ptr<Event> event = task->event.lock();
    // The source was taken away, and whoever has it now asks for the command himself.
    if (event == nullptr) continue;
    const bool first_start = task->reaction == nullptr;
    const bool done = result.recorded || result.status.ok() ||
                      (first_start && absl::IsAlreadyExists(result.status));
    if (!done) {
      TryAgain(std::move(task), *event, result.status);
      continue;
    }
    --event->open;
    eventlog::Offset& shown_at = event->shown_at[result.position.partition];
    shown_at = std::max(shown_at, result.position.next);
    if (result.status.ok() || first_start) continue;
    base::Log(base::Level::kInfo, "a reaction was refused",
              {{"reaction", task->reaction->name},
               {"source", event->headers.subject},
               {"reason", base::ReasonOf(result.status)}});
  }
}

// The log holds nothing of the command, as far as its sender knows.
void Reactor::TryAgain(std::shared_ptr<Task> task, const Event& event, const absl::Status& status) {
  const bool passing = Passing(status);
  const absl::Duration wait = std::min(passing ? kReactionRetryMax : kBackoffMax,
                                       kRetryAfter * (1 << std::min(task->attempts, 13)));
  ++task->attempts;
  if (!passing) {
    base::Log(base::Level::kWarning, "a reaction is not in the log; trying again",
              {{"reaction", task->reaction != nullptr ? task->reaction->name : "first start"},
               {"source", event.headers.subject},
               {"event", event.headers.id},
               {"code", absl::StatusCodeToString(status.code())},
               {"reason", base::ReasonOf(status)},
               {"attempts", std::to_string(task->attempts)},
               {"again_after", absl::FormatDuration(wait)}});
  }
  tasks_.emplace(engine_.clock().SinceBoot() + wait, std::move(task));
}

void Reactor::Commit(const std::string& topic, int partition, Source& source) {
  while (!source.events.empty() && source.events.front()->started &&
         source.events.front()->open == 0 && IsShown(source.events.front()->shown_at)) {
    source.events.pop_front();
  }
  // What did not count and what nobody reacts to is done as well.
  const eventlog::Offset done =
      source.events.empty() ? source.reader->next() : source.events.front()->offset;
  if (done <= source.committed) return;
  // Fence and number as they stood before `done`: with events waiting, before the first of them.
  const std::string metadata =
      source.events.empty() ? FormatGroupMetadata(source.reader->fence(), source.reader->number())
                            : FormatGroupMetadata(source.events.front()->headers.fence,
                                                  source.events.front()->number_before);
  const absl::Status status = group_->Commit(topic, partition, done, metadata);
  base::Check(!absl::IsInvalidArgument(status), "a position can be committed");
  if (status.ok()) source.committed = done;
}

}  // namespace crm::engine
