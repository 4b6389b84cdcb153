#include "services/service-desk/domain/seed.h"

#include <memory>
#include <utility>

#include "crm/servicedesk/v1/priority_policy.pb.h"

namespace crm::servicedesk {

engine::Commands SeedPriorityPolicies() {
  auto command = std::make_unique<v1::CreatePriorityPolicyRequest>();
  command->set_priority_policy_id("standard");
  v1::PriorityPolicy& policy = *command->mutable_priority_policy();
  policy.set_display_name("Standard");
  policy.set_impact_weight_percent(30);
  policy.set_urgency_weight_percent(30);
  policy.set_tier_weight_percent(30);
  policy.set_complaints_weight_percent(10);
  policy.mutable_tier_points()->set_top(4);
  policy.mutable_tier_points()->set_big(3);
  policy.mutable_tier_points()->set_medium(2);
  policy.mutable_tier_points()->set_small(1);
  policy.set_complaints_points_max(4);
  policy.set_urgent_score_hundredths(320);
  policy.set_high_score_hundredths(240);
  policy.set_medium_score_hundredths(160);
  policy.set_top_tier_complaint_priority(v1::PRIORITY_URGENT);
  engine::Commands commands;
  commands.push_back(std::move(command));
  return commands;
}

}  // namespace crm::servicedesk
