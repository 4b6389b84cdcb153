#include "services/customer/domain/business_time.h"

#include <algorithm>
#include <array>

#include "libs/base/date.h"

namespace crm::customer {
namespace {

// Longer than any run of holidays that a policy can hold.
constexpr int kDaysLookedAtMax = 3'000;

constexpr std::array<absl::Weekday, 7> kWeekdays = {
    absl::Weekday::monday,   absl::Weekday::tuesday, absl::Weekday::wednesday,
    absl::Weekday::thursday, absl::Weekday::friday,  absl::Weekday::saturday,
    absl::Weekday::sunday};

template <class List, class Value>
bool Fits(const List& list, Value value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

BusinessTime::BusinessTime(const v1::FollowUpPolicy& policy, absl::TimeZone zone)
    : same_day_minutes_(policy.same_day_minutes()),
      next_day_minute_(policy.next_day_minute()),
      zone_(zone) {
  int first = 8;
  for (const v1::BusinessHours& hours : policy.business_hours()) {
    const DayMinutes span{hours.open_minute(), hours.close_minute()};
    hours_[kWeekdays[static_cast<size_t>(hours.weekday() - 1)]] = span;
    if (hours.weekday() >= first) continue;
    first = hours.weekday();
    extra_hours_ = span;
  }
  for (const auto& date : policy.holiday_dates()) holidays_.insert(base::DayOf(date));
  for (const auto& date : policy.extra_working_dates()) extra_days_.insert(base::DayOf(date));
}

std::optional<DayMinutes> BusinessTime::HoursOf(absl::CivilDay day) const {
  if (holidays_.contains(day)) return std::nullopt;
  const auto found = hours_.find(absl::GetWeekday(day));
  if (found != hours_.end()) return found->second;
  if (extra_days_.contains(day)) return extra_hours_;
  return std::nullopt;
}

absl::CivilDay BusinessTime::NextWorkingDay(absl::CivilDay day) const {
  for (int ahead = 1; ahead <= kDaysLookedAtMax; ++ahead) {
    if (HoursOf(day + ahead).has_value()) return day + ahead;
  }
  return day + 1;
}

absl::Time BusinessTime::At(absl::CivilDay day, int minute) const {
  return absl::FromCivil(absl::CivilMinute(day) + minute, zone_);
}

absl::Time BusinessTime::SameDay(absl::Time from) const {
  const absl::CivilDay day = absl::ToCivilDay(from, zone_);
  if (const auto hours = HoursOf(day); hours.has_value()) {
    const absl::Time close = At(day, hours->end);
    if (close - from >= absl::Minutes(same_day_minutes_)) return close;
  }
  return At(NextWorkingDay(day), next_day_minute_);
}

absl::Time BusinessTime::AfterWorkingDays(absl::Time from, int days) const {
  absl::CivilDay day = absl::ToCivilDay(from, zone_);
  for (int i = 0; i < days; ++i) day = NextWorkingDay(day);
  const auto hours = HoursOf(day);
  return At(day, hours.has_value() ? hours->end : extra_hours_.end);
}

absl::Time DueOfSignal(const v1::FollowUpPolicy& policy, v1::SignalKind kind,
                       v1::SignalSeverity severity, v1::Tier tier, absl::Time from,
                       absl::TimeZone zone) {
  const BusinessTime business(policy, zone);
  for (const v1::FollowUpRule& rule : policy.rules()) {
    if (!Fits(rule.kinds(), kind) || !Fits(rule.severities(), severity) ||
        !Fits(rule.tiers(), tier))
      continue;
    return rule.same_day() ? business.SameDay(from)
                           : business.AfterWorkingDays(from, rule.working_days());
  }
  return business.SameDay(from);
}

bool IsAnsweredInWriting(const v1::FollowUpPolicy& policy, v1::Tier tier) {
  return std::find(policy.written_tiers().begin(), policy.written_tiers().end(), tier) !=
         policy.written_tiers().end();
}

}  // namespace crm::customer
