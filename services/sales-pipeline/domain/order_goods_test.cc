#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/sales-pipeline/domain/order.h"
#include "services/sales-pipeline/domain/order_shape.h"
#include "services/sales-pipeline/read/tables.h"

namespace crm::sales {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;
using testing::Given;
using testing::ParseText;

// Three of p1 for 10.00 and one of p2 for 5.00, at a cost of 9.00.
const char kPlaced[] = R"(recorded {
    order { order_date { year: 2026 month: 2 day: 1 } status: ORDER_STATUS_CONFIRMED
            lines { product: "p1" quantity_milli: 3000 net { currency_code: "USD" units: 10 } }
            lines { product: "p2" quantity_milli: 1000 net { currency_code: "USD" units: 5 } }
            revenue { currency_code: "USD" units: 15 } cost { currency_code: "USD" units: 9 } } })";
const char kAll[] = R"(delivered { status: ORDER_STATUS_DELIVERED
    delivery { delivery_date { year: 2026 month: 2 day: 2 }
               lines { line: 1 quantity_milli: 3000 } lines { line: 2 quantity_milli: 1000 } } })";
const char kOne[] = R"(delivered { status: ORDER_STATUS_PARTLY_DELIVERED
    delivery { delivery_date { year: 2026 month: 2 day: 2 }
               lines { line: 1 quantity_milli: 1000 } } })";
const char kSum[] = R"(recorded {
    order { order_date { year: 2026 month: 2 day: 1 } revenue { currency_code: "USD" units: 10 }
            status: ORDER_STATUS_CONFIRMED }
    totals { revenue { currency_code: "USD" units: 10 } } })";
const char kSumDelivered[] = R"(delivered { status: ORDER_STATUS_DELIVERED
    delivery { delivery_date { year: 2026 month: 2 day: 2 } } })";

std::string Delivery(const std::string& lines) {
  return "delivery_date { year: 2026 month: 2 day: 3 } " + lines;
}
std::string Return(const std::string& rest) {
  return "return_date { year: 2026 month: 2 day: 9 } " + rest;
}

TEST(RecordDelivery, Rules) {
  CheckDecisions<OrderModel, v1::RecordDeliveryRequest>(
      {
          {"delivers some",
           {kPlaced},
           Delivery("lines { line: 1 quantity_milli: 1000 } document: 'd1'"),
           "delivered { status: ORDER_STATUS_PARTLY_DELIVERED delivery { document: 'd1' "
           "delivery_date { year: 2026 month: 2 day: 3 } lines { line: 1 quantity_milli: 1000 } } "
           "}"},
          {"without lines delivers all that is left",
           {kPlaced, kOne},
           Delivery(""),
           "delivered { status: ORDER_STATUS_DELIVERED delivery { "
           "delivery_date { year: 2026 month: 2 day: 3 } lines { line: 1 quantity_milli: 2000 } "
           "lines { line: 2 quantity_milli: 1000 } } }"},
          {"an order without lines is delivered as a whole",
           {kSum},
           Delivery(""),
           "delivered { status: ORDER_STATUS_DELIVERED delivery { "
           "delivery_date { year: 2026 month: 2 day: 3 } } }"},
          {"refuses more than was ordered",
           {kPlaced, kOne},
           Delivery("lines { line: 1 quantity_milli: 2001 }"),
           "!QUANTITY_EXCEEDED"},
          {"refuses a line the order lacks",
           {kPlaced},
           Delivery("lines { line: 3 quantity_milli: 1 }"),
           "!field:lines[0].line"},
          {"refuses lines of an order without",
           {kSum},
           Delivery("lines { line: 1 quantity_milli: 1 }"),
           "!field:lines[0].line"},
          {"refuses a line named twice",
           {kPlaced},
           Delivery("lines { line: 1 quantity_milli: 1 } lines { line: 1 quantity_milli: 1 }"),
           "!field:lines[1].line"},
          {"refuses nothing of a line",
           {kPlaced},
           Delivery("lines { line: 1 }"),
           "!field:lines[0].quantity_milli"},
          {"needs a date", {kPlaced}, "", "!field:delivery_date"},
          {"refuses a date before the order",
           {kPlaced},
           "delivery_date { year: 2026 month: 1 day: 31 }",
           "!field:delivery_date"},
          {"refuses a date to come",
           {kPlaced},
           "delivery_date { year: 2026 month: 3 day: 4 }",
           "!field:delivery_date"},
          {"refuses when all was delivered", {kPlaced, kAll}, Delivery(""), "!ORDER_DELIVERED"},
      },
      FixedContext<OrderModel>(), OrderModel::Sale());
}

