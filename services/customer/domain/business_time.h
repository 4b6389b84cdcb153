// When we work, and by when something is to be done: business days and hours of the company. Pure.
#pragma once

#include <map>
#include <optional>
#include <set>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "crm/customer/v1/follow_up_policy.pb.h"

namespace crm::customer {

// A span of a day, in minutes from midnight; the end is excluded.
struct DayMinutes {
  int start = 0;
  int end = 0;
};

class BusinessTime {
 public:
  // Of a policy that FollowUpPolicyModel took.
  BusinessTime(const v1::FollowUpPolicy& policy, absl::TimeZone zone);

  // When we work on that day; nothing: we do not.
  std::optional<DayMinutes> HoursOf(absl::CivilDay day) const;
  // The next day behind `day` on which we work. Where holidays leave none for years: the day behind
  // it.
  absl::CivilDay NextWorkingDay(absl::CivilDay day) const;

  absl::Time At(absl::CivilDay day, int minute) const;

  // "The same day": close of business; when less than the policy's minutes remain, or it is no
  // working day, the policy's minute of the next business day.
  absl::Time SameDay(absl::Time from) const;
  // Close of business `days` (at least 1) working days after the day of `from`.
  absl::Time AfterWorkingDays(absl::Time from, int days) const;

 private:
  std::map<absl::Weekday, DayMinutes> hours_;
  DayMinutes extra_hours_;
  std::set<absl::CivilDay> holidays_;
  std::set<absl::CivilDay> extra_days_;
  int same_day_minutes_;
  int next_day_minute_;
  absl::TimeZone zone_;
};

// By when a signal is to be followed up: the first rule of the policy that fits.
absl::Time DueOfSignal(const v1::FollowUpPolicy& policy, v1::SignalKind kind,
                       v1::SignalSeverity severity, v1::Tier tier, absl::Time from,
                       absl::TimeZone zone);

// Whether customers of this tier are answered in writing.
bool IsAnsweredInWriting(const v1::FollowUpPolicy& policy, v1::Tier tier);

}  // namespace crm::customer
