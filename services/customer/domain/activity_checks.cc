#include "services/customer/domain/activity_checks.h"

#include <set>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "libs/base/date.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/base/timestamp.h"
#include "libs/calendar/recurrence.h"
#include "services/customer/domain/activity_series.h"
#include "services/customer/domain/references.h"
#include "services/customer/domain/touchpoint.h"

namespace crm::customer {
namespace {

using base::Invalid;

absl::Status CheckContacts(std::string_view field,
                           const google::protobuf::RepeatedPtrField<std::string>& contacts) {
  std::set<std::string_view> seen;
  for (int i = 0; i < contacts.size(); ++i) {
    const std::string element = absl::StrCat(std::string(field), "[", i, "]");
    if (contacts[i].empty()) return Invalid(element, "must be given");
    if (absl::Status s = CheckName(element, "contacts", contacts[i]); !s.ok()) return s;
    if (!seen.insert(contacts[i]).second) return Invalid(element, "must be unique");
  }
  return absl::OkStatus();
}

absl::Status CheckLists(const v1::Activity& activity) {
  if (!v1::ActivityKind_IsValid(activity.kind()) ||
      activity.kind() == v1::ACTIVITY_KIND_UNSPECIFIED)
    return Invalid("activity.kind", "must be a kind of the list");
  if (!v1::ActivityPriority_IsValid(activity.priority()))
    return Invalid("activity.priority", "must be a priority of the list");
  if (!v1::ActivityRepeatBasis_IsValid(activity.repeat_basis()))
    return Invalid("activity.repeat_basis", "must be one of the list");
  if (!v1::ActivityCause_IsValid(activity.cause()))
    return Invalid("activity.cause", "must be a cause of the list");
  return absl::OkStatus();
}

absl::Status CheckReminders(const v1::Activity& activity) {
  std::set<int32_t> seen;
  for (int i = 0; i < activity.reminder_minutes_size(); ++i) {
    const int32_t minutes = activity.reminder_minutes(i);
    if (minutes < 0 || minutes > kReminderMinutesMax || !seen.insert(minutes).second)
      return Invalid(absl::StrCat("activity.reminder_minutes[", i, "]"),
                     "must be 0 to 40,320, none twice");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckActivity(const v1::Activity& activity) {
  if (absl::Status s = CheckLists(activity); !s.ok()) return s;
  if (absl::Status s = CheckName("activity.customer", "customers", activity.customer()); !s.ok())
    return s;
  if (absl::Status s = CheckContacts("activity.contacts", activity.contacts()); !s.ok()) return s;
  if (activity.owner().empty()) return Invalid("activity.owner", "must be given");
  if (!base::IsResourceId(activity.owner()))
    return Invalid("activity.owner", "must be an id of staff");
  if (base::IsBlank(activity.personal().subject()) &&
      (activity.cause() == v1::ACTIVITY_CAUSE_UNSPECIFIED ||
       !activity.personal().subject().empty()))
    return Invalid("activity.personal.subject", "must be given");
  if (activity.duration_minutes() < 0 || activity.duration_minutes() > kActivityMinutesMax)
    return Invalid("activity.duration_minutes", "must be 0 to 10,080");
  return CheckReminders(activity);
}

absl::Status CheckRepeat(const v1::Activity& activity, absl::TimeZone zone) {
  if (activity.repeat().empty()) return absl::OkStatus();
  if (absl::Status s = calendar::CheckRule("activity.repeat", activity.repeat()); !s.ok()) return s;
  const absl::CivilSecond start = absl::ToCivilSecond(SeriesStart(activity, zone), zone);
  if (calendar::EndsBefore(activity.repeat(), start, zone))
    return Invalid("activity.repeat", "must not end before the activity is due");
  return absl::OkStatus();
}

absl::Status CheckDue(const v1::Activity& activity, bool with_time, bool with_date) {
  if (with_time && with_date)
    return Invalid("activity.due_date", "must not be given beside due_time");
  if (with_date) return base::CheckDate("activity.due_date", activity.due_date());
  if (!activity.has_due_time())
    return Invalid("activity.due_time", "must be given, or due_date in its place");
  return base::CheckModernTime("activity.due_time", activity.due_time());
}

absl::Status CheckCompletion(const v1::CompleteActivityRequest& complete, absl::Time now) {
  absl::Status s = base::CheckModernTime("occur_time", complete.occur_time());
  if (s.ok()) s = base::CheckTimestamp("device_time", complete.device_time());
  if (s.ok()) s = CheckContacts("contacts", complete.contacts());
  if (!s.ok()) return s;
  if (complete.has_occur_time() && base::TimeOf(complete.occur_time()) > now + kTouchpointAheadMax)
    return Invalid("occur_time", "must not lie in the future");
  if (!common::v1::Channel_IsValid(complete.channel()))
    return Invalid("channel", "must be a channel");
  if (!v1::Direction_IsValid(complete.direction()))
    return Invalid("direction", "must be IN or OUT");
  if (!complete.has_next_step_date()) return absl::OkStatus();
  if (base::IsBlank(complete.next_step()))
    return Invalid("next_step_date", "must have a next step");
  return base::CheckDate("next_step_date", complete.next_step_date());
}

}  // namespace crm::customer
