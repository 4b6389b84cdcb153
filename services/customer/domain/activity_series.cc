#include "services/customer/domain/activity_series.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/base/date.h"
#include "libs/base/hash.h"
#include "libs/base/timestamp.h"
#include "libs/calendar/recurrence.h"

namespace crm::customer {
namespace {

// Where the activity stands on the clock of its rule: a whole day at its beginning.
absl::CivilSecond PlaceOf(const v1::Activity& activity, absl::TimeZone zone) {
  if (activity.all_day()) return absl::CivilSecond(base::DayOf(activity.due_date()));
  return absl::ToCivilSecond(base::TimeOf(activity.due_time()), zone);
}

// The last place on that clock that has passed now: of whole days the day before this one.
absl::CivilSecond PassedPlace(const v1::Activity& activity, absl::Time now, absl::TimeZone zone) {
  if (!activity.all_day()) return absl::ToCivilSecond(now, zone);
  return absl::CivilSecond(absl::ToCivilDay(now, zone)) - 1;
}

std::optional<absl::CivilSecond> NextPlace(const v1::Activity& activity, absl::Time now,
                                           absl::TimeZone zone) {
  const absl::CivilSecond due = PlaceOf(activity, zone);
  if (activity.repeat_basis() == v1::ACTIVITY_REPEAT_BASIS_COMPLETION) {
    const int count = calendar::CountOf(activity.repeat());
    if (count > 0 && activity.occurrence() >= count) return std::nullopt;
    const absl::CivilSecond closed = absl::CivilSecond(absl::ToCivilDay(now, zone)) +
                                     (due - absl::CivilSecond(absl::CivilDay(due)));
    return calendar::NextTime(activity.repeat(), closed, closed, zone, false);
  }
  const absl::CivilSecond start =
      absl::ToCivilSecond(base::TimeOf(activity.series_start_time()), zone);
  return calendar::NextTime(activity.repeat(), start,
                            std::max(due, PassedPlace(activity, now, zone)), zone);
}

}  // namespace

bool IsOpen(const v1::Activity& activity) {
  return activity.state() == v1::ACTIVITY_STATE_PLANNED ||
         activity.state() == v1::ACTIVITY_STATE_IN_PROGRESS;
}

void SetDue(bool whole_day, absl::TimeZone zone, v1::Activity& activity) {
  activity.set_all_day(whole_day);
  if (whole_day) {
    const absl::CivilDay day = base::DayOf(activity.due_date());
    *activity.mutable_due_time() = base::TimestampOf(absl::FromCivil(day + 1, zone));
    return;
  }
  const absl::Time due = base::TimeOf(activity.due_time());
  *activity.mutable_due_date() = base::DateOf(absl::ToCivilDay(due, zone));
}

absl::Time EndOf(const v1::Activity& activity) {
  const absl::Time due = base::TimeOf(activity.due_time());
  return activity.all_day() ? due : due + absl::Minutes(activity.duration_minutes());
}

std::optional<absl::Time> NextReminder(const v1::Activity& activity) {
  const absl::Time due = base::TimeOf(activity.due_time());
  const absl::Time given = base::TimeOf(activity.reminded_time());
  std::optional<absl::Time> next;
  for (const int32_t minutes : activity.reminder_minutes()) {
    const absl::Time at = due - absl::Minutes(minutes);
    if (at > given && (!next.has_value() || at < *next)) next = at;
  }
  return next;
}

absl::Time SeriesStart(const v1::Activity& activity, absl::TimeZone zone) {
  return absl::FromCivil(PlaceOf(activity, zone), zone);
}

std::optional<v1::NextActivity> NextOf(const v1::Activity& activity, absl::Time now,
                                       absl::TimeZone zone) {
  if (activity.repeat().empty()) return std::nullopt;
  const std::optional<absl::CivilSecond> place = NextPlace(activity, now, zone);
  if (!place.has_value()) return std::nullopt;
  v1::Activity due;
  *due.mutable_due_date() = base::DateOf(absl::CivilDay(*place));
  *due.mutable_due_time() = base::TimestampOf(absl::FromCivil(*place, zone));
  SetDue(activity.all_day(), zone, due);
  v1::NextActivity next;
  const int occurrence = activity.occurrence() + 1;
  next.set_name(absl::StrCat("activities/", base::DeriveId({"activity-series", activity.series(),
                                                            absl::StrCat(occurrence)})));
  *next.mutable_due_time() = due.due_time();
  *next.mutable_due_date() = due.due_date();
  next.set_occurrence(occurrence);
  return next;
}

}  // namespace crm::customer