// While the reaction that cancels it is on its way, it cannot be kept from doing so.
TEST(RecordDelivery, NotOnceItsWinWasTakenBack) {
  const auto check = [](const std::string& order, const std::string& outcome) {
    CheckDecisions<OrderModel, v1::RecordDeliveryRequest>(
        {{"of " + order, {kSum}, Delivery(""), outcome}}, FixedContext<OrderModel>(),
        OrderModel::Sale(ParseText<v1::Opportunity>("order: '" + order + "'")));
  };
  check("customers/customer-1/orders/order-1",
        "delivered { status: ORDER_STATUS_DELIVERED delivery { "
        "delivery_date { year: 2026 month: 2 day: 3 } } }");
  check("", "!OPPORTUNITY_REOPENED");
  check("customers/customer-1/orders/order-2", "!OPPORTUNITY_REOPENED");
}

TEST(RecordDelivery, LooksAtTheOpportunityOfAWonOrder) {
  testing::FakeRows rows(kOrders, kOpportunities);
  rows.Put(kOpportunities,
           ParseText<v1::Opportunity>("name: 'customers/c1/opportunities/o1' order: 'x'"));
  const auto sale = [&](const std::string& origin) {
    rows.Put(kOrders, ParseText<v1::Order>("name: 'customers/c1/orders/r1' origin: " + origin +
                                           " opportunity: 'customers/c1/opportunities/o1'"));
    return OrderModel::Gather(
        ParseText<v1::RecordDeliveryRequest>("name: 'customers/c1/orders/r1'"),
        FixedContext<OrderModel>(), rows);
  };
  EXPECT_EQ(sale("ORDER_ORIGIN_OPPORTUNITY").value_or(v1::Opportunity()).order(), "x");
  // One that somebody recorded for the opportunity is not its win's, and stays when it is reopened.
  EXPECT_FALSE(sale("ORDER_ORIGIN_RECORDED").has_value());
}

TEST(RecordDelivery, OrderFull) {
  v1::Order order = Given<OrderModel>({kPlaced});
  for (int i = 0; i < kDeliveriesMax; ++i) order.add_deliveries();
  const auto request = ParseText<v1::RecordDeliveryRequest>(Delivery(""));
  EXPECT_THAT(
      OrderModel::Decide(order, request, FixedContext<OrderModel>(), OrderModel::Sale()).status(),
      testing::IsRefusal("ORDER_FULL"));
}

