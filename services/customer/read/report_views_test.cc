// The views that the reports look at: visits, and products that are ordered.
#include <gtest/gtest.h>

#include <string>

#include "libs/testing/fake_rows.h"
#include "libs/testing/matchers.h"
#include "services/customer/read/ordered_products.h"
#include "services/customer/read/report_tables.h"
#include "services/customer/read/tables.h"
#include "services/customer/read/visits.h"

namespace crm::customer {
namespace {

using testing::FakeRows;
using testing::ParseText;

class Visits : public ::testing::Test {
 protected:
  void Record(const std::string& id, const std::string& channel, int64_t at) {
    const std::string name = "customers/a/touchpoints/" + id;
    v1::Touchpoint after = ParseText<v1::Touchpoint>(
        "channel: CHANNEL_" + channel + " occur_time { seconds: " + std::to_string(at) + " }");
    after.set_name(name);
    const auto before = rows_.Get(kTouchpoints, name);
    rows_.Put(kTouchpoints, after);
    const v1::TouchpointEvent event;
    const engine::EventMeta meta{.name = name};
    ProjectVisit({before.has_value() ? &*before : nullptr, after, event, meta}, rows_);
  }
  // "<touchpoint> <seconds>"; empty: none.
  std::string Last() const {
    const auto visit = rows_.Get(kCustomerVisits, std::string("customers/a"));
    if (!visit.has_value()) return "";
    return visit->touchpoint().substr(24) + " " + std::to_string(visit->visit_time().seconds());
  }

  FakeRows rows_{kTouchpoints, kCustomerVisits};
};

TEST_F(Visits, TheLatestOneCountsWheneverItIsTold) {
  Record("call", "PHONE", 500);
  EXPECT_EQ(Last(), "");
  Record("v1", "VISIT", 300);
  EXPECT_EQ(Last(), "v1 300");
  Record("v0", "VISIT", 100);
  EXPECT_EQ(Last(), "v1 300");
  Record("v2", "VISIT", 400);
  EXPECT_EQ(Last(), "v2 400");
}

TEST_F(Visits, ACorrectionLooksAtTheOthers) {
  Record("v1", "VISIT", 300);
  Record("v2", "VISIT", 400);
  Record("v2", "VISIT", 200);
  EXPECT_EQ(Last(), "v1 300");
  Record("v1", "PHONE", 300);
  EXPECT_EQ(Last(), "v2 200");
  Record("v2", "PHONE", 200);
  EXPECT_EQ(Last(), "");
  Record("v1", "VISIT", 50);
  EXPECT_EQ(Last(), "v1 50");
}

class Products : public ::testing::Test {
 protected:
  void Say(const std::string& order, const std::string& event) {
    const engine::EventMeta meta{.name = "customers/a/orders/" + order};
    ProjectOrderedProducts({ParseText<sales::v1::OrderEvent>(event), meta}, rows_);
  }
  static std::string Lines(const std::string& products) {
    std::string lines;
    for (const char product : products)
      lines += std::string("lines { product: '") + product + "' } ";
    return "{ order { " + lines + "} }";
  }
  int Count() const {
    const auto count = rows_.Get(kProductCounts, std::string("customers/a"));
    return count.has_value() ? count->products() : 0;
  }

  FakeRows rows_{kOrderedProducts, kProductCounts};
};

TEST_F(Products, AreCountedOnceHoweverManyOrdersHaveThem) {
  Say("1", "recorded " + Lines("pp"));
  EXPECT_EQ(Count(), 1);
  Say("2", "recorded " + Lines("pq"));
  EXPECT_EQ(Count(), 2);
  Say("1", "cancelled {}");
  EXPECT_EQ(Count(), 2);
  Say("2", "amended " + Lines("r"));
  EXPECT_EQ(Count(), 1);
  Say("2", "returned {}");
  EXPECT_EQ(Count(), 1);
  Say("2", "cancelled {}");
  EXPECT_EQ(Count(), 0);
  EXPECT_EQ(rows_.DebugString(), "");
}

TEST_F(Products, ALineWithoutAProductCountsForNothing) {
  Say("1", "recorded { order { lines {} } }");
  EXPECT_EQ(Count(), 0);
}

}  // namespace
}  // namespace crm::customer
