// Blocking: only records that have a key of some rule in common are compared. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace crm::linkage {

// Records are numbers below `records`. A key that more than `block_size_max` records have brings
// nobody together: such blocks cost the square of their size, and say little.
class Blocks {
 public:
  Blocks(size_t records, size_t block_size_max)
      : records_(records), block_size_max_(block_size_max) {}

  // One rule: the keys of each record, none twice. Cost: the keys.
  void AddRule(const std::vector<std::vector<std::string>>& keys);

  using Visit = std::function<void(size_t a, size_t b)>;
  // Each pair, a < b, once, whatever number of keys it has in common.
  void ForEachPair(const Visit& visit) const;
  // Each pair of one rule, by the number of its AddRule, once.
  void ForEachPairOf(size_t rule, const Visit& visit) const;

  size_t rules() const { return rules_.size(); }
  // Keys that too many records have.
  int64_t skipped_blocks() const { return skipped_blocks_; }

 private:
  struct Rule {
    std::vector<std::vector<uint32_t>> blocks;  // Records by key, each in rising order.
    std::vector<std::vector<uint32_t>> keys;    // Keys by record, without those too frequent.
  };

  void Walk(size_t rule, size_t rules_before, const Visit& visit) const;
  // They have a key of the rule in common that comes before `key`.
  static bool Share(const Rule& rule, uint32_t a, uint32_t b, uint32_t key);

  size_t records_;
  size_t block_size_max_;
  std::vector<Rule> rules_;
  int64_t skipped_blocks_ = 0;
};

}  // namespace crm::linkage
