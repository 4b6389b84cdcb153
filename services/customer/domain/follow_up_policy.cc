#include "services/customer/domain/follow_up_policy.h"

#include <set>
#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/date.h"
#include "libs/base/field_mask.h"
#include "libs/base/status.h"
#include "libs/engine/update.h"
#include "services/customer/domain/listed.h"
#include "services/customer/read/interview_tables.h"

namespace crm::customer {
namespace {

using base::Invalid;
using Event = FollowUpPolicyModel::Event;

constexpr int kDayMinutes = 24 * 60;

absl::Status CheckRange(const std::string& field, int value, int from, int to) {
  if (value >= from && value <= to) return absl::OkStatus();
  return Invalid(field, absl::StrCat("must be ", from, " to ", to));
}

bool FitsEverything(const v1::FollowUpRule& rule) {
  return rule.kinds().empty() && rule.severities().empty() && rule.tiers().empty();
}

absl::Status CheckRules(const v1::FollowUpPolicy& policy) {
  for (int i = 0; i < policy.rules_size(); ++i) {
    const v1::FollowUpRule& rule = policy.rules(i);
    const std::string field = absl::StrCat("follow_up_policy.rules[", i, "]");
    absl::Status s = CheckListed<v1::SignalKind_IsValid>(field + ".kinds", rule.kinds());
    if (s.ok())
      s = CheckListed<v1::SignalSeverity_IsValid>(field + ".severities", rule.severities());
    if (s.ok()) s = CheckListed<v1::Tier_IsValid>(field + ".tiers", rule.tiers(), true);
    if (!s.ok()) return s;
    if (rule.same_day() && rule.working_days() != 0)
      return Invalid(field + ".working_days", "must be 0 for the same day");
    if (!rule.same_day()) {
      s = CheckRange(field + ".working_days", rule.working_days(), 1, 250);
      if (!s.ok()) return s;
    }
  }
  if (policy.rules().empty() || !FitsEverything(policy.rules(policy.rules_size() - 1)))
    return Invalid("follow_up_policy.rules", "must end with a rule that fits every signal");
  return absl::OkStatus();
}

absl::Status CheckHours(const v1::FollowUpPolicy& policy) {
  std::set<int> seen;
  for (int i = 0; i < policy.business_hours_size(); ++i) {
    const v1::BusinessHours& hours = policy.business_hours(i);
    const std::string field = absl::StrCat("follow_up_policy.business_hours[", i, "]");
    if (absl::Status s = CheckRange(field + ".weekday", hours.weekday(), 1, 7); !s.ok()) return s;
    if (!seen.insert(hours.weekday()).second) return Invalid(field + ".weekday", "must be unique");
    absl::Status s = CheckRange(field + ".open_minute", hours.open_minute(), 0, kDayMinutes - 1);
    if (s.ok())
      s = CheckRange(field + ".close_minute", hours.close_minute(), hours.open_minute() + 1,
                     kDayMinutes);
    if (!s.ok()) return s;
  }
  if (seen.empty())
    return Invalid("follow_up_policy.business_hours", "must have at least one weekday");
  return absl::OkStatus();
}

absl::Status CheckDays(const v1::FollowUpPolicy& policy) {
  std::set<absl::CivilDay> seen;
  const auto check = [&](const std::string& field, const auto& dates) -> absl::Status {
    for (int i = 0; i < dates.size(); ++i) {
      const std::string at = absl::StrCat("follow_up_policy.", field, "[", i, "]");
      if (absl::Status s = base::CheckDate(at, dates.Get(i)); !s.ok()) return s;
      if (!seen.insert(base::DayOf(dates.Get(i))).second)
        return Invalid(at, "must be unique, and no holiday that is worked on");
    }
    return absl::OkStatus();
  };
  if (absl::Status s = check("holiday_dates", policy.holiday_dates()); !s.ok()) return s;
  return check("extra_working_dates", policy.extra_working_dates());
}

absl::Status CheckForms(const v1::FollowUpPolicy& policy) {
  std::set<int> seen;
  for (int i = 0; i < policy.forms_size(); ++i) {
    const v1::TierForm& form = policy.forms(i);
    const std::string field = absl::StrCat("follow_up_policy.forms[", i, "]");
    if (!v1::Tier_IsValid(form.tier()) || !seen.insert(form.tier()).second)
      return Invalid(field + ".tier", "must be a tier, none twice");
    if (form.form() == v1::INTERVIEW_FORM_UNSPECIFIED || !v1::InterviewForm_IsValid(form.form()))
      return Invalid(field + ".form", "must be a form of interviews");
  }
  return absl::OkStatus();
}

absl::Status CheckPolicy(const v1::FollowUpPolicy& policy) {
  absl::Status s = CheckRules(policy);
  if (s.ok())
    s = CheckListed<v1::Tier_IsValid>("follow_up_policy.written_tiers", policy.written_tiers(),
                                      true);
  if (s.ok()) s = CheckHours(policy);
  if (s.ok()) s = CheckDays(policy);
  if (s.ok()) s = CheckForms(policy);
  const std::tuple<const char*, int, int, int> ranges[] = {
      {"same_day_minutes", policy.same_day_minutes(), 0, kDayMinutes},
      {"next_day_minute", policy.next_day_minute(), 0, kDayMinutes - 1},
      {"miss_hours", policy.miss_hours(), 1, 8'760},
      {"insight_entries", policy.insight_entries(), 1, 50},
      {"interview_minutes", policy.interview_minutes(), 5, 480},
  };
  for (const auto& [field, value, from, to] : ranges) {
    if (s.ok()) s = CheckRange(absl::StrCat("follow_up_policy.", field), value, from, to);
  }
  return s;
}

}  // namespace

v1::FollowUpPolicy DefaultFollowUpPolicy() {
  v1::FollowUpPolicy policy;
  v1::FollowUpRule& critical = *policy.add_rules();
  critical.add_severities(v1::SIGNAL_SEVERITY_CRITICAL);
  critical.add_tiers(v1::TIER_TOP);
  critical.add_tiers(v1::TIER_BIG);
  critical.set_same_day(true);
  policy.add_rules()->set_working_days(3);
  policy.add_written_tiers(v1::TIER_SMALL);
  policy.add_written_tiers(v1::TIER_UNSPECIFIED);
  for (int weekday = 1; weekday <= 5; ++weekday) {
    v1::BusinessHours& hours = *policy.add_business_hours();
    hours.set_weekday(weekday);
    hours.set_open_minute(9 * 60);
    hours.set_close_minute(18 * 60);
  }
  policy.set_same_day_minutes(120);
  policy.set_next_day_minute(10 * 60);
  policy.set_miss_hours(48);
  policy.set_insight_entries(4);
  for (const v1::Tier tier : {v1::TIER_MEDIUM, v1::TIER_SMALL, v1::TIER_UNSPECIFIED}) {
    v1::TierForm& form = *policy.add_forms();
    form.set_tier(tier);
    form.set_form(tier == v1::TIER_MEDIUM ? v1::INTERVIEW_FORM_PHONE : v1::INTERVIEW_FORM_EMAIL);
  }
  policy.set_interview_minutes(60);
  return policy;
}

v1::FollowUpPolicy FollowUpPolicyIn(const engine::Snapshot& snapshot) {
  auto policy = snapshot.Get(kFollowUpPolicies, std::string(kStandardFollowUpPolicy));
  return policy.has_value() ? *std::move(policy) : DefaultFollowUpPolicy();
}

engine::Decision<FollowUpPolicyModel> FollowUpPolicyModel::Decide(
    const State&, const v1::CreateFollowUpPolicyRequest& create, const engine::Context& context) {
  if (context.name != kStandardFollowUpPolicy)
    return Invalid("follow_up_policy_id", "must be \"standard\"");
  if (absl::Status s = CheckPolicy(create.follow_up_policy()); !s.ok()) return s;
  Event event;
  *event.mutable_created()->mutable_follow_up_policy() = create.follow_up_policy();
  return event;
}

engine::Decision<FollowUpPolicyModel> FollowUpPolicyModel::Decide(
    const State& policy, const v1::UpdateFollowUpPolicyRequest& update, const engine::Context&) {
  const auto changed =
      engine::ChangedFields(update.follow_up_policy(), update.update_mask(), policy);
  if (!changed.ok()) return changed.status();
  if (changed->paths().empty()) return std::nullopt;
  State next = policy;
  base::ApplyMask(*changed, update.follow_up_policy(), next);
  if (absl::Status s = CheckPolicy(next); !s.ok()) return s;
  Event event;
  auto& updated = *event.mutable_updated();
  *updated.mutable_changed() = *changed;
  base::ApplyMask(*changed, update.follow_up_policy(), *updated.mutable_follow_up_policy());
  return event;
}

void FollowUpPolicyModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kCreated:
      state = event.created().follow_up_policy();
      return;
    case Event::kUpdated:
      base::ApplyMask(event.updated().changed(), event.updated().follow_up_policy(), state);
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

}  // namespace crm::customer
