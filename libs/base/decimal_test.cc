#include "libs/base/decimal.h"

#include "gtest/gtest.h"
#include "libs/base/status.h"

namespace crm::base {
namespace {

TEST(Decimal, IsReadAndWrittenExactly) {
  const std::pair<const char*, const char*> cases[] = {
      {"0", "0"},
      {"5", "5"},
      {"-5", "-5"},
      {"-0", "0"},
      {"12.50", "12.5"},
      {"-0.000000001", "-0.000000001"},
      {"007.5", "7.5"},
      {"999999999999999.999999999", "999999999999999.999999999"},
      {"-999999999999999.999999999", "-999999999999999.999999999"},
  };
  for (const auto& [text, written] : cases) {
    const auto number = ParseDecimal(text);
    ASSERT_TRUE(number.has_value()) << text;
    EXPECT_TRUE(CheckDecimal("n", *number).ok()) << text;
    EXPECT_EQ(DecimalText(*number), written) << text;
  }
}

TEST(Decimal, OfAnyOtherTextIsNone) {
  for (const char* text : {"", "-", "+5", ".5", "5.", "1,000", "1e3", " 5", "5 ", "--5", "5.5.5",
                           "1000000000000000", "0.0000000001", "\xef\xbc\x95"})
    EXPECT_FALSE(ParseDecimal(text).has_value()) << text;
}

TEST(Decimal, OutsideItsLimitsIsRefused) {
  const auto field = [](int64_t units, int32_t nanos) {
    common::v1::Decimal number;
    number.set_units(units);
    number.set_nanos(nanos);
    return FieldOf(CheckDecimal("n", number));
  };
  EXPECT_EQ(field(1, 999'999'999), "");
  EXPECT_EQ(field(0, -1), "");
  EXPECT_EQ(field(kDecimalUnitsMax + 1, 0), "n.units");
  EXPECT_EQ(field(INT64_MIN, 0), "n.units");
  EXPECT_EQ(field(0, 1'000'000'000), "n.nanos");
  EXPECT_EQ(field(0, INT32_MIN), "n.nanos");
  EXPECT_EQ(field(1, -1), "n.nanos");
  EXPECT_EQ(field(-1, 1), "n.nanos");
}

}  // namespace
}  // namespace crm::base
