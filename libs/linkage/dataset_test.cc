#include "libs/linkage/dataset.h"

#include <gmock/gmock.h>

#include <set>
#include <utility>

namespace crm::linkage {
namespace {

using ::testing::ElementsAre;

Model NameModel() {
  return {.match_rate = 0.5,
          .fields = {{.method = Method::kJaroWinkler,
                      .term_frequency = true,
                      .levels = {{.m = 0.8, .u = 0.1},
                                 {.threshold = 0.92, .m = 0.1, .u = 0.1},
                                 {.m = 0.1, .u = 0.8}}}}};
}

TEST(Dataset, ComparesAndWeighsByHowFrequentAValueIs) {
  Dataset data(1);
  for (const char32_t* name : {U"li", U"li", U"martha", U"marhta"})
    data.Add({Values{Value{name, U""}}});
  data.Add({Values()});
  const Model model = NameModel();
  EXPECT_THAT(data.PatternOf(model, 0, 1), ElementsAre(0));
  EXPECT_THAT(data.PatternOf(model, 2, 3), ElementsAre(1));
  EXPECT_THAT(data.PatternOf(model, 0, 2), ElementsAre(2));
  EXPECT_THAT(data.PatternOf(model, 0, 4), ElementsAre(kMissing));
  // Two of the four that have a name are called so: log2(0.8/0.1) + log2(0.1/0.5).
  EXPECT_NEAR(data.WeightOf(model, 0, 1), 3 - 2.321928, 1e-6);
  EXPECT_NEAR(data.WeightOf(model, 2, 3), 0, 1e-9);
}

TEST(RandomPairs, AreAllWhereTheyAreFewAndElseTheSameForASeed) {
  const auto draw = [](size_t records, int64_t pairs, uint64_t seed) {
    std::vector<std::pair<size_t, size_t>> drawn;
    ForRandomPairs(records, pairs, seed, [&](size_t a, size_t b) { drawn.emplace_back(a, b); });
    return drawn;
  };
  EXPECT_EQ(draw(5, 10, 1).size(), 10);
  EXPECT_TRUE(draw(1, 10, 1).empty());
  const auto some = draw(1'000, 5'000, 1);
  EXPECT_EQ(some.size(), 5'000);
  EXPECT_EQ(some, draw(1'000, 5'000, 1));
  EXPECT_NE(some, draw(1'000, 5'000, 2));
  std::set<size_t> records;
  for (const auto& [a, b] : some) {
    EXPECT_LT(a, b);
    EXPECT_LT(b, 1'000);
    records.insert({a, b});
  }
  EXPECT_GT(records.size(), 990);
}

}  // namespace
}  // namespace crm::linkage
