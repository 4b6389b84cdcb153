#include "libs/base/money.h"

#include <gtest/gtest.h>

#include "libs/base/status.h"

namespace crm::base {
namespace {

using google::type::Money;

Money Amount(int64_t units, int32_t nanos = 0, const char* currency = "USD") {
  Money money;
  money.set_currency_code(currency);
  money.set_units(units);
  money.set_nanos(nanos);
  return money;
}

TEST(Money, CurrencyCodesAreThreeCapitals) {
  EXPECT_TRUE(IsCurrencyCode("CNY"));
  for (const char* bad : {"", "cny", "CN", "CNYY", "C1Y"}) EXPECT_FALSE(IsCurrencyCode(bad)) << bad;
}

TEST(Money, CheckNamesWhatIsWrong) {
  EXPECT_TRUE(CheckMoney("a", Amount(0)).ok());
  EXPECT_TRUE(CheckMoney("a", Amount(-3, -500'000'000)).ok());
  EXPECT_TRUE(CheckMoney("a", Amount(kMoneyUnitsMax)).ok());
  EXPECT_EQ(FieldOf(CheckMoney("a", Money())), "a.currency_code");
  EXPECT_EQ(FieldOf(CheckMoney("a", Amount(1, 0, "usd"))), "a.currency_code");
  EXPECT_EQ(FieldOf(CheckMoney("a", Amount(1, 0, "USDX"))), "a.currency_code");
  EXPECT_EQ(FieldOf(CheckMoney("a", Amount(1, 1'000'000'000))), "a.nanos");
  EXPECT_EQ(FieldOf(CheckMoney("a", Amount(1, -1))), "a.nanos");
  EXPECT_EQ(FieldOf(CheckMoney("a", Amount(-1, 1))), "a.nanos");
  EXPECT_EQ(FieldOf(CheckMoney("a", Amount(kMoneyUnitsMax, 1))), "a.units");
  EXPECT_EQ(FieldOf(CheckMoney("a", Amount(std::numeric_limits<int64_t>::min()))), "a.units");
}

TEST(Money, SignIsChecked) {
  EXPECT_TRUE(CheckNotNegative("a", Amount(0)).ok());
  EXPECT_EQ(FieldOf(CheckNotNegative("a", Amount(0, -1))), "a");
  EXPECT_TRUE(CheckPositive("a", Amount(0, 1)).ok());
  EXPECT_EQ(FieldOf(CheckPositive("a", Amount(0))), "a");
  EXPECT_EQ(FieldOf(CheckPositive("a", Amount(-1))), "a");
}

TEST(Money, CurrencyIsNamed) {
  EXPECT_TRUE(CheckCurrency("a", Amount(1), "USD").ok());
  EXPECT_EQ(FieldOf(CheckCurrency("a", Amount(1), "CNY")), "a.currency_code");
}

TEST(Money, SumsAreExact) {
  const Money tenth = Amount(0, 100'000'000);
  Money sum = Amount(0);
  for (int i = 0; i < 10; ++i) sum = Plus(sum, tenth);
  EXPECT_TRUE(SameMoney(sum, Amount(1)));
  EXPECT_TRUE(SameMoney(Minus(Amount(1), Amount(1, 500'000'000)), Amount(0, -500'000'000)));
  EXPECT_TRUE(SameMoney(Minus(Amount(-1, -1), Amount(0, -2)), Amount(0, -999'999'999)));
  EXPECT_FALSE(SameMoney(Amount(1), Amount(1, 0, "CNY")));
}

TEST(Money, LargestAmountsDoNotOverflow) {
  Money sum = Amount(0);
  for (int i = 0; i < 1000; ++i) sum = Plus(sum, Amount(kMoneyUnitsMax));
  EXPECT_EQ(sum.units(), 1000 * kMoneyUnitsMax);
  EXPECT_TRUE(SameMoney(ShareOf(Amount(kMoneyUnitsMax), 1'000'000'000'000, 1'000'000'000'000),
                        Amount(kMoneyUnitsMax)));
}

TEST(Money, ShareRoundsHalfUpAndNeverExceeds) {
  EXPECT_TRUE(SameMoney(ShareOf(Amount(10), 1, 3), Amount(3, 330'000'000)));
  EXPECT_TRUE(SameMoney(ShareOf(Amount(10), 2, 3), Amount(6, 670'000'000)));
  EXPECT_TRUE(SameMoney(ShareOf(Amount(0, 50'000'000), 1, 2), Amount(0, 30'000'000)));
  EXPECT_TRUE(SameMoney(ShareOf(Amount(10), 0, 3), Amount(0)));
  EXPECT_TRUE(SameMoney(ShareOf(Amount(0, 6'000'000), 1, 1), Amount(0, 6'000'000)));
}

TEST(MoneyDeathTest, MixedCurrenciesAreABug) {
  EXPECT_DEATH(Plus(Amount(1), Amount(1, 0, "CNY")), "currency");
}

}  // namespace
}  // namespace crm::base
