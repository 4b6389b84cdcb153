// What follows from an event: our own commands. The engine gives each its request_id and remembers
// what was done.
#pragma once

#include <cstddef>
#include <string>

#include "crm/customer/v1/value.pb.h"
#include "crm/sales/v1/opportunity.pb.h"
#include "crm/sales/v1/order.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// Customers that are asked at once to take their tier.
inline constexpr size_t kTierCommandsMax = 10'000;

// An order that counts makes its customer ACTIVE, or says when it last ordered; an imported one
// wants the tiers computed, once for all that come in.
engine::Commands OnOrder(const engine::ForeignEvent<sales::v1::OrderEvent>& order,
                         const engine::Snapshot& snapshot);

// An opportunity was opened: its customer, a SUSPECT until then, is a PROSPECT.
engine::Commands OnOpportunity(const engine::ForeignEvent<sales::v1::OpportunityEvent>& opportunity,
                               const engine::Snapshot& snapshot);

// New tiers were computed, or are being given out: one command for each customer whose tier is not
// what the computation says, and when there are more than kTierCommandsMax one that goes on behind
// them. A customer without an order in the window loses its tier.
engine::Commands OnTierPlan(const engine::ForeignEvent<v1::TierPlanEvent>& plan,
                            const engine::Snapshot& snapshot);

// The same of a computation, for the first `commands_max` customers behind `after`. Cost: the sums
// of the window, and one row for each customer that has a tier.
engine::Commands AssignTiers(const v1::TierComputation& computation, const std::string& tier_plan,
                             const std::string& after, size_t commands_max,
                             const engine::Snapshot& snapshot);

}  // namespace crm::customer
