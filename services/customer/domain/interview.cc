#include "services/customer/domain/interview.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "crm/customer/v1/reason.pb.h"
#include "libs/base/check.h"
#include "libs/base/date.h"
#include "libs/base/field_mask.h"
#include "libs/base/hash.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/base/timestamp.h"
#include "libs/engine/update.h"
#include "services/customer/domain/business_time.h"
#include "services/customer/domain/checks.h"
#include "services/customer/domain/follow_up_policy.h"
#include "services/customer/domain/interview_checks.h"
#include "services/customer/domain/references.h"
#include "services/customer/read/follower.h"
#include "services/customer/read/interview_tables.h"
#include "services/customer/read/programme_members.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using base::Invalid;
using Event = InterviewModel::Event;
using Facts = InterviewModel::Facts;

constexpr std::string_view kPerson = "user:";

absl::Status Closed() {
  return base::Refused(v1::REASON_INTERVIEW_CLOSED, "the interview is not planned any more");
}

absl::Status CheckCustomer(const Facts& facts, std::string_view name) {
  if (!facts.customer.has_value()) return base::NotFound(name);
  return CheckNotErased(facts.customer->status());
}

Facts FactsOf(const std::string& customer, const std::string& script,
              const engine::Snapshot& snapshot) {
  return {.customer = snapshot.Get(kCustomers, customer),
          .policy = FollowUpPolicyIn(snapshot),
          .script = snapshot.Get(kInterviewScripts,
                                 script.empty() ? std::string(kStandardInterviewScript) : script)};
}

InterviewFollower WhoFollows(const std::string& name, const engine::Snapshot& snapshot) {
  const auto interview = snapshot.Get(kInterviews, name);
  return {interview.has_value() ? FollowerOf(*interview, snapshot) : ""};
}

// Whether an interview of another programme is planned with the customer in the period of this one.
bool IsAskedElsewhere(const std::string& customer, const std::string& name, absl::TimeZone zone,
                      const engine::Snapshot& snapshot) {
  const auto programme = snapshot.Get(kInterviewProgrammes, name);
  if (!programme.has_value()) return false;
  bool found = false;
  snapshot.Scan(
      kInterviews, "by_customer",
      [&](const v1::Interview& interview) {
        const absl::CivilDay day = absl::ToCivilDay(base::TimeOf(interview.planned_time()), zone);
        found = interview.status() == v1::INTERVIEW_STATUS_PLANNED &&
                !interview.programme().empty() && interview.programme() != name &&
                base::DayOf(programme->period().start()) <= day &&
                day < base::DayOf(programme->period().end());
        return !found;
      },
      base::KeyOf(customer));
  return found;
}

// One that is noted afterwards has the same time to be reported.
google::protobuf::Timestamp MissTime(const v1::Interview& interview, absl::Time now,
                                     const v1::FollowUpPolicy& policy) {
  return base::TimestampOf(std::max(base::TimeOf(interview.planned_time()), now) +
                           absl::Hours(policy.miss_hours()));
}

engine::Decision<InterviewModel> Planned(v1::Interview interview, const std::string& parent,
                                         const engine::Context& context, const Facts& facts) {
  if (absl::Status s = CheckCustomer(facts, parent); !s.ok()) return s;
  if (interview.script().empty()) interview.set_script(kStandardInterviewScript);
  if (interview.staff().empty()) interview.set_staff(StaffOfActor(context.actor));
  if (absl::Status s = CheckInterview(interview); !s.ok()) return s;
  if (!facts.script.has_value()) return ScriptUnknown(interview.script());
  interview.set_status(v1::INTERVIEW_STATUS_PLANNED);
  *interview.mutable_miss_time() = MissTime(interview, context.time, facts.policy);
  interview.set_follow_up_policy_etag(facts.policy.etag());
  Event event;
  event.mutable_planned()->mutable_interview()->Swap(&interview);
  return event;
}

// Signals as they were heard, with their deadlines from when the interview was held.
void AddSignals(const v1::HoldInterviewRequest& hold, absl::Time held,
                const engine::Context& context, const Facts& facts, v1::InterviewHeld& event) {
  for (const v1::HeardSignal& heard : hold.signals()) {
    v1::InterviewSignal& signal = *event.add_signals();
    signal.set_id(std::to_string(event.signals_size()));
    signal.set_kind(heard.kind());
    signal.set_severity(heard.severity());
    *signal.mutable_due_time() = base::TimestampOf(
        DueOfSignal(facts.policy, heard.kind(), heard.severity(), facts.tier, held, context.zone));
    signal.set_written(IsAnsweredInWriting(facts.policy, facts.tier));
    event.mutable_personal()->add_signal_notes()->set_note(heard.note());
  }
}

