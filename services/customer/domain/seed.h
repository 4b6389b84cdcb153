// What is set up at the first start.
#pragma once

#include "libs/engine/model.h"

namespace crm::customer {

// The standing tier's plan, with the defaults of TierPlan.
engine::Commands SeedTierPlans();
// The policy: why customers are lost, and what should be known of them.
engine::Commands SeedCustomerPolicies();
// The pool of all customers that no other pool has.
engine::Commands SeedPools();

}  // namespace crm::customer
