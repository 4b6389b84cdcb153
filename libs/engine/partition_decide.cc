// The half of Partition that writes: claims, timers, decisions, appends.
#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "crm/eventlog/v1/eventlog.pb.h"
#include "libs/base/hash.h"
#include "libs/base/log.h"
#include "libs/base/status.h"
#include "libs/engine/limits.h"
#include "libs/engine/partition.h"

namespace crm::engine {
namespace {

// What this program may write can be read from this version of the readers on.
constexpr int32_t kMinReaderVersion = 2;
static_assert(kMinReaderVersion <= kReaderVersion, "who writes can read it");

std::string RandomHex(std::mt19937_64& random) {
  return absl::StrFormat("%016x%016x", random(), random());
}

absl::Status LogUnavailable() {
  return base::Unavailable("LOG_UNAVAILABLE", "the log takes no records now", kRetryAfter);
}
// What a caller is told of an append that was not begun: nothing was done, and nothing will be.
absl::Status NotAppended(const absl::Status& status) {
  if (status.ok()) return status;
  if (absl::IsInvalidArgument(status)) {
    return base::Failed(absl::StatusCode::kResourceExhausted, "EVENT_TOO_LARGE",
                        "the change is larger than the log takes");
  }
  if (absl::IsResourceExhausted(status))
    return base::Unavailable("LOG_BUSY", "the log's queue is full", kRetryAfter);
  return LogUnavailable();
}
absl::Status LeaseOver() {
  return base::Unavailable("NO_CONTACT", "this replica has lost contact with the log's group",
                           kRetryAfter);
}

}  // namespace

absl::Duration Partition::Jitter() {
  std::uniform_real_distribution<double> between(absl::ToDoubleSeconds(kReclaimAfterMin),
                                                 absl::ToDoubleSeconds(kReclaimAfterMax));
  return absl::Seconds(between(host_.random));
}

bool Partition::MayAnswer() const { return claim_.owns() && host_.lease_holds(); }

absl::Status Partition::Unrecorded(const Command& command, absl::Status refusal) {
  return command.said_before && !absl::IsUnavailable(refusal) ? FateUnknown() : refusal;
}

void Partition::AnswerNow(Command& command, absl::Status status) {
  AnswerNow(command, Outcome{std::move(status)});
}

void Partition::AnswerNow(Command& command, Outcome outcome) {
  CommandResult result;
  result.status = std::move(outcome.refusal);
  result.resource = std::move(outcome.resource);
  result.name = command.name;
  result.position = {partition_, outcome.rests_on.value_or(next())};
  result.recorded = outcome.recorded;
  command.done(std::move(result));
}

void Partition::Submit(Command command) {
  if (!reader_.stopped().empty()) return AnswerNow(command, Stopped());
  if (claim_.role() == Role::kFollower) {
    CommandResult result;
    result.status = NotOwner();
    result.not_owner = true;
    result.name = command.name;
    return command.done(std::move(result));
  }
  if (silence_ > kLogSilenceMax) return AnswerNow(command, LogUnavailable());
  queue_.Push(std::move(command));
}

absl::Status Partition::AppendRecord(const eventlog::EventHeaders& headers, std::string_view key,
                                     std::string_view value, uint64_t token) {
  const eventlog::HeaderBlock block(headers);
  absl::Status status =
      host_.append(eventlog::Record{partition_, 0, key, value, block.headers()}, token);
  topic_gone_ = absl::IsNotFound(status);
  // Who is not ready is sent nothing: only claims, which go on, find the topic again.
  if (topic_gone_) claim_.Doubt();
  return status;
}

void Partition::SendClaim() {
  eventlog::v1::LogEvent event;
  auto& claimed = *event.mutable_partition_claimed();
  claimed.set_epoch(reader_.fence() + 1);
  claimed.set_claim_id(RandomHex(host_.random));
  claimed.set_instance(host_.instance);
  claimed.set_min_reader_version(kMinReaderVersion);

  eventlog::EventHeaders headers;
  headers.id = claimed.claim_id();
  headers.source = host_.service.package;
  headers.type = std::string(eventlog::kClaimType);
  headers.dataschema = event.GetDescriptor()->full_name();
  headers.time = host_.clock.Now();
  headers.fence = claimed.epoch();
  const absl::Duration now = host_.clock.SinceBoot();
  const absl::Status status = AppendRecord(headers, "", event.SerializeAsString(), 0);
  if (status.ok()) {
    claim_.Sent(claimed.claim_id(), now);
  } else {
    claim_.Failed(now + Jitter());
  }
}

std::string Partition::TimerId(std::string_view name, absl::Time due) {
  std::string id(name);
  return id.append("@").append(std::to_string(absl::ToUnixNanos(due)));
}

// Goes once over all timers that are due, a bounded number a step: who backs off keeps nobody
// behind him from his turn.
void Partition::FireTimers() {
  if (TimeToTimers() > absl::ZeroDuration()) return;
  const absl::Time now = host_.clock.Now();
  if (timers_from_.empty()) {
    next_pass_ = absl::InfiniteDuration();
    set_meanwhile_ = absl::InfiniteFuture();
  }
  size_t fired = 0;
  absl::StatusOr<TimerScan> scan =
      ScanDueTimers(host_.database, partition_, now, timers_from_, kTimersScannedPerStepMax,
                    [&](absl::Time due, std::string_view name) {
                      if (fired == kTimersPerStepMax) return false;
                      const Firing firing = FireTimer(due, name);
                      fired += firing == Firing::kFired ? 1 : 0;
                      return firing != Firing::kNoRoom;
                    });
  if (!scan.ok()) {
    base::Log(base::Level::kError, "timers cannot be read",
              {{"why", std::string(scan.status().message())}});
    next_timer_ = absl::InfiniteFuture();
    next_pass_ = host_.clock.SinceBoot() + kBackoffFirst;
    return;
  }
  timers_from_ = std::move(scan->resume);
  next_timer_ = timers_from_.empty() ? std::min(set_meanwhile_, scan->next) : absl::InfinitePast();
}

absl::Duration Partition::TimeToTimers() const {
  if (!deciding_) return absl::InfiniteDuration();
  return std::min(next_timer_ - host_.clock.Now(), next_pass_ - host_.clock.SinceBoot());
}

Partition::Firing Partition::FireTimer(absl::Time due, std::string_view name) {
  const absl::Duration boot = host_.clock.SinceBoot();
  // Passes for the sake of those that back off come at most once in kBackoffFirst.
  next_pass_ = std::min(next_pass_, boot + kBackoffFirst);
  const std::string id = TimerId(name, due);
  if (const auto it = fired_.find(id); it != fired_.end() && boot < it->second.again_at)
    return Firing::kNotNow;
  const AggregateDef* aggregate = nullptr;
  for (const auto& candidate : host_.service.aggregates) {
    if (candidate->due != nullptr && candidate->pattern.Matches(name)) aggregate = candidate.get();
  }
  if (aggregate == nullptr) return Firing::kNotNow;
  Command command;
  command.def = aggregate->due;
  command.request = NewOf(*aggregate->due->request);
  command.request->GetReflection()->SetString(command.request.get(), aggregate->due->shape.name,
                                              std::string(name));
  command.name = std::string(name);
  command.partition = partition_;
  command.actor = absl::StrCat("service:", host_.service.name);
  command.request_id = absl::StrCat(
      "due-", base::DeriveId({command.name, absl::FormatTime(due, absl::UTCTimeZone())}));
  command.request_hash = command.request_id;
  command.priority = CommandClass::kBatch;
  command.done = [](CommandResult) {};
  if (!host_.admit(command)) return Firing::kNoRoom;
  // A due command that changes something changes the due time, so that the entry is gone. One that
  // does not would spin without this.
  Fired& fired = fired_[id];
  fired.again_at = boot + std::min(kBackoffMax, kBackoffFirst * (1 << std::min(fired.times, 10)));
  if (++fired.times == 3) {
    base::Log(base::Level::kWarning, "a due timer changes nothing",
              {{"topic", host_.service.topic}, {"name", command.name}});
  }
  queue_.Push(std::move(command));
  return Firing::kFired;
}

void Partition::ExpireBarriers(std::vector<Barrier>& barriers, absl::Duration now) {
  for (Barrier& barrier : barriers) {
    if (barrier.deadline > now) continue;
    barrier.done(base::Unavailable("NO_BARRIER", "no barrier was read back in time", kRetryAfter));
    barrier.done = nullptr;
  }
  std::erase_if(barriers, [](const Barrier& barrier) { return barrier.done == nullptr; });
}

void Partition::AnswerExpired(absl::Duration now) {
  for (Command& expired : queue_.TakeExpired(now)) {
    AnswerNow(expired,
              base::Failed(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED",
                           "the deadline passed before the command was decided; nothing was done"));
  }
  ExpireBarriers(barriers_, now);
  // In flight and in doubt for too long: only the same request_id can tell what became of it.
  for (Inflight& inflight : inflight_) {
    ExpireBarriers(inflight.barriers, now);
    if (!inflight.command.has_value() || inflight.command->deadline > now) continue;
    AnswerNow(*inflight.command, FateUnknown());
    inflight.command->done = [](CommandResult) {};
    inflight.command->deadline = absl::InfiniteDuration();
  }
}

size_t Partition::Decide(size_t max) {
  const absl::Duration now = host_.clock.SinceBoot();
  const bool fresh = host_.lease_holds();
  if (reader_.stopped().empty() && claim_.ShouldClaim(now, next() >= end_at_start_, fresh))
    SendClaim();
  if (now >= next_sweep_) {
    next_sweep_ = now + kExpirySweep;
    AnswerExpired(now);
  }
  deciding_ = reader_.stopped().empty() && claim_.owns() && fresh;
  if (deciding_ || claim_.role() == Role::kFollower) able_at_ = now;
  silence_ = now - able_at_;
  if (!deciding_) return 0;
  FireTimers();
  size_t appended = 0;
  for (size_t i = 0; i < max && claim_.owns(); ++i) {
    std::optional<Command> command = queue_.Pop();
    if (!command.has_value()) break;
    appended += DecideOne(*std::move(command));
  }
  if (!barriers_.empty()) {
    if (appended > 0) {
      // What was just appended came after the requests for a barrier, and serves as one.
      for (Barrier& barrier : barriers_) inflight_.back().barriers.push_back(std::move(barrier));
      barriers_.clear();
    } else {
      appended += AppendBarrier();
    }
  }
  return appended;
}

size_t Partition::DecideOne(Command command) {
  Outcome outcome = DecideCommand(command, host_.applier, host_.applier.memory(), host_.company,
                                  host_.clock.Now());
  if (absl::Status s = host_.applier.memory().batch().status(); !s.ok()) {
    // The decision rests on a read that failed: it is none.
    outcome =
        Outcome{absl::IsDataLoss(s)
                    ? OfTables(std::move(s))
                    : base::Unavailable("TABLES_FAILED", "the tables cannot be read", kRetryAfter)};
    host_.applier.memory().batch().Clear();
  }
  outcome.refusal = OfTables(std::move(outcome.refusal));
  if (outcome.append) return AppendOutcome(std::move(command), std::move(outcome));
  queue_.Release(std::string(command.key()));
  // An answer without an event is a read: good only while the lease holds after it was made.
  if (!MayAnswer()) {
    AnswerNow(command, LeaseOver());
  } else {
    AnswerNow(command, std::move(outcome));
  }
  return 0;
}

size_t Partition::AppendOutcome(Command command, Outcome outcome) {
  eventlog::EventHeaders headers;
  headers.id = absl::StrCat(absl::string_view(reader_.position().claim_id()).substr(0, 16), "-",
                            ++sequence_);
  headers.source = host_.service.package;
  headers.type = outcome.fact_type;
  headers.dataschema = outcome.schema;
  headers.subject = command.name;
  headers.time = outcome.time;
  headers.traceparent = command.traceparent;
  headers.fence = reader_.fence();
  headers.revision = outcome.revision;
  headers.actor = command.actor;
  headers.request_id = command.request_id;
  headers.request_hash = command.request_hash;
  if (!command.reaction.reaction.empty()) {
    headers.causation = command.reaction.event_id;
    headers.correlation = command.reaction.correlation;
    headers.reaction = FormatReaction(command.reaction.reaction, command.reaction.source,
                                      command.reaction.revision);
  } else {
    headers.causation = command.request_id;
  }
  absl::Status status;
  const uint64_t token = next_token_++;
  if (absl::Status s = eventlog::CheckHeaders(headers); !s.ok()) {
    status = base::Failed(absl::StatusCode::kInternal, "BAD_HEADER",
                          "a header of the event is none that a reader takes",
                          {{"found", std::string(s.message())}});
  } else {
    status = NotAppended(AppendRecord(headers, command.key(), outcome.value, token));
  }
  if (!status.ok()) {
    queue_.Release(std::string(command.key()));
    AnswerNow(command, Unrecorded(command, std::move(status)));
    return 0;
  }
  Inflight inflight;
  inflight.token = token;
  inflight.event_id = headers.id;
  inflight.refusal = std::move(outcome.refusal);
  inflight.resource = std::move(outcome.resource);
  inflight.rehearsed = std::move(outcome.rehearsed);
  inflight.command = std::move(command);
  inflight_.push_back(std::move(inflight));
  return 1;
}

size_t Partition::AppendBarrier() {
  eventlog::v1::LogEvent event;
  event.mutable_barrier()->set_barrier_id(RandomHex(host_.random));
  eventlog::EventHeaders headers;
  headers.id = absl::StrCat(absl::string_view(reader_.position().claim_id()).substr(0, 16), "-",
                            ++sequence_);
  headers.source = host_.service.package;
  headers.type = event.barrier().GetDescriptor()->full_name();
  headers.dataschema = event.GetDescriptor()->full_name();
  headers.time = host_.clock.Now();
  headers.fence = reader_.fence();
  const uint64_t token = next_token_++;
  if (!AppendRecord(headers, "", event.SerializeAsString(), token).ok())
    return 0;  // Next step again.
  Inflight inflight;
  inflight.token = token;
  inflight.event_id = headers.id;
  inflight.barriers = std::exchange(barriers_, {});
  inflight_.push_back(std::move(inflight));
  return 1;
}

void Partition::AddBarrier(Barrier barrier) {
  if (!reader_.stopped().empty()) return barrier.done(Stopped());
  if (claim_.role() == Role::kFollower) return barrier.done(NotOwner());
  if (silence_ > kLogSilenceMax) return barrier.done(LogUnavailable());
  barriers_.push_back(std::move(barrier));
}

void Partition::WriterLost() {
  if (!inflight_.empty()) claim_.Doubt();
  claim_.Failed(host_.clock.SinceBoot());
}

void Partition::Abandon() {
  const absl::Status ending =
      base::Unavailable("SHUTTING_DOWN", "this replica is stopping; try another", kRetryAfter);
  for (Command& command : queue_.TakeAll()) AnswerNow(command, ending);
  for (Inflight& inflight : inflight_) {
    if (inflight.command.has_value()) AnswerNow(*inflight.command, ending);
    for (Barrier& barrier : inflight.barriers) barrier.done(ending);
  }
  inflight_.clear();
  for (Barrier& barrier : std::exchange(barriers_, {})) barrier.done(ending);
}

}  // namespace crm::engine
