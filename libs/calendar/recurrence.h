// Recurrence rules, the RRULE of RFC 5545: when something that comes again comes next.
//
// Civil times only: whose clock they are says the caller. Of the rule: FREQ (DAILY, WEEKLY,
// MONTHLY, YEARLY), INTERVAL, COUNT or UNTIL (a day that exists, year 1900 to 2200), BYDAY,
// BYMONTH, BYMONTHDAY, BYSETPOS, WKST; in capitals or not.
#pragma once

#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace crm::calendar {

// Longest rule, in bytes.
inline constexpr int kRuleBytesMax = 500;
// Most occurrences of a series that are counted to find the next.
inline constexpr int kOccurrencesMax = 20'000;

// INVALID_ARGUMENT naming `field` unless the text is a rule of these parts, each at most once, that
// some day meets wherever it starts. Days have a number ("2TU") only without BYMONTHDAY and
// BYSETPOS, and BYSETPOS only a place that every period of such days has;
// BYMONTHDAY of a YEARLY rule comes with BYMONTH.
absl::Status CheckRule(std::string_view field, std::string_view rule);

// How many times the rule gives; 0: without end, or until a day.
int CountOf(std::string_view rule);

// The UNTIL of a rule that passed CheckRule lies before this time; false: it has none.
bool EndsBefore(std::string_view rule, absl::CivilSecond time, absl::TimeZone zone);

// The first time of a rule that passed CheckRule, behind `after`; nullopt: there is none. The rule
// counts from `start`, which is a time of the series only if the rule meets it. `zone` is for an
// UNTIL in UTC. `counted`: COUNT is heeded. Cost: one step for each time between start and it, of
// some microseconds; at most kOccurrencesMax.
std::optional<absl::CivilSecond> NextTime(std::string_view rule, absl::CivilSecond start,
                                          absl::CivilSecond after, absl::TimeZone zone,
                                          bool counted = true);

}  // namespace crm::calendar
