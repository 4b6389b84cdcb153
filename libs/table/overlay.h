// Overlay: keys and values that are not yet in the database. A hash map for points; the order that
// walks need is made when the first walk asks for it, so that a batch without walks never pays for
// it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/node_hash_map.h"

namespace crm::table {

class Overlay {
 public:
  // nullopt: deleted.
  using Value = std::optional<std::string>;
  // Keys stay where they are until Clear.
  using Entries = absl::node_hash_map<std::string, Value>;

  void Put(std::string key, Value value);
  // nullptr: the key was not touched.
  const Value* Find(std::string_view key) const;
  // The first touched key at or (`after`) behind `from`; nullptr when there is none.
  const std::pair<const std::string, Value>* Next(std::string_view from, bool after) const;

  const Entries& entries() const { return entries_; }
  // Bytes of keys and values.
  size_t bytes() const { return bytes_; }
  void Clear();

 private:
  Entries entries_;
  size_t bytes_ = 0;
  // Every key is in one of the two.
  mutable std::vector<std::string_view> unsorted_;
  mutable absl::btree_set<std::string_view> sorted_;
};

}  // namespace crm::table
