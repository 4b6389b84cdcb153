#include "services/customer/read/pyramid.h"

#include <gmock/gmock.h>

#include <numeric>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/domain/customer.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/order_test_helpers.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using absl::CivilDay;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr base::Nanos kUnit = 1'000'000'000;

TEST(TierCounts, TheCase) {
  EXPECT_THAT(TierCounts(2126, DefaultTierSizes()), ElementsAre(21, 85, 319, 1701));
  EXPECT_THAT(TierCounts(23570, DefaultTierSizes()), ElementsAre(236, 943, 3535, 18856));
}

TEST(TierCounts, AlwaysAddUp) {
  for (int64_t n = 0; n <= 2'000; ++n) {
    const auto counts = TierCounts(n, DefaultTierSizes());
    ASSERT_EQ(std::accumulate(counts.begin(), counts.end(), int64_t{0}), n);
  }
  v1::TierSizes odd;
  odd.set_top_bps(3333);
  odd.set_big_bps(3333);
  odd.set_medium_bps(3334);
  EXPECT_THAT(TierCounts(10, odd), ElementsAre(3, 3, 4, 0));
}

std::vector<RankedCustomer> Ranking(const std::vector<int64_t>& revenues) {
  PeriodSums sums;
  for (size_t i = 0; i < revenues.size(); ++i) {
    sums.customers[absl::StrFormat("customers/%05d", i)] = {.order_count = 1,
                                                            .revenue = revenues[i] * kUnit};
  }
  return Rank(std::move(sums), v1::MEASURE_REVENUE);
}

