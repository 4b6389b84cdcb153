#include "libs/base/decimal.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "libs/base/status.h"

namespace crm::base {
namespace {

constexpr size_t kUnitsDigitsMax = 15;
constexpr size_t kNanosDigits = 9;
constexpr int32_t kNanosMax = 999'999'999;

// nullopt unless there are 1 to `digits_max` digits and nothing else.
std::optional<int64_t> Number(std::string_view digits, size_t digits_max) {
  if (digits.empty() || digits.size() > digits_max) return std::nullopt;
  int64_t number = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

}  // namespace

absl::Status CheckDecimal(std::string_view field, const common::v1::Decimal& number) {
  const std::string name(field);
  if (number.units() < -kDecimalUnitsMax || number.units() > kDecimalUnitsMax)
    return Invalid(name + ".units", "must have at most 15 digits");
  if (number.nanos() < -kNanosMax || number.nanos() > kNanosMax)
    return Invalid(name + ".nanos", "must be at most 999,999,999");
  const bool one_sign =
      !(number.units() < 0 && number.nanos() > 0) && !(number.units() > 0 && number.nanos() < 0);
  return one_sign ? absl::OkStatus() : Invalid(name + ".nanos", "must have the sign of the units");
}

std::optional<common::v1::Decimal> ParseDecimal(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  const size_t point = text.find('.');
  const auto units = Number(text.substr(0, point), kUnitsDigitsMax);
  if (!units.has_value()) return std::nullopt;
  int64_t nanos = 0;
  if (point != std::string_view::npos) {
    const std::string_view digits = text.substr(point + 1);
    const auto fraction = Number(digits, kNanosDigits);
    if (!fraction.has_value()) return std::nullopt;
    nanos = *fraction;
    for (size_t i = digits.size(); i < kNanosDigits; ++i) nanos *= 10;
  }
  common::v1::Decimal number;
  number.set_units(negative ? -*units : *units);
  number.set_nanos(static_cast<int32_t>(negative ? -nanos : nanos));
  return number;
}

std::string DecimalText(const common::v1::Decimal& number) {
  const bool negative = number.units() < 0 || number.nanos() < 0;
  const int64_t units = negative ? -number.units() : number.units();
  const int32_t nanos = negative ? -number.nanos() : number.nanos();
  std::string text = absl::StrFormat("%s%d", negative ? "-" : "", units);
  if (nanos == 0) return text;
  text += absl::StrFormat(".%09d", nanos);
  text.erase(text.find_last_not_of('0') + 1);
  return text;
}

}  // namespace crm::base
