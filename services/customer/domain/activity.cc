#include "services/customer/domain/activity.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/reason.pb.h"
#include "libs/base/check.h"
#include "libs/base/field_mask.h"
#include "libs/base/hash.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/base/timestamp.h"
#include "libs/engine/update.h"
#include "services/customer/domain/activity_checks.h"
#include "services/customer/domain/activity_series.h"
#include "services/customer/domain/checks.h"
#include "services/customer/domain/interview_checks.h"
#include "services/customer/domain/references.h"
#include "services/customer/read/activity_tables.h"
#include "services/customer/read/interview_tables.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using Event = ActivityModel::Event;
using Facts = ActivityModel::Facts;

// How the actors begin that are no persons.
constexpr std::string_view kService = "service:";

// Fields that follow from others.
constexpr const char* kDerived[] = {
    "due_time", "due_date",          "all_day",    "priority",      "repeat_basis",
    "series",   "series_start_time", "occurrence", "reminded_time", "overdue_time"};

// What is said of a customer that was merged is meant for the one that stands for it.
std::optional<v1::Customer> StandingCustomer(const std::string& name,
                                             const engine::Snapshot& snapshot) {
  if (name.empty()) return std::nullopt;
  return snapshot.Get(kCustomers, SurvivorOf(name, snapshot));
}

Facts FactsOf(const v1::Activity& activity, std::string_view actor,
              const engine::Snapshot& snapshot) {
  Facts facts;
  facts.customer = StandingCustomer(activity.customer(), snapshot);
  facts.owner = activity.owner().empty() ? StaffOfActor(actor) : activity.owner();
  if (facts.owner.empty() && facts.customer.has_value()) facts.owner = facts.customer->owner();
  if (!facts.owner.empty()) facts.staff = snapshot.Get(kStaff, absl::StrCat("staff/", facts.owner));
  return facts;
}

absl::Status References(const v1::Activity& activity, const v1::Activity& before,
                        const engine::Context& context, const engine::Snapshot& snapshot) {
  if (!IsByHand(context.actor)) return absl::OkStatus();
  absl::Status s = RefusedContacts(activity.contacts(), before.contacts(), snapshot);
  return s.ok() ? RefusedStaff(activity.owner(), before.owner(), snapshot) : s;
}

// Reactions know of their customer, also where the table is behind.
absl::Status CheckCustomer(const v1::Activity& activity, const engine::Context& context,
                           const Facts& facts) {
  if (activity.customer().empty()) return absl::OkStatus();
  if (!facts.customer.has_value() && !IsByHand(context.actor)) return absl::OkStatus();
  if (!facts.customer.has_value())
    return base::Refused(v1::REASON_CUSTOMER_UNKNOWN, "the customer is not known here",
                         {{"name", activity.customer()}});
  return CheckNotErased(facts.customer->status());
}

absl::Status CheckOwner(const Facts& facts) {
  if (!facts.staff.has_value() || facts.staff->status() != v1::STAFF_STATUS_LEFT)
    return absl::OkStatus();
  return base::Refused(v1::REASON_STAFF_LEFT, "the staff that is to do it has left",
                       {{"name", facts.staff->name()}});
}

absl::Status Closed() {
  return base::Refused(v1::REASON_ACTIVITY_CLOSED, "the activity was done or cancelled");
}

// What is not said means the default; it is written down, so that a new default changes nothing.
void FillIn(v1::Activity& activity) {
  if (activity.priority() == v1::ACTIVITY_PRIORITY_UNSPECIFIED)
    activity.set_priority(v1::ACTIVITY_PRIORITY_NORMAL);
  if (activity.repeat().empty()) {
    activity.clear_repeat_basis();
  } else if (activity.repeat_basis() == v1::ACTIVITY_REPEAT_BASIS_UNSPECIFIED) {
    activity.set_repeat_basis(v1::ACTIVITY_REPEAT_BASIS_SERIES);
  }
}

