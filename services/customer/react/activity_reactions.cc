#include "services/customer/react/activity_reactions.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "crm/common/v1/options.pb.h"
#include "crm/customer/v1/activity_internal.pb.h"
#include "crm/customer/v1/notification.pb.h"
#include "crm/customer/v1/touchpoint.pb.h"
#include "libs/base/date.h"
#include "libs/base/hash.h"
#include "libs/base/resource_name.h"
#include "libs/base/text.h"
#include "libs/base/timestamp.h"
#include "libs/base/utf8.h"
#include "libs/engine/update.h"
#include "services/customer/domain/interview.h"
#include "services/customer/domain/notice.h"
#include "services/customer/domain/notification_policy.h"
#include "services/customer/read/activity_tables.h"
#include "services/customer/read/contact_state.h"
#include "services/customer/read/follower.h"
#include "services/customer/read/interview_tables.h"
#include "services/customer/read/notification_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

constexpr size_t kSubjectBytesMax = 200;

// What a touchpoint is called: as the activity was, else what came of it, else why it was planned.
std::string SubjectOf(const v1::Activity& activity) {
  if (!activity.personal().subject().empty()) return activity.personal().subject();
  std::string outcome = base::ToUtf8(activity.personal().outcome(), kSubjectBytesMax);
  if (!base::IsBlank(outcome)) return outcome;
  const auto& cause = *google::protobuf::GetEnumDescriptor<v1::ActivityCause>()->FindValueByNumber(
      activity.cause());
  return cause.options().GetExtension(common::v1::text).en();
}

void AddTouchpoint(const v1::Activity& activity, const v1::ActivityTouch& touch,
                   engine::Commands& commands) {
  auto record = std::make_unique<v1::RecordTouchpointRequest>();
  record->set_parent(std::string(base::ParentOf(touch.touchpoint())));
  record->set_touchpoint_id(std::string(base::LastIdOf(touch.touchpoint())));
  v1::Touchpoint& touchpoint = *record->mutable_touchpoint();
  touchpoint.set_channel(touch.channel());
  touchpoint.set_direction(touch.direction());
  *touchpoint.mutable_occur_time() = touch.occur_time();
  touchpoint.set_staff(touch.staff());
  *touchpoint.mutable_contacts() = touch.contacts();
  touchpoint.mutable_personal()->set_subject(SubjectOf(activity));
  touchpoint.mutable_personal()->set_notes(activity.personal().notes());
  touchpoint.mutable_personal()->set_outcome(activity.personal().outcome());
  touchpoint.set_next_step(touch.next_step());
  if (touch.has_next_step_date()) *touchpoint.mutable_next_step_date() = touch.next_step_date();
  if (touch.has_device_time()) *touchpoint.mutable_device_time() = touch.device_time();
  touchpoint.set_about(activity.name());
  commands.push_back(std::move(record));
}

void AddNext(const v1::Activity& closed, const v1::NextActivity& next, engine::Commands& commands) {
  auto plan = std::make_unique<v1::PlanNextActivityRequest>();
  plan->set_activity_id(std::string(base::LastIdOf(next.name())));
  plan->set_series(closed.series());
  *plan->mutable_series_start_time() = closed.series_start_time();
  plan->set_occurrence(next.occurrence());
  v1::Activity& activity = *plan->mutable_activity();
  activity.set_kind(closed.kind());
  activity.set_customer(closed.customer());
  *activity.mutable_contacts() = closed.contacts();
  activity.set_about(closed.about());
  activity.set_owner(closed.owner());
  activity.mutable_personal()->set_subject(closed.personal().subject());
  activity.mutable_personal()->set_location(closed.personal().location());
  if (closed.all_day()) {
    *activity.mutable_due_date() = next.due_date();
  } else {
    *activity.mutable_due_time() = next.due_time();
  }
  activity.set_duration_minutes(closed.duration_minutes());
  activity.set_priority(closed.priority());
  activity.set_repeat(closed.repeat());
  activity.set_repeat_basis(closed.repeat_basis());
  *activity.mutable_reminder_minutes() = closed.reminder_minutes();
  activity.set_cause(closed.cause());
  commands.push_back(std::move(plan));
}

void AddActivityNotice(const engine::EventMeta& meta, const v1::Activity& activity,
                       const std::string& staff, v1::NotificationReason reason, bool also_own_acts,
                       engine::Commands& commands) {
  AddNotice(meta,
            {.staff = staff,
             .reason = reason,
             .about = activity.name(),
             .customer = activity.customer(),
             .note = "",
             .due = base::DayOf(activity.due_date()),
             .also_own_acts = also_own_acts},
            commands);
}

