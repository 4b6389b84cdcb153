#include "services/customer/react/interview_reactions.h"

#include <memory>
#include <utility>

#include "crm/customer/v1/activity.pb.h"
#include "crm/customer/v1/touchpoint.pb.h"
#include "libs/base/hash.h"
#include "libs/base/resource_name.h"
#include "libs/base/utf8.h"
#include "services/customer/domain/interview.h"
#include "services/customer/domain/interview_checks.h"
#include "services/customer/domain/interview_script.h"
#include "services/customer/domain/notice.h"
#include "services/customer/read/activity_tables.h"
#include "services/customer/read/follower.h"
#include "services/customer/read/interview_tables.h"
#include "services/customer/read/programme_members.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

// As long as the subject of a touchpoint or an activity may be, in bytes.
constexpr size_t kSubjectBytesMax = 200;

// The interview as it is here, and whom it concerns.
struct Subject {
  v1::Interview interview;
  v1::Customer customer;
  std::string customer_name;
  std::string owner;  // To whom its signals fall. May be empty.
};

// Commands of the event itself fill in what the row may not yet have, or have no more.
Subject SubjectOf(const std::string& name, const engine::Snapshot& snapshot) {
  Subject subject;
  subject.interview = snapshot.Get(kInterviews, name).value_or(v1::Interview());
  subject.interview.set_name(name);
  subject.customer_name = SurvivorOf(std::string(base::ParentOf(name)), snapshot);
  subject.customer = snapshot.Get(kCustomers, subject.customer_name).value_or(v1::Customer());
  subject.owner = FollowerOf(subject.interview, snapshot);
  return subject;
}

// With the customer of the interview, also of one that was merged since: looked at again, the event
// must not leave another one with the survivor.
std::unique_ptr<v1::RecordTouchpointRequest> Touchpoint(const Subject& subject,
                                                        const std::string& interview,
                                                        const std::string& cause) {
  auto record = std::make_unique<v1::RecordTouchpointRequest>();
  record->set_parent(std::string(base::ParentOf(interview)));
  record->set_touchpoint_id(base::DeriveId({"interview touchpoint", interview, cause}));
  v1::Touchpoint& touchpoint = *record->mutable_touchpoint();
  touchpoint.set_direction(v1::DIRECTION_OUT);
  touchpoint.set_staff(subject.interview.staff());
  touchpoint.set_about(interview);
  if (!subject.interview.contact().empty()) touchpoint.add_contacts(subject.interview.contact());
  return record;
}

void AddHeldTouchpoint(const Subject& subject, const std::string& name,
                       const v1::InterviewHeld& held, const engine::Snapshot& snapshot,
                       engine::Commands& commands) {
  auto record = Touchpoint(subject, name, "held");
  v1::Touchpoint& touchpoint = *record->mutable_touchpoint();
  touchpoint.set_channel(ChannelOf(held.form()));
  *touchpoint.mutable_occur_time() = held.held_time();
  touchpoint.clear_contacts();
  if (!held.contact().empty()) touchpoint.add_contacts(held.contact());
  const auto script = snapshot.Get(kInterviewScripts, subject.interview.script());
  const std::string title =
      script.has_value() ? TitleIn(*script, subject.customer.language_code()) : std::string();
  touchpoint.mutable_personal()->set_subject(title.empty() ? subject.interview.script()
                                                           : base::ToUtf8(title, kSubjectBytesMax));
  touchpoint.mutable_personal()->set_notes(held.personal().notes());
  commands.push_back(std::move(record));
}

v1::ActivityPriority PriorityOf(v1::SignalSeverity severity) {
  switch (severity) {
    case v1::SIGNAL_SEVERITY_CRITICAL:
      return v1::ACTIVITY_PRIORITY_URGENT;
    case v1::SIGNAL_SEVERITY_HIGH:
      return v1::ACTIVITY_PRIORITY_HIGH;
    case v1::SIGNAL_SEVERITY_LOW:
      return v1::ACTIVITY_PRIORITY_LOW;
    default:
      return v1::ACTIVITY_PRIORITY_NORMAL;
  }
}

void AddSignalActivities(const Subject& subject, const std::string& name,
                         const v1::InterviewHeld& held, engine::Commands& commands) {
  if (subject.owner.empty()) return;  // Nobody could do it; the signal stays on the interview.
  for (int i = 0; i < held.signals_size(); ++i) {
    const v1::InterviewSignal& signal = held.signals(i);
    auto plan = std::make_unique<v1::PlanActivityRequest>();
    plan->set_activity_id(SignalActivityId(name, signal.id()));
    v1::Activity& activity = *plan->mutable_activity();
    activity.set_kind(signal.written() ? v1::ACTIVITY_KIND_EMAIL : v1::ACTIVITY_KIND_CALL);
    activity.set_customer(subject.customer_name);
    if (!held.contact().empty()) activity.add_contacts(held.contact());
    activity.set_about(name);
    activity.set_owner(subject.owner);
    *activity.mutable_due_time() = signal.due_time();
    activity.set_priority(PriorityOf(signal.severity()));
    activity.set_cause(v1::ACTIVITY_CAUSE_SIGNAL_DUE);
    if (i < held.personal().signal_notes_size()) {
      const std::string& note = held.personal().signal_notes(i).note();
      activity.mutable_personal()->set_subject(base::ToUtf8(note, kSubjectBytesMax));
      activity.mutable_personal()->set_notes(note);
    }
    commands.push_back(std::move(plan));
  }
}

