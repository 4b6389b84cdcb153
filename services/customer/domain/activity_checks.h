// The shape of an activity and of what is said when it is done: INVALID_ARGUMENT that names the
// field.
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "crm/customer/v1/activity.pb.h"

namespace crm::customer {

// Most minutes before it is due that somebody is reminded: four weeks.
inline constexpr int kReminderMinutesMax = 40'320;
// Longest activity: a week.
inline constexpr int kActivityMinutesMax = 10'080;

// What every activity must be, new or changed; when it is due is looked at by CheckDue, when it
// comes again by CheckRepeat.
absl::Status CheckActivity(const v1::Activity& activity);

// What is said of the time of a new one, or of a change: exactly one of due_time and due_date.
absl::Status CheckDue(const v1::Activity& activity, bool with_time, bool with_date);

// What is said of when one comes again whose due time and date agree; a series that was taken goes
// on as it is.
absl::Status CheckRepeat(const v1::Activity& activity, absl::TimeZone zone);

absl::Status CheckCompletion(const v1::CompleteActivityRequest& complete, absl::Time now);

}  // namespace crm::customer