// What was said stands apart in an event, so that it can be encrypted and erased.
template <class Fact>
void MovePersonal(Fact& fact) {
  v1::Activity& activity = *fact.mutable_activity();
  if (activity.has_personal()) fact.mutable_personal()->Swap(activity.mutable_personal());
  activity.clear_personal();
}

template <class Fact>
v1::Activity Joined(const Fact& fact) {
  v1::Activity joined = fact.activity();
  if (fact.has_personal()) *joined.mutable_personal() = fact.personal();
  return joined;
}

engine::Decision<ActivityModel> Planned(v1::Activity activity, const engine::Context& context,
                                        const Facts& facts) {
  FillIn(activity);
  activity.set_owner(facts.owner);
  if (absl::Status s = CheckActivity(activity); !s.ok()) return s;
  if (absl::Status s = CheckCustomer(activity, context, facts); !s.ok()) return s;
  if (facts.customer.has_value()) activity.set_customer(facts.customer->name());
  activity.set_state(v1::ACTIVITY_STATE_PLANNED);
  *activity.mutable_reminded_time() = base::TimestampOf(context.time);
  Event event;
  *event.mutable_planned()->mutable_activity() = std::move(activity);
  MovePersonal(*event.mutable_planned());
  return event;
}

void BeginSeries(const std::string& name, absl::TimeZone zone, v1::Activity& activity) {
  activity.clear_series();
  activity.clear_series_start_time();
  activity.clear_occurrence();
  if (activity.repeat().empty()) return;
  activity.set_series(name);
  *activity.mutable_series_start_time() = base::TimestampOf(SeriesStart(activity, zone));
  activity.set_occurrence(1);
}

common::v1::Channel ChannelOf(v1::ActivityKind kind) {
  switch (kind) {
    case v1::ACTIVITY_KIND_CALL:
      return common::v1::CHANNEL_PHONE;
    case v1::ACTIVITY_KIND_MEETING:
    case v1::ACTIVITY_KIND_VISIT:
      return common::v1::CHANNEL_VISIT;
    case v1::ACTIVITY_KIND_EMAIL:
      return common::v1::CHANNEL_EMAIL;
    default:
      return common::v1::CHANNEL_UNSPECIFIED;
  }
}

// What a customer let us know and the activity is to answer; nullopt: nothing, or it was answered.
std::optional<v1::InterviewSignal> WaitingSignal(const v1::Activity& activity,
                                                 const engine::Snapshot& snapshot) {
  if (activity.cause() != v1::ACTIVITY_CAUSE_SIGNAL_DUE) return std::nullopt;
  const auto interview = snapshot.Get(kInterviews, activity.about());
  if (!interview.has_value()) return std::nullopt;
  const v1::InterviewSignal* signal = SignalOf(*interview, activity.name());
  if (signal == nullptr || signal->has_handle_time()) return std::nullopt;
  return *signal;
}

// The contact with the customer that the activity was; nullopt: it was none.
std::optional<v1::ActivityTouch> TouchOf(const v1::Activity& activity,
                                         const v1::CompleteActivityRequest& complete,
                                         const Facts& facts, absl::Time now) {
  const common::v1::Channel channel = complete.channel() == common::v1::CHANNEL_UNSPECIFIED
                                          ? ChannelOf(activity.kind())
                                          : complete.channel();
  const std::string& customer =
      facts.customer.has_value() ? facts.customer->name() : activity.customer();
  if (customer.empty() || complete.skip_touchpoint() || channel == common::v1::CHANNEL_UNSPECIFIED)
    return std::nullopt;
  v1::ActivityTouch touch;
  touch.set_touchpoint(absl::StrCat(customer, "/touchpoints/",
                                    base::DeriveId({"activity-touchpoint", activity.name()})));
  touch.set_channel(channel);
  touch.set_direction(complete.direction() == v1::DIRECTION_UNSPECIFIED ? v1::DIRECTION_OUT
                                                                        : complete.direction());
  *touch.mutable_occur_time() =
      complete.has_occur_time() ? complete.occur_time() : base::TimestampOf(now);
  touch.set_staff(activity.owner());
  *touch.mutable_contacts() =
      complete.contacts().empty() ? activity.contacts() : complete.contacts();
  touch.set_next_step(complete.next_step());
  if (complete.has_next_step_date()) *touch.mutable_next_step_date() = complete.next_step_date();
  if (complete.has_device_time()) *touch.mutable_device_time() = complete.device_time();
  return touch;
}

}  // namespace