// Where a signal stands in the list; -1: nowhere.
int PlaceOf(const v1::Interview& interview, const std::string& signal) {
  for (int i = 0; i < interview.signals_size(); ++i) {
    if (interview.signals(i).id() == signal) return i;
  }
  return -1;
}

absl::Status CheckSignal(const v1::Interview& interview, const std::string& signal) {
  if (interview.status() != v1::INTERVIEW_STATUS_HELD &&
      interview.status() != v1::INTERVIEW_STATUS_FOLLOWED_UP)
    return base::Refused(v1::REASON_INTERVIEW_NOT_HELD, "the interview was not held");
  if (PlaceOf(interview, signal) >= 0) return absl::OkStatus();
  return base::Refused(v1::REASON_SIGNAL_UNKNOWN, "the interview has no such signal",
                       {{"signal", signal}});
}

template <class Request>
Event HandledBy(const Request& request, const engine::Context& context) {
  Event event;
  v1::SignalHandled& handled = *event.mutable_signal_handled();
  handled.set_signal(request.signal());
  *handled.mutable_handle_time() = base::TimestampOf(context.time);
  handled.set_handler(context.actor);
  handled.set_channel(request.channel());
  handled.mutable_personal()->set_outcome(request.outcome());
  return event;
}

// What follows from the signals: how far it is, and when it has to be looked at.
void FollowSignals(v1::Interview& state) {
  const bool open = std::any_of(state.signals().begin(), state.signals().end(),
                                [](const auto& signal) { return !signal.has_handle_time(); });
  state.set_status(open ? v1::INTERVIEW_STATUS_HELD : v1::INTERVIEW_STATUS_FOLLOWED_UP);
  state.clear_signal_due_time();
  state.clear_check_time();
  const auto earlier = [](const google::protobuf::Timestamp& time, bool has,
                          const google::protobuf::Timestamp& than) {
    return !has || base::TimeOf(time) < base::TimeOf(than);
  };
  for (const v1::InterviewSignal& signal : state.signals()) {
    if (signal.has_handle_time()) continue;
    if (earlier(signal.due_time(), state.has_signal_due_time(), state.signal_due_time()))
      *state.mutable_signal_due_time() = signal.due_time();
    if (signal.has_overdue_time()) continue;
    if (earlier(signal.due_time(), state.has_check_time(), state.check_time()))
      *state.mutable_check_time() = signal.due_time();
  }
}

void Close(v1::InterviewStatus status, const v1::InterviewPersonal& personal,
           v1::Interview& state) {
  state.set_status(status);
  state.clear_miss_time();
  state.clear_check_time();
  if (!personal.reason().empty()) state.mutable_personal()->set_reason(personal.reason());
}

void EvolveHeld(const v1::InterviewHeld& held, v1::Interview& state) {
  *state.mutable_held_time() = held.held_time();
  state.set_form(held.form());
  state.set_contact(held.contact());
  state.set_script_etag(held.script_etag());
  state.set_follow_up_policy_etag(held.follow_up_policy_etag());
  *state.mutable_signals() = held.signals();
  *state.mutable_personal() = held.personal();
  state.clear_miss_time();
  FollowSignals(state);
}

void EvolveSignal(const v1::SignalHandled& handled, v1::Interview& state) {
  const int place = PlaceOf(state, handled.signal());
  if (place >= 0) {
    v1::InterviewSignal& signal = *state.mutable_signals(place);
    *signal.mutable_handle_time() = handled.handle_time();
    signal.set_handler(handled.handler());
    signal.set_channel(handled.channel());
  }
  if (place >= 0 && place < state.personal().signal_notes_size())
    state.mutable_personal()->mutable_signal_notes(place)->set_outcome(
        handled.personal().outcome());
  FollowSignals(state);
}

void EvolveOverdue(const v1::SignalsOverdue& overdue, v1::Interview& state) {
  for (const std::string& id : overdue.signals()) {
    const int place = PlaceOf(state, id);
    if (place >= 0) *state.mutable_signals(place)->mutable_overdue_time() = overdue.overdue_time();
  }
  FollowSignals(state);
}

}  // namespace