TEST(RecordReturn, Rules) {
  CheckDecisions<OrderModel, v1::RecordReturnRequest>({
      {"refunds the share of the line, and its margin goes",
       {kPlaced, kAll},
       Return("lines { line: 1 quantity_milli: 1000 } reason: 'broken'"),
       "returned { returned { return_date { year: 2026 month: 2 day: 9 } reason: 'broken' "
       "lines { line: 1 quantity_milli: 1000 refund { currency_code: 'USD' units: 3 nanos: "
       "330000000 } } "
       "refund { currency_code: 'USD' units: 3 nanos: 330000000 } } "
       "totals { customer: 'customers/customer-1' order_date { year: 2026 month: 2 day: 1 } "
       "revenue { currency_code: 'USD' units: 11 nanos: 670000000 } "
       "margin { currency_code: 'USD' units: 2 nanos: 670000000 } } }"},
      {"recovers cost that came back",
       {kPlaced, kAll},
       Return("lines { line: 2 quantity_milli: 1000 } recovered_cost { currency_code: 'USD' units: "
              "4 }"),
       "returned { returned { return_date { year: 2026 month: 2 day: 9 } "
       "lines { line: 2 quantity_milli: 1000 refund { currency_code: 'USD' units: 5 } } "
       "refund { currency_code: 'USD' units: 5 } recovered_cost { currency_code: 'USD' units: 4 } "
       "} "
       "totals { customer: 'customers/customer-1' order_date { year: 2026 month: 2 day: 1 } "
       "revenue { currency_code: 'USD' units: 10 } margin { currency_code: 'USD' units: 5 } } }"},
      {"takes the refund that is given",
       {kSum, kSumDelivered},
       Return("refund { currency_code: 'USD' units: 4 }"),
       "returned { returned { return_date { year: 2026 month: 2 day: 9 } "
       "refund { currency_code: 'USD' units: 4 } } "
       "totals { customer: 'customers/customer-1' order_date { year: 2026 month: 2 day: 1 } "
       "revenue { currency_code: 'USD' units: 6 } } }"},
      {"refuses more than was delivered",
       {kPlaced, kOne},
       Return("lines { line: 1 quantity_milli: 1001 }"),
       "!QUANTITY_EXCEEDED"},
      {"refuses more money than the line is worth",
       {kPlaced, kAll},
       Return("lines { line: 2 quantity_milli: 1 refund { currency_code: 'USD' units: 6 } }"),
       "!REFUND_EXCEEDED"},
      {"refuses a refund of another currency",
       {kPlaced, kAll},
       Return("lines { line: 2 quantity_milli: 1 refund { currency_code: 'CNY' units: 1 } }"),
       "!field:lines[0].refund.currency_code"},
      {"refuses a negative refund",
       {kPlaced, kAll},
       Return("lines { line: 2 quantity_milli: 1 refund { currency_code: 'USD' units: -1 } }"),
       "!field:lines[0].refund"},
      {"refuses more than is left of a sum",
       {kSum, kSumDelivered},
       Return("refund { currency_code: 'USD' units: 11 }"),
       "!REFUND_EXCEEDED"},
      {"a sum needs a refund", {kSum, kSumDelivered}, Return(""), "!field:refund"},
      {"lines need no refund of the whole",
       {kPlaced, kAll},
       Return("lines { line: 1 quantity_milli: 1 } refund { currency_code: 'USD' units: 1 }"),
       "!field:refund"},
      {"needs lines", {kPlaced, kAll}, Return(""), "!field:lines"},
      {"refuses more cost back than there was",
       {kPlaced, kAll},
       Return(
           "lines { line: 1 quantity_milli: 1 } recovered_cost { currency_code: 'USD' units: 10 }"),
       "!REFUND_EXCEEDED"},
      {"refuses before anything was delivered",
       {kPlaced},
       Return("lines { line: 1 quantity_milli: 1 }"),
       "!ORDER_NOT_DELIVERED"},
  });
}

TEST(RecordReturn, HasADay) {
  CheckDecisions<OrderModel, v1::RecordReturnRequest>({
      {"needs a date", {kPlaced, kAll}, "", "!field:return_date"},
      {"refuses a date to come",
       {kPlaced, kAll},
       "return_date { year: 2026 month: 3 day: 4 }",
       "!field:return_date"},
  });
}