bool ChangesOwner(const v1::ActivityUpdated& updated) {
  for (const std::string& path : updated.changed().paths()) {
    if (path == "owner") return true;
  }
  return false;
}

// Whose it was when it happened; events from before name nobody.
template <class Fact>
const std::string& OwnerOf(const Fact& fact, const v1::Activity& activity) {
  return fact.owner().empty() ? activity.owner() : fact.owner();
}

// Of a signal that waited then the interview says itself that it is late, to whom it falls.
bool IsSaidByInterview(const v1::Activity& activity, const v1::ActivityFellDue& fell_due,
                       const engine::Snapshot& snapshot) {
  if (activity.cause() != v1::ACTIVITY_CAUSE_SIGNAL_DUE) return false;
  const auto interview = snapshot.Get(kInterviews, activity.about());
  if (!interview.has_value()) return false;
  const bool waits = std::any_of(
      interview->signals().begin(), interview->signals().end(), [&](const auto& signal) {
        const bool waited = !signal.has_handle_time() || base::TimeOf(signal.handle_time()) >
                                                             base::TimeOf(fell_due.overdue_time());
        return waited &&
               SignalActivityId(interview->name(), signal.id()) == base::LastIdOf(activity.name());
      });
  return waits && FollowerOf(*interview, snapshot) == OwnerOf(fell_due, activity);
}

// What tells one lapse of a customer from the next.
std::string LapseId(const v1::ContactState& state) {
  return base::DeriveId({"contact-lapse", state.customer(),
                         absl::StrCat(absl::ToUnixNanos(base::TimeOf(state.last_contact_time())))});
}

bool HasLeft(const std::string& owner, const engine::Snapshot& snapshot) {
  const auto staff = snapshot.Get(kStaff, absl::StrCat("staff/", owner));
  return staff.has_value() && staff->status() == v1::STAFF_STATUS_LEFT;
}

// Nobody wants to be told, so that asking each day anew would come to nothing.
bool IsLapseMuted(const engine::Snapshot& snapshot) {
  const auto policy = snapshot.Get(kNotificationPolicies, kStandardNotificationPolicy);
  return policy.has_value() && IsMuted(*policy, v1::NOTIFICATION_REASON_CONTACT_OVERDUE);
}

// What is asked for when a customer was not contacted; nullptr: it has been.
std::unique_ptr<google::protobuf::Message> Lapse(const v1::ContactPlan& plan,
                                                 const v1::ContactCheck& check,
                                                 const v1::ContactState& state,
                                                 const engine::Snapshot& snapshot) {
  const std::string id = LapseId(state);
  if (plan.lapse_action() == v1::CONTACT_LAPSE_ACTION_ACTIVITY) {
    if (snapshot.Get(kActivities, absl::StrCat("activities/", id)).has_value()) return nullptr;
    auto request = std::make_unique<v1::PlanActivityRequest>();
    request->set_activity_id(id);
    v1::Activity& activity = *request->mutable_activity();
    activity.set_kind(plan.activity_kind());
    activity.set_cause(v1::ACTIVITY_CAUSE_CONTACT_OVERDUE);
    activity.set_customer(state.customer());
    activity.set_owner(state.owner());
    activity.set_about(plan.name());
    *activity.mutable_due_date() = check.activity_due_date();
    return request;
  }
  const std::string staff = absl::StrCat("staff/", state.owner());
  if (snapshot.Get(kNotifications, absl::StrCat(staff, "/notifications/", id)).has_value())
    return nullptr;
  auto notify = std::make_unique<v1::NotifyRequest>();
  notify->set_parent(staff);
  notify->set_notification_id(id);
  v1::Notification& notification = *notify->mutable_notification();
  notification.set_reason(v1::NOTIFICATION_REASON_CONTACT_OVERDUE);
  notification.set_about(state.customer());
  notification.set_customer(state.customer());
  *notification.mutable_occur_time() = check.check_time();
  return notify;
}

}  // namespace