Facts ActivityModel::Gather(const v1::PlanActivityRequest& plan, const engine::Context& context,
                            const engine::Snapshot& snapshot) {
  Facts facts = FactsOf(plan.activity(), context.actor, snapshot);
  facts.references = References(plan.activity(), {}, context, snapshot);
  return facts;
}

engine::Decision<ActivityModel> ActivityModel::Decide(const State&,
                                                      const v1::PlanActivityRequest& plan,
                                                      const engine::Context& context,
                                                      const Facts& facts) {
  v1::Activity activity = plan.activity();
  if (!std::string_view(context.actor).starts_with(kService)) activity.clear_cause();
  const bool with_date = activity.has_due_date();
  if (absl::Status s = CheckDue(activity, activity.has_due_time(), with_date); !s.ok()) return s;
  SetDue(with_date, context.zone, activity);
  if (absl::Status s = CheckRepeat(activity, context.zone); !s.ok()) return s;
  BeginSeries(context.name, context.zone, activity);
  auto planned = Planned(std::move(activity), context, facts);
  if (!planned.ok()) return planned;
  if (!facts.references.ok()) return facts.references;
  if (absl::Status s = CheckOwner(facts); !s.ok()) return s;
  return planned;
}

Facts ActivityModel::Gather(const v1::PlanNextActivityRequest& plan, const engine::Context&,
                            const engine::Snapshot& snapshot) {
  return FactsOf(plan.activity(), "", snapshot);
}

engine::Decision<ActivityModel> ActivityModel::Decide(const State&,
                                                      const v1::PlanNextActivityRequest& plan,
                                                      const engine::Context& context,
                                                      const Facts& facts) {
  v1::Activity activity = plan.activity();
  SetDue(!activity.has_due_time(), context.zone, activity);
  activity.set_series(plan.series());
  *activity.mutable_series_start_time() = plan.series_start_time();
  activity.set_occurrence(plan.occurrence());
  return Planned(std::move(activity), context, facts);
}

Facts ActivityModel::Gather(const v1::UpdateActivityRequest& update, const engine::Context& context,
                            const engine::Snapshot& snapshot) {
  Facts facts = FactsOf(update.activity(), "", snapshot);
  const auto before = snapshot.Get(kActivities, update.activity().name());
  facts.references =
      References(update.activity(), before.value_or(v1::Activity()), context, snapshot);
  return facts;
}