TEST(RecordReturn, OneByOneGivesBackAllOfTheLine) {
  v1::Order order = Given<OrderModel>({kPlaced, kAll});
  const auto context = FixedContext<OrderModel>();
  for (int i = 0; i < 3; ++i) {
    const auto event = OrderModel::Decide(
        order, ParseText<v1::RecordReturnRequest>(Return("lines { line: 1 quantity_milli: 1000 }")),
        context);
    ASSERT_THAT(event, testing::IsOk());
    OrderModel::Evolve(order, **event);
  }
  EXPECT_THAT(order.lines(0).refunded(), testing::EqualsProto("currency_code: 'USD' units: 10"));
  EXPECT_EQ(order.lines(0).returned_milli(), 3000);
  EXPECT_THAT(order.totals().revenue(), testing::EqualsProto("currency_code: 'USD' units: 5"));
  EXPECT_EQ(order.returns_size(), 3);
}

// Three pieces of 30.00 each: what the returns give back when some refunds are agreed.
TEST(RecordReturn, AnAgreedRefundLeavesTheSharesOfTheOthers) {
  const auto refunds = [](const std::vector<std::string>& agreed) {
    v1::Order order = Given<OrderModel>({R"(recorded { order {
        order_date { year: 2026 month: 2 day: 1 } status: ORDER_STATUS_DELIVERED
        lines { product: "p1" quantity_milli: 3000 delivered_milli: 3000
                net { currency_code: "USD" units: 90 } }
        revenue { currency_code: "USD" units: 90 } } })"});
    std::vector<int64_t> units;
    for (const std::string& refund : agreed) {
      const auto event =
          OrderModel::Decide(order,
                             ParseText<v1::RecordReturnRequest>(
                                 Return("lines { line: 1 quantity_milli: 1000 " + refund + " }")),
                             FixedContext<OrderModel>());
      EXPECT_THAT(event, testing::IsOk());
      units.push_back((*event)->returned().returned().refund().units());
      OrderModel::Evolve(order, **event);
    }
    return units;
  };
  const std::string nothing = "refund { currency_code: 'USD' }";
  const std::string most = "refund { currency_code: 'USD' units: 70 }";
  EXPECT_EQ(refunds({nothing, "", ""}), (std::vector<int64_t>{0, 30, 30}));
  EXPECT_EQ(refunds({"", nothing, ""}), (std::vector<int64_t>{30, 0, 30}));
  EXPECT_EQ(refunds({most, "", ""}), (std::vector<int64_t>{70, 20, 0}));
}

TEST(RecordReturn, OrderFull) {
  v1::Order order = Given<OrderModel>({kPlaced, kAll});
  for (int i = 0; i < kReturnsMax; ++i) order.add_returns();
  const auto request =
      ParseText<v1::RecordReturnRequest>(Return("lines { line: 1 quantity_milli: 1 }"));
  EXPECT_THAT(OrderModel::Decide(order, request, FixedContext<OrderModel>()).status(),
              testing::IsRefusal("ORDER_FULL"));
}

// No command leads there, but a log may hold it: replay must come to something.
TEST(Order, FoldsWhatDecideNeverWrote) {
  const std::string most = "9223372036854775807";
  const std::string line = " quantity_milli: " + most + " ";
  const std::string delivered =
      "delivered { delivery { lines { line: 7" + line + "} lines { line: 1" + line + "} } }";
  const std::string refund = "refund { currency_code: 'USD' units: " + most + " } ";
  const std::string returned =
      "returned { returned { lines { line: 0 } lines { line: 1" + line + refund + "} } }";
  const v1::Order order =
      Given<OrderModel>({kPlaced, delivered, delivered, returned, returned, kAll});
  EXPECT_EQ(order.lines_size(), 2);
  EXPECT_EQ(order.deliveries_size(), 3);
  EXPECT_EQ(order.lines(0).delivered_milli(), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(order.lines(0).returned_milli(), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(order.lines(0).refunded().units(), std::numeric_limits<int64_t>::max());
}

TEST(OrderDeathTest, AnUnknownFactEndsTheProcess) {
  v1::Order order;
  EXPECT_DEATH(OrderModel::Evolve(order, v1::OrderEvent()), "facts it does not know");
}

}  // namespace
}  // namespace crm::sales
