// Contacts that are one, for the scenario.
#pragma once

#include <vector>

#include "tests/contract/scenario.h"

namespace crm::contract {

// Merged and so still, taken back, and declined; a search for others.
std::vector<Step> ContactMergeSteps();

}  // namespace crm::contract
