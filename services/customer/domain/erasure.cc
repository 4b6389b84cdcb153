#include "services/customer/domain/erasure.h"

#include <optional>
#include <string>
#include <utility>

#include "crm/customer/v1/reason.pb.h"
#include "libs/base/check.h"
#include "libs/base/date.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/base/timestamp.h"
#include "services/customer/domain/checks.h"
#include "services/customer/domain/contact_merge.h"
#include "services/customer/domain/customer_merge.h"
#include "services/customer/domain/merge_bar.h"
#include "services/customer/domain/references.h"
#include "services/customer/read/care_tables.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using base::Invalid;
using Event = ErasureModel::Event;

constexpr int kDefaultDays = 30;

int DaysOf(const engine::Snapshot& snapshot) {
  const auto policy = snapshot.Get(kCustomerPolicies, kStandardCustomerPolicy);
  return policy.has_value() && policy->erasure_days() > 0 ? policy->erasure_days() : kDefaultDays;
}

v1::ErasureStep StepTo(v1::ErasureState state, std::string note, const engine::Context& context) {
  v1::ErasureStep step;
  step.set_state(state);
  *step.mutable_time() = base::TimestampOf(context.time);
  step.set_actor(context.actor);
  step.set_note(std::move(note));
  return step;
}

// When the day after `day` begins.
google::protobuf::Timestamp DayAfter(absl::CivilDay day, const engine::Context& context) {
  const absl::CivilDay look =
      absl::ToCivilDay(context.time, context.zone) + (day + 1 - context.business_date);
  return base::TimestampOf(absl::FromCivil(look, context.zone));
}

absl::Status CheckSubject(const std::string& subject, const engine::Snapshot& snapshot) {
  if (CheckName("erasure.subject", "contacts", subject).ok()) {
    const auto contact = subject.empty() ? std::nullopt : snapshot.Get(kContacts, subject);
    if (contact.has_value()) return CheckNotMerged(*contact);
    return Invalid("erasure.subject", "must be a customer or a contact that is known here");
  }
  if (absl::Status s = CheckName("erasure.subject", "customers", subject); !s.ok()) return s;
  const auto customer = snapshot.Get(kCustomers, subject);
  if (!customer.has_value())
    return Invalid("erasure.subject", "must be a customer or a contact that is known here");
  if (absl::Status s = CheckNotErased(customer->status()); !s.ok()) return s;
  return CheckNotMerged(*customer);
}

// One that was asked for and is not over, so that a hold is not passed by asking again.
absl::Status CheckNotAsked(const std::string& subject, const engine::Snapshot& snapshot) {
  const std::string known = OpenErasureOf(subject, snapshot);
  if (known.empty()) return absl::OkStatus();
  return base::Refused(v1::REASON_ERASURE_ASKED, "it was asked for already that they be erased",
                       {{"erasure", known}});
}

bool IsHeld(const v1::Erasure& erasure, absl::CivilDay today) {
  return erasure.state() == v1::ERASURE_STATE_HELD &&
         (!erasure.has_hold_until_date() || today <= base::DayOf(erasure.hold_until_date()));
}

absl::Status Held(const v1::Erasure& erasure) {
  return base::Refused(v1::REASON_ERASURE_HELD, "the erasure is held for a legal reason",
                       {{"hold_reason", erasure.hold_reason()}});
}

// By another erasure of the subject, or of one that was merged into it.
absl::Status CheckNotHeldElsewhere(const v1::Erasure& erasure, absl::CivilDay today,
                                   const engine::Snapshot& snapshot) {
  absl::Status held;
  for (const std::string& name : NamesOf(erasure.subject(), snapshot)) {
    snapshot.Scan(
        kErasures, "by_subject",
        [&](const v1::Erasure& other) {
          if (other.name() != erasure.name() && IsHeld(other, today)) held = Held(other);
          return held.ok();
        },
        name);
  }
  return held;
}

