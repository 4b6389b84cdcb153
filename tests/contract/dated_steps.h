// What holds from a day on or is checked by whom it names, for scenario.h and refusals.h: stale
// data, superiors, who opts out; contacts, staff and units that are named.
#pragma once

#include <vector>

#include "tests/contract/refusals.h"
#include "tests/contract/scenario.h"

namespace crm::contract {

std::vector<Step> DatedSteps();
std::vector<RefusalRow> DatedRefusals();

}  // namespace crm::contract
