#include "libs/calendar/lunar.h"

#include <gtest/gtest.h>

namespace crm::calendar {
namespace {

using absl::CivilDay;

// New Year's days as the Hong Kong Observatory publishes them.
TEST(LunarDayOf, NewYearsDays) {
  const int days[][3] = {{1949, 1, 29}, {1970, 2, 6},  {1985, 2, 20}, {2000, 2, 5},  {2023, 1, 22},
                         {2024, 2, 10}, {2025, 1, 29}, {2026, 2, 17}, {2027, 2, 6},  {2028, 1, 26},
                         {2030, 2, 3},  {2033, 1, 31}, {2034, 2, 19}, {2050, 1, 23}, {2099, 1, 21}};
  for (const auto& [year, month, day_of_month] : days) {
    const CivilDay day(year, month, day_of_month);
    const LunarDay lunar = *LunarDayOf(day);
    EXPECT_EQ(lunar.year, day.year()) << day;
    EXPECT_EQ(lunar.month, 1) << day;
    EXPECT_EQ(lunar.day, 1) << day;
    EXPECT_FALSE(lunar.leap_month) << day;
    const LunarDay eve = *LunarDayOf(day - 1);
    EXPECT_EQ(eve.year, day.year() - 1) << day;
    EXPECT_EQ(eve.month, 12) << day;
    EXPECT_TRUE(eve.last_of_month) << day;
  }
}

// Festivals: the 15th of the eighth month, the 5th of the fifth, the 9th of the ninth.
TEST(LunarDayOf, Festivals) {
  EXPECT_EQ(LunarDayOf(CivilDay(2025, 10, 6)), (LunarDay{.year = 2025, .month = 8, .day = 15}));
  EXPECT_EQ(LunarDayOf(CivilDay(2026, 6, 19)), (LunarDay{.year = 2026, .month = 5, .day = 5}));
  EXPECT_EQ(LunarDayOf(CivilDay(2026, 10, 18)), (LunarDay{.year = 2026, .month = 9, .day = 9}));
}

// 2023 had a leap second month, 2025 a leap sixth, 2033 has a leap eleventh.
TEST(LunarDayOf, LeapMonths) {
  EXPECT_EQ(LunarDayOf(CivilDay(2023, 3, 22)),
            (LunarDay{.year = 2023, .month = 2, .day = 1, .leap_month = true}));
  EXPECT_EQ(LunarDayOf(CivilDay(2023, 2, 20)),
            (LunarDay{.year = 2023, .month = 2, .day = 1, .leap_follows = true}));
  EXPECT_TRUE(LunarDayOf(CivilDay(2025, 7, 25))->leap_month);
  EXPECT_FALSE(LunarDayOf(CivilDay(2025, 8, 23))->leap_month);
  EXPECT_TRUE(LunarDayOf(CivilDay(2033, 12, 25))->leap_month);
  EXPECT_EQ(LunarDayOf(CivilDay(2033, 12, 25))->month, 11);
}

TEST(LunarDayOf, NothingOutsideItsYears) {
  EXPECT_EQ(LunarDayOf(CivilDay(1900, 1, 30)), std::nullopt);
  EXPECT_EQ(LunarDayOf(CivilDay(2101, 1, 29)), std::nullopt);
  EXPECT_EQ(LunarDayOf(CivilDay(9999, 1, 1)), std::nullopt);
}

TEST(LunarDayOf, MonthsHave29Or30Days) {
  int days = 0;
  for (CivilDay day(1900, 1, 31); day < CivilDay(2101, 1, 29); ++day) {
    ++days;
    const LunarDay lunar = *LunarDayOf(day);
    EXPECT_EQ(lunar.day, days) << day;
    if (!lunar.last_of_month) continue;
    EXPECT_TRUE(days == 29 || days == 30) << day;
    days = 0;
  }
}

}  // namespace
}  // namespace crm::calendar
