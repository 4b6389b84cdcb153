#include "libs/engine/worker.h"

#include <algorithm>
#include <utility>

#include "libs/base/check.h"
#include "libs/base/log.h"
#include "libs/base/status.h"
#include "libs/engine/fold.h"
#include "libs/engine/limits.h"

namespace crm::engine {
namespace {

size_t LimitOf(CommandClass priority) {
  switch (priority) {
    case CommandClass::kInteractive:
      return kQueuedInteractiveMax;
    case CommandClass::kSystem:
      return kQueuedSystemMax;
    case CommandClass::kBatch:
      return kQueuedBatchMax;
  }
  return 0;
}

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
                           [this](Command& command) { return Admit(command); },
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
      foreign_ends_[{topic, share.partition}] = share.end;
      from.push_back({share.partition, share.position.next_offset()});
    }
    if (from.empty()) continue;
    auto tail = setup_.log->OpenTail(topic, std::move(from), setup_.waker);
    if (!tail.ok()) return tail.status();
    foreign_tails_[topic] = *std::move(tail);
  }
  auto writer = setup_.log->OpenWriter(setup_.service->topic, setup_.waker);
  if (!writer.ok()) return writer.status();
  writer_ = *std::move(writer);
  Publish();
  return OpenTail();
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

bool Worker::Admit(Command& command) {
  const int priority = static_cast<int>(command.priority);
  if (queued_[priority].load() >= LimitOf(command.priority)) return false;
  queued_[priority].fetch_add(1);
  command.done = [this, priority, done = std::move(command.done)](CommandResult result) {
    queued_[priority].fetch_sub(1);
    done(std::move(result));
  };
  return true;
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
  if (!Admit(command)) {
    return Refuse(command,
                  base::Unavailable("QUEUE_FULL", "too many commands are waiting", kRetryAfter));
  }
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
  return reports_;
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
  }
  for (const auto& [number, partition] : partitions_) partition->Settle();
  ServeWaiters();
  TakeInbox();
  size_t appended = 0;
  StepReport report;
  for (const auto& [number, partition] : partitions_) {
    appended += partition->Decide(kDecisionsPerStepMax);
    report.next = std::min(report.next, std::max(partition->TimeToTimers(), absl::Milliseconds(1)));
    report.busy = report.busy || (partition->HasWork() && appended >= kDecisionsPerStepMax);
  }
  if (absl::Status s = WatchReadBack(); !s.ok()) return s;
  report.busy = report.busy || *read >= kRecordsPerStepMax || *foreign >= kRecordsPerStepMax;
  Publish();
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
  for (const ForeignDef& foreign : setup_.service->foreigns) {
    if (foreign.topic != topic) continue;
    // Another service's aggregates and facts that we do not know are not ours to stop at.
    if (record.HeaderOr("ce_dataschema") != foreign.event->GetDescriptor()->full_name()) continue;
    absl::StatusOr<EventRecord> parsed = ParseRecord(record, *foreign.event);
    if (!parsed.ok()) return parsed.status();
    const eventlog::EventHeaders& headers = parsed->headers;
    const EventMeta meta{headers.time, headers.actor, headers.subject, headers.revision,
                         record.partition};
    foreign.project(*parsed->event, meta, batch_);
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

void Worker::WatchWriter() {
  if (writer_ != nullptr && !writer_->Broken()) return;
  if (writer_ != nullptr) {
    PollDeliveries();
    writer_.reset();
    for (const auto& [number, partition] : partitions_) partition->WriterLost();
    base::Log(base::Level::kWarning, "the writer broke; a new one is opened",
              {{"topic", setup_.service->topic}});
  }
  auto writer = setup_.log->ReopenWriter(setup_.service->topic, setup_.waker);
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
  std::vector<PartitionReport> reports;
  for (const auto& [number, partition] : partitions_) reports.push_back(partition->Report());
  std::lock_guard lock(mutex_);
  for (const PartitionReport& report : reports) own_reports_[report.partition] = report;
  for (const auto& [key, reader] : foreign_readers_) {
    PartitionReport report;
    report.topic = key.first;
    report.partition = key.second;
    report.next = reader->next();
    report.fence = reader->fence();
    report.owner = reader->position().owner();
    report.rejected = reader->rejected();
    report.stopped = reader->stopped();
    report.caught_up = reader->next() >= foreign_ends_.at(key);
    reports.push_back(std::move(report));
  }
  reports_ = std::move(reports);
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
