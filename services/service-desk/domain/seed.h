// What a new installation begins with.
#pragma once

#include "libs/engine/model.h"

namespace crm::servicedesk {

// The policy that gives a ticket its priority when the ticket names none.
inline constexpr char kStandardPriorityPolicy[] = "priorityPolicies/standard";

// The commands of the first start, in order. Sent again at a later start they have no effect: each
// has its id and its request_id. The company may change what they made.
engine::Commands SeedPriorityPolicies();

}  // namespace crm::servicedesk
