#include "libs/calendar/recurrence.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "libs/base/status.h"

namespace crm::calendar {
namespace {

using absl::CivilSecond;

// Monday, 09:00.
const CivilSecond kStart(2026, 3, 2, 9);

// The first four times behind the start, as "03-05 09:00".
std::string Times(const std::string& rule, CivilSecond start = kStart,
                  absl::TimeZone zone = absl::UTCTimeZone()) {
  std::string times;
  CivilSecond at = start;
  for (int i = 0; i < 4; ++i) {
    const auto next = NextTime(rule, start, at, zone);
    if (!next.has_value()) return times + "end";
    at = *next;
    times += absl::FormatCivilTime(absl::CivilMinute(at)).substr(2) + " ";
  }
  return times;
}

TEST(NextTime, FollowsTheRule) {
  EXPECT_EQ(Times("FREQ=DAILY"), "26-03-03T09:00 26-03-04T09:00 26-03-05T09:00 26-03-06T09:00 ");
  EXPECT_EQ(Times("FREQ=WEEKLY;BYDAY=MO,TH"),
            "26-03-05T09:00 26-03-09T09:00 26-03-12T09:00 26-03-16T09:00 ");
  EXPECT_EQ(Times("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU"),
            "26-03-03T09:00 26-03-15T09:00 26-03-17T09:00 26-03-29T09:00 ");
  EXPECT_EQ(Times("FREQ=MONTHLY;BYMONTHDAY=-1"),
            "26-03-31T09:00 26-04-30T09:00 26-05-31T09:00 26-06-30T09:00 ");
  EXPECT_EQ(Times("FREQ=MONTHLY;BYDAY=2TU,-1FR"),
            "26-03-10T09:00 26-03-27T09:00 26-04-14T09:00 26-04-24T09:00 ");
  EXPECT_EQ(Times("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"),
            "26-03-31T09:00 26-04-30T09:00 26-05-29T09:00 26-06-30T09:00 ");
  EXPECT_EQ(Times("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"),
            "28-02-29T09:00 32-02-29T09:00 36-02-29T09:00 40-02-29T09:00 ");
}

// A month without that day is passed over, as RFC 5545 has it.
TEST(NextTime, PassesOverMonthsWithoutTheDay) {
  EXPECT_EQ(Times("FREQ=MONTHLY", CivilSecond(2026, 1, 31, 8)),
            "26-03-31T08:00 26-05-31T08:00 26-07-31T08:00 26-08-31T08:00 ");
}

TEST(NextTime, IsNoneWhereNoMonthHasTheStartsDay) {
  EXPECT_EQ(Times("FREQ=YEARLY;BYMONTH=2", CivilSecond(2026, 1, 31)), "end");
  EXPECT_EQ(Times("FREQ=MONTHLY;INTERVAL=6;BYMONTH=1,2,3,4,5,6", CivilSecond(2026, 8, 31)), "end");
  EXPECT_EQ(Times("FREQ=YEARLY;BYMONTH=2", CivilSecond(2026, 1, 29)).substr(0, 8), "28-02-29");
  EXPECT_EQ(Times("FREQ=YEARLY", CivilSecond(2024, 2, 29)).substr(0, 8), "28-02-29");
}

TEST(NextTime, Ends) {
  EXPECT_EQ(Times("FREQ=DAILY;COUNT=3"), "26-03-03T09:00 26-03-04T09:00 end");
  EXPECT_EQ(Times("FREQ=DAILY;UNTIL=20260304"), "26-03-03T09:00 26-03-04T09:00 end");
  EXPECT_EQ(Times("FREQ=DAILY;UNTIL=20260304T085959"), "26-03-03T09:00 end");
  EXPECT_EQ(Times("FREQ=DAILY;UNTIL=20260304T010000Z", kStart, absl::FixedTimeZone(8 * 3600)),
            "26-03-03T09:00 26-03-04T09:00 end");
  EXPECT_EQ(Times("FREQ=DAILY;UNTIL=20260304T005959Z", kStart, absl::FixedTimeZone(8 * 3600)),
            "26-03-03T09:00 end");
  EXPECT_TRUE(NextTime("FREQ=DAILY;COUNT=1", kStart, kStart, absl::UTCTimeZone(), false));
}

TEST(NextTime, SmallLettersSayTheSame) {
  EXPECT_EQ(Times("freq=weekly;byday=mo,th;until=20260309t090000"),
            "26-03-05T09:00 26-03-09T09:00 end");
  EXPECT_EQ(CountOf("freq=daily;count=4"), 4);
}

TEST(EndsBefore, LooksAtTheLastTimeThatUntilAllows) {
  const auto ends = [](const std::string& rule, CivilSecond time, int hours = 0) {
    return EndsBefore(rule, time, absl::FixedTimeZone(hours * 3600));
  };
  EXPECT_FALSE(ends("FREQ=DAILY", kStart));
  EXPECT_FALSE(ends("FREQ=DAILY;COUNT=1", kStart));
  EXPECT_FALSE(ends("FREQ=DAILY;UNTIL=20260302", kStart)) << "a day is allowed to its end";
  EXPECT_TRUE(ends("FREQ=DAILY;UNTIL=20260301", kStart));
  EXPECT_FALSE(ends("FREQ=DAILY;UNTIL=20260302T090000", kStart));
  EXPECT_TRUE(ends("freq=daily;until=20260302t085959", kStart));
  EXPECT_FALSE(ends("FREQ=DAILY;UNTIL=20260302T010000Z", kStart, 8));
  EXPECT_TRUE(ends("FREQ=DAILY;UNTIL=20260302T005959Z", kStart, 8));
}

TEST(NextTime, CountsFromTheStartWhereverItIsAsked) {
  const std::string rule = "FREQ=DAILY;INTERVAL=3;COUNT=4";
  EXPECT_EQ(NextTime(rule, kStart, CivilSecond(2026, 3, 7), absl::UTCTimeZone()),
            CivilSecond(2026, 3, 8, 9));
  EXPECT_EQ(NextTime(rule, kStart, CivilSecond(2026, 3, 11, 9), absl::UTCTimeZone()), std::nullopt);
  EXPECT_EQ(CountOf(rule), 4);
  EXPECT_EQ(CountOf("FREQ=DAILY"), 0);
}

TEST(CheckRule, TakesWhatItKnows) {
  for (const char* rule : {"FREQ=DAILY",
                           "FREQ=WEEKLY;BYDAY=MO",
                           "FREQ=MONTHLY;BYDAY=2TU;COUNT=5",
                           "INTERVAL=2;FREQ=DAILY",
                           "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
                           "FREQ=DAILY;UNTIL=20301231T235959Z",
                           "FREQ=DAILY;UNTIL=20280229",
                           "FREQ=DAILY;UNTIL=22001231T000000",
                           "FREQ=DAILY;UNTIL=19000101",
                           "freq=daily",
                           "Freq=Weekly;byday=mo;until=20301231t235959z",
                           "FREQ=YEARLY;BYMONTH=4,5;BYMONTHDAY=31",
                           "FREQ=WEEKLY;WKST=SU",
                           "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
                           "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-20",
                           "FREQ=MONTHLY;BYMONTHDAY=29,30,31;BYSETPOS=-1",
                           "FREQ=WEEKLY;BYDAY=MO,TH;BYSETPOS=2",
                           "FREQ=YEARLY;BYDAY=-52MO",
                           "FREQ=YEARLY;BYMONTH=1,2;BYDAY=SU;BYSETPOS=8",
                           "FREQ=YEARLY;INTERVAL=3;BYMONTH=2;BYMONTHDAY=29",
                           "FREQ=MONTHLY;INTERVAL=6;BYDAY=5MO",
                           "FREQ=MONTHLY;INTERVAL=5;BYMONTH=2;BYMONTHDAY=-29",
                           "FREQ=DAILY;INTERVAL=6;BYDAY=MO"}) {
    EXPECT_TRUE(CheckRule("repeat", rule).ok()) << rule;
  }
}

TEST(CheckRule, RefusesTheRestByItsField) {
  for (const char* rule : {"",
                           "weekly",
                           "FREQ=",
                           "FREQ=HOURLY",
                           "FREQ=SECONDLY",
                           "BYDAY=MO",
                           "FREQ=DAILY;FREQ=DAILY",
                           "FREQ=DAILY;INTERVAL=0",
                           "FREQ=DAILY;INTERVAL=1001",
                           "FREQ=DAILY;COUNT=0",
                           "FREQ=DAILY;COUNT=99999999999999999999",
                           "FREQ=DAILY;COUNT=2;UNTIL=20260304",
                           "freq=daily;FREQ=DAILY",
                           "FREQ=WEEKLY;BYDAY=XX",
                           "FREQ=WEEKLY;BYDAY=1MO",
                           "FREQ=WEEKLY;BYDAY=",
                           "FREQ=MONTHLY;BYDAY=54MO",
                           "FREQ=YEARLY;BYMONTH=13",
                           "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
                           "FREQ=MONTHLY;BYMONTHDAY=-31;BYMONTH=2,4",
                           "FREQ=MONTHLY;BYMONTHDAY=32",
                           "FREQ=MONTHLY;BYMONTHDAY=0",
                           "FREQ=WEEKLY;BYMONTHDAY=3",
                           "FREQ=DAILY;BYSETPOS=1",
                           "FREQ=YEARLY;BYEASTER=1",
                           "FREQ=DAILY;BYHOUR=9",
                           "FREQ=DAILY;",
                           "FREQ=DAILY;;COUNT=2",
                           "RSCALE=CHINESE;FREQ=YEARLY",
                           "FREQ=DAILY\nCOUNT=2",
                           "FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=31",
                           "FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=1",
                           "FREQ=MONTHLY;BYDAY=1MO;BYSETPOS=2",
                           "FREQ=MONTHLY;BYDAY=TU,1MO;BYSETPOS=1",
                           "FREQ=DAILY;BYDAY=MO;BYSETPOS=2",
                           "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=40",
                           "FREQ=WEEKLY;BYDAY=MO,MO;BYSETPOS=2",
                           "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=40",
                           "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-5",
                           "FREQ=MONTHLY;BYMONTHDAY=1,-31,31,-1;BYSETPOS=3",
                           "FREQ=MONTHLY;BYDAY=MO;BYMONTHDAY=1,2,3;BYSETPOS=2",
                           "FREQ=YEARLY;BYDAY=MO;BYSETPOS=53",
                           "FREQ=YEARLY;BYMONTH=3;BYDAY=MO;BYSETPOS=5",
                           "FREQ=MONTHLY;BYDAY=6MO",
                           "FREQ=YEARLY;BYMONTH=3;BYDAY=-6MO",
                           "FREQ=YEARLY;BYDAY=53MO",
                           "FREQ=YEARLY;BYMONTHDAY=15",
                           "FREQ=DAILY;BYMONTHDAY=-1",
                           "FREQ=DAILY;INTERVAL=14;BYDAY=MO",
                           "FREQ=MONTHLY;INTERVAL=2;BYMONTH=1,3",
                           "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31",
                           "FREQ=MONTHLY;INTERVAL=24;BYDAY=5MO",
                           "FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29"}) {
    EXPECT_EQ(base::FieldOf(CheckRule("repeat", rule)), "repeat") << rule;
  }
  EXPECT_EQ(base::FieldOf(CheckRule("r", "FREQ=DAILY;BYDAY=" + std::string(500, ','))), "r");
}

TEST(CheckRule, RefusesAnUntilThatIsNoDayOrTime) {
  for (const char* rule :
       {"FREQ=DAILY;UNTIL=2026", "FREQ=DAILY;UNTIL=20261340T", "FREQ=DAILY;UNTIL=20279999",
        "FREQ=DAILY;UNTIL=20271399", "FREQ=DAILY;UNTIL=20270230",
        "FREQ=DAILY;UNTIL=20270229T090000", "FREQ=DAILY;UNTIL=20270000",
        "FREQ=DAILY;UNTIL=99999999", "FREQ=DAILY;UNTIL=18991231", "FREQ=DAILY;UNTIL=22010101",
        "FREQ=DAILY;UNTIL=20270202T999999", "FREQ=DAILY;UNTIL=20270202T250000Z",
        "FREQ=DAILY;UNTIL=20270202T0900", "FREQ=DAILY;UNTIL=20270202Z",
        "FREQ=DAILY;UNTIL=2027-02-02T0900"}) {
    EXPECT_EQ(base::FieldOf(CheckRule("repeat", rule)), "repeat") << rule;
  }
}

// One of these parts in each rule, "" for none; the seed is fixed.
std::string SomeRule(std::mt19937& random) {
  const auto one = [&](const std::vector<std::string>& of) { return of[random() % of.size()]; };
  const auto maybe = [&](const std::string& part) { return random() % 2 == 0 ? part : ""; };
  return "FREQ=" + one({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}) +
         one({"", "", ";INTERVAL=2", ";INTERVAL=3", ";INTERVAL=4", ";INTERVAL=7", ";INTERVAL=12"}) +
         maybe(one({";BYDAY=MO", ";BYDAY=MO,TU,WE,TH,FR", ";BYDAY=SA,SU", ";BYDAY=1MO",
                    ";BYDAY=5FR", ";BYDAY=-5FR", ";BYDAY=-1SU,2TU", ";BYDAY=52WE", ";BYDAY=TH"})) +
         maybe(
             one({";BYMONTH=2", ";BYMONTH=4", ";BYMONTH=1,12", ";BYMONTH=2,3,6", ";BYMONTH=11"})) +
         maybe(one({";BYMONTHDAY=31", ";BYMONTHDAY=-1", ";BYMONTHDAY=29,30", ";BYMONTHDAY=1,15",
                    ";BYMONTHDAY=-30", ";BYMONTHDAY=13"})) +
         maybe(one({";BYSETPOS=1", ";BYSETPOS=-1", ";BYSETPOS=2", ";BYSETPOS=-2,1", ";BYSETPOS=4",
                    ";BYSETPOS=20", ";BYSETPOS=52"})) +
         maybe(one({";WKST=SU", ";WKST=TH"}));
}

// Else whoever asks looks through thousands of years.
TEST(CheckRule, WhatItTakesComesAgainFromAnyStartOn) {
  std::mt19937 random(20260302);
  int taken = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string rule = SomeRule(random);
    if (!CheckRule("repeat", rule).ok()) continue;
    ++taken;
    const CivilSecond start(2024 + static_cast<int>(random() % 8),
                            1 + static_cast<int>(random() % 12),
                            1 + static_cast<int>(random() % 31), 9);
    const auto next = NextTime(rule, start, start, absl::UTCTimeZone());
    // What names no day means the start's, which its months may not have.
    if (!next.has_value() && start.day() > 28 && rule.find("DAY=") == rule.npos) continue;
    ASSERT_TRUE(next.has_value()) << rule << " from " << absl::FormatCivilTime(start);
    EXPECT_LT(next->year(), start.year() + 800) << rule;
  }
  EXPECT_GT(taken, 3'000);
}

}  // namespace
}  // namespace crm::calendar
