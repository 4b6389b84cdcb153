#include "services/customer/read/followed.h"

#include <gmock/gmock.h>

#include <random>
#include <string>

#include "libs/base/date.h"
#include "services/customer/read/timeline_test_helpers.h"

namespace crm::customer {
namespace {

using testing::EqualsProto;
using testing::IsOk;
using testing::IsRefusal;

class FollowedTest : public ::testing::Test {
 protected:
  void Order(const std::string& customer, const std::string& id, absl::CivilDay day, int units,
             const std::string& currency = "USD") {
    std::string totals = Totals(customer, base::DateOf(day).ShortDebugString(), units);
    totals.replace(totals.find("USD"), 3, currency);
    world_.Sales("customers/" + customer + "/orders/" + id, "recorded { " + totals + "}");
  }
  TimelineWorld world_;
};

// One customer's sums, read by the customer, are those of everybody's, read by the day.
TEST_F(FollowedTest, TheSumsOfOneAreItsPartOfThoseOfAll) {
  std::mt19937 random(3);
  const auto pick = [&](int max) { return static_cast<int>(random() % (max + 1)); };
  const absl::CivilDay first(2025, 1, 1);
  for (int i = 0; i < 400; ++i)
    Order("c" + std::to_string(pick(4)), std::to_string(i), first + pick(500), 1 + pick(99));
  for (int i = 0; i < 200; ++i) {
    const OrderPeriod period{first + pick(250), first + 251 + pick(250)};
    const OrderPeriod days{first + pick(250), first + 251};
    for (const OrderPeriod& one : {period, days}) {
      const auto all = SumOrders(world_.rows, one.start, one.end);
      ASSERT_THAT(all, IsOk());
      for (const char* customer : {"customers/c0", "customers/c3", "customers/none"}) {
        const auto sums = SumOrdersOf(world_.rows, {customer}, one);
        ASSERT_THAT(sums, IsOk());
        const auto expected = all->customers.find(customer);
        const auto actual = sums->customers.find(customer);
        ASSERT_EQ(actual == sums->customers.end(), expected == all->customers.end());
        if (expected == all->customers.end()) continue;
        EXPECT_EQ(actual->second.order_count, expected->second.order_count);
        EXPECT_TRUE(actual->second.revenue == expected->second.revenue);
      }
    }
  }
}

TEST_F(FollowedTest, TwelveMonthsEndWithToday) {
  const absl::CivilDay today(2024, 2, 29);
  EXPECT_EQ(TwelveMonths(today).start, absl::CivilDay(2023, 3, 1));
  EXPECT_EQ(TwelveMonths(today).end, absl::CivilDay(2024, 3, 1));
  EXPECT_EQ(TwelveMonths(today, 1).end, TwelveMonths(today).start);
}

TEST_F(FollowedTest, TheValueOfAllDaysAndOfNone) {
  Order("a", "1", absl::CivilDay(2001, 5, 5), 10);
  Order("b", "2", absl::CivilDay(2026, 1, 5), 5);
  EXPECT_THAT(*ValueOf(world_.rows, {"customers/a", "customers/b"}, std::nullopt),
              EqualsProto("order_count: 2 revenue { currency_code: 'USD' units: 15 }"));
  EXPECT_THAT(*ValueOf(world_.rows, {"customers/none"}, std::nullopt), EqualsProto(""));
  Order("b", "3", absl::CivilDay(2026, 1, 6), 5, "EUR");
  EXPECT_THAT(ValueOf(world_.rows, {"customers/b"}, std::nullopt).status(),
              IsRefusal("CURRENCIES_MIXED"));
}

TEST_F(FollowedTest, CountsUpToAThousand) {
  for (int i = 0; i < 1'005; ++i)
    world_.Ticket("customers/a/tickets/" + std::to_string(i),
                  "opened { ticket { state: TICKET_STATE_NEW } }");
  const auto open = OpenTickets(world_.rows, {"customers/a"}, 5);
  EXPECT_EQ(open.count, kFollowedCountMax);
  EXPECT_TRUE(open.more);
  EXPECT_EQ(open.rows.size(), 5u);
}

}  // namespace
}  // namespace crm::customer
