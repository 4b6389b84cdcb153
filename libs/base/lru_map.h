// LruMap: values by name that know which of them was used longest ago, about: a use counts when a
// quarter of all others were used since the last that did. The owner decides when something has to
// go. Not thread-safe.
#pragma once

#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace crm::base {

template <class Value>
class LruMap {
 public:
  struct Entry {
    const std::string key;
    Value value;
    uint64_t moved = 0;  // The number of moves to the front, at its own.
  };

  LruMap() = default;
  LruMap(const LruMap&) = delete;
  LruMap& operator=(const LruMap&) = delete;

  // A use; nullptr: not here. The value stays where it is until it is erased.
  Value* Find(std::string_view key) {
    const auto found = by_key_.find(View(key));
    if (found == by_key_.end()) return nullptr;
    Entry& entry = *found->second;
    // What is near the front stays there: moving it touches its neighbours, and nobody looks at the
    // front.
    if (moves_ - entry.moved > by_key_.size() / 4) {
      entries_.splice(entries_.begin(), entries_, found->second);
      entry.moved = ++moves_;
    }
    return &entry.value;
  }
  // For a key that is not here.
  Value& Add(std::string_view key, Value value) {
    entries_.push_front({std::string(key), std::move(value), ++moves_});
    by_key_.emplace(View(entries_.front().key), entries_.begin());
    return entries_.front().value;
  }
  // For a key that is here.
  void Erase(std::string_view key) {
    const auto found = by_key_.find(View(key));
    const auto entry = found->second;
    by_key_.erase(found);
    entries_.erase(entry);
  }
  // Used longest ago; nullptr: nothing is here.
  Entry* Oldest() { return entries_.empty() ? nullptr : &entries_.back(); }
  size_t size() const { return by_key_.size(); }

 private:
  static absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

  std::list<Entry> entries_;  // The one used last is the first.
  uint64_t moves_ = 0;
  absl::flat_hash_map<absl::string_view, typename std::list<Entry>::iterator> by_key_;
};

}  // namespace crm::base
