// What a service's replay wrote: measured on ours (replay.cc), repeated by the bare one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace crm::bench {

struct ReplayWork {
  std::vector<std::string> topics;  // That the service follows, its own among them.
  int64_t records = 0;              // Of these topics.
  // What lies in its tables in the end. Cells that were added up are there once, though they were
  // written often.
  int64_t keys = 0, key_bytes = 0, value_bytes = 0;
};

}  // namespace crm::bench
