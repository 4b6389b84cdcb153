// One simulated run, from its seed to what was found.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/fault/sim/checks.h"

namespace crm::fault {

struct RunReport {
  Violations violations;
  std::map<std::string, int64_t> faults;  // By kind: how often it happened.
  int64_t operations = 0;
  int64_t acknowledged = 0;
  int64_t accepted = 0;  // Records.
  int64_t rejected = 0;
  absl::Duration simulated;
};

// The same seed gives the same report.
RunReport RunSeed(uint64_t seed);

}  // namespace crm::fault
