// States that were used lately, so that a command reads and parses no row that the one before it on
// the same key has left here. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "libs/base/lru_map.h"
#include "libs/engine/ops.h"

namespace crm::engine {

// A state with its revision that nobody changes any more; revision 0: there is none, it is empty.
struct Loaded {
  // Shared between the cache and who works with it, as the cache may drop it meanwhile.
  std::shared_ptr<const Message> state;
  int64_t revision = 0;
};

class StateCache {
 public:
  // About as many bytes as it may take, estimated from the states' stored sizes.
  explicit StateCache(size_t bytes_max) : bytes_max_(bytes_max) {}

  // nullptr: not here. Valid until the next Put.
  const Loaded* Find(std::string_view name);
  // In the place of what was there; what was used longest ago has to go.
  void Put(std::string_view name, Loaded loaded, size_t stored_bytes);

 private:
  struct Kept {
    Loaded loaded;
    size_t bytes;
  };

  const size_t bytes_max_;
  size_t bytes_ = 0;
  base::LruMap<Kept> states_;
};

}  // namespace crm::engine
