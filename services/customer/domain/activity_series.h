// When an activity is due, and when the next one of its series is.
#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "crm/customer/v1/activity.pb.h"

namespace crm::customer {

// Not done and not cancelled.
bool IsOpen(const v1::Activity& activity);

// Makes due_time, due_date and all_day agree; `whole_day`: the date is what was given.
void SetDue(bool whole_day, absl::TimeZone zone, v1::Activity& activity);

// From when on it is overdue: when its time and what it takes have passed.
absl::Time EndOf(const v1::Activity& activity);

// The reminder that comes next; nullopt: none.
std::optional<absl::Time> NextReminder(const v1::Activity& activity);

// Where the series of an activity begins that is its first.
absl::Time SeriesStart(const v1::Activity& activity, absl::TimeZone zone);

// The next of the series of one that is closed now; nullopt: it does not repeat, or was the last.
std::optional<v1::NextActivity> NextOf(const v1::Activity& activity, absl::Time now,
                                       absl::TimeZone zone);

}  // namespace crm::customer
