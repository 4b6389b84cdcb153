#include "services/customer/domain/checks.h"

#include <gtest/gtest.h>

#include "libs/base/timestamp.h"
#include "services/customer/domain/calendar.h"

namespace crm::customer {
namespace {

TEST(Checks, Phones) {
  for (const char* good : {"+12345678", "+8613800138000", "+123456789012345"})
    EXPECT_TRUE(IsPhone(good)) << good;
  for (const char* bad : {"", "+", "12345678", "+02345678", "+1234567", "+1234567890123456",
                          "+1234 5678", "+1234567a"}) {
    EXPECT_FALSE(IsPhone(bad)) << bad;
  }
}

TEST(Checks, Emails) {
  for (const char* good : {"a@b.cd", "a.b+c@d-e.example", "用户@例子.中国"})
    EXPECT_TRUE(IsEmail(good)) << good;
  for (const char* bad : {"", "a", "@b.cd", "a@", "a@b", "a@b.", "a@.b", "a@@b.cd", "a b@c.de",
                          "a@b..cd", "<a@b.cd>"}) {
    EXPECT_FALSE(IsEmail(bad)) << bad;
  }
}

TEST(Checks, Codes) {
  EXPECT_TRUE(IsCountryCode("DE"));
  EXPECT_FALSE(IsCountryCode("DEU"));
  for (const char* good : {"en", "zh-CN", "zh-Hant-TW"}) EXPECT_TRUE(IsLanguageCode(good)) << good;
  for (const char* bad : {"", "e", "en-", "en--US", "en_US", "1en"})
    EXPECT_FALSE(IsLanguageCode(bad)) << bad;
}

TEST(Checks, ABirthdayMayLackItsYear) {
  v1::Customer customer;
  customer.set_kind(v1::CUSTOMER_KIND_PERSON);
  customer.set_display_name("x");
  auto& date = *customer.mutable_personal()->mutable_birth_date();
  date.set_month(2);
  date.set_day(29);
  EXPECT_TRUE(CheckCustomer(customer, "USD").ok());
  date.set_year(2023);
  EXPECT_FALSE(CheckCustomer(customer, "USD").ok());
}

TEST(Calendar, AddMonthsStaysInTheMonth) {
  EXPECT_EQ(AddMonths(absl::CivilDay(2026, 3, 31), 1), absl::CivilDay(2026, 4, 30));
  EXPECT_EQ(AddMonths(absl::CivilDay(2024, 2, 29), 12), absl::CivilDay(2025, 2, 28));
  EXPECT_EQ(AddMonths(absl::CivilDay(2026, 1, 15), -12), absl::CivilDay(2025, 1, 15));
  EXPECT_EQ(AddMonths(absl::CivilDay(2026, 12, 31), -10), absl::CivilDay(2026, 2, 28));
}

TEST(Calendar, TimestampsGoThereAndBack) {
  const absl::Time time = absl::FromUnixSeconds(1772445600) + absl::Nanoseconds(123456789);
  EXPECT_EQ(base::TimeOf(base::TimestampOf(time)), time);
  EXPECT_EQ(base::TimestampOf(time).nanos(), 123456789);
  EXPECT_EQ(base::TimestampOf(absl::UnixEpoch() - absl::Nanoseconds(1)).nanos(), 999999999);
}

}  // namespace
}  // namespace crm::customer
