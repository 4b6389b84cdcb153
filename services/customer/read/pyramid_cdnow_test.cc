// The pyramid of real orders, CDNOW master, against a calculation of its own in Python
// (tests/oracle), to the cent.
#include <gmock/gmock.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/testing/fake_rows.h"
#include "libs/testing/matchers.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/order_test_helpers.h"
#include "services/customer/read/pyramid.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using absl::CivilDay;

struct Period {
  CivilDay start, end;
};

// Whole range, whole months, days at both ends, days in one month, the last year, one day.
const std::vector<Period> kPeriods = {
    {CivilDay(1997, 1, 1), CivilDay(1998, 7, 1)},   {CivilDay(1997, 3, 1), CivilDay(1997, 6, 1)},
    {CivilDay(1997, 1, 15), CivilDay(1998, 3, 20)}, {CivilDay(1997, 5, 3), CivilDay(1997, 5, 19)},
    {CivilDay(1997, 7, 1), CivilDay(1998, 7, 1)},   {CivilDay(1997, 2, 14), CivilDay(1997, 2, 15)}};

struct Order {
  std::string customer;
  CivilDay day;
  int64_t cents = 0;
};

std::vector<Order> ReadOrders() {
  std::vector<Order> orders;
  std::ifstream file(CRM_CDNOW_FILE);
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    Order& order = orders.emplace_back();
    int day = 0, cds = 0;
    int64_t dollars = 0, cents = 0;
    char dot = 0;
    std::istringstream(line) >> order.customer >> day >> cds >> dollars >> dot >> cents;
    order.day = CivilDay(day / 10000, day / 100 % 100, day % 100);
    order.cents = dollars * 100 + cents;
  }
  return orders;
}

using Words = std::map<std::string, std::string>;

std::vector<Words> AskOracle(bool changed) {
  std::string command = absl::StrCat(CRM_PYTHON, " ", CRM_PYRAMID_ORACLE, " ", CRM_CDNOW_FILE);
  if (changed) command += " --changed";
  for (const Period& period : kPeriods) {
    absl::StrAppend(&command, " ", absl::FormatCivilTime(period.start), ":",
                    absl::FormatCivilTime(period.end));
  }
  std::string output;
  FILE* pipe = popen(command.c_str(), "r");
  EXPECT_NE(pipe, nullptr);
  char buffer[4096];
  while (fgets(buffer, sizeof buffer, pipe) != nullptr) output += buffer;
  EXPECT_EQ(pclose(pipe), 0) << command;
  std::vector<Words> answers;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    Words& answer = answers.emplace_back();
    for (std::string word; words >> word;)
      answer[word.substr(0, word.find('='))] = word.substr(word.find('=') + 1);
  }
  return answers;
}

std::string Cents(const google::type::Money& money) {
  return std::to_string(static_cast<int64_t>(base::NanosOf(money) / 10'000'000));
}

void Compare(const testing::FakeRows& rows, bool changed) {
  const std::vector<Words> expected = AskOracle(changed);
  ASSERT_EQ(expected.size(), kPeriods.size());
  for (size_t i = 0; i < kPeriods.size(); ++i) {
    SCOPED_TRACE(absl::FormatCivilTime(kPeriods[i].start) + " to " +
                 absl::FormatCivilTime(kPeriods[i].end));
    v1::GetPyramidRequest request;
    *request.mutable_period()->mutable_start() = base::DateOf(kPeriods[i].start);
    *request.mutable_period()->mutable_end() = base::DateOf(kPeriods[i].end);
    const auto pyramid = QueryPyramid(request, rows, {});
    ASSERT_THAT(pyramid, testing::IsOk());
    Words actual = {{"customers", std::to_string(pyramid->customer_count())},
                    {"orders", std::to_string(pyramid->order_count())},
                    {"revenue", Cents(pyramid->revenue())},
                    {"inactive", std::to_string(pyramid->inactive_count())}};
    for (int tier = 0; tier < 4; ++tier) {
      const std::string digit = std::to_string(tier);
      actual["count" + digit] = std::to_string(pyramid->tiers(tier).customer_count());
      actual["bound" + digit] = Cents(pyramid->tiers(tier).lower_bound());
      actual["revenue" + digit] = Cents(pyramid->tiers(tier).revenue());
      actual["orders" + digit] = std::to_string(pyramid->tiers(tier).order_count());
    }
    Words exact = expected[i];
    EXPECT_NEAR(pyramid->gini(), std::stod(exact["gini"]), 1e-9);
    EXPECT_NEAR(pyramid->top_fifth_share(), std::stod(exact["top_fifth"]), 1e-9);
    const auto& curve = pyramid->lorenz();
    ASSERT_GT(curve.size(), 50);
    EXPECT_NEAR(curve[50].value(), std::stod(exact["lorenz50"]), 1e-9);
    for (const char* fraction : {"gini", "top_fifth", "lorenz50"}) exact.erase(fraction);
    EXPECT_EQ(actual, exact);
  }
}

class Cdnow : public ::testing::Test {
 protected:
  void Record(const std::vector<Order>& orders) {
    for (size_t i = 0; i < orders.size(); ++i) {
      customer::Record(Totals("cdnow-" + orders[i].customer, orders[i].day, orders[i].cents),
                       std::to_string(i + 1), rows_);
    }
  }

  void Apply(size_t line, const Order& order, const sales::v1::OrderEvent& event) {
    const engine::EventMeta meta =
        MetaOf(Totals("cdnow-" + order.customer, order.day, 0), std::to_string(line));
    ProjectOrder({event, meta}, rows_);
  }

  testing::FakeRows rows_{kOrderFacts,   kOrderMonths, kRedirects,
                          kOrderImports, kTierPlans,   kStatusCounts};
};

TEST_F(Cdnow, AsTheFileHasThem) {
  const std::vector<Order> orders = ReadOrders();
  ASSERT_EQ(orders.size(), 69'659u);
  Record(orders);
  v1::GetPyramidRequest request = testing::ParseText<v1::GetPyramidRequest>(
      "period { start { year: 1997 month: 1 day: 1 } end { year: 1998 month: 7 day: 1 } }");
  const auto pyramid = QueryPyramid(request, rows_, {});
  ASSERT_THAT(pyramid, testing::IsOk());
  EXPECT_EQ(pyramid->customer_count(), 23'570);
  EXPECT_EQ(pyramid->order_count(), 69'659);
  EXPECT_THAT(pyramid->revenue(),
              testing::EqualsProto("currency_code: 'USD' units: 2500315 nanos: 630000000"));
  Compare(rows_, false);
}

TEST_F(Cdnow, AmendedReturnedAndCancelled) {
  const std::vector<Order> orders = ReadOrders();
  Record(orders);
  for (size_t line = 1; line <= orders.size(); ++line) {
    Order order = orders[line - 1];
    const auto totals = [&] { return Totals("cdnow-" + order.customer, order.day, order.cents); };
    sales::v1::OrderEvent event;
    if (line % 89 == 0) {
      order.cents += 100;
      order.day += 40;
      *event.mutable_amended()->mutable_totals() = totals();
      Apply(line, order, event);
    }
    if (line % 83 == 0) {
      order.cents -= order.cents / 2;
      *event.mutable_returned()->mutable_totals() = totals();
      Apply(line, order, event);
    }
    if (line % 97 == 0) {
      order.cents = 0;
      *event.mutable_cancelled()->mutable_totals() = totals();
      event.mutable_cancelled()->mutable_totals()->set_cancelled(true);
      Apply(line, order, event);
    }
  }
  Compare(rows_, true);
}

}  // namespace
}  // namespace crm::customer