engine::Commands OnActivity(const engine::ForeignEvent<v1::ActivityEvent>& activity,
                            const engine::Snapshot& snapshot) {
  engine::Commands commands;
  const auto row = snapshot.Get(kActivities, activity.meta.name);
  if (!row.has_value()) return commands;
  switch (activity.event.event_case()) {
    case v1::ActivityEvent::kPlanned:
      // Whoever has a series knows of it; a transfer tells of all it gives when it has ended.
      if (row->occurrence() <= 1 && row->cause() != v1::ACTIVITY_CAUSE_NEXT_STEP)
        AddActivityNotice(activity.meta, *row, activity.event.planned().activity().owner(),
                          v1::NOTIFICATION_REASON_ACTIVITY_GIVEN, false, commands);
      return commands;
    case v1::ActivityEvent::kUpdated:
      if (ChangesOwner(activity.event.updated()) && activity.event.updated().transfer().empty())
        AddActivityNotice(activity.meta, *row, activity.event.updated().activity().owner(),
                          v1::NOTIFICATION_REASON_ACTIVITY_GIVEN, false, commands);
      return commands;
    case v1::ActivityEvent::kReminded:
      AddActivityNotice(activity.meta, *row, OwnerOf(activity.event.reminded(), *row),
                        v1::NOTIFICATION_REASON_ACTIVITY_REMINDER, true, commands);
      return commands;
    case v1::ActivityEvent::kFellDue:
      if (IsSaidByInterview(*row, activity.event.fell_due(), snapshot)) return commands;
      AddActivityNotice(activity.meta, *row, OwnerOf(activity.event.fell_due(), *row),
                        v1::NOTIFICATION_REASON_ACTIVITY_OVERDUE, true, commands);
      return commands;
    case v1::ActivityEvent::kDone:
      if (activity.event.done().has_touch())
        AddTouchpoint(*row, activity.event.done().touch(), commands);
      if (activity.event.done().has_next()) AddNext(*row, activity.event.done().next(), commands);
      return commands;
    case v1::ActivityEvent::kCancelled:
      if (activity.event.cancelled().has_next())
        AddNext(*row, activity.event.cancelled().next(), commands);
      return commands;
    case v1::ActivityEvent::kStarted:
    case v1::ActivityEvent::EVENT_NOT_SET:
      return commands;
  }
  return commands;
}

engine::Commands OnContactPlan(const engine::ForeignEvent<v1::ContactPlanEvent>& plan,
                               const engine::Snapshot& snapshot) {
  const auto row = snapshot.Get(kContactPlans, plan.meta.name);
  if (!row.has_value()) return {};
  if (plan.event.has_checked())
    return AskForContacts(*row, plan.event.checked().check(), nullptr, LapseStretch(), snapshot);
  if (plan.event.has_check_continued()) {
    const v1::ContactCheckContinued& continued = plan.event.check_continued();
    return AskForContacts(*row, continued.check(), &continued.place(), LapseStretch(), snapshot);
  }
  return {};
}

engine::Commands AskForContacts(const v1::ContactPlan& plan, const v1::ContactCheck& check,
                                const v1::ContactCheckPlace* after, const LapseStretch& most,
                                const engine::Snapshot& snapshot) {
  engine::Commands commands;
  if (plan.lapse_action() != v1::CONTACT_LAPSE_ACTION_ACTIVITY &&
      plan.lapse_action() != v1::CONTACT_LAPSE_ACTION_NOTIFICATION)
    return commands;
  if (plan.lapse_action() == v1::CONTACT_LAPSE_ACTION_NOTIFICATION && IsLapseMuted(snapshot))
    return commands;
  const absl::Time cutoff = base::TimeOf(check.cutoff_time());
  v1::ContactState last;
  size_t looked_at = 0;
  const auto visit = [&](const v1::ContactState& found) {
    if (base::TimeOf(found.last_contact_time()) >= cutoff) return false;
    if (commands.size() == most.commands || looked_at == most.looked_at) {
      auto more = std::make_unique<v1::ContinueContactCheckRequest>();
      more->set_name(plan.name());
      more->set_check_number(check.number());
      more->set_after_customer(last.customer());
      *more->mutable_after_contact_time() = last.last_contact_time();
      commands.push_back(std::move(more));
      return false;
    }
    last = found;
    ++looked_at;
    if (found.owner().empty() || HasLeft(found.owner(), snapshot)) return true;
    const auto customer = snapshot.Get(kCustomers, found.customer());
    if (!customer.has_value()) return true;
    const v1::ContactState state = WithAbsorbed(found, *customer, snapshot);
    if (base::TimeOf(state.last_contact_time()) >= cutoff) return true;
    if (auto command = Lapse(plan, check, state, snapshot); command != nullptr)
      commands.push_back(std::move(command));
    return true;
  };
  if (after == nullptr) {
    snapshot.Scan(kContactStates, "by_tier", visit, true, plan.tier());
    return commands;
  }
  v1::ContactState place;
  place.set_planned(true);
  place.set_tier(plan.tier());
  place.set_customer(after->customer());
  *place.mutable_last_contact_time() = after->contact_time();
  snapshot.ScanAfter(kContactStates, "by_tier", place, visit, true, plan.tier());
  return commands;
}

}  // namespace crm::customer
