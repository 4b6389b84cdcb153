// Some records of one partition that follow each other, as stored: what a sync made durable, or
// what was read from the disk. Immutable once it is shared.
#pragma once

#include <string>
#include <vector>

#include "libs/eventlog/record.h"

namespace crm::eventlog {

struct Segment {
  Offset first = 0;
  std::vector<std::string> records;  // Encoded; the one at i has offset first + i.
  size_t bytes = 0;

  Offset end() const { return first + static_cast<Offset>(records.size()); }
};

}  // namespace crm::eventlog