v1::ErasureEvent HoldEnded(int days, const std::string& why, const engine::Context& context) {
  const absl::CivilDay due = context.business_date + days;
  v1::ErasureEvent event;
  v1::ErasureHoldEnded& ended = *event.mutable_hold_ended();
  *ended.mutable_due_date() = base::DateOf(due);
  *ended.mutable_check_time() = DayAfter(due, context);
  *ended.mutable_step() = StepTo(v1::ERASURE_STATE_REQUESTED, why, context);
  return event;
}

bool IsDecided(const v1::Erasure& erasure) {
  return erasure.state() != v1::ERASURE_STATE_REQUESTED &&
         erasure.state() != v1::ERASURE_STATE_HELD;
}

void AddStep(const v1::ErasureStep& step, v1::Erasure& state) {
  if (state.steps_size() >= kErasureStepsMax) state.mutable_steps()->DeleteSubrange(0, 1);
  *state.add_steps() = step;
  state.set_state(step.state());
}

void ClearHold(v1::Erasure& state) {
  state.clear_hold_reason();
  state.clear_hold_until_date();
}

}  // namespace

ErasureModel::Facts ErasureModel::Gather(const v1::RequestErasureRequest& request,
                                         const engine::Context&, const engine::Snapshot& snapshot) {
  absl::Status s = CheckSubject(request.erasure().subject(), snapshot);
  if (s.ok()) s = CheckNotAsked(request.erasure().subject(), snapshot);
  return {.refused = std::move(s), .days = DaysOf(snapshot)};
}

engine::Decision<ErasureModel> ErasureModel::Decide(const State&,
                                                    const v1::RequestErasureRequest& request,
                                                    const engine::Context& context,
                                                    const Facts& facts) {
  if (!facts.refused.ok()) return facts.refused;
  if (base::IsBlank(request.erasure().reason())) return Invalid("erasure.reason", "must be given");
  const absl::CivilDay due = context.business_date + facts.days;
  Event event;
  v1::Erasure& erasure = *event.mutable_requested()->mutable_erasure();
  erasure.set_subject(request.erasure().subject());
  erasure.set_reason(request.erasure().reason());
  *erasure.mutable_due_date() = base::DateOf(due);
  *erasure.mutable_check_time() = DayAfter(due, context);
  *event.mutable_requested()->mutable_step() = StepTo(v1::ERASURE_STATE_REQUESTED, "", context);
  return event;
}

engine::Decision<ErasureModel> ErasureModel::Decide(const State& erasure,
                                                    const v1::HoldErasureRequest& hold,
                                                    const engine::Context& context) {
  if (base::IsBlank(hold.reason())) return Invalid("reason", "must be given");
  if (hold.has_until_date()) {
    if (absl::Status s = base::CheckDate("until_date", hold.until_date()); !s.ok()) return s;
    if (base::DayOf(hold.until_date()) < context.business_date)
      return Invalid("until_date", "must not be before the business date");
  }
  if (IsDecided(erasure))
    return base::Refused(v1::REASON_ERASURE_DECIDED, "the erasure was approved already");
  const bool same_day = hold.has_until_date() == erasure.has_hold_until_date() &&
                        (!hold.has_until_date() ||
                         base::DayOf(hold.until_date()) == base::DayOf(erasure.hold_until_date()));
  if (erasure.state() == v1::ERASURE_STATE_HELD && same_day &&
      erasure.hold_reason() == hold.reason())
    return std::nullopt;
  Event event;
  v1::ErasureHeld& held = *event.mutable_held();
  held.set_reason(hold.reason());
  if (hold.has_until_date()) {
    *held.mutable_until_date() = hold.until_date();
    *held.mutable_check_time() = DayAfter(base::DayOf(hold.until_date()), context);
  }
  *held.mutable_step() = StepTo(v1::ERASURE_STATE_HELD, hold.reason(), context);
  return event;
}

ErasureModel::Days ErasureModel::Gather(const v1::ReleaseErasureHoldRequest&,
                                        const engine::Context&, const engine::Snapshot& snapshot) {
  return {.days = DaysOf(snapshot)};
}

