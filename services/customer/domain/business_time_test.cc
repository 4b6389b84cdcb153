#include "services/customer/domain/business_time.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/testing/decisions.h"
#include "services/customer/domain/follow_up_policy.h"

namespace crm::customer {
namespace {

// Monday to Friday, 9 to 18; 120 minutes for the same day, else 10:00.
const v1::FollowUpPolicy kPolicy = DefaultFollowUpPolicy();

absl::Time At(const std::string& text, absl::TimeZone zone = absl::UTCTimeZone()) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M", text, zone, &time, &error)) << error;
  return time;
}
std::string Text(absl::Time time, absl::TimeZone zone = absl::UTCTimeZone()) {
  return absl::FormatTime("%a %m-%d %H:%M", time, zone);
}

TEST(BusinessTime, TheSameDay) {
  struct Row {
    const char* from;
    const char* due;
  };
  const BusinessTime business(kPolicy, absl::UTCTimeZone());
  for (const Row& row : {Row{"2026-03-02 10:00", "Mon 03-02 18:00"},     // Enough is left.
                         Row{"2026-03-02 07:00", "Mon 03-02 18:00"},     // Before we open.
                         Row{"2026-03-02 16:00", "Mon 03-02 18:00"},     // Just enough.
                         Row{"2026-03-02 16:01", "Tue 03-03 10:00"},     // Too little.
                         Row{"2026-03-02 20:00", "Tue 03-03 10:00"},     // Closed.
                         Row{"2026-03-06 17:00", "Mon 03-09 10:00"},     // Over a weekend.
                         Row{"2026-03-07 12:00", "Mon 03-09 10:00"}}) {  // On a free day.
    EXPECT_EQ(Text(business.SameDay(At(row.from))), row.due) << row.from;
  }
}

TEST(BusinessTime, WorkingDaysSkipWeekendsAndHolidaysButNotWorkedOnes) {
  v1::FollowUpPolicy policy = kPolicy;
  const BusinessTime plain(policy, absl::UTCTimeZone());
  EXPECT_EQ(Text(plain.AfterWorkingDays(At("2026-03-02 10:00"), 3)), "Thu 03-05 18:00");
  EXPECT_EQ(Text(plain.AfterWorkingDays(At("2026-03-05 10:00"), 3)), "Tue 03-10 18:00");
  EXPECT_EQ(Text(plain.AfterWorkingDays(At("2026-03-07 10:00"), 1)), "Mon 03-09 18:00");
  *policy.add_holiday_dates() = testing::ParseText<google::type::Date>("year:2026 month:3 day:6");
  *policy.add_extra_working_dates() =
      testing::ParseText<google::type::Date>("year:2026 month:3 day:7");
  policy.mutable_business_hours(0)->set_close_minute(17 * 60);
  const BusinessTime moved(policy, absl::UTCTimeZone());
  EXPECT_FALSE(moved.HoursOf(absl::CivilDay(2026, 3, 6)).has_value());
  EXPECT_EQ(moved.HoursOf(absl::CivilDay(2026, 3, 7))->end, 17 * 60) << "as on a Monday";
  EXPECT_EQ(Text(moved.AfterWorkingDays(At("2026-03-05 10:00"), 1)), "Sat 03-07 17:00");
  EXPECT_EQ(Text(moved.SameDay(At("2026-03-06 10:00"))), "Sat 03-07 10:00");
}

TEST(BusinessTime, DaysAreTheCompanys) {
  const absl::TimeZone shanghai = absl::FixedTimeZone(8 * 3600);
  const BusinessTime business(kPolicy, shanghai);
  // 02:00 in the morning of Tuesday there, Monday in UTC.
  const absl::Time from = At("2026-03-03 02:00", shanghai);
  EXPECT_EQ(Text(business.SameDay(from), shanghai), "Tue 03-03 18:00");
  EXPECT_EQ(Text(business.AfterWorkingDays(from, 1), shanghai), "Wed 03-04 18:00");
}

TEST(DueOfSignal, SeverityTimesTier) {
  struct Row {
    v1::SignalSeverity severity;
    v1::Tier tier;
    const char* due;
  };
  for (const Row& row : {Row{v1::SIGNAL_SEVERITY_CRITICAL, v1::TIER_TOP, "Mon 03-02 18:00"},
                         Row{v1::SIGNAL_SEVERITY_CRITICAL, v1::TIER_BIG, "Mon 03-02 18:00"},
                         Row{v1::SIGNAL_SEVERITY_CRITICAL, v1::TIER_MEDIUM, "Thu 03-05 18:00"},
                         Row{v1::SIGNAL_SEVERITY_CRITICAL, v1::TIER_UNSPECIFIED, "Thu 03-05 18:00"},
                         Row{v1::SIGNAL_SEVERITY_HIGH, v1::TIER_TOP, "Thu 03-05 18:00"},
                         Row{v1::SIGNAL_SEVERITY_LOW, v1::TIER_SMALL, "Thu 03-05 18:00"}}) {
    EXPECT_EQ(Text(DueOfSignal(kPolicy, v1::SIGNAL_KIND_NEED, row.severity, row.tier,
                               At("2026-03-02 10:00"), absl::UTCTimeZone())),
              row.due);
  }
}

TEST(DueOfSignal, TheFirstRuleThatFitsSaysIt) {
  v1::FollowUpPolicy policy = kPolicy;
  policy.clear_rules();
  v1::FollowUpRule& complaints = *policy.add_rules();
  complaints.add_kinds(v1::SIGNAL_KIND_COMPLAINT);
  complaints.set_working_days(1);
  policy.add_rules()->set_working_days(5);
  const auto due = [&](v1::SignalKind kind) {
    return Text(DueOfSignal(policy, kind, v1::SIGNAL_SEVERITY_CRITICAL, v1::TIER_TOP,
                            At("2026-03-02 10:00"), absl::UTCTimeZone()));
  };
  EXPECT_EQ(due(v1::SIGNAL_KIND_COMPLAINT), "Tue 03-03 18:00");
  EXPECT_EQ(due(v1::SIGNAL_KIND_REFERRAL), "Mon 03-09 18:00");
}

TEST(IsAnsweredInWriting, TheSmallAre) {
  EXPECT_TRUE(IsAnsweredInWriting(kPolicy, v1::TIER_SMALL));
  EXPECT_TRUE(IsAnsweredInWriting(kPolicy, v1::TIER_UNSPECIFIED));
  EXPECT_FALSE(IsAnsweredInWriting(kPolicy, v1::TIER_MEDIUM));
}

}  // namespace
}  // namespace crm::customer
