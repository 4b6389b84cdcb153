#include "libs/engine/worker.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "libs/base/check.h"
#include "libs/base/log.h"
#include "libs/base/status.h"
#include "libs/engine/fold.h"
#include "libs/engine/limits.h"

namespace crm::engine {
namespace {

absl::Status Ending() {
  return base::Unavailable("SHUTTING_DOWN", "this replica is stopping; try another", kRetryAfter);
}

absl::Status TooManyWaiters() {
  return base::Unavailable("QUEUE_FULL", "too many readers are waiting", kRetryAfter);
}

void Refuse(Command& command, absl::Status status) {
  CommandResult result;
  result.status = std::move(status);
  result.name = command.name;
  command.done(std::move(result));
}

}  // namespace

Worker::Worker(WorkerSetup setup)
    : setup_(std::move(setup)),
      batch_(*setup_.database),
      applier_(*setup_.service, *setup_.database, batch_),
      random_(setup_.seed) {}

Worker::~Worker() { Abandon(); }

absl::StatusOr<std::unique_ptr<Worker>> Worker::Start(WorkerSetup setup,
                                                      const TopicStarts& starts) {
  std::unique_ptr<Worker> worker(new Worker(std::move(setup)));
  if (absl::Status s = worker->Open(starts); !s.ok()) return s;
  return worker;
}

absl::Status Worker::Open(const TopicStarts& starts) {
  for (const auto& [topic, shares] : starts) {
    std::vector<eventlog::EventLog::Start> from;
    for (const PartitionStart& share : shares) {
      if (topic == setup_.service->topic) {
        PartitionHost host{*setup_.service,
                           *setup_.clock,
                           *setup_.company,
                           setup_.instance,
                           *setup_.database,
                           applier_,
                           random_,
                           [this](const eventlog::Record& record, uint64_t token) {
                             return writer_ != nullptr
                                        ? writer_->Append(record, token)
                                        : absl::UnavailableError("there is no writer");
                           },
                           [this](Command& command) { return admission_.Admit(command).ok(); },
                           [this] { return LeaseHolds(); }};
        partitions_[share.partition] = std::make_unique<Partition>(std::move(host), share.partition,
                                                                   share.position, share.end);
        continue;
      }
      foreign_readers_[{topic, share.partition}] = std::make_unique<LogReader>(
          topic, share.partition, share.position, [](const eventlog::Record&) {},
          [this, topic = topic](const eventlog::Record& record) {
            return ApplyForeign(topic, record);
          });
      PartitionReport& report = foreign_reports_[{topic, share.partition}];
      report.from = share.position.next_offset();
      report.to = share.end;
      from.push_back({share.partition, share.position.next_offset()});
    }
    if (from.empty()) continue;
    auto tail = setup_.log->OpenTail(topic, std::move(from), setup_.waker);
    if (!tail.ok()) return tail.status();
    foreign_tails_[topic] = *std::move(tail);
  }
  auto writer = setup_.log->OpenWriter(setup_.service->topic, ReportWaker());
  if (!writer.ok()) return writer.status();
  writer_ = *std::move(writer);
  Publish();
  return OpenTail();
}

// Reports come before the records that they are of, most of the time: alone they are nothing to
// wake up for. Of what failed there is no record: a step finds its report, be it one that comes of
// itself.
std::function<void()> Worker::ReportWaker() {
  return [this] {
    if (awaits_reports_.load()) setup_.waker();
  };
}

absl::Status Worker::OpenTail() {
  std::vector<eventlog::EventLog::Start> from;
  for (const auto& [number, partition] : partitions_) from.push_back({number, partition->next()});
  auto tail = setup_.log->OpenTail(setup_.service->topic, std::move(from), setup_.waker);
  if (!tail.ok()) return tail.status();
  tail_ = *std::move(tail);
  tail_opened_ = setup_.clock->SinceBoot();
  return absl::OkStatus();
}

template <class Result>
bool Worker::AdmitWaiter(std::function<void(Result)>& done) {
  if (waiting_.load() >= kWaitersMax) return false;
  waiting_.fetch_add(1);
  done = [this, done = std::move(done)](Result result) {
    waiting_.fetch_sub(1);
    done(std::move(result));
  };
  return true;
}

void Worker::Submit(Command command) {
  const bool alone = admission_.idle();
  if (absl::Status s = admission_.Admit(command); !s.ok()) return Refuse(command, std::move(s));
  {
    std::lock_guard lock(mutex_);
    if (!abandoned_) {
      inbox_.commands.push_back(std::move(command));
      command.def = nullptr;
    }
  }
  if (command.def != nullptr) {
    return Refuse(command, Ending());
  }
  if (alone && setup_.step_here != nullptr && setup_.step_here()) return;
  setup_.waker();
}

void Worker::AddBarrier(int partition, Barrier barrier) {
  if (!AdmitWaiter(barrier.done)) return barrier.done(TooManyWaiters());
  bool abandoned = false;
  {
    std::lock_guard lock(mutex_);
    abandoned = abandoned_;
    if (!abandoned) inbox_.barriers.emplace_back(partition, std::move(barrier));
  }
  if (abandoned) return barrier.done(Ending());
  setup_.waker();
}

void Worker::Await(Position position, absl::Duration deadline,
                   std::function<void(absl::Status)> done) {
  absl::Status refusal;
  {
    std::lock_guard lock(mutex_);
    if (abandoned_) {
      refusal = Ending();
    } else if (own_reports_.at(position.partition).next >= position.next) {
      // Already applied: nothing to wait for.
    } else if (!AdmitWaiter(done)) {
      refusal = TooManyWaiters();
    } else {
      inbox_.waiters.push_back({position, deadline, std::exchange(done, nullptr)});
    }
  }
  if (done != nullptr) return done(std::move(refusal));
  setup_.waker();
}

void Worker::Assign(int partition, bool assigned) {
  {
    std::lock_guard lock(mutex_);
    inbox_.assignments.emplace_back(partition, assigned);
  }
  setup_.waker();
}

std::vector<PartitionReport> Worker::Reports() const {
  std::lock_guard lock(mutex_);
  std::vector<PartitionReport> reports;
  for (const auto& [number, report] : own_reports_) reports.push_back(report);
  for (const auto& [key, report] : foreign_reports_) reports.push_back(report);
  return reports;
}

eventlog::Offset Worker::NextOf(int partition) const {
  std::lock_guard lock(mutex_);
  return own_reports_.at(partition).next;
}

eventlog::Offset Worker::NextOf(const std::string& topic, int partition) const {
  std::lock_guard lock(mutex_);
  if (topic == setup_.service->topic) {
    const auto own = own_reports_.find(partition);
    return own == own_reports_.end() ? -1 : own->second.next;
  }
  const auto foreign = foreign_reports_.find({topic, partition});
  return foreign == foreign_reports_.end() ? -1 : foreign->second.next;
}

PartitionReport Worker::ReportOf(int partition) const {
  std::lock_guard lock(mutex_);
  return own_reports_.at(partition);
}

void Worker::TakeInbox() {
  Inbox inbox;
  {
    std::lock_guard lock(mutex_);
    std::swap(inbox, inbox_);
  }
  for (const auto& [partition, assigned] : inbox.assignments)
    partitions_.at(partition)->Assign(assigned);
  for (auto& [partition, barrier] : inbox.barriers)
    partitions_.at(partition)->AddBarrier(std::move(barrier));
  for (Command& command : inbox.commands)
    partitions_.at(command.partition)->Submit(std::move(command));
  for (Waiter& waiter : inbox.waiters) waiters_.push_back(std::move(waiter));
}

absl::StatusOr<StepReport> Worker::Step() {
  if (!final_.ok()) return final_;
  absl::StatusOr<StepReport> report = Sweep();
  if (!report.ok()) final_ = report.status();
  return report;
}

absl::StatusOr<StepReport> Worker::StepDecisions() {
  if (!final_.ok()) return final_;
  final_ = setup_.database->health();
  if (!final_.ok()) return final_;
  WatchLease();
  return DecideSubmitted();
}

absl::StatusOr<StepReport> Worker::Sweep() {
  // Readers find damage too, and cannot end the process themselves.
  if (absl::Status s = setup_.database->health(); !s.ok()) return s;
  WatchWriter();
  PollDeliveries();
  WatchLease();
  absl::StatusOr<size_t> read = ReadLog();
  if (!read.ok()) return read.status();
  absl::StatusOr<size_t> foreign = ReadForeign();
  if (!foreign.ok()) return foreign.status();
  if (!batch_.empty()) {
    if (absl::Status s = batch_.Commit(); !s.ok()) return s;
    Publish();
    for (const std::string& parent : applier_.TakeTouched()) {
      if (setup_.on_touched != nullptr) setup_.on_touched(parent);
    }
  }
  for (const auto& [number, partition] : partitions_) partition->Settle();
  ServeWaiters();
  StepReport report = DecideSubmitted();
  ServeWaiters();  // Those that were in the inbox: what woke them may be what was just applied.
  if (absl::Status s = WatchReadBack(); !s.ok()) return s;
  report.busy = report.busy || *read >= kRecordsPerStepMax || *foreign >= kRecordsPerStepMax;
  Publish();
  WatchForeignEnds();
  return report;
}

StepReport Worker::DecideSubmitted() {
  TakeInbox();
  admission_.Learn(setup_.clock->SinceBoot());
  size_t appended = 0;
  StepReport report;
  for (const auto& [number, partition] : partitions_) {
    appended += partition->Decide(kDecisionsPerStepMax);
    report.next = std::min(report.next, std::max(partition->TimeToTimers(), absl::Milliseconds(1)));
    report.busy = report.busy || (partition->HasWork() && appended >= kDecisionsPerStepMax);
  }
  WatchReports(report);
  return report;
}

absl::StatusOr<size_t> Worker::ReadLog() {
  if (tail_ == nullptr) return 0;
  absl::Status status = tail_->Poll(kRecordsPerStepMax, records_);
  if (absl::IsUnavailable(status)) return 0;
  if (!status.ok()) return OfLog(status);
  std::vector<Partition*> touched;
  for (const eventlog::Record& record : records_.records) {
    Partition* partition = partitions_.at(record.partition).get();
    if (absl::Status s = partition->Apply(record); !s.ok()) return s;
    if (std::find(touched.begin(), touched.end(), partition) == touched.end())
      touched.push_back(partition);
  }
  for (Partition* partition : touched) partition->WritePosition();
  return records_.records.size();
}

absl::StatusOr<size_t> Worker::ReadForeign() {
  size_t count = 0;
  for (const auto& [topic, tail] : foreign_tails_) {
    absl::Status status = tail->Poll(kRecordsPerStepMax, records_);
    if (absl::IsUnavailable(status)) continue;
    if (!status.ok()) return OfLog(status);
    std::vector<LogReader*> touched;
    for (const eventlog::Record& record : records_.records) {
      LogReader* reader = foreign_readers_.at({topic, record.partition}).get();
      if (absl::Status s = reader->Feed(record); !s.ok()) return s;
      if (std::find(touched.begin(), touched.end(), reader) == touched.end())
        touched.push_back(reader);
    }
    for (LogReader* reader : touched) {
      applier_.memory().PutPosition(topic, reader->partition(), reader->position());
    }
    count += records_.records.size();
  }
  return count;
}

absl::Status Worker::ApplyForeign(const std::string& topic, const eventlog::Record& record) {
  std::optional<EventRecord> parsed;  // Once, however many tables are made of it.
  for (const ForeignDef& foreign : setup_.service->foreigns) {
    if (foreign.topic != topic) continue;
    // Another service's aggregates and facts that we do not know are not ours to stop at.
    if (record.HeaderOr("ce_dataschema") != foreign.event->GetDescriptor()->full_name()) continue;
    if (!parsed.has_value()) {
      absl::StatusOr<EventRecord> event = ParseRecord(record, *foreign.event);
      if (!event.ok()) return event.status();
      parsed = *std::move(event);
    }
    const eventlog::EventHeaders& headers = parsed->headers;
    const EventMeta meta{headers.time, headers.actor, headers.subject, headers.revision,
                         record.partition};
    foreign.project(*parsed->event, meta, batch_);
  }
  if (parsed.has_value()) {
    const absl::Time time = parsed->headers.time;
    absl::Time& newest = foreign_newest_.try_emplace({topic, record.partition}, time).first->second;
    newest = std::max(newest, time);
  }
  return absl::OkStatus();
}

void Worker::PollDeliveries() {
  if (writer_ == nullptr) return;
  deliveries_.clear();
  writer_->Poll(deliveries_);
  for (const eventlog::Delivery& delivery : deliveries_) {
    partitions_.at(delivery.partition)->Delivered(delivery);
  }
}

void Worker::WatchReports(StepReport& report) {
  bool awaits = false;
  for (const auto& [number, partition] : partitions_) {
    awaits = awaits || partition->AwaitsReports();
  }
  if (awaits_reports_.exchange(awaits) || !awaits) return;
  // What has come since the last look woke nobody.
  PollDeliveries();
  report.busy = report.busy || !deliveries_.empty();
}

void Worker::WatchWriter() {
  if (writer_ != nullptr && !writer_->Broken()) return;
  if (writer_ != nullptr) {
    PollDeliveries();
    writer_.reset();
    for (const auto& [number, partition] : partitions_) partition->WriterLost();
    base::Log(base::Level::kWarning, "the writer broke; a new one is opened",
              {{"topic", setup_.service->topic}});
  }
  auto writer = setup_.log->ReopenWriter(setup_.service->topic, ReportWaker());
  if (writer.ok()) writer_ = *std::move(writer);
}

bool Worker::LeaseHolds() const {
  return setup_.clock->SinceBoot() < setup_.last_heartbeat() + setup_.lease();
}

void Worker::WatchLease() {
  const bool held = LeaseHolds();
  if (lease_held_ && !held && writer_ != nullptr) writer_->Purge();
  lease_held_ = held;
}

absl::Status Worker::WatchReadBack() {
  const absl::Duration now = setup_.clock->SinceBoot();
  absl::Duration oldest = absl::InfiniteDuration();
  for (const auto& [number, partition] : partitions_)
    oldest = std::min(oldest, partition->OldestUnread());
  wants_to_leave_.store(now - oldest > kReadBackLost);
  if (tail_ != nullptr && (now - oldest <= kReadBackSlow || now - tail_opened_ <= kReadBackSlow)) {
    return absl::OkStatus();
  }
  base::Log(base::Level::kWarning,
            "appends are acknowledged but not read back; the tail is opened anew",
            {{"topic", setup_.service->topic}});
  absl::Status status = OpenTail();
  return absl::IsUnavailable(status) ? absl::OkStatus() : status;
}

void Worker::ServeWaiters() {
  if (waiters_.empty()) return;
  const absl::Duration now = setup_.clock->SinceBoot();
  std::vector<Waiter> waiting;
  for (Waiter& waiter : waiters_) {
    if (partitions_.at(waiter.position.partition)->next() >= waiter.position.next) {
      waiter.done(absl::OkStatus());
    } else if (waiter.deadline <= now) {
      waiter.done(base::Unavailable("NOT_CAUGHT_UP",
                                    "this replica has not yet applied that position", kRetryAfter));
    } else {
      waiting.push_back(std::move(waiter));
    }
  }
  waiters_ = std::move(waiting);
}

void Worker::Publish() {
  std::lock_guard lock(mutex_);
  for (const auto& [number, partition] : partitions_) {
    PartitionReport& report = own_reports_[number];
    if (report.topic.empty() || partition->Differs(report)) report = partition->Report();
  }
  for (const auto& [key, reader] : foreign_readers_) {
    PartitionReport& report = foreign_reports_[key];
    const bool same = !report.topic.empty() && report.next == reader->next() &&
                      report.fence == reader->fence() && report.rejected == reader->rejected() &&
                      report.stopped == reader->stopped();
    if (same) continue;
    report.topic = key.first;
    report.partition = key.second;
    report.next = reader->next();
    report.fence = reader->fence();
    report.owner = reader->position().owner();
    report.rejected = reader->rejected();
    report.stopped = reader->stopped();
    report.caught_up = reader->next() >= report.to;
    const auto newest = foreign_newest_.find(key);
    if (newest != foreign_newest_.end()) report.newest_event = newest->second;
  }
}

void Worker::WatchForeignEnds() {
  const absl::Duration now = setup_.clock->SinceBoot();
  if (foreign_tails_.empty() || now - ends_watched_ < kKnownEndEvery) return;
  ends_watched_ = now;
  std::lock_guard lock(mutex_);
  for (auto& [key, report] : foreign_reports_)
    report.known_end = foreign_tails_.at(key.first)->KnownEnd(key.second);
}

void Worker::Abandon() {
  Inbox inbox;
  {
    std::lock_guard lock(mutex_);
    abandoned_ = true;
    std::swap(inbox, inbox_);
  }
  for (Command& command : inbox.commands) Refuse(command, Ending());
  for (auto& [partition, barrier] : inbox.barriers) barrier.done(Ending());
  for (const auto& [number, partition] : partitions_) partition->Abandon();
  for (Waiter& waiter : inbox.waiters) waiter.done(Ending());
  for (Waiter& waiter : std::exchange(waiters_, {})) waiter.done(Ending());
}

}  // namespace crm::engine