// The seed case: 21 customers from 58,900, 85 from 19,000, 319 from 4,820 and 1,701 from 1, with
// the case's means.
TEST(Pyramid, TheCase) {
  std::vector<int64_t> revenues;
  const auto add = [&](int count, int64_t bound, int64_t mean) {
    // The last one is worth the bound, the others what is missing to the mean.
    int64_t left = count * mean - bound;
    for (int i = count - 1; i > 0; --i) {
      revenues.push_back(left / i);
      left -= left / i;
    }
    revenues.push_back(bound);
  };
  add(21, 58'900, 114'000);
  add(85, 19'000, 31'600);
  add(319, 4'820, 9'100);
  add(1'701, 1, 1'160);
  const auto pyramid = PyramidOf(Ranking(revenues), v1::MEASURE_REVENUE, DefaultTierSizes(), "CNY");
  EXPECT_EQ(pyramid.customer_count(), 2126);
  EXPECT_THAT(pyramid.revenue(), testing::EqualsProto("currency_code: 'CNY' units: 9956060"));
  const struct {
    int64_t count, bound, revenue;
    double share;
  } expected[] = {{21, 58'900, 2'394'000, .240},
                  {85, 19'000, 2'686'000, .270},
                  {319, 4'820, 2'902'900, .292},
                  {1'701, 1, 1'973'160, .198}};
  for (int i = 0; i < 4; ++i) {
    const auto& tier = pyramid.tiers(i);
    EXPECT_EQ(tier.customer_count(), expected[i].count);
    EXPECT_EQ(tier.lower_bound().units(), expected[i].bound);
    EXPECT_EQ(tier.revenue().units(), expected[i].revenue);
    EXPECT_THAT(tier.revenue_share(), DoubleNear(expected[i].share, .0005));
  }
  EXPECT_THAT(pyramid.top_fifth_share(), DoubleNear(.802, .0005));
  EXPECT_THAT(pyramid.notes(), ElementsAre("no costs: the margin of no order is known"));
}

TEST(Pyramid, EqualValuesRankByName) {
  const auto ranking = Ranking({5, 7, 5, 7});
  std::vector<std::string> names;
  for (const auto& one : ranking) names.push_back(one.customer);
  EXPECT_THAT(names, ElementsAre("customers/00001", "customers/00003", "customers/00000",
                                 "customers/00002"));
}

TEST(Pyramid, TheCurveAndTheGiniOfAHandfulByHand) {
  // 1, 2, 3, 4: Gini = 2 * (1*1 + 2*2 + 3*3 + 4*4) / (4 * 10) - 5/4 = 0.25.
  const auto pyramid =
      PyramidOf(Ranking({4, 2, 1, 3}), v1::MEASURE_REVENUE, DefaultTierSizes(), "USD");
  EXPECT_THAT(pyramid.gini(), DoubleNear(.25, 1e-12));
  std::vector<double> customers, values;
  for (const auto& point : pyramid.lorenz()) {
    customers.push_back(point.customers());
    values.push_back(point.value());
  }
  EXPECT_THAT(customers, ElementsAre(0, .25, .5, .75, 1));
  EXPECT_THAT(values, ElementsAre(0, .1, .3, .6, 1));
  EXPECT_THAT(pyramid.top_fifth_share(), DoubleNear(.4, 1e-12));
}

TEST(Pyramid, AllAlikeHaveNoGiniAndManyHaveAtMost101Points) {
  const auto pyramid = PyramidOf(Ranking(std::vector<int64_t>(1'234, 3)), v1::MEASURE_REVENUE,
                                 DefaultTierSizes(), "USD");
  EXPECT_THAT(pyramid.gini(), DoubleNear(0, 1e-9));
  EXPECT_EQ(pyramid.lorenz_size(), 101);
}

TEST(Pyramid, NobodyAndNothing) {
  const auto nobody = PyramidOf({}, v1::MEASURE_REVENUE, DefaultTierSizes(), "");
  EXPECT_EQ(nobody.tiers_size(), 4);
  EXPECT_EQ(nobody.lorenz_size(), 0);
  EXPECT_FALSE(nobody.has_revenue());
  EXPECT_THAT(nobody.notes(), ElementsAre(HasSubstr("no orders")));
  const auto nothing = PyramidOf(Ranking({0, 0}), v1::MEASURE_REVENUE, DefaultTierSizes(), "USD");
  EXPECT_EQ(nothing.customer_count(), 2);
  EXPECT_EQ(nothing.gini(), 0);
  EXPECT_EQ(nothing.lorenz_size(), 0);
}

TEST(TierBy, AgreesWithTheRanking) {
  std::vector<int64_t> revenues;
  for (int i = 0; i < 500; ++i) revenues.push_back(i * 7919 % 40);  // Many are alike.
  const auto ranking = Ranking(revenues);
  const auto bounds = BoundsOf(ranking, DefaultTierSizes(), "USD");
  const auto counts = TierCounts(500, DefaultTierSizes());
  size_t i = 0;
  for (size_t tier = 0; tier < counts.size(); ++tier) {
    for (int64_t k = 0; k < counts[tier]; ++k, ++i) {
      ASSERT_EQ(TierBy(bounds, ranking[i].value, ranking[i].customer), kTiers[tier])
          << ranking[i].customer;
    }
  }
  EXPECT_EQ(TierBy(bounds, -1, "customers/z"), v1::TIER_SMALL);
  EXPECT_EQ(TierBy({}, 1, "customers/z"), v1::TIER_UNSPECIFIED);
}

class QueryPyramidTest : public ::testing::Test {
 protected:
  absl::StatusOr<v1::GetPyramidResponse> Ask(const std::string& request) {
    return QueryPyramid(testing::ParseText<v1::GetPyramidRequest>(request), rows_,
                        testing::FixedContext<CustomerModel>());
  }

  testing::FakeRows rows_{kOrderFacts,   kOrderMonths, kRedirects,
                          kOrderImports, kTierPlans,   kStatusCounts};
};

constexpr char kJanuary[] =
    "period { start { year: 2026 month: 1 day: 1 } end { year: 2026 month: 2 day: 1 } }";

TEST_F(QueryPyramidTest, CountsWhoOrderedWhoDidBeforeAndWhoMay) {
  Record(Totals("a", CivilDay(2026, 1, 5), 1000, 250), "1", rows_);
  Record(Totals("b", CivilDay(2026, 1, 31), 3000), "2", rows_);
  Record(Totals("b", CivilDay(2025, 1, 31), 3000), "3", rows_);
  Record(Totals("c", CivilDay(2025, 1, 31), 3000), "4", rows_);
  rows_.Put(kStatusCounts, testing::ParseText<v1::StatusCount>(
                               "status: CUSTOMER_STATUS_PROSPECT customer_count: 7"));
  rows_.Put(kStatusCounts, testing::ParseText<v1::StatusCount>(
                               "status: CUSTOMER_STATUS_PROSPECT partition: 3 customer_count: 2"));
  rows_.Put(kStatusCounts, testing::ParseText<v1::StatusCount>(
                               "status: CUSTOMER_STATUS_SUSPECT customer_count: 5"));
  const auto pyramid = Ask(kJanuary);
  ASSERT_THAT(pyramid, testing::IsOk());
  EXPECT_EQ(pyramid->customer_count(), 2);
  EXPECT_EQ(pyramid->order_count(), 2);
  EXPECT_EQ(pyramid->inactive_count(), 1);
  EXPECT_EQ(pyramid->prospect_count(), 9);
  EXPECT_EQ(pyramid->suspect_count(), 5);
  EXPECT_THAT(pyramid->revenue(), testing::EqualsProto("currency_code: 'USD' units: 40"));
  EXPECT_THAT(pyramid->margin(),
              testing::EqualsProto("currency_code: 'USD' units: 2 nanos: 500000000"));
  EXPECT_DOUBLE_EQ(pyramid->known_margin_share(), .25);
  EXPECT_THAT(pyramid->notes(),
              ElementsAre("costs in part: the margin is known for 25.0 % of the revenue"));
  EXPECT_EQ(pyramid->measure(), v1::MEASURE_REVENUE);
}

TEST_F(QueryPyramidTest, ByMarginRanksByTheKnownMargin) {
  Record(Totals("a", CivilDay(2026, 1, 5), 1000, 250), "1", rows_);
  Record(Totals("b", CivilDay(2026, 1, 31), 3000), "2", rows_);
  rows_.Put(kTierPlans, testing::ParseText<v1::TierPlan>(
                            "name: 'tierPlans/standard' sizes { top_bps: 5000 big_bps: 5000 }"));
  const auto pyramid = Ask(std::string(kJanuary) + " measure: MEASURE_MARGIN");
  ASSERT_THAT(pyramid, testing::IsOk());
  EXPECT_THAT(pyramid->tiers(0).revenue(), testing::EqualsProto("currency_code: 'USD' units: 10"));
  EXPECT_FALSE(pyramid->tiers(1).has_margin());
  EXPECT_EQ(pyramid->notes_size(), 2);
}

TEST_F(QueryPyramidTest, RefusesWhatIsNoPeriodOrMeasure) {
  EXPECT_THAT(Ask("").status(), testing::IsInvalid("period.start"));
  EXPECT_THAT(Ask("period { start { year: 2026 month: 1 day: 1 } }").status(),
              testing::IsInvalid("period.end"));
  EXPECT_THAT(
      Ask("period { start { year: 2026 month: 1 day: 1 } end { year: 2026 month: 1 day: 1 } }")
          .status(),
      testing::IsInvalid("period.end"));
  EXPECT_THAT(
      Ask("period { start { year: 1900 month: 1 day: 1 } end { year: 2026 month: 1 day: 1 } }")
          .status(),
      testing::IsInvalid("period.end"));
  EXPECT_THAT(Ask(std::string(kJanuary) + " measure: 9").status(), testing::IsInvalid("measure"));
}

TEST_F(QueryPyramidTest, RefusesSeveralCurrencies) {
  Record(Totals("a", CivilDay(2026, 1, 5), 1000), "1", rows_);
  Record(Totals("b", CivilDay(2026, 1, 31), 3000, -1, "EUR"), "2", rows_);
  EXPECT_THAT(Ask(kJanuary).status(), testing::IsRefusal("CURRENCIES_MIXED"));
}

}  // namespace
}  // namespace crm::customer
