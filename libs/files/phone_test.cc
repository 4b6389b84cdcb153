#include "libs/files/phone.h"

#include "gtest/gtest.h"

namespace crm::files {
namespace {

TEST(Phone, LocalFormatsBecomeE164) {
  const struct {
    const char* text;
    const char* country;
    const char* e164;
    bool valid;
  } rows[] = {
      {"+8613912345678", "CN", "+8613912345678", true},
      {"139 1234 5678", "CN", "+8613912345678", true},
      {"(010) 6552-9988", "CN", "+861065529988", true},
      {"1 3 9 1 2 3 4 5 6 7 8", "CN", "+8613912345678", true},
      {"0043 1 58858", "AT", "+43158858", true},
      {"01 58858", "AT", "+43158858", true},
      {"123", "CN", "+86123", false},
      {"ask reception", "CN", "", false},
      {"", "CN", "", false},
  };
  for (const auto& row : rows) {
    const Phone phone = ParsePhone(row.text, row.country);
    EXPECT_EQ(phone.e164, row.e164) << row.text;
    EXPECT_EQ(phone.valid, row.valid) << row.text;
  }
}

}  // namespace
}  // namespace crm::files
