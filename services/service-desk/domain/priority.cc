#include "services/service-desk/domain/priority.h"

#include <algorithm>

namespace crm::servicedesk {
namespace {

int PointsOf(const v1::TierPoints& points, crm::customer::v1::Tier tier) {
  switch (tier) {
    case crm::customer::v1::TIER_TOP:
      return points.top();
    case crm::customer::v1::TIER_BIG:
      return points.big();
    case crm::customer::v1::TIER_MEDIUM:
      return points.medium();
    default:  // Small, none yet, and a tier that a newer customer service may know.
      return points.small();
  }
}

void Add(v1::PriorityFactor factor, int points, int weight_percent, v1::PriorityBasis& basis) {
  v1::PriorityReason& reason = *basis.add_reasons();
  reason.set_factor(factor);
  reason.set_points(points);
  reason.set_weight_percent(weight_percent);
  reason.set_score_hundredths(points * weight_percent);
  basis.set_score_hundredths(basis.score_hundredths() + reason.score_hundredths());
}

v1::Priority PriorityOf(const v1::PriorityPolicy& policy, int score_hundredths) {
  if (score_hundredths >= policy.urgent_score_hundredths()) return v1::PRIORITY_URGENT;
  if (score_hundredths >= policy.high_score_hundredths()) return v1::PRIORITY_HIGH;
  if (score_hundredths >= policy.medium_score_hundredths()) return v1::PRIORITY_MEDIUM;
  return v1::PRIORITY_LOW;
}

}  // namespace

ScoredPriority ScorePriority(const v1::PriorityPolicy& policy, const PriorityFacts& facts) {
  ScoredPriority scored;
  v1::PriorityBasis& basis = scored.basis;
  basis.set_customer_tier(facts.tier);
  basis.set_open_complaints(facts.open_complaints);
  basis.set_priority_policy_etag(policy.etag());
  Add(v1::PRIORITY_FACTOR_IMPACT, facts.impact, policy.impact_weight_percent(), basis);
  Add(v1::PRIORITY_FACTOR_URGENCY, facts.urgency, policy.urgency_weight_percent(), basis);
  Add(v1::PRIORITY_FACTOR_TIER, PointsOf(policy.tier_points(), facts.tier),
      policy.tier_weight_percent(), basis);
  Add(v1::PRIORITY_FACTOR_OPEN_COMPLAINTS,
      std::min(facts.open_complaints, policy.complaints_points_max()),
      policy.complaints_weight_percent(), basis);
  scored.priority = PriorityOf(policy, basis.score_hundredths());
  if (facts.complaint && facts.tier == crm::customer::v1::TIER_TOP &&
      scored.priority < policy.top_tier_complaint_priority()) {
    scored.priority = policy.top_tier_complaint_priority();
    basis.add_reasons()->set_factor(v1::PRIORITY_FACTOR_TOP_TIER_COMPLAINT);
  }
  return scored;
}

}  // namespace crm::servicedesk
