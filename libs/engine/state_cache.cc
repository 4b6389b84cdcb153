#include "libs/engine/state_cache.h"

#include <utility>

namespace crm::engine {

const Loaded* StateCache::Find(std::string_view name) {
  const Kept* kept = states_.Find(name);
  return kept == nullptr ? nullptr : &kept->loaded;
}

void StateCache::Put(std::string_view name, Loaded loaded, size_t stored_bytes) {
  // Parsed fields take a few times their stored bytes; message, entry and name are there too.
  const size_t bytes = 1'000 + 4 * stored_bytes;
  bytes_ += bytes;
  if (Kept* kept = states_.Find(name); kept != nullptr) {
    bytes_ -= kept->bytes;
    *kept = {std::move(loaded), bytes};
  } else {
    states_.Add(name, {std::move(loaded), bytes});
  }
  while (bytes_ > bytes_max_) {
    const auto* oldest = states_.Oldest();
    bytes_ -= oldest->value.bytes;
    states_.Erase(oldest->key);
  }
}

}  // namespace crm::engine
