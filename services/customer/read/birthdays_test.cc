#include "services/customer/read/birthdays.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/testing/fake_rows.h"
#include "libs/testing/matchers.h"
#include "services/customer/read/activity_tables.h"

namespace crm::customer {
namespace {

using absl::CivilDay;
using testing::FakeRows;
using testing::ParseText;

class Birthdays : public ::testing::Test {
 protected:
  void Contact(const std::string& id, const std::string& birthday) {
    auto after = ParseText<v1::Contact>("personal { birthday { " + birthday + "} }");
    after.set_name("contacts/" + id);
    const v1::ContactEvent event;
    const engine::EventMeta meta{.name = after.name()};
    ProjectBirthdayOfContact({nullptr, after, event, meta}, rows_);
  }
  // "id years" of each.
  std::string On(CivilDay day) {
    std::string said;
    VisitBirthdays(day, rows_, [&](const v1::YearlyDay& birthday, int years) {
      said += birthday.subject().substr(birthday.subject().find('/') + 1) + " " +
              std::to_string(years) + " ";
      return true;
    });
    return said;
  }

  FakeRows rows_{kBirthdays};
};

TEST_F(Birthdays, ComeEveryYear) {
  Contact("a", "date { year: 1980 month: 3 day: 2 }");
  Contact("b", "date { month: 3 day: 2 } calendar: CALENDAR_GREGORIAN ");
  Contact("c", "date { year: 1980 month: 3 day: 3 }");
  Contact("unborn", "date { year: 2027 month: 3 day: 2 }");
  EXPECT_EQ(On(CivilDay(2026, 3, 2)), "a 46 b 0 ");
  EXPECT_EQ(On(CivilDay(2026, 3, 4)), "");
}

TEST_F(Birthdays, Of29FebruaryAreOnThe28thOfACommonYear) {
  Contact("a", "date { year: 2000 month: 2 day: 29 }");
  EXPECT_EQ(On(CivilDay(2027, 2, 28)), "a 27 ");
  EXPECT_EQ(On(CivilDay(2028, 2, 28)), "");
  EXPECT_EQ(On(CivilDay(2028, 2, 29)), "a 28 ");
  EXPECT_EQ(On(CivilDay(2028, 3, 1)), "");
}

// 15 of the eighth month was 2025-10-06 and is 2026-09-25.
TEST_F(Birthdays, OfTheLunarCalendarMove) {
  Contact("a", "date { year: 1970 month: 8 day: 15 } calendar: CALENDAR_LUNAR ");
  EXPECT_EQ(On(CivilDay(2025, 10, 6)), "a 55 ");
  EXPECT_EQ(On(CivilDay(2026, 9, 25)), "a 56 ");
  EXPECT_EQ(On(CivilDay(2026, 8, 15)), "");
}

// The sixth month of 2025 came twice; that of 2026 comes once, and 2026-07-14 is its first day.
TEST_F(Birthdays, OfALeapMonthAreInItWhereThereIsOne) {
  Contact("plain", "date { month: 6 day: 1 } calendar: CALENDAR_LUNAR ");
  Contact("leap", "date { month: 6 day: 1 } calendar: CALENDAR_LUNAR leap_month: true ");
  EXPECT_EQ(On(CivilDay(2025, 6, 25)), "plain 0 ");
  EXPECT_EQ(On(CivilDay(2025, 7, 25)), "leap 0 ");
  EXPECT_EQ(On(CivilDay(2026, 7, 14)), "leap 0 plain 0 ");
}

// The twelfth month of the lunar year 2025 has 29 days: its last is the eve of 2026-02-17.
TEST_F(Birthdays, OfTheThirtiethAreOnTheLastDayOfAShortMonth) {
  Contact("a", "date { month: 12 day: 30 } calendar: CALENDAR_LUNAR ");
  EXPECT_EQ(On(CivilDay(2026, 2, 16)), "a 0 ");
  EXPECT_EQ(On(CivilDay(2026, 2, 15)), "");
}

TEST_F(Birthdays, NothingIsLeftOfAnEarlierOne) {
  const auto before = ParseText<v1::Customer>(
      "name: 'customers/a' personal { birth_date { year: 1980 month: 3 day: 2 } }");
  const auto after =
      ParseText<v1::Customer>("name: 'customers/a' personal { birth_date { month: 3 day: 3 } }");
  const v1::CustomerEvent event;
  const engine::EventMeta meta{.name = "customers/a"};
  ProjectBirthdayOfCustomer({nullptr, before, event, meta}, rows_);
  EXPECT_EQ(On(CivilDay(2026, 3, 2)), "a 46 ");
  ProjectBirthdayOfCustomer({&before, after, event, meta}, rows_);
  EXPECT_EQ(On(CivilDay(2026, 3, 2)), "");
  EXPECT_EQ(On(CivilDay(2026, 3, 3)), "a 0 ");
  ProjectBirthdayOfCustomer({&after, v1::Customer(), event, meta}, rows_);
  EXPECT_EQ(rows_.Size("birthdays"), 0u);
}

}  // namespace
}  // namespace crm::customer
