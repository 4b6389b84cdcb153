// What is set up at the first start.
#pragma once

#include "libs/engine/model.h"

namespace crm::customer {

// The standing tier's plan, with the defaults of TierPlan.
engine::Commands SeedTierPlans();

}  // namespace crm::customer
