#include "libs/calendar/recurrence.h"

#include <libical/ical.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/status.h"

namespace crm::calendar {
namespace {

constexpr int kIntervalMax = 1'000;
constexpr int kCountMax = 1'000;
// A day of February that a leap year has.
constexpr int kDaysMax[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

using Part = std::pair<std::string_view, std::string_view>;

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> items;
  for (size_t end = text.find(separator); end != std::string_view::npos;
       end = text.find(separator)) {
    items.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  items.push_back(text);
  return items;
}

std::vector<Part> PartsOf(std::string_view rule) {
  std::vector<Part> parts;
  for (const std::string_view part : Split(rule, ';')) {
    const size_t equals = part.find('=');
    parts.emplace_back(part.substr(0, equals),
                       equals == std::string_view::npos ? "" : part.substr(equals + 1));
  }
  return parts;
}

std::string_view ValueOf(std::string_view rule, std::string_view key) {
  for (const auto& [name, value] : PartsOf(rule)) {
    if (name == key) return value;
  }
  return "";
}

bool IsDigits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<int> NumberOf(std::string_view text) {
  const bool negative = text.starts_with("-");
  if (negative || text.starts_with("+")) text.remove_prefix(1);
  if (!IsDigits(text) || text.size() > 5) return std::nullopt;
  int number = 0;
  for (const char c : text) number = 10 * number + (c - '0');
  return negative ? -number : number;
}

// The numbers of a list; nullopt: not one number each, other than 0 and at most `most` either way.
std::optional<std::vector<int>> NumbersOf(std::string_view list, int most, bool negative) {
  std::vector<int> numbers;
  for (const std::string_view item : Split(list, ',')) {
    const auto number = NumberOf(item);
    if (!number.has_value() || *number == 0 || *number > most || *number < -most ||
        (*number < 0 && !negative))
      return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

// "20260302", "20260302T090000" or the same with Z.
bool IsUntil(std::string_view text) {
  if (text.size() == 8) return IsDigits(text);
  if (text.ends_with("Z")) text.remove_suffix(1);
  return text.size() == 15 && text[8] == 'T' && IsDigits(text.substr(0, 8)) &&
         IsDigits(text.substr(9));
}

bool IsWeekday(std::string_view text) {
  static constexpr std::string_view kDays[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
  return std::find(std::begin(kDays), std::end(kDays), text) != std::end(kDays);
}

// "MO", or "2TU" and "-1FR" in months and years.
bool IsByDay(std::string_view list, bool numbered) {
  for (const std::string_view day : Split(list, ',')) {
    if (day.size() < 2) return false;
    if (!IsWeekday(day.substr(day.size() - 2))) return false;
    const std::string_view number = day.substr(0, day.size() - 2);
    if (!number.empty() && (!numbered || !NumbersOf(number, 53, true).has_value())) return false;
  }
  return true;
}

bool IsPart(std::string_view key, std::string_view value, std::string_view frequency) {
  if (key == "FREQ")
    return value == "DAILY" || value == "WEEKLY" || value == "MONTHLY" || value == "YEARLY";
  if (key == "INTERVAL") {
    const auto number = NumberOf(value);
    return number.has_value() && *number >= 1 && *number <= kIntervalMax;
  }
  if (key == "COUNT") {
    const auto number = NumberOf(value);
    return number.has_value() && *number >= 1 && *number <= kCountMax;
  }
  if (key == "UNTIL") return IsUntil(value);
  if (key == "BYDAY") return IsByDay(value, frequency == "MONTHLY" || frequency == "YEARLY");
  if (key == "BYMONTH") return NumbersOf(value, 12, false).has_value();
  if (key == "BYMONTHDAY") return frequency != "WEEKLY" && NumbersOf(value, 31, true).has_value();
  if (key == "BYSETPOS") return NumbersOf(value, 366, true).has_value();
  if (key == "WKST") return IsWeekday(value);
  return false;
}

// Some month has such a day: else libical looks through centuries for one.
bool SomeDayMeets(std::string_view rule) {
  const std::string_view days = ValueOf(rule, "BYMONTHDAY");
  if (days.empty()) return true;
  const std::string_view months = ValueOf(rule, "BYMONTH");
  int longest = months.empty() ? 31 : 0;
  if (!months.empty()) {
    const std::vector<int> numbers = *NumbersOf(months, 12, false);
    for (const int month : numbers) longest = std::max(longest, kDaysMax[month - 1]);
  }
  const std::vector<int> numbers = *NumbersOf(days, 31, true);
  return std::any_of(numbers.begin(), numbers.end(),
                     [&](int day) { return std::abs(day) <= longest; });
}

icalrecurrencetype ParsedOf(std::string_view rule) {
  return icalrecurrencetype_from_string(std::string(rule).c_str());
}

icaltimetype IcalOf(absl::CivilSecond time) {
  icaltimetype ical = icaltime_null_time();
  ical.year = static_cast<int>(time.year());
  ical.month = time.month();
  ical.day = time.day();
  ical.hour = time.hour();
  ical.minute = time.minute();
  ical.second = time.second();
  return ical;
}

absl::CivilSecond CivilOf(const icaltimetype& ical) {
  return absl::CivilSecond(ical.year, ical.month, ical.day, ical.hour, ical.minute, ical.second);
}

// The last civil second that an UNTIL allows; a day is allowed to its end.
absl::CivilSecond UntilOf(const icaltimetype& until, absl::TimeZone zone) {
  if (until.is_date) return absl::CivilSecond(absl::CivilDay(CivilOf(until)) + 1) - 1;
  if (!icaltime_is_utc(until)) return CivilOf(until);
  return absl::ToCivilSecond(absl::FromCivil(CivilOf(until), absl::UTCTimeZone()), zone);
}

}  // namespace

absl::Status CheckRule(std::string_view field, std::string_view rule) {
  if (rule.size() > kRuleBytesMax) return base::Invalid(field, "must be at most 500 bytes");
  const std::string_view frequency = ValueOf(rule, "FREQ");
  std::set<std::string_view> seen;
  for (const auto& [key, value] : PartsOf(rule)) {
    if (!seen.insert(key).second || !IsPart(key, value, frequency))
      return base::Invalid(
          field,
          "must be a rule as RFC 5545 has them: FREQ DAILY, WEEKLY, MONTHLY or YEARLY, "
          "INTERVAL, COUNT or UNTIL, BYDAY, BYMONTH, BYMONTHDAY, BYSETPOS, WKST");
  }
  if (frequency.empty()) return base::Invalid(field, "must have a FREQ");
  if (seen.contains("BYSETPOS") && !seen.contains("BYDAY") && !seen.contains("BYMONTHDAY"))
    return base::Invalid(field, "must have days for BYSETPOS");
  if (seen.contains("COUNT") && seen.contains("UNTIL"))
    return base::Invalid(field, "must not have both COUNT and UNTIL");
  if (!SomeDayMeets(rule)) return base::Invalid(field, "must be met by some day");
  if (ParsedOf(rule).freq == ICAL_NO_RECURRENCE)
    return base::Invalid(field, "must be a rule as RFC 5545 has them");
  return absl::OkStatus();
}

int CountOf(std::string_view rule) { return NumberOf(ValueOf(rule, "COUNT")).value_or(0); }

std::optional<absl::CivilSecond> NextTime(std::string_view rule, absl::CivilSecond start,
                                          absl::CivilSecond after, absl::TimeZone zone,
                                          bool counted) {
  icalrecurrencetype parsed = ParsedOf(rule);
  if (parsed.freq == ICAL_NO_RECURRENCE) return std::nullopt;
  if (!counted) parsed.count = 0;
  std::optional<absl::CivilSecond> until;
  if (!icaltime_is_null_time(parsed.until)) until = UntilOf(parsed.until, zone);
  parsed.until = icaltime_null_time();
  const std::unique_ptr<icalrecur_iterator, decltype(&icalrecur_iterator_free)> iterator(
      icalrecur_iterator_new(parsed, IcalOf(start)), &icalrecur_iterator_free);
  if (iterator == nullptr) return std::nullopt;
  for (int i = 0; i < kOccurrencesMax; ++i) {
    const icaltimetype next = icalrecur_iterator_next(iterator.get());
    if (icaltime_is_null_time(next)) return std::nullopt;
    const absl::CivilSecond time = CivilOf(next);
    if (until.has_value() && time > *until) return std::nullopt;
    if (time > after) return time;
  }
  return std::nullopt;
}

}  // namespace crm::calendar
