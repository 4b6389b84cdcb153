#include "services/customer/domain/notification.h"

#include <string>
#include <utility>

#include "crm/customer/v1/reason.pb.h"
#include "libs/base/check.h"
#include "libs/base/date.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/base/timestamp.h"
#include "services/customer/domain/notification_policy.h"
#include "services/customer/domain/references.h"
#include "services/customer/read/notification_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using base::Invalid;
using engine::Context;
using engine::Decision;
using engine::Snapshot;
using Event = NotificationModel::Event;

absl::Status CheckNotification(const v1::Notification& notification) {
  if (!v1::NotificationReason_IsValid(notification.reason()) ||
      notification.reason() == v1::NOTIFICATION_REASON_UNSPECIFIED)
    return Invalid("notification.reason", "must be a reason");
  if (base::IsBlank(notification.about())) return Invalid("notification.about", "must be given");
  absl::Status s = CheckName("notification.customer", "customers", notification.customer());
  if (s.ok()) s = base::CheckTimestamp("notification.occur_time", notification.occur_time());
  if (s.ok() && notification.has_due_date())
    s = base::CheckDate("notification.due_date", notification.due_date());
  return s;
}

// Works for us, and is another one than `name`.
bool CanStandIn(const std::string& candidate, const std::string& name, const Snapshot& snapshot) {
  if (candidate.empty() || candidate == name) return false;
  const auto staff = snapshot.Get(kStaff, candidate);
  return staff.has_value() && staff->status() == v1::STAFF_STATUS_ACTIVE;
}

bool IsAwayOn(const v1::Absence& absence, absl::CivilDay day) {
  return base::DayOf(absence.period().start()) <= day && day < base::DayOf(absence.period().end());
}

// What is said to who is told instead.
v1::Notification EscalationOf(const v1::Notification& unread) {
  v1::Notification escalation;
  escalation.set_reason(v1::NOTIFICATION_REASON_ESCALATION);
  escalation.set_about(unread.about());
  escalation.set_customer(unread.customer());
  escalation.set_note(unread.note());
  if (unread.has_due_date()) *escalation.mutable_due_date() = unread.due_date();
  v1::EscalatedNotification& escalated = *escalation.mutable_escalated();
  escalated.set_notification(unread.name());
  const bool again = unread.has_escalated();
  escalated.set_reason(again ? unread.escalated().reason() : unread.reason());
  escalated.set_level(unread.escalated().level() + 1);
  return escalation;
}

}  // namespace

NotificationModel::NotifyFacts NotificationModel::Gather(const v1::NotifyRequest& notify,
                                                         const Context&, const Snapshot& snapshot) {
  const auto staff = snapshot.Get(kStaff, notify.parent());
  return {snapshot.Get(kNotificationPolicies, kStandardNotificationPolicy),
          staff.has_value() && staff->status() == v1::STAFF_STATUS_LEFT};
}

Decision<NotificationModel> NotificationModel::Decide(const State&, const v1::NotifyRequest& notify,
                                                      const Context& context,
                                                      const NotifyFacts& facts) {
  if (absl::Status s = CheckNotification(notify.notification()); !s.ok()) return s;
  const v1::NotificationReason reason = notify.notification().reason();
  Event event;
  v1::Notification& made = *event.mutable_made()->mutable_notification();
  made = notify.notification();
  if (!made.has_occur_time()) *made.mutable_occur_time() = base::TimestampOf(context.time);
  if (base::TimeOf(made.occur_time()) < context.time - kCauseAgeMax)
    return base::Refused(v1::REASON_NOTIFICATION_TOO_LATE, "it came about too long ago");
  if (!facts.policy.has_value()) return event;
  if (IsMuted(*facts.policy, reason))
    return base::Refused(v1::REASON_NOTIFICATION_MUTED, "nobody is told of this by policy");
  made.set_notification_policy_etag(facts.policy->etag());
  const auto limit = UnreadLimit(*facts.policy, reason, made.escalated().level());
  if (limit.has_value()) {
    const absl::Duration wait = facts.left ? absl::ZeroDuration() : *limit;
    *made.mutable_escalate_time() = base::TimestampOf(context.time + wait);
  }
  return event;
}

Decision<NotificationModel> NotificationModel::Decide(
    const State& notification, const v1::AcknowledgeNotificationRequest& acknowledge,
    const Context& context) {
  if (notification.state() == v1::NOTIFICATION_STATE_ACTED) return std::nullopt;
  if (notification.state() == v1::NOTIFICATION_STATE_READ && !acknowledge.acted())
    return std::nullopt;
  Event event;
  auto& acknowledged = *event.mutable_acknowledged();
  *acknowledged.mutable_time() = base::TimestampOf(context.time);
  acknowledged.set_acted(acknowledge.acted());
  return event;
}

NotificationModel::EscalateFacts NotificationModel::Gather(
    const v1::EscalateNotificationRequest& escalate, const Context& context,
    const Snapshot& snapshot) {
  const std::string staff(base::ParentOf(escalate.name()));
  return {StandInOf(staff, context.business_date, snapshot)};
}

Decision<NotificationModel> NotificationModel::Decide(const State& notification,
                                                      const v1::EscalateNotificationRequest&,
                                                      const Context& context,
                                                      const EscalateFacts& facts) {
  const std::optional<absl::Time> due = NextDue(notification);
  if (!due.has_value() || context.time < *due) return std::nullopt;
  Event event;
  auto& escalated = *event.mutable_escalated();
  *escalated.mutable_time() = base::TimestampOf(context.time);
  if (facts.staff.empty()) return event;
  escalated.set_staff(facts.staff);
  *escalated.mutable_notification() = EscalationOf(notification);
  return event;
}

std::optional<absl::Time> NotificationModel::NextDue(const State& state) {
  if (!state.has_escalate_time()) return std::nullopt;
  return base::TimeOf(state.escalate_time());
}

void NotificationModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kMade:
      state = event.made().notification();
      state.set_state(v1::NOTIFICATION_STATE_UNREAD);
      return;
    case Event::kAcknowledged: {
      const auto& acknowledged = event.acknowledged();
      if (!state.has_read_time()) *state.mutable_read_time() = acknowledged.time();
      if (acknowledged.acted()) *state.mutable_acted_time() = acknowledged.time();
      state.set_state(acknowledged.acted() ? v1::NOTIFICATION_STATE_ACTED
                                           : v1::NOTIFICATION_STATE_READ);
      state.clear_escalate_time();
      return;
    }
    case Event::kEscalated:
      *state.mutable_escalated_time() = event.escalated().time();
      state.set_escalation_staff(event.escalated().staff());
      state.clear_escalate_time();
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

std::string StandInOf(const std::string& name, absl::CivilDay today, const Snapshot& snapshot) {
  const auto staff = snapshot.Get(kStaff, name);
  if (!staff.has_value()) return "";
  for (const v1::Absence& absence : staff->absences()) {
    if (IsAwayOn(absence, today) && CanStandIn(absence.deputy(), name, snapshot))
      return absence.deputy();
  }
  if (!staff->team().empty()) {
    const auto team = snapshot.Get(kTeams, staff->team());
    if (team.has_value() && CanStandIn(team->lead(), name, snapshot)) return team->lead();
  }
  return CanStandIn(staff->manager(), name, snapshot) ? staff->manager() : "";
}

bool IsUnread(const v1::Notification& notification) {
  return notification.state() == v1::NOTIFICATION_STATE_UNREAD;
}

}  // namespace crm::customer
