// What is asked of customers, for scenario.h and refusals.h: every fact of interviews, programmes
// and insight sheets, and what is refused of their commands.
#pragma once

#include <string>
#include <vector>

#include "tests/contract/scenario.h"

namespace crm::contract {

std::vector<Step> InterviewSteps();

// Type of the request, its text, and the refusal: as RefusalRow.
struct InterviewRefusal {
  std::string type;
  std::string text;
  std::string then;
};
std::vector<InterviewRefusal> InterviewRefusals();

}  // namespace crm::contract
