#include "services/customer/domain/activity_series.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/base/date.h"
#include "libs/base/timestamp.h"

namespace crm::customer {
namespace {

using absl::CivilDay;
using absl::CivilSecond;

absl::TimeZone Berlin() {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("Europe/Berlin", &zone));
  return zone;
}

// The first of a series, due at a time of the zone.
v1::Activity Timed(const std::string& rule, CivilSecond due, absl::TimeZone zone) {
  v1::Activity activity;
  activity.set_repeat(rule);
  activity.set_repeat_basis(v1::ACTIVITY_REPEAT_BASIS_SERIES);
  activity.set_series("activities/first");
  activity.set_occurrence(1);
  *activity.mutable_due_time() = base::TimestampOf(absl::FromCivil(due, zone));
  SetDue(false, zone, activity);
  *activity.mutable_series_start_time() = base::TimestampOf(SeriesStart(activity, zone));
  return activity;
}
v1::Activity WholeDay(const std::string& rule, CivilDay due) {
  v1::Activity activity;
  activity.set_repeat(rule);
  activity.set_occurrence(1);
  *activity.mutable_due_date() = base::DateOf(due);
  SetDue(true, absl::UTCTimeZone(), activity);
  *activity.mutable_series_start_time() =
      base::TimestampOf(SeriesStart(activity, absl::UTCTimeZone()));
  return activity;
}

// When the next is due, as the zone's clock has it; "none".
std::string Next(const v1::Activity& activity, CivilSecond closed,
                 absl::TimeZone zone = absl::UTCTimeZone()) {
  const auto next = NextOf(activity, absl::FromCivil(closed, zone), zone);
  if (!next.has_value()) return "none";
  return absl::FormatCivilTime(
      absl::CivilMinute(absl::ToCivilSecond(base::TimeOf(next->due_time()), zone)));
}

TEST(NextOf, OneThatDoesNotRepeatHasNone) {
  EXPECT_EQ(
      Next(Timed("", CivilSecond(2026, 3, 2, 9), absl::UTCTimeZone()), CivilSecond(2026, 3, 2, 10)),
      "none");
}

TEST(NextOf, KeepsItsHourWhenClocksChange) {
  const v1::Activity activity = Timed("FREQ=WEEKLY", CivilSecond(2026, 3, 27, 9), Berlin());
  EXPECT_EQ(Next(activity, CivilSecond(2026, 3, 27, 9, 30), Berlin()), "2026-04-03T09:00");
}

TEST(NextOf, TheSeriesPassesOverWhatHasPassed) {
  const v1::Activity activity =
      Timed("FREQ=DAILY", CivilSecond(2026, 3, 2, 9), absl::UTCTimeZone());
  EXPECT_EQ(Next(activity, CivilSecond(2026, 3, 1, 9)), "2026-03-03T09:00");
  EXPECT_EQ(Next(activity, CivilSecond(2026, 3, 2, 9, 5)), "2026-03-03T09:00");
  EXPECT_EQ(Next(activity, CivilSecond(2026, 3, 20, 12)), "2026-03-21T09:00");
  EXPECT_EQ(Next(activity, CivilSecond(2026, 3, 20, 9)), "2026-03-21T09:00");
}

TEST(NextOf, OfWholeDaysThisOneCounts) {
  const v1::Activity activity = WholeDay("FREQ=DAILY", CivilDay(2026, 3, 2));
  // Due at the end of the day, so the midnight after it.
  EXPECT_EQ(Next(activity, CivilSecond(2026, 3, 2, 12)), "2026-03-04T00:00");
  EXPECT_EQ(Next(activity, CivilSecond(2026, 3, 20, 12)), "2026-03-21T00:00");
  EXPECT_EQ(
      Next(WholeDay("FREQ=WEEKLY;BYDAY=MO", CivilDay(2026, 3, 2)), CivilSecond(2026, 3, 9, 23)),
      "2026-03-10T00:00");
}

TEST(NextOf, CountsFromTheFirstOfTheSeries) {
  v1::Activity activity =
      Timed("FREQ=DAILY;COUNT=3", CivilSecond(2026, 3, 2, 9), absl::UTCTimeZone());
  EXPECT_EQ(Next(activity, CivilSecond(2026, 3, 3, 10)), "2026-03-04T09:00");
  EXPECT_EQ(Next(activity, CivilSecond(2026, 3, 4, 10)), "none");
  *activity.mutable_due_time() =
      base::TimestampOf(absl::FromCivil(CivilSecond(2026, 3, 4, 9), absl::UTCTimeZone()));
  EXPECT_EQ(Next(activity, CivilSecond(2026, 3, 4, 8)), "none");
}

TEST(NextOf, OfCompletionTheRuleBeginsAnew) {
  v1::Activity activity =
      Timed("FREQ=DAILY;INTERVAL=30;COUNT=3", CivilSecond(2026, 3, 2, 9), absl::UTCTimeZone());
  activity.set_repeat_basis(v1::ACTIVITY_REPEAT_BASIS_COMPLETION);
  EXPECT_EQ(Next(activity, CivilSecond(2026, 3, 12, 17)), "2026-04-11T09:00");
  activity.set_occurrence(2);
  EXPECT_EQ(Next(activity, CivilSecond(2026, 5, 1, 7)), "2026-05-31T09:00");
  activity.set_occurrence(3);
  EXPECT_EQ(Next(activity, CivilSecond(2026, 5, 1, 7)), "none");
}

TEST(NextOf, HasAnIdOfItsSeries) {
  v1::Activity activity = Timed("FREQ=DAILY", CivilSecond(2026, 3, 2, 9), absl::UTCTimeZone());
  const auto next =
      NextOf(activity, absl::FromCivil(CivilSecond(2026, 3, 2, 10), absl::UTCTimeZone()),
             absl::UTCTimeZone());
  EXPECT_EQ(next->occurrence(), 2);
  activity.set_occurrence(2);
  const auto other =
      NextOf(activity, absl::FromCivil(CivilSecond(2026, 3, 2, 10), absl::UTCTimeZone()),
             absl::UTCTimeZone());
  EXPECT_NE(next->name(), other->name());
}

}  // namespace
}  // namespace crm::customer