Facts InterviewModel::Gather(const v1::PlanInterviewRequest& plan, const engine::Context& context,
                             const engine::Snapshot& snapshot) {
  Facts facts = FactsOf(plan.parent(), plan.interview().script(), snapshot);
  for (const std::string& name : NamesOf(SurvivorOf(plan.parent(), snapshot), snapshot))
    facts.control = facts.control || IsControl(name, context.business_date, snapshot);
  if (!IsByHand(context.actor)) return facts;
  facts.contact = RefusedContact(plan.interview().contact(), "", snapshot);
  facts.staff = RefusedStaff(plan.interview().staff(), "", snapshot);
  return facts;
}

engine::Decision<InterviewModel> InterviewModel::Decide(const State&,
                                                        const v1::PlanInterviewRequest& plan,
                                                        const engine::Context& context,
                                                        const Facts& facts) {
  auto planned = Planned(plan.interview(), plan.parent(), context, facts);
  if (planned.ok() && !facts.contact.ok()) return facts.contact;
  if (planned.ok() && !facts.staff.ok()) return facts.staff;
  if (planned.ok() && facts.control)
    return base::Refused(v1::REASON_CONTROL_GROUP,
                         "the customer is in a programme's control group");
  return planned;
}

Facts InterviewModel::Gather(const v1::PlanProgrammeInterviewRequest& plan,
                             const engine::Context& context, const engine::Snapshot& snapshot) {
  Facts facts = FactsOf(plan.parent(), plan.interview().script(), snapshot);
  for (const std::string& name : NamesOf(SurvivorOf(plan.parent(), snapshot), snapshot)) {
    facts.asked_elsewhere =
        facts.asked_elsewhere || IsAskedElsewhere(name, plan.programme(), context.zone, snapshot);
  }
  return facts;
}

engine::Decision<InterviewModel> InterviewModel::Decide(
    const State&, const v1::PlanProgrammeInterviewRequest& plan, const engine::Context& context,
    const Facts& facts) {
  v1::Interview interview = plan.interview();
  interview.set_programme(plan.programme());
  auto planned = Planned(std::move(interview), plan.parent(), context, facts);
  if (planned.ok() && facts.asked_elsewhere) return std::nullopt;
  return planned;
}

Facts InterviewModel::Gather(const v1::UpdateInterviewRequest& update,
                             const engine::Context& context, const engine::Snapshot& snapshot) {
  const v1::Interview& interview = update.interview();
  Facts facts =
      FactsOf(std::string(base::ParentOf(interview.name())), interview.script(), snapshot);
  if (!IsByHand(context.actor)) return facts;
  const auto before = snapshot.Get(kInterviews, interview.name()).value_or(v1::Interview());
  facts.contact = RefusedContact(interview.contact(), before.contact(), snapshot);
  facts.staff = RefusedStaff(interview.staff(), before.staff(), snapshot);
  return facts;
}

engine::Decision<InterviewModel> InterviewModel::Decide(const State& interview,
                                                        const v1::UpdateInterviewRequest& update,
                                                        const engine::Context& context,
                                                        const Facts& facts) {
  if (absl::Status s = CheckCustomer(facts, base::ParentOf(interview.name())); !s.ok()) return s;
  const auto changed = engine::ChangedFields(update.interview(), update.update_mask(), interview);
  if (!changed.ok()) return changed.status();
  if (changed->paths().empty()) return std::nullopt;
  if (interview.status() != v1::INTERVIEW_STATUS_PLANNED) return Closed();
  State next = interview;
  base::ApplyMask(*changed, update.interview(), next);
  if (next.script().empty()) next.set_script(kStandardInterviewScript);
  if (absl::Status s = CheckInterview(next); !s.ok()) return s;
  if (base::MaskTouches(*changed, "contact") && !facts.contact.ok()) return facts.contact;
  if (base::MaskTouches(*changed, "staff") && !facts.staff.ok()) return facts.staff;
  if (base::MaskTouches(*changed, "script") && !facts.script.has_value())
    return ScriptUnknown(next.script());
  Event event;
  v1::InterviewUpdated& updated = *event.mutable_updated();
  *updated.mutable_changed() = *changed;
  base::ApplyMask(*changed, next, *updated.mutable_interview());
  const bool moved = base::MaskTouches(*changed, "planned_time");
  *updated.mutable_miss_time() =
      moved ? MissTime(next, context.time, facts.policy) : interview.miss_time();
  updated.set_follow_up_policy_etag(moved ? facts.policy.etag()
                                          : interview.follow_up_policy_etag());
  return event;
}

