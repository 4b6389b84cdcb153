// Fields of the company's own and values of them, for scenario.h and refusals.h: every fact of
// custom fields, and what is refused of their commands and values.
#pragma once

#include <vector>

#include "tests/contract/refusals.h"
#include "tests/contract/scenario.h"

namespace crm::contract {

std::vector<Step> CustomFieldSteps();
std::vector<RefusalRow> CustomFieldRefusals();

}  // namespace crm::contract
