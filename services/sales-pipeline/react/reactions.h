// What follows from an event, another service's or our own. The engine gives each command its
// request_id, sends it to its owner, and remembers.
#pragma once

#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/customer_event.pb.h"
#include "crm/sales/v1/opportunity.pb.h"
#include "crm/sales/v1/orphan_order.pb.h"
#include "libs/engine/model.h"

namespace crm::sales {

// Adoptions that one event asks for at most. What is over waits for the row to be imported again.
inline constexpr size_t kAdoptionsMax = 1000;

// A customer appeared, or got another external id: the orphan orders that name it are given to it.
engine::Commands OnCustomer(const engine::ForeignEvent<customer::v1::CustomerEvent>& event,
                            const engine::Snapshot& snapshot);

// An orphan order was kept whose customer appeared meanwhile: it is given to it. An orphan order
// was given to its customer: the order is imported.
engine::Commands OnOrphanOrder(const engine::ForeignEvent<v1::OrphanOrderEvent>& event,
                               const engine::Snapshot& snapshot);

// An opportunity was won: its order is recorded, unless another system does. It was reopened: that
// order is cancelled.
engine::Commands OnOpportunity(const engine::ForeignEvent<v1::OpportunityEvent>& event,
                               const engine::Snapshot& snapshot);

}  // namespace crm::sales
