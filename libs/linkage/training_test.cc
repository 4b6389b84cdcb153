#include "libs/linkage/training.h"

#include <gmock/gmock.h>

#include <random>

namespace crm::linkage {
namespace {

constexpr int kFields = 4;

Model Untrained() {
  Model model{.match_rate = 1e-3};
  for (int f = 0; f < kFields; ++f)
    model.fields.push_back({.levels = {{.m = 0.9, .u = 0.1}, {.m = 0.1, .u = 0.9}}});
  return model;
}

// Pairs drawn from a model that is known: each field equal with m or u, by whether they are the
// same.
class Drawn {
 public:
  Pattern Draw(bool same) {
    Pattern pattern;
    for (int f = 0; f < kFields; ++f) {
      const double equal = same ? kM[f] : kU[f];
      pattern.push_back(uniform_(random_) < equal ? 0 : 1);
    }
    return pattern;
  }
  bool Chance(double probability) { return uniform_(random_) < probability; }

  static constexpr double kM[] = {0.95, 0.8, 0.9, 0.7};
  static constexpr double kU[] = {0.01, 0.05, 0.02, 0.2};

 private:
  std::mt19937 random_{11};
  std::uniform_real_distribution<double> uniform_;
};

// Without being told which pairs are the same.
TEST(Training, FindsTheParametersThatThePairsWereDrawnFrom) {
  Drawn drawn;
  Model model = Untrained();
  PatternCounts random_pairs;
  for (int i = 0; i < 300'000; ++i) random_pairs.Add(drawn.Draw(drawn.Chance(1e-4)));
  TrainU(random_pairs, model);
  for (size_t f = 0; f < kFields; ++f)
    EXPECT_NEAR(model.fields[f].levels[0].u, Drawn::kU[f], 0.005) << f;

  // Each session looks at pairs that agree on one field: that says nothing of it.
  std::vector<Session> sessions;
  for (size_t blocked = 0; blocked < 2; ++blocked) {
    Session session;
    session.blocked.assign(kFields, false);
    session.blocked[blocked] = true;
    for (int i = 0; i < 60'000; ++i) {
      Pattern pattern = drawn.Draw(drawn.Chance(0.3));
      pattern[blocked] = 0;
      session.pairs.Add(pattern);
    }
    sessions.push_back(std::move(session));
  }
  const EmResult result = TrainM(sessions, model);
  for (size_t f = 0; f < kFields; ++f)
    EXPECT_NEAR(model.fields[f].levels[0].m, Drawn::kM[f], 0.01) << f;
  EXPECT_NEAR(result.expected_matches, 36'000, 500);
  EXPECT_GT(result.iterations, 2);

  PatternCounts candidates;
  for (int i = 0; i < 100'000; ++i) candidates.Add(drawn.Draw(drawn.Chance(0.05)));
  TrainMatchRate(candidates, 100'000, model);
  EXPECT_NEAR(model.match_rate, 0.05, 0.005);
}

// Two in five pairs of a loose rule are of one town: a field agrees far more often than at random,
// though they are not the same. Left to itself the session takes them for the same.
TEST(Training, KnowsASessionThatIsMisled) {
  Drawn drawn;
  Model untrained = Untrained();
  for (size_t f = 0; f < kFields; ++f) {
    untrained.fields[f].levels[0].u = Drawn::kU[f];
    untrained.fields[f].levels[1].u = 1 - Drawn::kU[f];
  }
  Session tight, loose;
  tight.blocked.assign(kFields, false);
  loose.blocked.assign(kFields, false);
  tight.blocked[0] = loose.blocked[3] = true;
  for (int i = 0; i < 50'000; ++i) {
    Pattern pattern = drawn.Draw(drawn.Chance(0.8));
    pattern[0] = 0;
    tight.pairs.Add(pattern);
    const bool same = drawn.Chance(0.02);
    pattern = drawn.Draw(same);
    if (!same && drawn.Chance(0.4)) pattern = {1, 0, 1, 1};
    pattern[3] = 0;
    loose.pairs.Add(pattern);
  }
  Model model = untrained;
  TrainM({tight}, model);
  // So many pairs of each are the same when so many of all are, and of those m of the field agree.
  const auto rate = [](double share, size_t field) {
    const double odds = share / (1 - share) * Drawn::kU[field] / Drawn::kM[field];
    return odds / (1 + odds);
  };
  model.match_rate = rate(0.8, 0);
  EXPECT_TRUE(Agrees(tight, untrained, model));
  model.match_rate = rate(0.02, 3);
  EXPECT_NEAR(ExpectedMatches(loose.pairs, model), 1'000, 250);
  EXPECT_FALSE(Agrees(loose, untrained, model));
}

TEST(Training, KeepsWhatItHasWhereNothingIsSeen) {
  Model model = Untrained();
  TrainU(PatternCounts(), model);
  EXPECT_EQ(TrainM({Session{.pairs = {}, .blocked = std::vector<bool>(kFields, false)}}, model)
                .expected_matches,
            0);
  for (const Field& field : model.fields) {
    EXPECT_DOUBLE_EQ(field.levels[0].u, 0.1);
    EXPECT_DOUBLE_EQ(field.levels[0].m, 0.9);
  }
}

TEST(Training, NoLevelBecomesImpossible) {
  Model model = Untrained();
  PatternCounts equal;
  equal.Add(Pattern(kFields, 0), 1'000);
  TrainU(equal, model);
  TrainM({Session{.pairs = equal, .blocked = std::vector<bool>(kFields, false)}}, model);
  for (const Field& field : model.fields) {
    for (const Level& level : field.levels) {
      EXPECT_GT(level.m, 0);
      EXPECT_LT(level.m, 1);
      EXPECT_GT(level.u, 0);
      EXPECT_LT(level.u, 1);
    }
  }
}

}  // namespace
}  // namespace crm::linkage
