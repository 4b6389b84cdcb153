#include "services/customer/read/order_facts.h"

#include <gmock/gmock.h>

#include "libs/testing/fake_rows.h"
#include "libs/testing/matchers.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/order_test_helpers.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using absl::CivilDay;
using ::testing::UnorderedElementsAre;

class OrderFacts : public ::testing::Test {
 protected:
  void Apply(const std::string& customer, const std::string& order,
             const sales::v1::OrderEvent& event) {
    const engine::EventMeta meta{.name = "customers/" + customer + "/orders/" + order};
    ProjectOrder({event, meta}, rows_);
  }

  OrderSums Sum(const std::string& customer, CivilDay start, CivilDay end) {
    auto sums = SumOrders(rows_, start, end);
    EXPECT_THAT(sums, testing::IsOk());
    return sums->customers["customers/" + customer];
  }

  static int64_t Cents(base::Nanos nanos) { return static_cast<int64_t>(nanos / 10'000'000); }

  testing::FakeRows rows_{kOrderFacts, kOrderMonths, kRedirects, kOrderImports};
};

TEST_F(OrderFacts, APeriodIsItsMonthsAndTheDaysAtItsEnds) {
  Record(Totals("a", CivilDay(2026, 1, 30), 100), "1", rows_);
  Record(Totals("a", CivilDay(2026, 1, 31), 200), "2", rows_);
  Record(Totals("a", CivilDay(2026, 2, 1), 400), "3", rows_);
  Record(Totals("a", CivilDay(2026, 2, 28), 800), "4", rows_);
  Record(Totals("a", CivilDay(2026, 3, 1), 1600), "5", rows_);
  Record(Totals("a", CivilDay(2026, 3, 2), 3200), "6", rows_);
  const auto cents = [&](CivilDay start, CivilDay end) {
    return Cents(Sum("a", start, end).revenue);
  };
  EXPECT_EQ(cents(CivilDay(2026, 1, 1), CivilDay(2026, 4, 1)), 6300);
  EXPECT_EQ(cents(CivilDay(2026, 1, 31), CivilDay(2026, 3, 2)), 200 + 400 + 800 + 1600);
  EXPECT_EQ(cents(CivilDay(2026, 2, 1), CivilDay(2026, 3, 1)), 1200);
  EXPECT_EQ(cents(CivilDay(2026, 2, 2), CivilDay(2026, 2, 28)), 0);
  EXPECT_EQ(cents(CivilDay(2026, 1, 31), CivilDay(2026, 2, 2)), 600);
  EXPECT_EQ(cents(CivilDay(2026, 3, 1), CivilDay(2026, 3, 2)), 1600);
}

TEST_F(OrderFacts, AmendmentsMoveTheDifference) {
  Record(Totals("a", CivilDay(2026, 1, 5), 1000, 300), "1", rows_);
  Record(Totals("a", CivilDay(2026, 1, 6), 50), "2", rows_);
  sales::v1::OrderEvent amended;
  *amended.mutable_amended()->mutable_totals() = Totals("a", CivilDay(2026, 2, 5), 700, 100);
  Apply("a", "1", amended);
  const OrderSums january = Sum("a", CivilDay(2026, 1, 1), CivilDay(2026, 2, 1));
  EXPECT_EQ(january.order_count, 1);
  EXPECT_EQ(Cents(january.revenue), 50);
  EXPECT_EQ(january.margin_order_count, 0);
  const OrderSums february = Sum("a", CivilDay(2026, 2, 1), CivilDay(2026, 3, 1));
  EXPECT_EQ(Cents(february.revenue), 700);
  EXPECT_EQ(Cents(february.margin), 100);
  EXPECT_EQ(Cents(february.margin_revenue), 700);
}

TEST_F(OrderFacts, ACancelledOrderCountsNoMoreAndItsMonthGoes) {
  Record(Totals("a", CivilDay(2026, 1, 5), 1000), "1", rows_);
  sales::v1::OrderEvent cancelled;
  *cancelled.mutable_cancelled()->mutable_totals() = Totals("a", CivilDay(2026, 1, 5), 0);
  cancelled.mutable_cancelled()->mutable_totals()->set_cancelled(true);
  Apply("a", "1", cancelled);
  EXPECT_EQ(rows_.Size("order_months"), 0u);
  const auto whole = SumOrders(rows_, CivilDay(2026, 1, 1), CivilDay(2026, 2, 1));
  const auto days = SumOrders(rows_, CivilDay(2026, 1, 2), CivilDay(2026, 1, 9));
  EXPECT_TRUE(whole->customers.empty());
  EXPECT_TRUE(days->customers.empty());
}

TEST_F(OrderFacts, ALongWindowIsWalkedByItsRows) {
  Record(Totals("a", CivilDay(1989, 12, 31), 100), "1", rows_);
  Record(Totals("a", CivilDay(1990, 1, 1), 1000), "2", rows_);
  Record(Totals("a", CivilDay(2026, 1, 31), 20), "3", rows_);
  Record(Totals("a", CivilDay(2026, 2, 1), 3), "4", rows_);
  EXPECT_EQ(Cents(Sum("a", CivilDay(1990, 1, 1), CivilDay(2026, 2, 1)).revenue), 1020);
  EXPECT_EQ(Cents(Sum("a", CivilDay(1, 1, 1), CivilDay(100'000'000, 2, 1)).revenue), 1123);
}

