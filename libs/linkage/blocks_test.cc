#include "libs/linkage/blocks.h"

#include <gmock/gmock.h>

#include <random>
#include <set>
#include <utility>

namespace crm::linkage {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using Keys = std::vector<std::vector<std::string>>;
using Pairs = std::vector<std::pair<size_t, size_t>>;

Pairs PairsOf(const Blocks& blocks) {
  Pairs pairs;
  blocks.ForEachPair([&](size_t a, size_t b) { pairs.emplace_back(a, b); });
  return pairs;
}

TEST(Blocks, BringsTogetherWhoHasAKeyInCommonOnce) {
  Blocks blocks(4, 10);
  blocks.AddRule({{"x"}, {"x"}, {}, {"y"}});
  blocks.AddRule({{"p", "q"}, {"q", "p"}, {"p"}, {}});
  EXPECT_THAT(PairsOf(blocks), ElementsAre(Pair(0, 1), Pair(0, 2), Pair(1, 2)));
  Pairs second;
  blocks.ForEachPairOf(1, [&](size_t a, size_t b) { second.emplace_back(a, b); });
  EXPECT_THAT(second, ElementsAre(Pair(0, 1), Pair(0, 2), Pair(1, 2)));
}

TEST(Blocks, LeavesOutKeysThatTooManyHave) {
  Blocks blocks(3, 2);
  blocks.AddRule({{"x"}, {"x"}, {"x"}});
  blocks.AddRule({{"y"}, {"y"}, {}});
  EXPECT_THAT(PairsOf(blocks), ElementsAre(Pair(0, 1)));
  EXPECT_EQ(blocks.skipped_blocks(), 1);
}

// Against the definition, on records with keys at random.
TEST(Blocks, GivesThePairsOfTheDefinition) {
  std::mt19937 random(3);
  for (int round = 0; round < 50; ++round) {
    const size_t records = 1 + random() % 30;
    std::vector<Keys> rules(1 + random() % 3, Keys(records));
    Blocks blocks(records, 1'000);
    for (Keys& rule : rules) {
      for (auto& keys : rule) {
        std::set<std::string> some;
        for (auto n = random() % 3; n > 0; --n) some.insert(std::to_string(random() % 8));
        keys.assign(some.begin(), some.end());
      }
      blocks.AddRule(rule);
    }
    std::set<std::pair<size_t, size_t>> expected;
    for (const Keys& rule : rules) {
      for (size_t a = 0; a < records; ++a) {
        for (size_t b = a + 1; b < records; ++b) {
          for (const std::string& key : rule[a]) {
            if (std::count(rule[b].begin(), rule[b].end(), key) > 0) expected.emplace(a, b);
          }
        }
      }
    }
    const Pairs pairs = PairsOf(blocks);
    EXPECT_EQ(pairs.size(), expected.size()) << "no pair twice";
    EXPECT_EQ(std::set(pairs.begin(), pairs.end()), expected);
  }
}

}  // namespace
}  // namespace crm::linkage