engine::Decision<ActivityModel> ActivityModel::Decide(const State& activity,
                                                      const v1::UpdateActivityRequest& update,
                                                      const engine::Context& context,
                                                      const Facts& facts) {
  auto changed = engine::ChangedFields(update.activity(), update.update_mask(), activity);
  if (!changed.ok()) return changed.status();
  if (changed->paths().empty()) return std::nullopt;
  if (!IsOpen(activity)) return Closed();
  v1::Activity next = activity;
  base::ApplyMask(*changed, update.activity(), next);
  const bool with_time = base::MaskTouches(*changed, "due_time");
  const bool with_date = base::MaskTouches(*changed, "due_date");
  if (with_time || with_date) {
    if (absl::Status s = CheckDue(next, with_time, with_date); !s.ok()) return s;
    SetDue(with_date, context.zone, next);
  }
  FillIn(next);
  if (absl::Status s = CheckActivity(next); !s.ok()) return s;
  if (base::MaskTouches(*changed, "customer")) {
    if (absl::Status s = CheckCustomer(next, context, facts); !s.ok()) return s;
    if (facts.customer.has_value()) next.set_customer(facts.customer->name());
  }
  if (base::MaskTouches(*changed, "contacts") || base::MaskTouches(*changed, "owner")) {
    if (!facts.references.ok()) return facts.references;
  }
  if (base::MaskTouches(*changed, "owner")) {
    if (absl::Status s = CheckOwner(facts); !s.ok()) return s;
  }
  if (base::MaskTouches(*changed, "repeat")) {
    if (absl::Status s = CheckRepeat(next, context.zone); !s.ok()) return s;
    BeginSeries(activity.name(), context.zone, next);
  }
  const bool moved = with_time || with_date || base::MaskTouches(*changed, "duration_minutes");
  if (moved) {
    next.clear_overdue_time();
    if (EndOf(next) <= context.time) *next.mutable_overdue_time() = base::TimestampOf(context.time);
  }
  if (moved || base::MaskTouches(*changed, "reminder_minutes"))
    *next.mutable_reminded_time() = base::TimestampOf(context.time);

  google::protobuf::FieldMask derived;
  for (const char* path : kDerived) derived.add_paths(path);
  const auto followed = engine::ChangedFields(next, derived, activity);
  if (!followed.ok()) return followed.status();
  for (const std::string& path : followed->paths()) {
    if (!base::MaskTouches(*changed, path)) changed->add_paths(path);
  }
  Event event;
  auto& updated = *event.mutable_updated();
  *updated.mutable_changed() = *changed;
  base::ApplyMask(*changed, next, *updated.mutable_activity());
  MovePersonal(updated);
  return event;
}

engine::Decision<ActivityModel> ActivityModel::Decide(const State& activity,
                                                      const v1::StartActivityRequest&,
                                                      const engine::Context& context) {
  if (!IsOpen(activity)) return Closed();
  if (activity.state() == v1::ACTIVITY_STATE_IN_PROGRESS) return std::nullopt;
  Event event;
  *event.mutable_started()->mutable_start_time() = base::TimestampOf(context.time);
  return event;
}

Facts ActivityModel::Gather(const v1::CompleteActivityRequest& complete,
                            const engine::Context& context, const engine::Snapshot& snapshot) {
  Facts facts;
  const auto activity = snapshot.Get(kActivities, complete.name());
  if (!activity.has_value()) return facts;
  facts.customer = StandingCustomer(activity->customer(), snapshot);
  if (IsByHand(context.actor))
    facts.references = RefusedContacts(complete.contacts(), activity->contacts(), snapshot);
  facts.signal = WaitingSignal(*activity, snapshot);
  return facts;
}

engine::Decision<ActivityModel> ActivityModel::Decide(const State& activity,
                                                      const v1::CompleteActivityRequest& complete,
                                                      const engine::Context& context,
                                                      const Facts& facts) {
  if (!IsOpen(activity)) {
    const bool said = activity.state() == v1::ACTIVITY_STATE_DONE &&
                      activity.personal().outcome() == complete.outcome();
    if (said) return std::nullopt;
    return Closed();
  }
  if (absl::Status s = CheckCompletion(complete, context.time); !s.ok()) return s;
  if (!facts.references.ok()) return facts.references;
  Event event;
  v1::ActivityDone& done = *event.mutable_done();
  *done.mutable_close_time() = base::TimestampOf(context.time);
  if (auto touch = TouchOf(activity, complete, facts, context.time); touch.has_value()) {
    absl::Status s = CheckWritten(facts.signal.value_or(v1::InterviewSignal()), touch->channel());
    if (!s.ok()) return s;
    *done.mutable_touch() = *std::move(touch);
  }
  if (auto next = NextOf(activity, context.time, context.zone); next.has_value())
    *done.mutable_next() = *std::move(next);
  if (!complete.outcome().empty()) done.mutable_personal()->set_outcome(complete.outcome());
  if (!complete.notes().empty()) done.mutable_personal()->set_notes(complete.notes());
  return event;
}

