// How far a start has come with reading its logs, in words for operators.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "libs/engine/partition.h"

namespace crm::engine {

// Records between where this start began to read and where the logs ended then, over all
// partitions that have not stopped.
struct Replay {
  int64_t done = 0, all = 0;
};
Replay ReplayOf(const std::vector<PartitionReport>& reports);
// "1200 of 5000 records, 400/s, about 10 s left".
std::string Describe(const Replay& replay, absl::Duration since_start);

}  // namespace crm::engine
