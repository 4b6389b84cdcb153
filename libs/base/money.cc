#include "libs/base/money.h"

#include <algorithm>
#include <limits>
#include <string>

#include "libs/base/check.h"
#include "libs/base/status.h"

namespace crm::base {
namespace {

using google::type::Money;

constexpr Nanos kNanosInUnit = 1'000'000'000;
constexpr Nanos kNanosInHundredth = kNanosInUnit / 100;
constexpr int64_t kWholeMax = 1'000'000'000'000;

std::string Sub(std::string_view field, std::string_view part) {
  return std::string(field) + "." + std::string(part);
}

}  // namespace

bool IsCurrencyCode(std::string_view code) {
  return code.size() == 3 &&
         std::all_of(code.begin(), code.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

absl::Status CheckMoney(std::string_view field, const Money& money) {
  if (!IsCurrencyCode(money.currency_code())) {
    return Invalid(Sub(field, "currency_code"), "must be three capital letters, as ISO 4217");
  }
  if (money.nanos() > 999'999'999 || money.nanos() < -999'999'999) {
    return Invalid(Sub(field, "nanos"), "must be less than one unit");
  }
  if ((money.units() > 0 && money.nanos() < 0) || (money.units() < 0 && money.nanos() > 0)) {
    return Invalid(Sub(field, "nanos"), "must have the sign of the units");
  }
  const Nanos nanos = NanosOf(money);
  const Nanos most = kMoneyUnitsMax * kNanosInUnit;
  if (nanos > most || nanos < -most) {
    return Invalid(Sub(field, "units"), "must be at most 10^15");
  }
  return absl::OkStatus();
}

absl::Status CheckNotNegative(std::string_view field, const Money& money) {
  if (absl::Status s = CheckMoney(field, money); !s.ok()) return s;
  if (NanosOf(money) < 0) return Invalid(field, "must not be negative");
  return absl::OkStatus();
}

absl::Status CheckPositive(std::string_view field, const Money& money) {
  if (absl::Status s = CheckMoney(field, money); !s.ok()) return s;
  if (NanosOf(money) <= 0) return Invalid(field, "must be positive");
  return absl::OkStatus();
}

absl::Status CheckCurrency(std::string_view field, const Money& money,
                           std::string_view currency_code) {
  if (money.currency_code() == currency_code) return absl::OkStatus();
  return Invalid(Sub(field, "currency_code"), "must be the same currency throughout");
}

Nanos NanosOf(const Money& money) { return Nanos{money.units()} * kNanosInUnit + money.nanos(); }

Money MoneyOf(Nanos nanos, std::string_view currency_code) {
  const Nanos units = nanos / kNanosInUnit;
  Check(
      units <= std::numeric_limits<int64_t>::max() && units >= std::numeric_limits<int64_t>::min(),
      "an amount fits 64 bits");
  Money money;
  money.set_currency_code(std::string(currency_code));
  money.set_units(static_cast<int64_t>(units));
  money.set_nanos(static_cast<int32_t>(nanos % kNanosInUnit));
  return money;
}

Money Plus(const Money& a, const Money& b) {
  Check(a.currency_code() == b.currency_code(), "amounts that are added have one currency");
  return MoneyOf(NanosOf(a) + NanosOf(b), a.currency_code());
}

Money Minus(const Money& a, const Money& b) {
  Check(a.currency_code() == b.currency_code(), "amounts that are subtracted have one currency");
  return MoneyOf(NanosOf(a) - NanosOf(b), a.currency_code());
}

bool SameMoney(const Money& a, const Money& b) {
  return a.currency_code() == b.currency_code() && NanosOf(a) == NanosOf(b);
}

Money ShareOf(const Money& money, int64_t part, int64_t whole) {
  Check(part >= 0 && part <= whole && whole > 0 && whole <= kWholeMax, "a share is a part");
  const Nanos amount = NanosOf(money);
  Check(amount >= 0, "a share is of something");
  const Nanos divisor = Nanos{whole} * kNanosInHundredth;
  const Nanos hundredths = (2 * amount * part + divisor) / (2 * divisor);
  return MoneyOf(std::min(hundredths * kNanosInHundredth, amount), money.currency_code());
}

}  // namespace crm::base
