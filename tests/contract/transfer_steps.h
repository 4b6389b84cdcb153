// Transfers, for scenario.h and refusals.h: every fact of them, and what is refused of their
// commands.
#pragma once

#include <vector>

#include "tests/contract/refusals.h"
#include "tests/contract/scenario.h"

namespace crm::contract {

std::vector<Step> TransferSteps();
std::vector<RefusalRow> TransferRefusals();

}  // namespace crm::contract
