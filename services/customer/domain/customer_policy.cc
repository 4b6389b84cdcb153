#include "services/customer/domain/customer_policy.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/date.h"
#include "libs/base/field_mask.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/base/timestamp.h"
#include "libs/engine/update.h"
#include "services/customer/domain/calendar.h"
#include "services/customer/domain/completeness.h"
#include "services/customer/domain/data_exchange.h"
#include "services/customer/domain/staleness.h"
#include "services/customer/domain/survivorship.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using base::Invalid;
using Event = CustomerPolicyModel::Event;

constexpr int kWeightMax = 1'000;
constexpr int kVerificationDaysMax = 3'650;
constexpr int kErasureDaysMax = 365;
constexpr int kDataCheckDaysMax = 365;
constexpr int kTransferUndoDaysMax = 365;

absl::Status CheckLossReasons(const v1::CustomerPolicy& policy) {
  if (policy.loss_reasons().empty())
    return Invalid("customer_policy.loss_reasons", "must be at least one");
  std::set<std::string> seen;
  for (int i = 0; i < policy.loss_reasons_size(); ++i) {
    const v1::CustomerLossReason& reason = policy.loss_reasons(i);
    const std::string field = absl::StrCat("customer_policy.loss_reasons[", i, "]");
    if (!base::IsResourceId(reason.id()))
      return Invalid(field + ".id", "must be 1 to 63 characters of a-z, 0-9 and -");
    if (!seen.insert(reason.id()).second) return Invalid(field + ".id", "must be unique");
    if (base::IsBlank(reason.display_name()))
      return Invalid(field + ".display_name", "must be given");
  }
  return absl::OkStatus();
}

absl::Status CheckWeight(const std::string& field, const v1::CompletenessWeight& weight) {
  if (!CanBeFilledIn(weight.field()))
    return Invalid(field + ".field", "must be a field of a customer that people fill in");
  if (weight.weight() < 1 || weight.weight() > kWeightMax)
    return Invalid(field + ".weight", "must be 1 to 1,000");
  std::set<int> seen;
  for (int i = 0; i < weight.kinds_size(); ++i) {
    const v1::CustomerKind kind = weight.kinds(i);
    const bool known = v1::CustomerKind_IsValid(kind) && kind != v1::CUSTOMER_KIND_UNSPECIFIED;
    if (!known || !seen.insert(kind).second)
      return Invalid(absl::StrCat(field, ".kinds[", i, "]"), "must be a kind, none twice");
  }
  return absl::OkStatus();
}

absl::Status CheckMergeRules(const v1::CustomerPolicy& policy) {
  std::set<std::string> seen;
  for (int i = 0; i < policy.merge_rules_size(); ++i) {
    const v1::MergeFieldRule& rule = policy.merge_rules(i);
    const std::string field = absl::StrCat("customer_policy.merge_rules[", i, "]");
    if (absl::Status s = CheckMergeRule(field, rule); !s.ok()) return s;
    if (!seen.insert(rule.field()).second) return Invalid(field + ".field", "must be unique");
  }
  return absl::OkStatus();
}

absl::Status CheckDays(const std::string& field, int days, int max) {
  if (days >= 0 && days <= max) return absl::OkStatus();
  return Invalid(field, absl::StrCat("must be 0 to ", max));
}

absl::Status CheckCare(const v1::CustomerPolicy& policy) {
  const v1::VerificationLimits& limits = policy.verification_limits();
  const std::string field = "customer_policy.verification_limits";
  absl::Status s = CheckDays(field + ".top_days", limits.top_days(), kVerificationDaysMax);
  if (s.ok()) s = CheckDays(field + ".big_days", limits.big_days(), kVerificationDaysMax);
  if (s.ok()) s = CheckDays(field + ".other_days", limits.other_days(), kVerificationDaysMax);
  if (s.ok()) s = CheckDays("customer_policy.erasure_days", policy.erasure_days(), kErasureDaysMax);
  if (s.ok())
    s = CheckDays("customer_policy.data_check_days", policy.data_check_days(), kDataCheckDaysMax);
  if (s.ok()) s = CheckDays("customer_policy.stale_check_hour", policy.stale_check_hour(), 23);
  if (s.ok())
    s = CheckDays("customer_policy.transfer_undo_days", policy.transfer_undo_days(),
                  kTransferUndoDaysMax);
  return s;
}

absl::Status CheckErasureStaff(const v1::CustomerPolicy& policy) {
  std::set<std::string> seen;
  for (int i = 0; i < policy.erasure_staff_size(); ++i) {
    const std::string field = absl::StrCat("customer_policy.erasure_staff[", i, "]");
    if (!base::IsResourceId(policy.erasure_staff(i)))
      return Invalid(field, "must be an id of staff");
    if (!seen.insert(policy.erasure_staff(i)).second) return Invalid(field, "must be unique");
  }
  return absl::OkStatus();
}

