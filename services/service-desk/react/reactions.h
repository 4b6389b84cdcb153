// What follows from an event: our own commands. The engine gives each its request_id and remembers
// what was done.
#pragma once

#include "crm/customer/v1/touchpoint.pb.h"
#include "libs/engine/model.h"

namespace crm::servicedesk {

// A contact that asks for a ticket opens it, under the name that the contact gives it.
engine::Commands OnTouchpoint(const engine::ForeignEvent<customer::v1::TouchpointEvent>& touchpoint,
                              const engine::Snapshot& snapshot);

}  // namespace crm::servicedesk
