// What an agent wants to see of a caller besides the name: worth, what is open, what was agreed.
#pragma once

#include "crm/customer/v1/caller.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// Adds it to each caller that is a customer's, says how far the logs behind it were read, and which
// sections cannot be told. Cost for each: its months of a year, what is open, and its last
// touchpoints.
void AddCallerFacts(const engine::Snapshot& snapshot, const engine::Context& context,
                    v1::LookupCallerResponse& response);

}  // namespace crm::customer