engine::Decision<ErasureModel> ErasureModel::Decide(const State& erasure,
                                                    const v1::ReleaseErasureHoldRequest& release,
                                                    const engine::Context& context,
                                                    const Days& days) {
  if (base::IsBlank(release.reason())) return Invalid("reason", "must be given");
  if (IsDecided(erasure))
    return base::Refused(v1::REASON_ERASURE_DECIDED, "the erasure was approved already");
  if (erasure.state() != v1::ERASURE_STATE_HELD) return std::nullopt;
  return HoldEnded(days.days, release.reason(), context);
}

ErasureBar ErasureModel::Gather(const v1::ApproveErasureRequest& approve,
                                const engine::Context& context, const engine::Snapshot& snapshot) {
  const auto erasure = snapshot.Get(kErasures, approve.name());
  if (!erasure.has_value()) return {};
  // Merged or erased since. One that is not there now was when it was asked for: the table is
  // behind.
  absl::Status s = CheckSubject(erasure->subject(), snapshot);
  if (s.ok() || absl::IsInvalidArgument(s))
    s = CheckNotHeldElsewhere(*erasure, context.business_date, snapshot);
  return {std::move(s)};
}

engine::Decision<ErasureModel> ErasureModel::Decide(const State& erasure,
                                                    const v1::ApproveErasureRequest& approve,
                                                    const engine::Context& context,
                                                    const ErasureBar& bar) {
  if (IsDecided(erasure)) return std::nullopt;
  if (IsHeld(erasure, context.business_date)) return Held(erasure);
  if (!bar.refused.ok()) return bar.refused;
  Event event;
  *event.mutable_approved()->mutable_step() =
      StepTo(v1::ERASURE_STATE_APPROVED, approve.note(), context);
  return event;
}

ErasureModel::Days ErasureModel::Gather(const v1::CheckErasureRequest&, const engine::Context&,
                                        const engine::Snapshot& snapshot) {
  return {.days = DaysOf(snapshot)};
}

engine::Decision<ErasureModel> ErasureModel::Decide(const State& erasure,
                                                    const v1::CheckErasureRequest&,
                                                    const engine::Context& context,
                                                    const Days& days) {
  Event event;
  if (erasure.state() == v1::ERASURE_STATE_HELD) {
    const bool over = erasure.has_hold_until_date() &&
                      context.business_date > base::DayOf(erasure.hold_until_date());
    if (!over) return std::nullopt;
    return HoldEnded(days.days, "", context);
  }
  if (erasure.overdue() || erasure.state() == v1::ERASURE_STATE_VERIFIED) return std::nullopt;
  if (context.business_date <= base::DayOf(erasure.due_date())) return std::nullopt;
  *event.mutable_became_overdue()->mutable_due_date() = erasure.due_date();
  return event;
}

std::optional<absl::Time> ErasureModel::NextDue(const State& state) {
  if (!state.has_check_time()) return std::nullopt;
  return base::TimeOf(state.check_time());
}

void ErasureModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kRequested:
      state = event.requested().erasure();
      AddStep(event.requested().step(), state);
      return;
    case Event::kHeld:
      AddStep(event.held().step(), state);
      ClearHold(state);
      state.set_hold_reason(event.held().reason());
      if (event.held().has_until_date())
        *state.mutable_hold_until_date() = event.held().until_date();
      state.clear_check_time();
      if (event.held().has_check_time()) *state.mutable_check_time() = event.held().check_time();
      return;
    case Event::kHoldEnded:
      AddStep(event.hold_ended().step(), state);
      ClearHold(state);
      state.clear_overdue();
      *state.mutable_due_date() = event.hold_ended().due_date();
      *state.mutable_check_time() = event.hold_ended().check_time();
      return;
    case Event::kApproved:
      AddStep(event.approved().step(), state);
      ClearHold(state);
      return;
    case Event::kBecameOverdue:
      state.set_overdue(true);
      state.clear_check_time();
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

}  // namespace crm::customer
