#include "libs/linkage/model.h"

#include <gmock/gmock.h>

#include <cmath>

namespace crm::linkage {
namespace {

using ::testing::ElementsAre;

Values Of(std::u32string text, std::u32string spoken = U"") {
  return {Value{std::move(text), std::move(spoken)}};
}

Field Names() {
  return {.method = Method::kJaroWinkler,
          .term_frequency = true,
          .levels = {{.m = 0.8, .u = 0.01},
                     {.threshold = 0.92, .m = 0.1, .u = 0.01},
                     {.threshold = 0.88, .m = 0.05, .u = 0.02},
                     {.threshold = 0.7, .m = 0.03, .u = 0.06},
                     {.m = 0.02, .u = 0.9}}};
}

Field Dates() {
  return {
      .method = Method::kDamerauLevenshtein,
      .levels = {
          {.m = 0.9, .u = 0.001}, {.threshold = 1, .m = 0.05, .u = 0.01}, {.m = 0.05, .u = 0.989}}};
}

TEST(LevelOf, IsTheFirstThatTheValuesReach) {
  EXPECT_EQ(LevelOf(Names(), Of(U"martha"), Of(U"martha")), 0);
  EXPECT_EQ(LevelOf(Names(), Of(U"martha"), Of(U"marhta")), 1);
  EXPECT_EQ(LevelOf(Names(), Of(U"tanya"), Of(U"tonya")), 2);  // 0.88 itself.
  EXPECT_EQ(LevelOf(Names(), Of(U"dwayne"), Of(U"duane")), 3);
  EXPECT_EQ(LevelOf(Names(), Of(U"martha"), Of(U"otto")), 4);
  EXPECT_EQ(LevelOf(Dates(), Of(U"19870412"), Of(U"19780412")), 1);
  EXPECT_EQ(LevelOf(Dates(), Of(U"19870412"), Of(U"19780413")), 2);
  EXPECT_EQ(LevelOf(Field{.levels = {{}, {}}}, Of(U"a"), Of(U"b")), 1);
}

TEST(LevelOf, WhatIsSpokenAlikeIsNearlyEqual) {
  EXPECT_EQ(LevelOf(Names(), Of(U"张伟", U"zhangwei"), Of(U"章薇", U"zhangwei")), 1);
  EXPECT_EQ(LevelOf(Names(), Of(U"张伟", U"zhangwei"), Of(U"zhang wei", U"zhangwei")), 1);
  EXPECT_EQ(LevelOf(Names(), Of(U"张伟"), Of(U"章薇")), 4);
}

TEST(LevelOf, OfSeveralTheMostAlike) {
  const Values two = {Value{U"otto", U""}, Value{U"martha", U""}};
  EXPECT_EQ(LevelOf(Names(), two, Of(U"marhta")), 1);
  EXPECT_EQ(LevelOf(Names(), two, two), 0);
  EXPECT_EQ(LevelOf(Names(), two, Values()), kMissing);
  EXPECT_EQ(LevelOf(Names(), Values(), Values()), kMissing);
}

TEST(Pattern, NamesInEachOthersPlace) {
  Field first = Names();
  first.levels.insert(first.levels.end() - 1, Level{.swapped = true, .m = 0.01, .u = 1e-5});
  first.partner = 1;
  const Model model{.match_rate = 0.001, .fields = {first, Names()}};
  EXPECT_THAT(PatternOf(model, {Of(U"anna"), Of(U"schmidt")}, {Of(U"schmidt"), Of(U"anna")}),
              ElementsAre(4, kMissing));
  EXPECT_THAT(PatternOf(model, {Of(U"anna"), Of(U"schmidt")}, {Of(U"schmitd"), Of(U"anna")}),
              ElementsAre(4, kMissing));
  EXPECT_THAT(PatternOf(model, {Of(U"anna"), Of(U"schmidt")}, {Of(U"schmidt"), Of(U"bert")}),
              ElementsAre(5, 4));
  EXPECT_THAT(PatternOf(model, {Of(U"anna"), Values()}, {Of(U"schmidt"), Of(U"anna")}),
              ElementsAre(5, kMissing));
}

TEST(Pattern, WhatIsCoveredSaysNothingMore) {
  Field address = Names();
  address.covers = {1};
  const Model model{.match_rate = 0.001, .fields = {address, Names()}};
  EXPECT_THAT(PatternOf(model, {Of(U"main 1"), Of(U"1000")}, {Of(U"main 1"), Of(U"1000")}),
              ElementsAre(0, kMissing));
  EXPECT_THAT(PatternOf(model, {Of(U"mian 1"), Of(U"1000")}, {Of(U"main 1"), Of(U"1000")}),
              ElementsAre(1, kMissing));
  EXPECT_THAT(PatternOf(model, {Of(U"other"), Of(U"1000")}, {Of(U"main 1"), Of(U"1000")}),
              ElementsAre(4, 0));
  EXPECT_THAT(PatternOf(model, {Values(), Of(U"1000")}, {Of(U"main 1"), Of(U"1000")}),
              ElementsAre(kMissing, 0));
}

// The worked case of Fellegi and Sunter's rule: every part by hand.
TEST(Weight, AddsUpThePartsAndGivesTheProbability) {
  const Model model{.match_rate = 1.0 / 1025, .fields = {Names(), Dates()}};
  EXPECT_NEAR(PriorWeight(model), -10, 1e-9);
  EXPECT_NEAR(WeightOf(model.fields[0], 0), std::log2(80), 1e-9);
  EXPECT_NEAR(WeightOf(model.fields[1], 2), std::log2(0.05 / 0.989), 1e-9);
  EXPECT_EQ(WeightOf(model.fields[1], kMissing), 0);
  EXPECT_NEAR(WeightOf(model, {0, 0}), -10 + std::log2(80) + std::log2(900), 1e-9);
  EXPECT_NEAR(WeightOf(model, {0, kMissing}), -10 + std::log2(80), 1e-9);
  EXPECT_DOUBLE_EQ(ProbabilityOf(0), 0.5);
  EXPECT_NEAR(ProbabilityOf(3), 8.0 / 9, 1e-12);
  EXPECT_EQ(ProbabilityOf(5'000), 1);
  EXPECT_EQ(ProbabilityOf(-5'000), 0);
}

TEST(Weight, ARareValueSaysMore) {
  EXPECT_NEAR(TermFrequencyWeight(Names(), 0, 0.01), 0, 1e-9);
  EXPECT_NEAR(TermFrequencyWeight(Names(), 0, 0.0025), 2, 1e-9);
  EXPECT_NEAR(TermFrequencyWeight(Names(), 0, 0.08), -3, 1e-9);
  EXPECT_EQ(TermFrequencyWeight(Names(), 1, 0.0025), 0);
  EXPECT_EQ(TermFrequencyWeight(Dates(), 0, 0.0025), 0);
}

}  // namespace
}  // namespace crm::linkage
