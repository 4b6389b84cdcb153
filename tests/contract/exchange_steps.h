// Files of customers, in and out, for scenario.h and refusals.h: every fact of imports and exports,
// and what is refused of their commands.
#pragma once

#include <string>
#include <vector>

#include "tests/contract/scenario.h"

namespace crm::contract {

std::vector<Step> ExchangeSteps();
// An export that is read in stretches.
std::vector<Step> StretchSteps();

// Type of the request, its text, and the refusal: as RefusalRow.
struct ExchangeRefusal {
  std::string type;
  std::string text;
  std::string then;
};
std::vector<ExchangeRefusal> ExchangeRefusals();

}  // namespace crm::contract
