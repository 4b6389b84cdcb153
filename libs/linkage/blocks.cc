#include "libs/linkage/blocks.h"

#include <algorithm>
#include <limits>
#include <unordered_map>
#include <utility>

#include "libs/base/check.h"

namespace crm::linkage {

void Blocks::AddRule(const std::vector<std::vector<std::string>>& keys) {
  base::Check(keys.size() == records_, "a rule has keys for each record");
  Rule rule;
  rule.keys.resize(records_);
  std::unordered_map<std::string, uint32_t> numbers;
  for (size_t record = 0; record < records_; ++record) {
    for (const std::string& key : keys[record]) {
      const auto [known, is_new] = numbers.try_emplace(key, rule.blocks.size());
      if (is_new) rule.blocks.emplace_back();
      rule.blocks[known->second].push_back(static_cast<uint32_t>(record));
    }
  }
  for (uint32_t key = 0; key < rule.blocks.size(); ++key) {
    std::vector<uint32_t>& block = rule.blocks[key];
    if (block.size() > block_size_max_) {
      ++skipped_blocks_;
      block = {};
    }
    for (const uint32_t record : block) rule.keys[record].push_back(key);
  }
  rules_.push_back(std::move(rule));
}

bool Blocks::Share(const Rule& rule, uint32_t a, uint32_t b, uint32_t key) {
  for (const uint32_t of_a : rule.keys[a]) {
    if (of_a >= key) return false;
    const std::vector<uint32_t>& of_b = rule.keys[b];
    if (std::find(of_b.begin(), of_b.end(), of_a) != of_b.end()) return true;
  }
  return false;
}

void Blocks::Walk(size_t rule, size_t rules_before, const Visit& visit) const {
  constexpr uint32_t kAny = std::numeric_limits<uint32_t>::max();
  const auto seen = [&](uint32_t a, uint32_t b, uint32_t key) {
    for (size_t before = rule - rules_before; before < rule; ++before) {
      if (Share(rules_[before], a, b, kAny)) return true;
    }
    return Share(rules_[rule], a, b, key);
  };
  for (uint32_t key = 0; key < rules_[rule].blocks.size(); ++key) {
    const std::vector<uint32_t>& block = rules_[rule].blocks[key];
    for (size_t i = 0; i < block.size(); ++i) {
      for (size_t j = i + 1; j < block.size(); ++j) {
        if (!seen(block[i], block[j], key)) visit(block[i], block[j]);
      }
    }
  }
}

void Blocks::ForEachPair(const Visit& visit) const {
  for (size_t rule = 0; rule < rules_.size(); ++rule) Walk(rule, rule, visit);
}

void Blocks::ForEachPairOf(size_t rule, const Visit& visit) const { Walk(rule, 0, visit); }

}  // namespace crm::linkage
