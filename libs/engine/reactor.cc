#include "libs/engine/reactor.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/log.h"
#include "libs/base/status.h"
#include "libs/engine/engine.h"
#include "libs/engine/fold.h"
#include "libs/engine/limits.h"
#include "libs/table/read_view.h"

namespace crm::engine {
namespace {

// A source partition is paused when this many of its events wait, and goes on at half of it.
constexpr size_t kEventsWaitingMax = 1024;

absl::Duration Backoff(int attempts) {
  return std::min(kBackoffMax, kRetryAfter * (1 << std::min(attempts, 12)));
}

bool TriedAgain(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

std::string MetadataOf(int64_t fence) {
  v1::GroupMetadata metadata;
  metadata.set_fence(fence);
  return metadata.SerializeAsString();
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
  TakeRecords();
  for (auto& [key, source] : sources_) LookAtEvents(key.first, source);
  SendTasks();
  for (auto& [key, source] : sources_) Commit(key.first, key.second, source);
  StepReport report;
  report.next = tasks_.empty() ? absl::Milliseconds(100) : absl::Milliseconds(20);
  report.busy = !records_.records.records.empty();
  return report;
}

std::string Reactor::stopped() const {
  for (const auto& [key, source] : sources_) {
    if (!source.reader->stopped().empty()) return source.reader->stopped();
  }
  return "";
}

void Reactor::SeedOnce() {
  if (seeded_) return;
  seeded_ = true;
  for (const auto& seed : engine_.service().seeds) {
    int number = 0;
    for (MessagePtr& request : seed()) {
      const CommandDef* def = engine_.FindCommand(request->GetDescriptor()->full_name());
      base::Check(def != nullptr, "what is set up at first start are commands of the service");
      auto task = std::make_shared<Task>();
      task->def = def;
      request->GetReflection()->SetString(request.get(), def->shape.request_id,
                                          absl::StrCat("first-start-", ++number));
      task->request = std::move(request);
      tasks_.push_back(std::move(task));
      ++seeds_open_;
    }
  }
}

void Reactor::TakeRecords() {
  const auto& reactions = engine_.service().reactions;
  records_.records.Clear();
  if (reactions.empty()) return;
  if (group_ == nullptr) {
    std::vector<std::string> topics;
    for (const ReactionDef& reaction : reactions) {
      if (std::find(topics.begin(), topics.end(), reaction.topic) == topics.end())
        topics.push_back(reaction.topic);
    }
    auto group = engine_.log().OpenGroup(engine_.service().topic + ".reactions", std::move(topics),
                                         [finished = finished_] {
                                           std::lock_guard lock(finished->mutex);
                                           finished->waker();
                                         });
    if (!group.ok()) return;  // The next step tries again.
    group_ = *std::move(group);
  }
  if (absl::Status s = group_->Poll(kRecordsPerStepMax, records_); !s.ok()) {
    if (!absl::IsUnavailable(s)) {
      base::Log(base::Level::kError, "reactions cannot read on; joining anew",
                {{"why", std::string(s.message())}});
      group_.reset();
      sources_.clear();
    }
    return;
  }
  for (const eventlog::GroupAssignment& assignment : records_.assignments) Assign(assignment);
  for (size_t i = 0; i < records_.records.records.size(); ++i) {
    const eventlog::Record& record = records_.records.records[i];
    const auto source = sources_.find({records_.topics[i], record.partition});
    if (source == sources_.end()) continue;
    if (absl::Status s = source->second.reader->Feed(record); !s.ok()) {
      base::Log(base::Level::kError, "a reaction failed", {{"why", std::string(s.message())}});
    }
  }
}

void Reactor::Assign(const eventlog::GroupAssignment& assignment) {
  const std::pair<std::string, int> key{assignment.topic, assignment.partition};
  sources_.erase(key);
  if (!assignment.assigned) return;
  v1::GroupMetadata metadata;
  if (!metadata.ParseFromString(assignment.metadata)) metadata.Clear();
  v1::StoredPosition position;
  position.set_next_offset(assignment.next);
  position.set_fence(metadata.fence());
  Source& source = sources_[key];
  source.committed = assignment.next;
  source.reader = std::make_unique<LogReader>(
      assignment.topic, assignment.partition, position, [](const eventlog::Record&) {},
      [this, key](const eventlog::Record& record) {
        for (const ReactionDef& reaction : engine_.service().reactions) {
          if (reaction.topic != key.first ||
              record.HeaderOr("ce_dataschema") != reaction.event->GetDescriptor()->full_name()) {
            continue;
          }
          sources_.at(key).events.push_back({eventlog::OwnedRecord::From(record)});
          break;
        }
        return absl::OkStatus();
      });
}

// Looks at events in order, each only when the tables here have seen it too: a reaction reads
// tables, and must not miss a row that the very event it looks at brings.
void Reactor::LookAtEvents(const std::string& topic, Source& source) {
  const int partition = source.reader->partition();
  const eventlog::Offset applied = source.events.empty() ? -1 : engine_.AppliedOf(topic, partition);
  for (Event& event : source.events) {
    if (event.started) continue;
    if (in_work_ + tasks_.size() >= kReactionsInWorkMax) break;
    if (applied >= 0 && applied <= event.record.offset) break;
    event.started = true;
    event.open = React(topic, event.record);
  }
  if (group_ == nullptr) return;
  if (!source.paused && source.events.size() >= kEventsWaitingMax) {
    group_->Pause(topic, partition);
    source.paused = true;
  } else if (source.paused && source.events.size() <= kEventsWaitingMax / 2) {
    group_->Resume(topic, partition);
    source.paused = false;
  }
}

size_t Reactor::React(const std::string& topic, const eventlog::OwnedRecord& owned) {
  const eventlog::Record record = owned.View();
  absl::StatusOr<eventlog::EventHeaders> headers = eventlog::ParseHeaders(record);
  size_t open = 0;
  for (const ReactionDef& reaction : engine_.service().reactions) {
    if (reaction.topic != topic) continue;
    MessagePtr event = NewOf(*reaction.event);
    if (!headers.ok() || headers->dataschema != event->GetDescriptor()->full_name() ||
        !event->ParseFromString(owned.value)) {
      continue;
    }
    const EventMeta meta{headers->time, headers->actor, headers->subject, headers->revision,
                         owned.partition};
    const table::ReadView view(engine_.database());
    int number = 0;
    for (MessagePtr& request : reaction.react(*event, meta, view)) {
      const CommandDef* def = engine_.FindCommand(request->GetDescriptor()->full_name());
      base::Check(def != nullptr, "a reaction asks for commands of its own service");
      auto task = std::make_shared<Task>();
      task->def = def;
      std::string request_id = absl::StrCat(headers->id, "/", reaction.name);
      if (++number > 1) absl::StrAppend(&request_id, "/", number);
      request->GetReflection()->SetString(request.get(), def->shape.request_id, request_id);
      task->request = std::move(request);
      task->origin = {reaction.name, headers->subject, headers->revision, headers->id,
                      headers->correlation.empty() ? headers->id : headers->correlation};
      task->source = {topic, owned.partition};
      task->offset = owned.offset;
      tasks_.push_back(std::move(task));
      ++open;
    }
  }
  return open;
}

void Reactor::SendTasks() {
  const absl::Duration now = engine_.clock().SinceBoot();
  for (size_t left = tasks_.size(); left > 0 && in_work_ < kReactionsInWorkMax; --left) {
    std::shared_ptr<Task> task = std::move(tasks_.front());
    tasks_.pop_front();
    if (now < task->not_before) {
      tasks_.push_back(std::move(task));
    } else {
      Send(std::move(task));
    }
  }
}

void Reactor::Send(std::shared_ptr<Task> task) {
  ++in_work_;
  MessagePtr request = NewOf(*task->request);
  request->CopyFrom(*task->request);
  auto finish = [finished = finished_, task](absl::Status status) {
    std::lock_guard lock(finished->mutex);
    finished->results.emplace_back(task, std::move(status));
    finished->waker();
  };
  absl::StatusOr<Command> command =
      Prepare(*task->def, std::move(request),
              {absl::StrCat("service:", engine_.service().name), ""}, engine_.partitions());
  if (!command.ok()) return finish(command.status());
  command->reaction = task->origin;
  command->priority = CommandClass::kSystem;
  command->done = [finish](CommandResult result) { finish(std::move(result.status)); };
  engine_.Route(*std::move(command));
}

void Reactor::TakeResults() {
  std::vector<std::pair<std::shared_ptr<Task>, absl::Status>> results;
  {
    std::lock_guard lock(finished_->mutex);
    results.swap(finished_->results);
  }
  for (auto& [task, status] : results) {
    --in_work_;
    if (TriedAgain(status)) {
      task->not_before = engine_.clock().SinceBoot() + Backoff(task->attempts++);
      tasks_.push_back(std::move(task));
      continue;
    }
    if (!status.ok() && !absl::IsAlreadyExists(status)) {
      base::Log(base::Level::kInfo, "a reaction was refused",
                {{"reaction", task->origin.reaction},
                 {"source", task->origin.source},
                 {"reason", base::ReasonOf(status)}});
    }
    if (task->source.first.empty()) --seeds_open_;
    const auto source = sources_.find(task->source);
    if (source == sources_.end()) continue;
    for (Event& event : source->second.events) {
      if (event.record.offset == task->offset && event.open > 0) --event.open;
    }
  }
}

void Reactor::Commit(const std::string& topic, int partition, Source& source) {
  if (group_ == nullptr) return;
  while (!source.events.empty() && source.events.front().started &&
         source.events.front().open == 0) {
    source.events.pop_front();
  }
  // What did not count and what nobody reacts to is done as well.
  const eventlog::Offset done =
      source.events.empty() ? source.reader->next() : source.events.front().record.offset;
  if (done <= source.committed) return;
  // The fence as of `done`: it cannot have changed between accepted records of one fence, so with
  // events waiting it is the fence of the first of them.
  int64_t fence = source.reader->fence();
  if (!source.events.empty()) {
    fence = eventlog::ParseFence(source.events.front().record.View().HeaderOr("ce_fence"));
  }
  const absl::Status status = group_->Commit(topic, partition, done, MetadataOf(fence));
  if (status.ok()) source.committed = done;
}

}  // namespace crm::engine
