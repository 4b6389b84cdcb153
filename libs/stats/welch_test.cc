#include "libs/stats/welch.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace crm::stats {
namespace {

struct Row {
  std::string what;
  std::vector<double> a, b;
  double t, p_value, degrees_freedom, low, high;
};

// Of the same numbers SciPy 1.17 gives these with ttest_ind(a, b, equal_var=False) and its
// confidence_interval(0.95). The first is in the manual of R's t.test, the next three are the
// usual examples for unequal variances and sizes.
const Row kRows[] = {
    {"sleep, extra hours by two drugs",
     {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0},
     {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4},
     -1.8608134674868526,
     0.0793941401873583,
     17.776473516178488,
     -3.3654832307117104,
     0.20548323071171137},
    {"equal sizes and variances",
     {27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4},
     {27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 30.5, 22.6},
     -2.7299104560746454,
     0.010848988302792892,
     27.89330579040263,
     -4.749652625128769,
     -0.6770140415379067},
    {"the smaller group varies more",
     {17.2, 20.9, 22.6, 18.1, 21.7, 21.4, 23.5, 24.2, 14.7, 21.8},
     {21.5, 22.8, 21.0, 23.0, 21.6, 23.6, 22.5, 20.7, 23.4, 21.8,
      20.7, 21.7, 21.5, 22.5, 23.6, 21.5, 22.5, 23.5, 21.5, 21.8},
     -1.5654335235985037,
     0.14884169660532817,
     9.904741248650831,
     -3.698421325375163,
     0.6484213253751658},
    {"the larger group varies more",
     {19.8, 20.4, 19.6, 17.8, 18.5, 18.9, 18.3, 18.9, 19.5, 22.0},
     {28.2, 26.6, 20.1, 23.3, 25.2, 22.1, 17.7, 27.6, 20.6, 13.7,
      23.2, 17.5, 20.6, 18.0, 23.9, 21.6, 24.3, 20.4, 24.0, 13.2},
     -2.2192409158236233,
     0.03597227102979692,
     24.496223124201244,
     -4.282393535504645,
     -0.15760646449535276},
    {"two values, and two that are equal",
     {1.0, 2.0},
     {5.0, 5.0},
     -7.0,
     0.0903344706017331,
     1.0,
     -9.853102368087347,
     2.853102368087347},
};

TEST(Welch, AgreesWithPublishedFigures) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.what);
    const auto result = Welch(SampleOf(row.a), SampleOf(row.b), 0.95);
    ASSERT_TRUE(result.has_value());
    EXPECT_NEAR(result->t, row.t, 1e-9);
    EXPECT_NEAR(result->p_value, row.p_value, 1e-9);
    EXPECT_NEAR(result->degrees_freedom, row.degrees_freedom, 1e-8);
    EXPECT_NEAR(result->low, row.low, 1e-8);
    EXPECT_NEAR(result->high, row.high, 1e-8);
    EXPECT_NEAR(result->high - result->difference, result->difference - result->low, 1e-9);
  }
}

TEST(Welch, TurnsRoundWithItsGroups) {
  const Sample a = SampleOf({1, 2, 4}), b = SampleOf({3, 3.5, 9});
  const auto one = Welch(a, b, 0.95), other = Welch(b, a, 0.95);
  EXPECT_DOUBLE_EQ(one->difference, -other->difference);
  EXPECT_DOUBLE_EQ(one->low, -other->high);
  EXPECT_DOUBLE_EQ(one->p_value, other->p_value);
}

TEST(Welch, ALargeMeanEatsNoSmallDifference) {
  const auto near_zero = Welch(SampleOf({1, 2, 4}), SampleOf({3, 3.5, 9}), 0.95);
  const auto far =
      Welch(SampleOf({1e9 + 1, 1e9 + 2, 1e9 + 4}), SampleOf({1e9 + 3, 1e9 + 3.5, 1e9 + 9}), 0.95);
  EXPECT_NEAR(near_zero->t, far->t, 1e-6);
}

TEST(Welch, GivesNothingWhereThereIsNoAnswer) {
  const Sample some = SampleOf({1, 2, 3});
  EXPECT_FALSE(Welch(some, SampleOf({}), 0.95).has_value());
  EXPECT_FALSE(Welch(SampleOf({1}), some, 0.95).has_value());
  EXPECT_FALSE(Welch(SampleOf({2, 2, 2}), SampleOf({5, 5}), 0.95).has_value());
  EXPECT_TRUE(Welch(SampleOf({2, 2, 2}), some, 0.95).has_value());
  EXPECT_FALSE(Welch(SampleOf({1e300, -1e300}), some, 0.95).has_value());
}

TEST(SampleOf, CountsWithOneLess) {
  const Sample sample = SampleOf({2, 4, 4, 4, 5, 5, 7, 9});
  EXPECT_EQ(sample.count, 8);
  EXPECT_DOUBLE_EQ(sample.mean, 5);
  EXPECT_NEAR(sample.variance, 32.0 / 7, 1e-12);
  EXPECT_EQ(SampleOf({3}).variance, 0);
  EXPECT_EQ(SampleOf({}).count, 0);
}

}  // namespace
}  // namespace crm::stats
