// Many seeds, in processes of their own: a run that ends its process is a finding like any other.
#pragma once

#include <cstdint>

#include "absl/time/time.h"

namespace crm::fault {

struct SweepOptions {
  uint64_t from = 1;
  uint64_t count = 0;  // 0: as many as fit in `time`.
  absl::Duration time = absl::InfiniteDuration();
  uint64_t at_least = 0;
  int jobs = 0;  // 0: as many as there are processors.
  bool planted = false;
};

// Says what was found, how many seeds each kind of fault happened in, and gives the exit status:
// see main.cc. Must be called before any thread is made.
int Sweep(const SweepOptions& options);

}  // namespace crm::fault
