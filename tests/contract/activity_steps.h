// What one of us is to do, for scenario.h and refusals.h: every fact of activities and contact
// plans, and what is refused of their commands.
#pragma once

#include <vector>

#include "tests/contract/refusals.h"
#include "tests/contract/scenario.h"

namespace crm::contract {

std::vector<Step> ActivitySteps();
std::vector<RefusalRow> ActivityRefusals();

}  // namespace crm::contract