TEST_F(OrderFacts, AReturnLowersWhatTheOrderCounts) {
  Record(Totals("a", CivilDay(2026, 1, 5), 1000, 400), "1", rows_);
  sales::v1::OrderEvent returned;
  *returned.mutable_returned()->mutable_totals() = Totals("a", CivilDay(2026, 1, 5), 600, 200);
  Apply("a", "1", returned);
  const OrderSums sums = Sum("a", CivilDay(2026, 1, 1), CivilDay(2026, 2, 1));
  EXPECT_EQ(sums.order_count, 1);
  EXPECT_EQ(Cents(sums.revenue), 600);
  EXPECT_EQ(Cents(sums.margin), 200);
}

TEST_F(OrderFacts, EventsThatMoveNoMoneyChangeNothing) {
  Record(Totals("a", CivilDay(2026, 1, 5), 1000), "1", rows_);
  const std::string before = rows_.DebugString();
  sales::v1::OrderEvent event;
  event.mutable_confirmed();
  Apply("a", "1", event);
  event.mutable_delivered();
  Apply("a", "1", event);
  event.Clear();  // A fact newer than this reader.
  Apply("a", "1", event);
  EXPECT_EQ(rows_.DebugString(), before);
}

TEST_F(OrderFacts, AnOrderOfNothingCounts) {
  Record(Totals("a", CivilDay(2026, 1, 5), 0), "1", rows_);
  EXPECT_EQ(Sum("a", CivilDay(2026, 1, 1), CivilDay(2026, 2, 1)).order_count, 1);
  EXPECT_EQ(Sum("a", CivilDay(2026, 1, 5), CivilDay(2026, 1, 6)).order_count, 1);
}

TEST_F(OrderFacts, SeveralCurrenciesAreRefused) {
  Record(Totals("a", CivilDay(2026, 1, 5), 100), "1", rows_);
  Record(Totals("a", CivilDay(2026, 2, 5), 100, -1, "EUR"), "2", rows_);
  EXPECT_THAT(SumOrders(rows_, CivilDay(2026, 1, 1), CivilDay(2026, 3, 1)).status(),
              testing::IsRefusal("CURRENCIES_MIXED"));
  EXPECT_EQ(SumOrders(rows_, CivilDay(2026, 2, 1), CivilDay(2026, 3, 1))->currency_code, "EUR");
}

TEST_F(OrderFacts, WhoOrderedBefore) {
  Record(Totals("a", CivilDay(2025, 12, 31), 100), "1", rows_);
  Record(Totals("b", CivilDay(2026, 1, 4), 100), "2", rows_);
  Record(Totals("c", CivilDay(2026, 1, 5), 100), "3", rows_);
  EXPECT_THAT(OrderedBefore(rows_, CivilDay(2026, 1, 5)),
              UnorderedElementsAre("customers/a", "customers/b"));
}

// Ten thousand of the largest orders there can be are more than a Money holds.
TEST_F(OrderFacts, NoNumberOfOrdersStopsTheProjection) {
  const auto huge = [](int year, int64_t sign) {
    sales::v1::OrderTotals totals = Totals("a", CivilDay(year, 2, 5), 0, 0);
    totals.mutable_revenue()->set_units(base::kMoneyUnitsMax);
    totals.mutable_margin()->set_units(sign * base::kMoneyUnitsMax);
    return totals;
  };
  for (int i = 0; i < 10'000; ++i)
    Record(huge(2026, i % 2 == 0 ? 1 : -1), std::to_string(i), rows_);
  for (const CivilDay start : {CivilDay(2026, 2, 1), CivilDay(2026, 2, 2)}) {
    EXPECT_THAT(SumOrders(rows_, start, start + 28).status(), testing::IsRefusal("SUM_TOO_LARGE"));
  }
  for (int i = 9; i < 10'000; ++i) {
    sales::v1::OrderEvent cancelled;
    *cancelled.mutable_cancelled()->mutable_totals() = huge(2026, 1);
    cancelled.mutable_cancelled()->mutable_totals()->set_cancelled(true);
    Apply("a", std::to_string(i), cancelled);
  }
  const OrderSums left = Sum("a", CivilDay(2026, 2, 1), CivilDay(2026, 3, 1));
  EXPECT_EQ(left.order_count, 9);
  EXPECT_EQ(left.revenue / 1'000'000'000, base::Nanos{9} * base::kMoneyUnitsMax);
  EXPECT_EQ(left.margin / 1'000'000'000, base::Nanos{base::kMoneyUnitsMax});
}

TEST_F(OrderFacts, AnImportLeavesItsTimeInItsPartition) {
  EXPECT_EQ(LastOrderImport(rows_), std::nullopt);
  sales::v1::OrderEvent event = Recorded(Totals("a", CivilDay(2026, 1, 5), 100));
  const engine::EventMeta first{.time = absl::FromUnixSeconds(50), .name = "x", .partition = 1};
  ProjectOrder({event, first}, rows_);
  EXPECT_EQ(LastOrderImport(rows_), std::nullopt);
  event.mutable_recorded()->mutable_order()->set_origin(sales::v1::ORDER_ORIGIN_IMPORTED);
  ProjectOrder({event, first}, rows_);
  const engine::EventMeta second{.time = absl::FromUnixSeconds(40), .name = "y", .partition = 2};
  ProjectOrder({event, second}, rows_);
  EXPECT_EQ(LastOrderImport(rows_), absl::FromUnixSeconds(50));
}

}  // namespace
}  // namespace crm::customer
