#include "services/service-desk/domain/priority_policy.h"

#include <string>
#include <utility>

#include "libs/base/check.h"
#include "libs/base/field_mask.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/engine/update.h"
#include "services/service-desk/domain/priority.h"

namespace crm::servicedesk {
namespace {

using base::Invalid;
using engine::Context;
using engine::Decision;

constexpr int kAllPercent = 100;

absl::Status CheckWeights(const v1::PriorityPolicy& policy) {
  const std::pair<const char*, int> weights[] = {
      {"priority_policy.impact_weight_percent", policy.impact_weight_percent()},
      {"priority_policy.urgency_weight_percent", policy.urgency_weight_percent()},
      {"priority_policy.tier_weight_percent", policy.tier_weight_percent()},
      {"priority_policy.complaints_weight_percent", policy.complaints_weight_percent()}};
  int sum = 0;
  for (const auto& [field, percent] : weights) {
    if (percent < 0 || percent > kAllPercent) return Invalid(field, "must be 0 to 100");
    sum += percent;
  }
  if (sum != kAllPercent) {
    return Invalid("priority_policy.impact_weight_percent", "the four weights must add up to 100");
  }
  return absl::OkStatus();
}

absl::Status CheckPoints(const v1::PriorityPolicy& policy) {
  const v1::TierPoints& points = policy.tier_points();
  const std::pair<const char*, int> descending[] = {
      {"priority_policy.tier_points.top", points.top()},
      {"priority_policy.tier_points.big", points.big()},
      {"priority_policy.tier_points.medium", points.medium()},
      {"priority_policy.tier_points.small", points.small()}};
  int above = kPointsMax;
  for (const auto& [field, tier] : descending) {
    if (tier < 0 || tier > kPointsMax) return Invalid(field, "must be 0 to 4");
    if (tier > above) return Invalid(field, "must not be more than for the tier above");
    above = tier;
  }
  if (policy.complaints_points_max() < 0 || policy.complaints_points_max() > kPointsMax) {
    return Invalid("priority_policy.complaints_points_max", "must be 0 to 4");
  }
  return absl::OkStatus();
}

absl::Status CheckThresholds(const v1::PriorityPolicy& policy) {
  if (policy.medium_score_hundredths() < 1) {
    return Invalid("priority_policy.medium_score_hundredths", "must be at least 1");
  }
  if (policy.high_score_hundredths() <= policy.medium_score_hundredths()) {
    return Invalid("priority_policy.high_score_hundredths", "must be above that of MEDIUM");
  }
  if (policy.urgent_score_hundredths() <= policy.high_score_hundredths()) {
    return Invalid("priority_policy.urgent_score_hundredths", "must be above that of HIGH");
  }
  if (policy.urgent_score_hundredths() > kPointsMax * kAllPercent) {
    return Invalid("priority_policy.urgent_score_hundredths", "must be at most 400");
  }
  return absl::OkStatus();
}

absl::Status CheckPolicy(const v1::PriorityPolicy& policy) {
  if (base::IsBlank(policy.display_name())) {
    return Invalid("priority_policy.display_name", "must be given");
  }
  if (absl::Status s = CheckWeights(policy); !s.ok()) return s;
  if (absl::Status s = CheckPoints(policy); !s.ok()) return s;
  if (absl::Status s = CheckThresholds(policy); !s.ok()) return s;
  if (!v1::Priority_IsValid(policy.top_tier_complaint_priority())) {
    return Invalid("priority_policy.top_tier_complaint_priority", "must be a priority");
  }
  return absl::OkStatus();
}

}  // namespace

Decision<PriorityPolicyModel> PriorityPolicyModel::Decide(
    const State&, const v1::CreatePriorityPolicyRequest& create, const Context&) {
  if (absl::Status s = CheckPolicy(create.priority_policy()); !s.ok()) return s;
  Event event;
  v1::PriorityPolicy& created = *event.mutable_created()->mutable_priority_policy();
  created = create.priority_policy();
  engine::ClearStamps(created);
  return event;
}

Decision<PriorityPolicyModel> PriorityPolicyModel::Decide(
    const State& policy, const v1::UpdatePriorityPolicyRequest& update, const Context&) {
  const auto changed =
      engine::ChangedFields(update.priority_policy(), update.update_mask(), policy);
  if (!changed.ok()) return changed.status();
  if (changed->paths().empty()) return std::nullopt;
  v1::PriorityPolicy after = policy;
  engine::ClearStamps(after);
  base::ApplyMask(*changed, update.priority_policy(), after);
  if (absl::Status s = CheckPolicy(after); !s.ok()) return s;
  Event event;
  *event.mutable_updated()->mutable_priority_policy() = std::move(after);
  return event;
}

void PriorityPolicyModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kCreated:
      state = event.created().priority_policy();
      return;
    case Event::kUpdated: {
      const State stamps = state;
      state = event.updated().priority_policy();
      state.set_name(stamps.name());
      *state.mutable_create_time() = stamps.create_time();
      return;
    }
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

}  // namespace crm::servicedesk