absl::Status CheckPolicy(const v1::CustomerPolicy& policy) {
  if (absl::Status s = CheckDataExchange(policy.data_exchange()); !s.ok()) return s;
  if (absl::Status s = CheckCare(policy); !s.ok()) return s;
  if (absl::Status s = CheckErasureStaff(policy); !s.ok()) return s;
  if (absl::Status s = CheckLossReasons(policy); !s.ok()) return s;
  std::set<std::string> seen;
  for (int i = 0; i < policy.completeness_weights_size(); ++i) {
    const v1::CompletenessWeight& weight = policy.completeness_weights(i);
    const std::string field = absl::StrCat("customer_policy.completeness_weights[", i, "]");
    if (absl::Status s = CheckWeight(field, weight); !s.ok()) return s;
    if (!seen.insert(weight.field()).second) return Invalid(field + ".field", "must be unique");
  }
  return CheckMergeRules(policy);
}

}  // namespace

engine::Decision<CustomerPolicyModel> CustomerPolicyModel::Decide(
    const State&, const v1::CreateCustomerPolicyRequest& create, const engine::Context& context) {
  if (context.name != kStandardCustomerPolicy)
    return Invalid("customer_policy_id", "must be \"standard\"");
  if (absl::Status s = CheckPolicy(create.customer_policy()); !s.ok()) return s;
  Event event;
  v1::CustomerPolicy& policy = *event.mutable_created()->mutable_customer_policy();
  policy = create.customer_policy();
  *policy.mutable_stale_check_time() =
      base::TimestampOf(NextAtHour(policy.stale_check_hour(), context.time, context.zone));
  return event;
}

engine::Decision<CustomerPolicyModel> CustomerPolicyModel::Decide(
    const State& policy, const v1::UpdateCustomerPolicyRequest& update,
    const engine::Context& context) {
  const auto changed =
      engine::ChangedFields(update.customer_policy(), update.update_mask(), policy);
  if (!changed.ok()) return changed.status();
  if (changed->paths().empty()) return std::nullopt;
  State next = policy;
  base::ApplyMask(*changed, update.customer_policy(), next);
  if (absl::Status s = CheckPolicy(next); !s.ok()) return s;
  Event event;
  auto& updated = *event.mutable_updated();
  *updated.mutable_changed() = *changed;
  base::ApplyMask(*changed, update.customer_policy(), *updated.mutable_customer_policy());
  if (!policy.has_stale_check_time() || next.stale_check_hour() != policy.stale_check_hour())
    *updated.mutable_stale_check_time() =
        base::TimestampOf(NextAtHour(next.stale_check_hour(), context.time, context.zone));
  return event;
}

engine::Decision<CustomerPolicyModel> CustomerPolicyModel::Decide(const State& policy,
                                                                  const v1::CheckStalenessRequest&,
                                                                  const engine::Context& context) {
  const auto due = NextDue(policy);
  if (!due.has_value() || *due > context.time) return std::nullopt;
  Event event;
  v1::StaleCheck& check = *event.mutable_stale_check_started()->mutable_check();
  *check.mutable_business_date() = base::DateOf(context.business_date);
  *check.mutable_limits() = LimitsOf(policy);
  *check.mutable_check_time() = base::TimestampOf(context.time);
  check.set_number(policy.last_stale_check().number() + 1);
  const absl::CivilDay today = absl::ToCivilDay(context.time, context.zone);
  const auto before = [&](int days) {
    return base::TimestampOf(absl::FromCivil(today - days, context.zone));
  };
  *check.mutable_top_before_time() = before(check.limits().top_days());
  *check.mutable_big_before_time() = before(check.limits().big_days());
  *check.mutable_other_before_time() = before(check.limits().other_days());
  *event.mutable_stale_check_started()->mutable_next_check_time() =
      base::TimestampOf(NextAtHour(policy.stale_check_hour(), context.time, context.zone));
  return event;
}

engine::Decision<CustomerPolicyModel> CustomerPolicyModel::Decide(
    const State& policy, const v1::ContinueStaleCheckRequest& more, const engine::Context&) {
  if (policy.last_stale_check().number() != more.number()) return std::nullopt;
  Event event;
  v1::StaleCheck& check = *event.mutable_stale_check_continued()->mutable_check();
  check = policy.last_stale_check();
  check.set_continuations(check.continuations() + 1);
  check.clear_after();
  if (more.has_after()) *check.mutable_after() = more.after();
  return event;
}

std::optional<absl::Time> CustomerPolicyModel::NextDue(const State& state) {
  if (!state.has_stale_check_time()) return std::nullopt;
  return base::TimeOf(state.stale_check_time());
}

void CustomerPolicyModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kCreated:
      state = event.created().customer_policy();
      return;
    case Event::kUpdated:
      base::ApplyMask(event.updated().changed(), event.updated().customer_policy(), state);
      if (event.updated().has_stale_check_time())
        *state.mutable_stale_check_time() = event.updated().stale_check_time();
      return;
    case Event::kStaleCheckStarted:
      *state.mutable_last_stale_check() = event.stale_check_started().check();
      *state.mutable_stale_check_time() = event.stale_check_started().next_check_time();
      return;
    case Event::kStaleCheckContinued:
      *state.mutable_last_stale_check() = event.stale_check_continued().check();
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

}  // namespace crm::customer