void AddHandled(const Subject& subject, const engine::EventMeta& meta,
                const v1::SignalHandled& handled, engine::Commands& commands) {
  auto record = Touchpoint(subject, meta.name, handled.signal());
  v1::Touchpoint& touchpoint = *record->mutable_touchpoint();
  touchpoint.set_channel(handled.channel());
  *touchpoint.mutable_occur_time() = handled.handle_time();
  const std::string_view handler = handled.handler();
  constexpr std::string_view kPerson = "user:";
  if (handler.starts_with(kPerson) && base::IsResourceId(handler.substr(kPerson.size())))
    touchpoint.set_staff(std::string(handler.substr(kPerson.size())));
  std::string note;
  for (int i = 0; i < subject.interview.signals_size(); ++i) {
    if (subject.interview.signals(i).id() == handled.signal() &&
        i < subject.interview.personal().signal_notes_size())
      note = subject.interview.personal().signal_notes(i).note();
  }
  const std::string& outcome = handled.personal().outcome();
  touchpoint.mutable_personal()->set_subject(
      base::ToUtf8(note.empty() ? outcome : note, kSubjectBytesMax));
  touchpoint.mutable_personal()->set_outcome(outcome);
  commands.push_back(std::move(record));
  auto complete = std::make_unique<v1::CompleteActivityRequest>();
  complete->set_name("activities/" + SignalActivityId(meta.name, handled.signal()));
  complete->set_outcome(outcome);
  complete->set_skip_touchpoint(true);
  commands.push_back(std::move(complete));
}

// Events from before name no follower.
void AddWord(const std::string& follower, const engine::EventMeta& meta,
             v1::NotificationReason reason, const engine::Snapshot& snapshot,
             engine::Commands& commands) {
  const Subject subject = SubjectOf(meta.name, snapshot);
  AddNotice(meta,
            {.staff = follower.empty() ? subject.owner : follower,
             .reason = reason,
             .about = meta.name,
             .customer = subject.customer_name,
             .note = ""},
            commands);
}

}  // namespace

engine::Commands OnInterview(const engine::ForeignEvent<v1::InterviewEvent>& interview,
                             const engine::Snapshot& snapshot) {
  engine::Commands commands;
  const v1::InterviewEvent& event = interview.event;
  const engine::EventMeta& meta = interview.meta;
  if (event.has_held()) {
    const Subject subject = SubjectOf(meta.name, snapshot);
    AddHeldTouchpoint(subject, meta.name, event.held(), snapshot, commands);
    AddSignalActivities(subject, meta.name, event.held(), commands);
  } else if (event.has_missed()) {
    AddWord(event.missed().follower(), meta, v1::NOTIFICATION_REASON_INTERVIEW_MISSED, snapshot,
            commands);
  } else if (event.has_signals_overdue()) {
    AddWord(event.signals_overdue().follower(), meta, v1::NOTIFICATION_REASON_SIGNAL_OVERDUE,
            snapshot, commands);
  } else if (event.has_signal_handled() && event.signal_handled().activity().empty()) {
    AddHandled(SubjectOf(meta.name, snapshot), meta, event.signal_handled(), commands);
  }
  return commands;
}

engine::Commands OnSignalActivity(const engine::ForeignEvent<v1::ActivityEvent>& activity,
                                  const engine::Snapshot& snapshot) {
  engine::Commands commands;
  if (!activity.event.has_done() || !activity.event.done().has_touch()) return commands;
  const auto row = snapshot.Get(kActivities, activity.meta.name);
  if (!row.has_value() || row->cause() != v1::ACTIVITY_CAUSE_SIGNAL_DUE) return commands;
  const auto interview = snapshot.Get(kInterviews, row->about());
  if (!interview.has_value()) return commands;
  const v1::InterviewSignal* signal = SignalOf(*interview, activity.meta.name);
  if (signal == nullptr) return commands;
  const v1::ActivityDone& done = activity.event.done();
  auto handle = std::make_unique<v1::HandleSignalRequest>();
  handle->set_name(interview->name());
  handle->set_signal(signal->id());
  handle->set_channel(done.touch().channel());
  handle->set_staff(done.touch().staff());
  handle->set_activity(activity.meta.name);
  handle->set_outcome(done.personal().outcome().empty() ? row->personal().subject()
                                                        : done.personal().outcome());
  commands.push_back(std::move(handle));
  return commands;
}

engine::Commands OnInterviewProgramme(
    const engine::ForeignEvent<v1::InterviewProgrammeEvent>& programme, const engine::Snapshot&) {
  engine::Commands commands;
  const auto draw = [&](int book) {
    auto next = std::make_unique<v1::DrawBookRequest>();
    next->set_name(programme.meta.name);
    next->set_book(book);
    commands.push_back(std::move(next));
  };
  if (programme.event.has_draw_begun()) draw(0);
  if (!programme.event.has_book_drawn()) return commands;
  const v1::ProgrammeBookDrawn& drawn = programme.event.book_drawn();
  for (const v1::DrawnCustomer& customer : drawn.customers()) {
    if (!customer.has_planned_time()) continue;
    auto plan = std::make_unique<v1::PlanProgrammeInterviewRequest>();
    plan->set_parent(customer.customer());
    plan->set_interview_id(ProgrammeInterviewId(programme.meta.name, customer.customer()));
    plan->set_programme(programme.meta.name);
    v1::Interview& interview = *plan->mutable_interview();
    interview.set_form(customer.form());
    interview.set_contact(customer.contact());
    interview.set_staff(drawn.staff());
    interview.set_script(drawn.script());
    *interview.mutable_planned_time() = customer.planned_time();
    commands.push_back(std::move(plan));
  }
  if (!drawn.last()) draw(drawn.book() + 1);
  return commands;
}

}  // namespace crm::customer