Facts InterviewModel::Gather(const v1::HoldInterviewRequest& hold, const engine::Context& context,
                             const engine::Snapshot& snapshot) {
  const auto row = snapshot.Get(kInterviews, hold.name()).value_or(v1::Interview());
  const std::string customer(base::ParentOf(hold.name()));
  Facts facts = FactsOf(customer, row.script(), snapshot);
  // What an absorbed customer keeps of its own is from before the merge.
  const auto stands = snapshot.Get(kCustomers, SurvivorOf(customer, snapshot));
  if (stands.has_value()) facts.tier = stands->tier();
  if (IsByHand(context.actor))
    facts.contact = RefusedContact(hold.contact(), row.contact(), snapshot);
  return facts;
}

engine::Decision<InterviewModel> InterviewModel::Decide(const State& interview,
                                                        const v1::HoldInterviewRequest& hold,
                                                        const engine::Context& context,
                                                        const Facts& facts) {
  if (absl::Status s = CheckCustomer(facts, base::ParentOf(interview.name())); !s.ok()) return s;
  if (absl::Status s = CheckHeld(hold, context.time); !s.ok()) return s;
  if (interview.status() != v1::INTERVIEW_STATUS_PLANNED) return Closed();
  if (absl::Status s = CheckAnswered(hold, facts.script); !s.ok()) return s;
  if (!facts.contact.ok()) return facts.contact;
  const absl::Time time = hold.has_held_time() ? base::TimeOf(hold.held_time()) : context.time;
  Event event;
  v1::InterviewHeld& held = *event.mutable_held();
  *held.mutable_held_time() = base::TimestampOf(time);
  held.set_form(hold.form() == v1::INTERVIEW_FORM_UNSPECIFIED ? interview.form() : hold.form());
  held.set_contact(hold.contact().empty() ? interview.contact() : hold.contact());
  if (facts.script.has_value()) held.set_script_etag(facts.script->etag());
  held.set_follow_up_policy_etag(facts.policy.etag());
  *held.mutable_personal()->mutable_answers() = hold.answers();
  held.mutable_personal()->set_notes(hold.notes());
  AddSignals(hold, time, context, facts, held);
  return event;
}

engine::Decision<InterviewModel> InterviewModel::Decide(const State& interview,
                                                        const v1::DeclineInterviewRequest& decline,
                                                        const engine::Context&) {
  if (interview.status() == v1::INTERVIEW_STATUS_DECLINED) return std::nullopt;
  if (interview.status() != v1::INTERVIEW_STATUS_PLANNED) return Closed();
  Event event;
  event.mutable_declined()->mutable_personal()->set_reason(decline.reason());
  return event;
}

InterviewFollower InterviewModel::Gather(const v1::MissInterviewRequest& miss,
                                         const engine::Context&, const engine::Snapshot& snapshot) {
  return WhoFollows(miss.name(), snapshot);
}

engine::Decision<InterviewModel> InterviewModel::Decide(const State& interview,
                                                        const v1::MissInterviewRequest& miss,
                                                        const engine::Context&,
                                                        const InterviewFollower& follower) {
  if (interview.status() == v1::INTERVIEW_STATUS_MISSED) return std::nullopt;
  if (interview.status() != v1::INTERVIEW_STATUS_PLANNED) return Closed();
  Event event;
  event.mutable_missed()->set_follower(follower.staff);
  event.mutable_missed()->mutable_personal()->set_reason(miss.reason());
  return event;
}

Facts InterviewModel::Gather(const v1::FollowUpSignalRequest& follow_up, const engine::Context&,
                             const engine::Snapshot& snapshot) {
  return {.customer = snapshot.Get(kCustomers, base::ParentOf(follow_up.name()))};
}

engine::Decision<InterviewModel> InterviewModel::Decide(const State& interview,
                                                        const v1::FollowUpSignalRequest& follow_up,
                                                        const engine::Context& context,
                                                        const Facts& facts) {
  if (absl::Status s = CheckCustomer(facts, base::ParentOf(interview.name())); !s.ok()) return s;
  if (absl::Status s = CheckFollowUp(follow_up); !s.ok()) return s;
  if (absl::Status s = CheckSignal(interview, follow_up.signal()); !s.ok()) return s;
  const int place = PlaceOf(interview, follow_up.signal());
  const v1::InterviewSignal& signal = interview.signals(place);
  if (signal.has_handle_time()) {
    const bool same = signal.channel() == follow_up.channel() &&
                      interview.personal().signal_notes(place).outcome() == follow_up.outcome();
    if (same) return std::nullopt;
    return base::Refused(v1::REASON_SIGNAL_HANDLED, "the signal was followed up already");
  }
  if (absl::Status s = CheckWritten(signal, follow_up.channel()); !s.ok()) return s;
  return HandledBy(follow_up, context);
}

