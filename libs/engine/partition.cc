#include "libs/engine/partition.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/engine/limits.h"

namespace crm::engine {

absl::Status Partition::NotOwner() const {
  return base::Unavailable("NOT_OWNER",
                           reader_.position().owner().empty() ? "no replica owns this key yet"
                                                              : "another replica owns this key",
                           kRetryAfter);
}

absl::Status Partition::Stopped() {
  return base::Unavailable("PARTITION_STOPPED",
                           "this partition has stopped at a record of its log; see the runbook",
                           kRetryAfter);
}

absl::Status Partition::FateUnknown() {
  return base::Unavailable(
      "FATE_UNKNOWN", "send the same request_id again to learn whether the command took effect",
      kRetryAfter);
}

Partition::Partition(PartitionHost host, int partition, v1::StoredPosition position,
                     eventlog::Offset end_at_start)
    : host_(std::move(host)),
      partition_(partition),
      from_(position.next_offset()),
      end_at_start_(end_at_start),
      reader_(
          host_.service.topic, partition, std::move(position),
          [this](const eventlog::Record&) { ReadClaim(); },
          [this](const eventlog::Record& record) { return ApplyAccepted(record); }, kReaderVersion),
      able_at_(host_.clock.SinceBoot()) {}

void Partition::Assign(bool assigned) {
  const bool claiming = claim_.role() == Role::kClaiming;
  claim_.Assign(assigned);
  if (claiming && claim_.role() == Role::kFollower) RefuseWaiting(NotOwner(), true);
}

absl::Status Partition::Apply(const eventlog::Record& record) {
  const bool running = reader_.stopped().empty();
  const int64_t rejected = reader_.rejected();
  if (absl::Status s = reader_.Feed(record); !s.ok()) return s;
  // It may have gone on and stopped again within the call.
  if (!reader_.stopped().empty() && (running || claim_.owns())) Halt();
  if (reader_.rejected() > rejected) ReadRejected(record);
  return absl::OkStatus();
}

// One of ours that never counted, without a newer claim: somebody else wrote under this fence.
void Partition::ReadRejected(const eventlog::Record& record) {
  const std::string id(record.HeaderOr("ce_id"));
  if (UnreadOf(id) != nullptr) claim_.Doubt();
}

absl::Status Partition::ApplyAccepted(const eventlog::Record& record) {
  absl::StatusOr<eventlog::EventHeaders> headers = eventlog::ParseHeaders(record);
  if (!headers.ok()) return Poison(std::string(headers.status().message()));
  Inflight* ours = UnreadOf(headers->id);
  const Folded* rehearsed =
      ours != nullptr && ours->rehearsed.has_value() ? &*ours->rehearsed : nullptr;
  absl::StatusOr<Applied> applied = host_.applier.Apply(record, *headers, rehearsed);
  if (!applied.ok()) return applied.status();
  // A view's read that failed would otherwise count as a row that is not there.
  if (absl::Status s = host_.applier.memory().batch().status(); !s.ok()) return s;
  if (applied->timer_gone.has_value()) fired_.erase(TimerId(applied->name, *applied->timer_gone));
  if (applied->timer_set.has_value()) {
    next_timer_ = std::min(next_timer_, *applied->timer_set);
    set_meanwhile_ = std::min(set_meanwhile_, *applied->timer_set);
  }
  if (ours == nullptr) return absl::OkStatus();
  ours->read = ours->recorded = true;
  ours->rehearsed.reset();
  if (!applied->resource.empty()) ours->resource = std::move(applied->resource);
  ours->position = {partition_, record.offset + 1};
  return absl::OkStatus();
}

Partition::Inflight* Partition::UnreadOf(const std::string& event_id) {
  const auto it = std::find_if(inflight_.begin(), inflight_.end(), [&](const Inflight& inflight) {
    return !inflight.read && inflight.event_id == event_id;
  });
  return it == inflight_.end() ? nullptr : &*it;
}

void Partition::ReadClaim() {
  claim_.Read(reader_.position().claim_id(), host_.clock.SinceBoot() + Jitter());
  next_timer_ = absl::InfinitePast();  // Only the table knows what is due.
  timers_from_.clear();
  // Either way: what was appended before and was not read before this claim is not in the log's
  // history and never will be. If the claim is somebody else's, what waits is for him.
  for (Inflight& inflight : inflight_) {
    if (inflight.read) {
      inflight.delivered = true;  // Settled by the claim, whatever its report says.
      continue;
    }
    if (!inflight.command.has_value() && inflight.barriers.empty()) continue;
    if (inflight.command.has_value()) {
      AnswerNow(*inflight.command,
                base::Unavailable("NOT_DONE", "the command did not take effect; send it again",
                                  kRetryAfter));
      queue_.Release(std::string(inflight.command->key()));
      inflight.command.reset();
    }
    for (Barrier& barrier : inflight.barriers) {
      barrier.done(base::Unavailable("NOT_DONE", "the owner changed; send it again", kRetryAfter));
    }
    inflight.barriers.clear();
  }
  std::erase_if(inflight_, [](const Inflight& inflight) { return !inflight.read; });
  if (!claim_.owns()) RefuseWaiting(NotOwner(), true);
}

void Partition::RefuseWaiting(const absl::Status& why, bool not_owner) {
  for (Command& command : queue_.TakeAll()) {
    CommandResult result;
    result.status = why;
    result.not_owner = not_owner;
    result.name = command.name;
    command.done(std::move(result));
  }
  for (Barrier& barrier : std::exchange(barriers_, {})) barrier.done(why);
  fired_.clear();
}

void Partition::Halt() {
  // What was appended behind the record may be in the log or not; should the partition go on one
  // day, only a claim of its own time says which.
  claim_.Doubt();
  for (Inflight& inflight : inflight_) {
    if (inflight.read) continue;
    for (Barrier& barrier : inflight.barriers) barrier.done(Stopped());
    if (!inflight.command.has_value()) continue;
    AnswerNow(*inflight.command, FateUnknown());
    queue_.Release(std::string(inflight.command->key()));
  }
  std::erase_if(inflight_, [](const Inflight& inflight) { return !inflight.read; });
  RefuseWaiting(Stopped(), false);
}

void Partition::WritePosition() {
  host_.applier.memory().PutPosition(host_.service.topic, partition_, reader_.position());
}

void Partition::Delivered(const eventlog::Delivery& delivery) {
  const auto it = std::find_if(inflight_.begin(), inflight_.end(), [&](const Inflight& inflight) {
    return inflight.token == delivery.token;
  });
  const bool known = it != inflight_.end();
  if (delivery.status.ok()) {
    if (!known) return;
    it->delivered = true;
    it->delivered_at = host_.clock.SinceBoot();
    return;
  }
  if (absl::IsUnavailable(delivery.status) || absl::IsDeadlineExceeded(delivery.status)) {
    if (delivery.token == 0) {
      claim_.Failed(host_.clock.SinceBoot() + Jitter());
    } else if (known) {
      // Also when it was read back: that it will stay is said only by a good report, or by a claim
      // behind it.
      claim_.Doubt();
    }
    return;
  }
  // Definite: it is not in the log and will never be.
  if (delivery.token == 0) claim_.Failed(host_.clock.SinceBoot() + Jitter());
  if (!known) return;
  for (Barrier& barrier : std::exchange(it->barriers, {})) {
    barrier.done(
        base::Unavailable("NOT_DONE", "the log did not take it; send it again", kRetryAfter));
  }
  it->refusal = base::Failed(absl::StatusCode::kResourceExhausted, "LOG_REFUSED",
                             "the log does not take this change");
  if (it->command.has_value()) it->refusal = Unrecorded(*it->command, std::move(it->refusal));
  it->read = it->delivered = true;
  it->position = {partition_, next()};
}

size_t Partition::Settle() {
  size_t replies = 0;
  while (true) {
    const auto it = std::find_if(inflight_.begin(), inflight_.end(), [](const Inflight& inflight) {
      return inflight.read && inflight.delivered;
    });
    if (it == inflight_.end()) return replies;
    Inflight inflight = std::move(*it);
    inflight_.erase(it);
    Reply(inflight);
    ++replies;
  }
}

void Partition::Reply(Inflight& inflight) {
  for (Barrier& barrier : inflight.barriers) barrier.done(inflight.position);
  if (!inflight.command.has_value()) return;
  Command& command = *inflight.command;
  queue_.Release(std::string(command.key()));
  CommandResult result;
  result.status = inflight.refusal;
  result.resource = std::move(inflight.resource);
  result.name = command.name;
  result.position = inflight.position;
  result.recorded = inflight.recorded;
  command.done(std::move(result));
}

bool Partition::AwaitsReports() const {
  return std::any_of(inflight_.begin(), inflight_.end(),
                     [](const Inflight& inflight) { return inflight.read && !inflight.delivered; });
}

absl::Duration Partition::OldestUnread() const {
  for (const Inflight& inflight : inflight_) {
    if (inflight.delivered && !inflight.read) return inflight.delivered_at;
  }
  return absl::InfiniteDuration();
}

std::string Partition::WhyUnwritable() const {
  if (claim_.role() == Role::kFollower) return "";
  if (topic_gone_) return "the topic is gone";
  if (silence_ <= kLogSilenceMax) return "";
  return absl::StrCat("the log has not answered for ", absl::ToInt64Seconds(silence_), " s");
}

// The owner changes with the fence, caught_up with next; from and to never.
bool Partition::Differs(const PartitionReport& report) const {
  return report.role != claim_.role() || report.next != next() || report.fence != reader_.fence() ||
         report.rejected != reader_.rejected() || report.stopped != reader_.stopped() ||
         report.unwritable != WhyUnwritable();
}

PartitionReport Partition::Report() const {
  PartitionReport report;
  report.topic = host_.service.topic;
  report.partition = partition_;
  report.role = claim_.role();
  report.next = next();
  report.fence = reader_.fence();
  report.owner = reader_.position().owner();
  report.rejected = reader_.rejected();
  report.stopped = reader_.stopped();
  report.from = from_;
  report.to = end_at_start_;
  report.caught_up = next() >= end_at_start_;
  report.unwritable = WhyUnwritable();
  return report;
}

}  // namespace crm::engine
