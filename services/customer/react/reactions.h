// What follows from an event: our own commands. The engine gives each its request_id and remembers
// what was done.
#pragma once

#include "crm/customer/v1/value.pb.h"
#include "crm/sales/v1/order.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// An order that counts makes its customer ACTIVE, or says when it last ordered.
engine::Commands OnOrder(const engine::ForeignEvent<sales::v1::OrderEvent>& order,
                         const engine::Snapshot& snapshot);

// New tiers were computed: one command for each customer whose tier is not what the computation
// says. A customer without an order in the window loses its tier. Cost: the ranking, and one row
// for each customer that has a tier.
engine::Commands OnTierPlanComputed(const engine::ForeignEvent<v1::TierPlanEvent>& plan,
                                    const engine::Snapshot& snapshot);

}  // namespace crm::customer
