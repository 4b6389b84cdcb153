// Exact arithmetic on google.type.Money: whole nanos in 128 bits, no floating point.
//
// Amounts that passed CheckMoney are at most kMoneyUnitsMax units large, so that sums of up to
// 1,000 of them fit a Money again.
#pragma once

#include <google/type/money.pb.h>

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"

namespace crm::base {

// 10^15 units of any currency.
inline constexpr int64_t kMoneyUnitsMax = 1'000'000'000'000'000;

// An amount without its currency, in billionths of the currency unit.
__extension__ typedef __int128 Nanos;

// ISO 4217 by its shape: three capital letters.
bool IsCurrencyCode(std::string_view code);

// INVALID_ARGUMENT that names "<field>.currency_code", "<field>.nanos" or "<field>.units" unless
// `money` is an amount: three capital letters, nanos of at most 999,999,999 with the sign of the
// units, at most kMoneyUnitsMax. Does not ask whether it is negative.
absl::Status CheckMoney(std::string_view field, const google::type::Money& money);
// The same, and INVALID_ARGUMENT naming `field` when it is negative.
absl::Status CheckNotNegative(std::string_view field, const google::type::Money& money);
// The same, and INVALID_ARGUMENT naming `field` when it is negative or zero.
absl::Status CheckPositive(std::string_view field, const google::type::Money& money);
// INVALID_ARGUMENT naming "<field>.currency_code" when the currency is another.
absl::Status CheckCurrency(std::string_view field, const google::type::Money& money,
                           std::string_view currency_code);

// An unset message is 0.
Nanos NanosOf(const google::type::Money& money);
// The only Money of this amount and currency. More than int64 units is a bug.
google::type::Money MoneyOf(Nanos nanos, std::string_view currency_code);

// Both of one currency; another is a bug.
google::type::Money Plus(const google::type::Money& a, const google::type::Money& b);
google::type::Money Minus(const google::type::Money& a, const google::type::Money& b);

// The same amount in the same currency.
bool SameMoney(const google::type::Money& a, const google::type::Money& b);

// The share part/whole of a non-negative amount, rounded half up to a hundredth of the unit, and
// not more than the amount. 0 <= part <= whole <= 10^12, whole > 0; else it is a bug.
google::type::Money ShareOf(const google::type::Money& money, int64_t part, int64_t whole);

}  // namespace crm::base