Facts InterviewModel::Gather(const v1::HandleSignalRequest& handle, const engine::Context&,
                             const engine::Snapshot& snapshot) {
  return {.customer = snapshot.Get(kCustomers, base::ParentOf(handle.name()))};
}

engine::Decision<InterviewModel> InterviewModel::Decide(const State& interview,
                                                        const v1::HandleSignalRequest& handle,
                                                        const engine::Context& context,
                                                        const Facts& facts) {
  if (absl::Status s = CheckCustomer(facts, base::ParentOf(interview.name())); !s.ok()) return s;
  if (absl::Status s = CheckSignal(interview, handle.signal()); !s.ok()) return s;
  const v1::InterviewSignal& signal = interview.signals(PlaceOf(interview, handle.signal()));
  if (signal.has_handle_time()) return std::nullopt;
  if (absl::Status s = CheckWritten(signal, handle.channel()); !s.ok()) return s;
  Event event = HandledBy(handle, context);
  v1::SignalHandled& handled = *event.mutable_signal_handled();
  handled.set_activity(handle.activity());
  if (!handle.staff().empty()) handled.set_handler(std::string(kPerson) + handle.staff());
  return event;
}

InterviewFollower InterviewModel::Gather(const v1::CheckInterviewRequest& check,
                                         const engine::Context&, const engine::Snapshot& snapshot) {
  return WhoFollows(check.name(), snapshot);
}

engine::Decision<InterviewModel> InterviewModel::Decide(const State& interview,
                                                        const v1::CheckInterviewRequest&,
                                                        const engine::Context& context,
                                                        const InterviewFollower& follower) {
  if (!interview.has_check_time() || context.time < base::TimeOf(interview.check_time()))
    return std::nullopt;
  Event event;
  if (interview.status() == v1::INTERVIEW_STATUS_PLANNED) {
    event.mutable_missed()->set_timed_out(true);
    event.mutable_missed()->set_follower(follower.staff);
    return event;
  }
  v1::SignalsOverdue& overdue = *event.mutable_signals_overdue();
  overdue.set_follower(follower.staff);
  *overdue.mutable_overdue_time() = base::TimestampOf(context.time);
  for (const v1::InterviewSignal& signal : interview.signals()) {
    if (!signal.has_handle_time() && !signal.has_overdue_time() &&
        base::TimeOf(signal.due_time()) <= context.time)
      overdue.add_signals(signal.id());
  }
  return event;
}

std::optional<absl::Time> InterviewModel::NextDue(const State& state) {
  if (!state.has_check_time()) return std::nullopt;
  return base::TimeOf(state.check_time());
}

void InterviewModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kPlanned:
      state = event.planned().interview();
      *state.mutable_check_time() = state.miss_time();
      return;
    case Event::kUpdated:
      base::ApplyMask(event.updated().changed(), event.updated().interview(), state);
      if (base::MaskTouches(event.updated().changed(), "staff"))
        state.set_transfer(event.updated().transfer());
      *state.mutable_miss_time() = event.updated().miss_time();
      *state.mutable_check_time() = event.updated().miss_time();
      state.set_follow_up_policy_etag(event.updated().follow_up_policy_etag());
      return;
    case Event::kHeld:
      EvolveHeld(event.held(), state);
      return;
    case Event::kDeclined:
      Close(v1::INTERVIEW_STATUS_DECLINED, event.declined().personal(), state);
      return;
    case Event::kMissed:
      Close(v1::INTERVIEW_STATUS_MISSED, event.missed().personal(), state);
      return;
    case Event::kSignalsOverdue:
      EvolveOverdue(event.signals_overdue(), state);
      return;
    case Event::kSignalHandled:
      EvolveSignal(event.signal_handled(), state);
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

common::v1::Channel ChannelOf(v1::InterviewForm form) {
  switch (form) {
    case v1::INTERVIEW_FORM_FACE_TO_FACE:
      return common::v1::CHANNEL_VISIT;
    case v1::INTERVIEW_FORM_PHONE:
      return common::v1::CHANNEL_PHONE;
    case v1::INTERVIEW_FORM_LETTER:
      return common::v1::CHANNEL_LETTER;
    case v1::INTERVIEW_FORM_EMAIL:
      return common::v1::CHANNEL_EMAIL;
    case v1::INTERVIEW_FORM_WEB:
      return common::v1::CHANNEL_WEB;
    default:
      return common::v1::CHANNEL_UNSPECIFIED;
  }
}

std::string SignalActivityId(const std::string& interview, const std::string& signal) {
  return base::DeriveId({"interview signal", interview, signal});
}

}  // namespace crm::customer
