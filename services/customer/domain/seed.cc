#include "services/customer/domain/seed.h"

#include "crm/customer/v1/value.pb.h"

namespace crm::customer {

engine::Commands SeedTierPlans() {
  auto plan = std::make_unique<v1::CreateTierPlanRequest>();
  plan->set_tier_plan_id("standard");
  plan->mutable_tier_plan()->set_measure(v1::MEASURE_REVENUE);
  engine::Commands commands;
  commands.push_back(std::move(plan));
  return commands;
}

}  // namespace crm::customer
