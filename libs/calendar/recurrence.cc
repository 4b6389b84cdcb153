#include "libs/calendar/recurrence.h"

#include <libical/ical.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <numeric>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "libs/base/status.h"

namespace crm::calendar {
namespace {

constexpr int kIntervalMax = 1'000;
constexpr int kCountMax = 1'000;
constexpr int kFourYears = 48;  // In months.
// Of an UNTIL: from the first on, before the other; as of other days.
constexpr std::string_view kYearMin = "1900", kYearEnd = "2201";
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

// "20260302", "20260302T090000" or the same with Z: a day and a time that exist.
bool IsUntil(std::string_view text) {
  if (text.size() == 16 && text.ends_with("Z")) text.remove_suffix(1);
  const bool timed = text.size() == 15 && text[8] == 'T';
  if (!timed && text.size() != 8) return false;
  const std::string digits =
      absl::StrCat(std::string(text.substr(0, 8)), timed ? std::string(text.substr(9)) : "000000");
  absl::Time time;
  return IsDigits(digits) && absl::ParseTime("%E4Y%m%d%H%M%S", digits, &time, nullptr) &&
         digits >= kYearMin && digits < kYearEnd;
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
  // Of a DAILY rule libical meets no day that is counted from the end of its month.
  if (key == "BYMONTHDAY")
    return frequency != "WEEKLY" && NumbersOf(value, 31, frequency != "DAILY").has_value();
  if (key == "BYSETPOS") return NumbersOf(value, 366, true).has_value();
  if (key == "WKST") return IsWeekday(value);
  return false;
}

// What of a rule that is well formed decides whether days meet it.
struct Days {
  std::string_view frequency;
  int interval = 1;
  int weekdays = 0;      // How many different ones BYDAY has.
  int number = 0;        // The largest one in BYDAY, either way; 0: none has one.
  bool in_year = false;  // Numbers and places count in the year, not in its months.
  std::set<int> months;  // All, unless it says which.
  std::vector<int> monthdays;
  int place = 0;  // The largest one in BYSETPOS, either way; 0: none.
};

int Largest(const std::vector<int>& numbers) {
  int largest = 0;
  for (const int number : numbers) largest = std::max(largest, std::abs(number));
  return largest;
}

Days DaysOf(std::string_view rule) {
  Days days;
  days.frequency = ValueOf(rule, "FREQ");
  days.interval = NumberOf(ValueOf(rule, "INTERVAL")).value_or(1);
  std::set<std::string_view> weekdays;
  if (const std::string_view list = ValueOf(rule, "BYDAY"); !list.empty()) {
    for (const std::string_view day : Split(list, ',')) {
      weekdays.insert(day.substr(day.size() - 2));
      const int number = NumberOf(day.substr(0, day.size() - 2)).value_or(0);
      days.number = std::max(days.number, std::abs(number));
    }
  }
  days.weekdays = static_cast<int>(weekdays.size());
  for (const int month :
       NumbersOf(ValueOf(rule, "BYMONTH"), 12, false).value_or(std::vector<int>()))
    days.months.insert(month);
  for (int month = 1; month <= 12 && ValueOf(rule, "BYMONTH").empty(); ++month)
    days.months.insert(month);
  days.in_year = days.frequency == "YEARLY" && ValueOf(rule, "BYMONTH").empty();
  days.monthdays = NumbersOf(ValueOf(rule, "BYMONTHDAY"), 31, true).value_or(std::vector<int>());
  days.place =
      Largest(NumbersOf(ValueOf(rule, "BYSETPOS"), 366, true).value_or(std::vector<int>()));
  return days;
}

// Of four years from a leap year on, the i-th month.
int LengthOf(int i) { return kDaysMax[i % 12] - (i % 12 == 1 && i >= 12 ? 1 : 0); }

// How long a month has to be so that it has a day of these.
int LengthNeeded(const Days& days) {
  if (days.number > 4 && !days.in_year) return 29;
  if (days.monthdays.empty()) return 1;
  int least = 31;
  for (const int day : days.monthdays) least = std::min(least, std::abs(day));
  return least;
}

// Of how many months a period is the first that a series of this rule can start in.
int MonthsOf(const Days& days) { return days.frequency == "YEARLY" ? 12 : 1; }

// How many months lie between two periods, as far as four years show it.
int StepOf(const Days& days) {
  const bool months = days.frequency == "YEARLY" || days.frequency == "MONTHLY";
  return months ? std::gcd(days.interval * MonthsOf(days), kFourYears) : 1;
}

// A series from that month of the four years on comes to one that is asked for and long enough.
bool IsMetFrom(const Days& days, int start) {
  const int needed = LengthNeeded(days), months = MonthsOf(days);
  for (int i = start - start % months; i < start + kFourYears; i += StepOf(days)) {
    for (int month = i; month < i + months; ++month) {
      if (days.months.contains(month % 12 + 1) && LengthOf(month % kFourYears) >= needed)
        return true;
    }
  }
  return false;
}

// Whichever month or year a series starts in.
bool SomeMonthMeets(const Days& days) {
  for (int start = 0; start < StepOf(days); start += MonthsOf(days)) {
    if (!IsMetFrom(days, start)) return false;
  }
  return true;
}

// A rule of months or years that names no day means the start's, which its months may not have.
bool HasDayOf(Days days, absl::CivilSecond start) {
  const bool months = days.frequency == "YEARLY" || days.frequency == "MONTHLY";
  if (!months || days.weekdays > 0 || !days.monthdays.empty() || days.in_year) return true;
  days.monthdays = {start.day()};
  return IsMetFrom(days, static_cast<int>(start.year() % 4) * 12 + start.month() - 1);
}

// How many different days of BYMONTHDAY every month has that is as long.
int CountIn(int length, const std::vector<int>& monthdays) {
  std::set<int> days;
  for (const int day : monthdays) {
    if (std::abs(day) <= length) days.insert(day > 0 ? day : length + 1 + day);
  }
  return static_cast<int>(days.size());
}

// How many days every period has of which BYSETPOS takes one; of those that may have none, one.
int PlacesOf(const Days& days) {
  if (days.frequency == "DAILY") return 1;
  if (days.frequency == "WEEKLY") return days.weekdays;
  if (!days.monthdays.empty() && days.weekdays > 0) return 1;
  const bool yearly = days.frequency == "YEARLY";
  if (days.monthdays.empty() && days.in_year) return 52 * days.weekdays;
  int least = 31 * 12, sum = 0;
  for (const int month : days.months) {
    const int count =
        days.monthdays.empty() ? 4 * days.weekdays : CountIn(LengthOf(month + 11), days.monthdays);
    least = std::min(least, count);
    sum += count;
  }
  return std::max(1, yearly ? sum : least);
}

// Else libical looks through thousands of years for a day.
bool SomeDayMeets(const Days& days) {
  if (days.number > (days.in_year ? 52 : 5)) return false;
  if (days.frequency == "DAILY" && days.weekdays > 0 && days.interval % 7 == 0) return false;
  return SomeMonthMeets(days) && days.place <= PlacesOf(days);
}

std::string CapitalsOf(std::string_view text) {
  std::string rule(text);
  absl::AsciiStrToUpper(&rule);
  return rule;
}

icalrecurrencetype ParsedOf(const std::string& rule) {
  return icalrecurrencetype_from_string(rule.c_str());
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

absl::Status CheckRule(std::string_view field, std::string_view text) {
  if (text.size() > kRuleBytesMax) return base::Invalid(field, "must be at most 500 bytes");
  const std::string rule = CapitalsOf(text);
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
  const Days days = DaysOf(rule);
  if (days.number > 0 && (seen.contains("BYMONTHDAY") || seen.contains("BYSETPOS")))
    return base::Invalid(field, "must not number days beside BYMONTHDAY or BYSETPOS");
  // RFC 5545 means every month, libical that of the start.
  if (frequency == "YEARLY" && seen.contains("BYMONTHDAY") && !seen.contains("BYMONTH"))
    return base::Invalid(field, "must have months for the BYMONTHDAY of a YEARLY rule");
  if (!SomeDayMeets(days)) return base::Invalid(field, "must be met by some day from any start on");
  if (ParsedOf(rule).freq == ICAL_NO_RECURRENCE)
    return base::Invalid(field, "must be a rule as RFC 5545 has them");
  return absl::OkStatus();
}

int CountOf(std::string_view text) {
  const std::string rule = CapitalsOf(text);
  return NumberOf(ValueOf(rule, "COUNT")).value_or(0);
}

bool EndsBefore(std::string_view text, absl::CivilSecond time, absl::TimeZone zone) {
  const icaltimetype until = ParsedOf(CapitalsOf(text)).until;
  return !icaltime_is_null_time(until) && UntilOf(until, zone) < time;
}

std::optional<absl::CivilSecond> NextTime(std::string_view text, absl::CivilSecond start,
                                          absl::CivilSecond after, absl::TimeZone zone,
                                          bool counted) {
  const std::string rule = CapitalsOf(text);
  icalrecurrencetype parsed = ParsedOf(rule);
  if (parsed.freq == ICAL_NO_RECURRENCE) return std::nullopt;
  if (!HasDayOf(DaysOf(rule), start)) return std::nullopt;
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
