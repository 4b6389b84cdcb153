// How urgent a ticket is, and why. Pure, and in integers: points times percent are hundredths of a
// point, so that nothing is ever rounded.
#pragma once

#include "crm/servicedesk/v1/priority_basis.pb.h"
#include "crm/servicedesk/v1/priority_policy.pb.h"

namespace crm::servicedesk {

// The most points that impact, urgency, tier or open complaints can have.
inline constexpr int kPointsMax = 4;

// What a ticket's priority follows from.
struct PriorityFacts {
  int impact = 0;   // 1 to kPointsMax; kPointsMax is worst.
  int urgency = 0;  // 1 to kPointsMax; kPointsMax is soonest.
  crm::customer::v1::Tier tier = crm::customer::v1::TIER_UNSPECIFIED;
  bool complaint = false;   // The ticket itself is one.
  int open_complaints = 0;  // The customer's others; not negative.
};

struct ScoredPriority {
  v1::Priority priority = v1::PRIORITY_UNSPECIFIED;
  v1::PriorityBasis basis;  // Without the etag of the customer.
};

// score = weight * points over impact, urgency, tier and open complaints (one point each, at most
// as many as the policy says); the policy's thresholds make a priority of it; a complaint of a
// top-tier customer is raised to the policy's least priority for those.
ScoredPriority ScorePriority(const v1::PriorityPolicy& policy, const PriorityFacts& facts);

}  // namespace crm::servicedesk
