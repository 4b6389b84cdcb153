#include "libs/base/date.h"

#include <gtest/gtest.h>

#include "libs/base/status.h"

namespace crm::base {
namespace {

google::type::Date Date(int year, int month, int day) {
  google::type::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

TEST(Date, OnlyDaysThatExist) {
  EXPECT_TRUE(CheckDate("d", Date(2024, 2, 29)).ok());
  EXPECT_TRUE(CheckDate("d", Date(1900, 1, 1)).ok());
  EXPECT_TRUE(CheckDate("d", Date(2200, 12, 31)).ok());
  for (const auto& wrong :
       {Date(2023, 2, 29), Date(2023, 0, 1), Date(2023, 1, 0), Date(0, 1, 1), Date(2023, 13, 1),
        Date(1899, 12, 31), Date(2201, 1, 1), Date(0, 0, 0)}) {
    EXPECT_EQ(FieldOf(CheckDate("d", wrong)), "d") << wrong.ShortDebugString();
  }
}

TEST(Date, ThereAndBack) {
  EXPECT_EQ(DayOf(Date(1998, 6, 30)), absl::CivilDay(1998, 6, 30));
  EXPECT_EQ(DateOf(absl::CivilDay(1998, 6, 30)).SerializeAsString(),
            Date(1998, 6, 30).SerializeAsString());
}

TEST(Date, WhatHasHappenedIsNotInTheFuture) {
  const absl::CivilDay today(2026, 2, 28);
  const auto check = [&](absl::CivilDay day) { return CheckPastDate("d", DateOf(day), today); };
  EXPECT_TRUE(check(absl::CivilDay(1900, 1, 1)).ok());
  EXPECT_TRUE(check(today + kDaysAheadMax).ok());
  EXPECT_EQ(FieldOf(check(today + kDaysAheadMax + 1)), "d");
  EXPECT_EQ(FieldOf(CheckPastDate("d", google::type::Date(), today)), "d");
}

}  // namespace
}  // namespace crm::base