engine::Decision<ActivityModel> ActivityModel::Decide(const State& activity,
                                                      const v1::CancelActivityRequest& cancel,
                                                      const engine::Context& context) {
  if (base::IsBlank(cancel.cancel_reason())) return base::Invalid("cancel_reason", "must be given");
  if (!IsOpen(activity)) {
    const bool said = activity.state() == v1::ACTIVITY_STATE_CANCELLED &&
                      activity.cancel_reason() == cancel.cancel_reason();
    if (said) return std::nullopt;
    return Closed();
  }
  Event event;
  v1::ActivityCancelled& cancelled = *event.mutable_cancelled();
  *cancelled.mutable_close_time() = base::TimestampOf(context.time);
  cancelled.set_cancel_reason(cancel.cancel_reason());
  if (cancel.end_series()) return event;
  if (auto next = NextOf(activity, context.time, context.zone); next.has_value())
    *cancelled.mutable_next() = *std::move(next);
  return event;
}

engine::Decision<ActivityModel> ActivityModel::Decide(const State& activity,
                                                      const v1::ActivityDueRequest&,
                                                      const engine::Context& context) {
  if (!IsOpen(activity)) return std::nullopt;
  const auto now = base::TimestampOf(context.time);
  Event event;
  if (!activity.has_overdue_time() && EndOf(activity) <= context.time) {
    *event.mutable_fell_due()->mutable_overdue_time() = now;
    event.mutable_fell_due()->set_owner(activity.owner());
    return event;
  }
  const std::optional<absl::Time> reminder = NextReminder(activity);
  if (!reminder.has_value() || *reminder > context.time) return std::nullopt;
  *event.mutable_reminded()->mutable_reminded_time() = now;
  event.mutable_reminded()->set_owner(activity.owner());
  return event;
}

std::optional<absl::Time> ActivityModel::NextDue(const State& state) {
  if (!IsOpen(state)) return std::nullopt;
  std::optional<absl::Time> due = NextReminder(state);
  if (!state.has_overdue_time())
    due = due.has_value() ? std::min(*due, EndOf(state)) : EndOf(state);
  return due;
}

void ActivityModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kPlanned:
      state = Joined(event.planned());
      return;
    case Event::kStarted:
      state.set_state(v1::ACTIVITY_STATE_IN_PROGRESS);
      *state.mutable_start_time() = event.started().start_time();
      state.set_edited(true);
      return;
    case Event::kUpdated:
      base::ApplyMask(event.updated().changed(), Joined(event.updated()), state);
      if (base::MaskTouches(event.updated().changed(), "owner"))
        state.set_transfer(event.updated().transfer());
      state.set_edited(true);
      return;
    case Event::kReminded:
      *state.mutable_reminded_time() = event.reminded().reminded_time();
      return;
    case Event::kFellDue:
      *state.mutable_overdue_time() = event.fell_due().overdue_time();
      *state.mutable_reminded_time() = event.fell_due().overdue_time();
      return;
    case Event::kDone:
      state.set_state(v1::ACTIVITY_STATE_DONE);
      *state.mutable_close_time() = event.done().close_time();
      state.set_touchpoint(event.done().touch().touchpoint());
      state.set_next_activity(event.done().next().name());
      state.mutable_personal()->set_outcome(event.done().personal().outcome());
      if (!event.done().personal().notes().empty())
        state.mutable_personal()->set_notes(event.done().personal().notes());
      return;
    case Event::kCancelled:
      state.set_state(v1::ACTIVITY_STATE_CANCELLED);
      *state.mutable_close_time() = event.cancelled().close_time();
      state.set_cancel_reason(event.cancelled().cancel_reason());
      state.set_next_activity(event.cancelled().next().name());
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

}  // namespace crm::customer
