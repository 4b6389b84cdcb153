#include "services/sales-pipeline/domain/order.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>

#include "libs/testing/decisions.h"

namespace crm::sales {
namespace {

using testing::CheckDecisions;
using testing::DecisionRow;
using testing::FixedContext;
using testing::Given;
using testing::ParseText;
using testing::WordOf;

// Two lines: 2 of p1 for 60.00 and 1.5 of p2 for 40.50.
constexpr char kOrder[] = R"(
    order_date { year: 2026 month: 2 day: 1 }
    lines { product: "p1" quantity_milli: 2000 net { currency_code: "USD" units: 60 } }
    lines { product: "p2" quantity_milli: 1500
            net { currency_code: "USD" units: 40 nanos: 500000000 } }
    revenue { currency_code: "USD" units: 100 nanos: 500000000 })";
constexpr char kTotals[] = R"(totals {
    customer: "customers/customer-1" order_date { year: 2026 month: 2 day: 1 }
    revenue { currency_code: "USD" units: 100 nanos: 500000000 } })";

std::string Recorded(const std::string& more = "") {
  return std::string("recorded { order { ") + kOrder +
         " status: ORDER_STATUS_PLACED origin: ORDER_ORIGIN_RECORDED " + more + " } " + kTotals +
         " }";
}
const char kConfirmed[] = "confirmed { confirm_date { year: 2026 month: 3 day: 2 } }";
const char kPartly[] = R"(delivered { status: ORDER_STATUS_PARTLY_DELIVERED
    delivery { delivery_date { year: 2026 month: 2 day: 2 }
               lines { line: 1 quantity_milli: 500 } } })";
const char kAll[] = R"(delivered { status: ORDER_STATUS_DELIVERED
    delivery { delivery_date { year: 2026 month: 2 day: 2 }
               lines { line: 1 quantity_milli: 2000 } lines { line: 2 quantity_milli: 1500 } } })";
const char kCancelled[] = R"(cancelled { reason: "x" cancel_date { year: 2026 month: 3 day: 2 }
    totals { customer: "customers/customer-1" order_date { year: 2026 month: 2 day: 1 }
             cancelled: true revenue { currency_code: "USD" } } })";

// The same facts for one with only a sum.
const char kSum[] = R"(recorded {
    order { order_date { year: 2026 month: 2 day: 1 } revenue { currency_code: "USD" units: 10 }
            cost { currency_code: "USD" units: 7 } status: ORDER_STATUS_DELIVERED }
    totals { customer: "customers/customer-1" order_date { year: 2026 month: 2 day: 1 }
             revenue { currency_code: "USD" units: 10 }
             margin { currency_code: "USD" units: 3 } } })";

v1::CustomerRef Customer(const std::string& more = "") {
  return ParseText<v1::CustomerRef>(
      "name: 'customers/customer-1' status: CUSTOMER_STATUS_ACTIVE currency_code: 'USD' " + more);
}

const OrderModel::Sale kNoSale = std::nullopt;

std::string Record(const std::string& order) { return "order { " + order + " }"; }

std::string With(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(RecordOrder, Rules) {
  const std::string order = kOrder;
  const auto sum = [](const std::string& more) {
    return Record("order_date { year: 2026 month: 2 day: 1 } " + more);
  };
  CheckDecisions<OrderModel, v1::RecordOrderRequest>(
      {
          {"records an order", {}, Record(order), Recorded()},
          {"needs a date",
           {},
           Record("revenue { currency_code: 'USD' }"),
           "!field:order.order_date"},
          {"needs a date that exists",
           {},
           Record(With(order, "day: 1", "day: 30")),
           "!field:order.order_date"},
          {"refuses a date to come",
           {},
           Record(With(order, "year: 2026", "year: 2062")),
           "!field:order.order_date"},
          {"needs a revenue", {}, sum(""), "!field:order.revenue"},
          {"refuses a negative revenue",
           {},
           sum("revenue { currency_code: 'USD' units: -1 }"),
           "!field:order.revenue"},
          {"refuses another currency than the customer's",
           {},
           sum("revenue { currency_code: 'CNY' units: 1 }"),
           "!field:order.revenue.currency_code"},
          {"refuses lines of another currency than the order's",
           {},
           Record(With(order, "\"USD\" units: 60", "\"CNY\" units: 60")),
           "!field:order.lines[0].net.currency_code"},
          {"refuses lines that do not add up",
           {},
           Record(With(order, "units: 60", "units: 61")),
           "!field:order.revenue"},
          {"refuses a negative line",
           {},
           Record(With(order, "units: 60", "units: -60")),
           "!field:order.lines[0].net"},
          {"refuses a line without a product",
           {},
           Record(With(order, "\"p2\"", "\"\"")),
           "!field:order.lines[1].product"},
          {"refuses a line of nothing",
           {},
           Record(With(order, "2000", "0")),
           "!field:order.lines[0].quantity_milli"},
      },
      FixedContext<OrderModel>(), kNoSale, Customer());
}

TEST(RecordOrder, RefusesWhatDoesNotFit) {
  const std::string order = kOrder;
  const auto sum = [](const std::string& more) {
    return Record("order_date { year: 2026 month: 2 day: 1 } " + more);
  };
  CheckDecisions<OrderModel, v1::RecordOrderRequest>(
      {
          {"refuses cost and margin together",
           {},
           sum("revenue { currency_code: 'USD' units: 9 } cost { currency_code: 'USD' units: 1 } "
               "margin { currency_code: 'USD' units: 8 }"),
           "!field:order.margin"},
          {"refuses a margin above the revenue",
           {},
           sum("revenue { currency_code: 'USD' units: 9 } margin { currency_code: 'USD' units: 10 "
               "}"),
           "!field:order.margin"},
          {"refuses a negative cost to serve",
           {},
           sum("revenue { currency_code: 'USD' units: 9 } "
               "cost_to_serve { currency_code: 'USD' units: -1 }"),
           "!field:order.cost_to_serve"},
          {"refuses somebody else's opportunity",
           {},
           Record(order + " opportunity: 'customers/c9/opportunities/o1'"),
           "!field:order.opportunity"},
          {"refuses an opportunity that does not exist",
           {},
           Record(order + " opportunity: 'customers/customer-1/opportunities/o1'"),
           "!OPPORTUNITY_UNKNOWN"},
          {"leaves orders of other systems to the import",
           {},
           Record(order + " external_id { system: 'erp' id: '7' }"),
           "!field:order.external_id"},
          {"refuses an unknown channel",
           {},
           Record(order + " channel: 99"),
           "!field:order.channel"},
      },
      FixedContext<OrderModel>(), kNoSale, Customer());
}

TEST(RecordOrder, CountsMarginFromCost) {
  CheckDecisions<OrderModel, v1::RecordOrderRequest>(
      {{"an order of nothing counts, and a cost gives the margin",
        {},
        "order { order_date { year: 2026 month: 2 day: 1 } revenue { currency_code: 'USD' } "
        "cost { currency_code: 'USD' units: 1 nanos: 500000000 } }",
        "recorded { order { order_date { year: 2026 month: 2 day: 1 } status: ORDER_STATUS_PLACED "
        "origin: ORDER_ORIGIN_RECORDED revenue { currency_code: 'USD' } "
        "cost { currency_code: 'USD' units: 1 nanos: 500000000 } } "
        "totals { customer: 'customers/customer-1' order_date { year: 2026 month: 2 day: 1 } "
        "revenue { currency_code: 'USD' } "
        "margin { currency_code: 'USD' units: -1 nanos: -500000000 } } }"}},
      FixedContext<OrderModel>(), kNoSale, Customer());
}

TEST(RecordOrder, AsksTheCustomer) {
  const auto context = FixedContext<OrderModel>();
  const std::vector<DecisionRow> erased = {{"refuses", {}, Record(kOrder), "!CUSTOMER_ERASED"}};
  CheckDecisions<OrderModel, v1::RecordOrderRequest>(
      erased, context, kNoSale, ParseText<v1::CustomerRef>("status: CUSTOMER_STATUS_ERASED"));
  const std::vector<DecisionRow> taken = {{"takes", {}, Record(kOrder), Recorded()}};
  CheckDecisions<OrderModel, v1::RecordOrderRequest>(
      taken, context, kNoSale, ParseText<v1::CustomerRef>("status: CUSTOMER_STATUS_LOST"));
  CheckDecisions<OrderModel, v1::RecordOrderRequest>(
      taken, context, kNoSale, ParseText<v1::CustomerRef>("status: CUSTOMER_STATUS_PROSPECT"));
}

TEST(RecordOrder, TakesAnOpportunityThatExists) {
  const std::string opportunity = " opportunity: 'customers/customer-1/opportunities/o1' ";
  const OrderModel::Sale sale = v1::Opportunity();
  CheckDecisions<OrderModel, v1::RecordOrderRequest>(
      {{"records the order", {}, Record(kOrder + opportunity), Recorded(opportunity)}},
      FixedContext<OrderModel>(), sale, Customer());
}

TEST(RecordWonOrder, Rules) {
  const std::string opportunity = " opportunity: 'customers/customer-1/opportunities/o1' ";
  const auto check = [](const OrderModel::Sale& sale, const std::vector<DecisionRow>& rows) {
    CheckDecisions<OrderModel, v1::RecordWonOrderRequest>(rows, FixedContext<OrderModel>(), sale);
  };
  check(ParseText<v1::Opportunity>("order: 'customers/customer-1/orders/order-1'"),
        {{"records the order",
          {},
          Record(kOrder + opportunity),
          With(Recorded(opportunity), "ORDER_ORIGIN_RECORDED", "ORDER_ORIGIN_OPPORTUNITY")},
         {"refuses what is no order", {}, Record(opportunity), "!field:order.order_date"}});
  // Reopened before its order came, and perhaps won again since.
  check(ParseText<v1::Opportunity>(""),
        {{"refuses", {}, Record(kOrder + opportunity), "!OPPORTUNITY_REOPENED"}});
  check(ParseText<v1::Opportunity>("order: 'customers/customer-1/orders/order-2'"),
        {{"refuses", {}, Record(kOrder + opportunity), "!OPPORTUNITY_REOPENED"}});
}

const char kImported[] = R"(order_date { year: 2026 month: 2 day: 1 }
    lines { product: "p1" quantity_milli: 2000 net { currency_code: "USD" units: 60 } }
    revenue { currency_code: "USD" units: 60 } external_id { system: "erp" id: "7" })";

TEST(ImportOrder, BeginsDelivered) {
  const auto context = FixedContext<OrderModel>();
  const auto command =
      ParseText<v1::ImportOrderRequest>("parent: 'customers/customer-1' " + Record(kImported));
  const auto event = OrderModel::Decide({}, command, context, Customer());
  ASSERT_THAT(event, testing::IsOk());
  v1::Order order;
  OrderModel::Evolve(order, **event);
  EXPECT_EQ(order.status(), v1::ORDER_STATUS_DELIVERED);
  EXPECT_EQ(order.origin(), v1::ORDER_ORIGIN_IMPORTED);
  EXPECT_EQ(order.lines(0).delivered_milli(), 2000);
  EXPECT_EQ(order.import_digest(), ImportDigest(command.order()));
  EXPECT_EQ(order.totals().revenue().units(), 60);
}

TEST(ImportOrder, Refusals) {
  const auto context = FixedContext<OrderModel>();
  const std::vector<DecisionRow> rows = {
      {"needs an external id", {}, Record(kOrder), "!field:order.external_id"},
      {"refuses a date to come",
       {},
       Record(With(kImported, "year: 2026", "year: 2062")),
       "!field:order.order_date"},
      {"refuses an external id without a system",
       {},
       Record(std::string(kOrder) + " external_id { id: '7' }"),
       "!field:order.external_id.system"},
      {"refuses a blank external id",
       {},
       Record(std::string(kOrder) + " external_id { system: 'erp' id: ' ' }"),
       "!field:order.external_id.id"},
      {"refuses what is no order",
       {},
       "order { external_id { system: 'erp' id: '7' } }",
       "!field:order.order_date"},
  };
  CheckDecisions<OrderModel, v1::ImportOrderRequest>(rows, context, OrderModel::ImportFacts());
  const std::vector<DecisionRow> currency = {
      {"refuses another currency", {}, Record(kImported), "!field:order.revenue.currency_code"}};
  CheckDecisions<OrderModel, v1::ImportOrderRequest>(
      currency, context,
      OrderModel::ImportFacts(ParseText<v1::CustomerRef>("currency_code: 'CNY'")));
  const std::vector<DecisionRow> unsaid = {{"refuses another than the company's",
                                            {},
                                            "order { external_id { system: 'erp' id: '7' } "
                                            "order_date { year: 2026 month: 2 day: 1 } "
                                            "revenue { currency_code: 'UDS' units: 1 } }",
                                            "!field:order.revenue.currency_code"}};
  CheckDecisions<OrderModel, v1::ImportOrderRequest>(unsaid, context,
                                                     OrderModel::ImportFacts(v1::CustomerRef()));
  const std::vector<DecisionRow> erased = {{"refuses", {}, Record(kImported), "!CUSTOMER_ERASED"}};
  CheckDecisions<OrderModel, v1::ImportOrderRequest>(
      erased, context,
      OrderModel::ImportFacts(ParseText<v1::CustomerRef>("status: CUSTOMER_STATUS_ERASED")));
}

TEST(ReimportOrder, Rules) {
  const std::string digest =
      "import_digest: '" + ImportDigest(ParseText<v1::Order>(kImported)) + "'";
  const std::string imported = std::string("recorded { order { ") + kImported + digest + " } }";
  CheckDecisions<OrderModel, v1::ReimportOrderRequest>({
      {"is quiet for the same row", {imported}, Record(kImported), ""},
      {"also after the order went on", {imported, kCancelled}, Record(kImported), ""},
      {"whatever output the row carries",
       {imported},
       Record(std::string(kImported) + " status: ORDER_STATUS_PLACED name: 'x'"),
       ""},
      {"refuses another row", {imported}, Record(kOrder), "!ORDER_IMPORT_DIFFERS"},
      {"refuses an order that was recorded by hand",
       {Recorded()},
       Record(kOrder),
       "!ORDER_IMPORT_DIFFERS"},
  });
}

// What each verb gives in each status: a fact, nothing, or a refusal.
const std::map<std::pair<std::string, std::string>, std::string> kExpected = {
    {{"placed", "confirm"}, "confirmed"},
    {{"placed", "amend"}, "amended"},
    {{"placed", "cancel"}, "cancelled"},
    {{"placed", "deliver"}, "!ORDER_NOT_CONFIRMED"},
    {{"placed", "return"}, "!ORDER_NOT_DELIVERED"},
    {{"confirmed", "confirm"}, ""},
    {{"confirmed", "amend"}, "amended"},
    {{"confirmed", "cancel"}, "cancelled"},
    {{"confirmed", "deliver"}, "delivered"},
    {{"confirmed", "return"}, "!ORDER_NOT_DELIVERED"},
    {{"partly", "confirm"}, ""},
    {{"partly", "amend"}, "amended"},
    {{"partly", "cancel"}, "!ORDER_DELIVERED"},
    {{"partly", "deliver"}, "delivered"},
    {{"partly", "return"}, "returned"},
    {{"delivered", "confirm"}, ""},
    {{"delivered", "amend"}, "amended"},
    {{"delivered", "cancel"}, "!ORDER_DELIVERED"},
    {{"delivered", "deliver"}, "!ORDER_DELIVERED"},
    {{"delivered", "return"}, "returned"},
    {{"cancelled", "confirm"}, "!ORDER_CANCELLED"},
    {{"cancelled", "amend"}, "!ORDER_CANCELLED"},
    {{"cancelled", "cancel"}, ""},
    {{"cancelled", "deliver"}, "!ORDER_CANCELLED"},
    {{"cancelled", "return"}, "!ORDER_NOT_DELIVERED"}};

engine::Decision<OrderModel> Say(const std::string& verb, const v1::Order& order) {
  const auto context = FixedContext<OrderModel>();
  if (verb == "confirm") return OrderModel::Decide(order, v1::ConfirmOrderRequest(), context);
  if (verb == "amend") {
    return OrderModel::Decide(order,
                              ParseText<v1::AmendOrderRequest>(
                                  "order { branch: 'north' } update_mask { paths: 'branch' }"),
                              context);
  }
  if (verb == "cancel") {
    return OrderModel::Decide(order, ParseText<v1::CancelOrderRequest>("reason: 'x'"), context);
  }
  if (verb == "deliver") {
    return OrderModel::Decide(
        order, ParseText<v1::RecordDeliveryRequest>("delivery_date { year: 2026 month: 2 day: 2 }"),
        context, OrderModel::Sale());
  }
  return OrderModel::Decide(
      order,
      ParseText<v1::RecordReturnRequest>("return_date { year: 2026 month: 2 day: 3 } "
                                         "lines { line: 1 quantity_milli: 100 }"),
      context);
}

// Every status and every verb: what is not listed here is refused.
TEST(OrderStateMachine, EveryStatusAndVerb) {
  const std::map<std::string, std::vector<std::string>> states = {
      {"placed", {Recorded()}},
      {"confirmed", {Recorded(), kConfirmed}},
      {"partly", {Recorded(), kConfirmed, kPartly}},
      {"delivered", {Recorded(), kConfirmed, kAll}},
      {"cancelled", {Recorded(), kCancelled}}};
  for (const auto& [state, facts] : states) {
    for (const std::string verb : {"confirm", "amend", "cancel", "deliver", "return"}) {
      EXPECT_EQ(WordOf(Say(verb, Given<OrderModel>(facts))), kExpected.at({state, verb}))
          << state << " " << verb;
    }
  }
}

TEST(ConfirmOrder, Rules) {
  CheckDecisions<OrderModel, v1::ConfirmOrderRequest>({
      {"confirms on the business date", {Recorded()}, "", kConfirmed},
      {"is quiet the second time", {Recorded(), kConfirmed}, "", ""},
      {"refuses a cancelled one", {Recorded(), kCancelled}, "", "!ORDER_CANCELLED"},
  });
}

TEST(CancelOrder, Rules) {
  CheckDecisions<OrderModel, v1::CancelOrderRequest>({
      {"cancels, and counts nothing", {Recorded()}, "reason: 'x'", kCancelled},
      {"is quiet the second time", {Recorded(), kCancelled}, "reason: 'y'", ""},
      {"needs a reason", {Recorded()}, "reason: ' '", "!field:reason"},
      {"refuses a delivered one",
       {Recorded(), kConfirmed, kPartly},
       "reason: 'x'",
       "!ORDER_DELIVERED"},
  });
}

TEST(AmendOrder, Rules) {
  const std::vector<std::string> sum = {kSum};
  CheckDecisions<OrderModel, v1::AmendOrderRequest>({
      {"replaces what is named and counts anew", sum,
       "order { revenue { currency_code: 'USD' units: 12 } } update_mask { paths: 'revenue' } "
       "reason: 'typo'",
       "amended { reason: 'typo' order { order_date { year: 2026 month: 2 day: 1 } "
       "revenue { currency_code: 'USD' units: 12 } cost { currency_code: 'USD' units: 7 } "
       "status: ORDER_STATUS_DELIVERED } "
       "totals { customer: 'customers/customer-1' order_date { year: 2026 month: 2 day: 1 } "
       "revenue { currency_code: 'USD' units: 12 } margin { currency_code: 'USD' units: 5 } } }"},
      {"a margin takes the place of the cost", sum,
       "order { margin { currency_code: 'USD' units: 4 } } update_mask { paths: 'margin' }",
       "amended { order { order_date { year: 2026 month: 2 day: 1 } "
       "revenue { currency_code: 'USD' units: 10 } margin { currency_code: 'USD' units: 4 } "
       "status: ORDER_STATUS_DELIVERED } "
       "totals { customer: 'customers/customer-1' order_date { year: 2026 month: 2 day: 1 } "
       "revenue { currency_code: 'USD' units: 10 } margin { currency_code: 'USD' units: 4 } } }"},
      {"is quiet when nothing differs", sum,
       "order { cost { currency_code: 'USD' units: 7 } } update_mask { paths: 'cost' }", ""},
      {"is quiet for the same lines once delivered",
       {Recorded(), kConfirmed, kAll},
       Record(kOrder) + " update_mask { paths: 'lines' }",
       ""},
      {"refuses other goods once delivered",
       {Recorded(), kConfirmed, kPartly},
       Record(With(kOrder, "2000", "3000")) + " update_mask { paths: 'lines' }",
       "!ORDER_DELIVERED"},
      {"refuses lines that do not add up",
       {Recorded()},
       "order { revenue { currency_code: 'USD' units: 9 } } update_mask { paths: 'revenue' }",
       "!field:order.revenue"},
      {"refuses another currency", sum,
       "order { revenue { currency_code: 'CNY' units: 9 } } update_mask { paths: 'revenue' }",
       "!field:order.cost.currency_code"},
      {"refuses a date after a delivery",
       {Recorded(), kConfirmed, kAll},
       "order { order_date { year: 2026 month: 2 day: 3 } } update_mask { paths: 'order_date' }",
       "!field:order.order_date"},
      {"refuses a date to come", sum,
       "order { order_date { year: 2062 month: 2 day: 1 } } update_mask { paths: 'order_date' }",
       "!field:order.order_date"},
      {"refuses a cancelled one",
       {Recorded(), kCancelled},
       "order { branch: 'b' } update_mask { paths: 'branch' }",
       "!ORDER_CANCELLED"},
  });
}

TEST(AmendOrder, RefundsMustStillFit) {
  const std::string returned =
      "returned { returned { return_date { year: 2026 month: 2 day: 9 } "
      "refund { currency_code: 'USD' units: 6 } } "
      "totals { revenue { currency_code: 'USD' units: 4 } } }";
  CheckDecisions<OrderModel, v1::AmendOrderRequest>({
      {"refuses less than was refunded",
       {kSum, returned},
       "order { revenue { currency_code: 'USD' units: 5 } } update_mask { paths: 'revenue' }",
       "!REFUND_EXCEEDED"},
  });
}

TEST(AmendOrder, CostsThatCameBackMustStillFit) {
  const std::string recovered =
      "returned { returned { return_date { year: 2026 month: 2 day: 9 } "
      "refund { currency_code: 'USD' units: 1 } recovered_cost { currency_code: 'USD' units: 5 } } "
      "totals { revenue { currency_code: 'USD' units: 9 } } }";
  const std::string without_cost = With(kSum, R"(cost { currency_code: "USD" units: 7 })", "");
  const auto amend = [](const std::string& order, const std::string& path) {
    return "order { " + order + " } update_mask { paths: '" + path + "' }";
  };
  const std::string low = amend("cost { currency_code: 'USD' units: 4 }", "cost");
  CheckDecisions<OrderModel, v1::AmendOrderRequest>({
      {"refuses a lower cost", {kSum, recovered}, low, "!REFUND_EXCEEDED"},
      {"refuses it as the first cost too", {without_cost, recovered}, low, "!REFUND_EXCEEDED"},
      {"refuses a margin that says so",
       {kSum, recovered},
       amend("margin { currency_code: 'USD' units: 6 }", "margin"),
       "!REFUND_EXCEEDED"},
      {"refuses a revenue that says so",
       {without_cost, recovered},
       "order { revenue { currency_code: 'USD' units: 8 } margin { currency_code: 'USD' units: 4 } "
       "} update_mask { paths: 'revenue' paths: 'margin' }",
       "!REFUND_EXCEEDED"},
      {"takes what just fits",
       {without_cost, recovered},
       amend("cost { currency_code: 'USD' units: 5 }", "cost"),
       "amended { order { order_date { year: 2026 month: 2 day: 1 } "
       "revenue { currency_code: 'USD' units: 10 } cost { currency_code: 'USD' units: 5 } "
       "status: ORDER_STATUS_DELIVERED returns { return_date { year: 2026 month: 2 day: 9 } "
       "refund { currency_code: 'USD' units: 1 } "
       "recovered_cost { currency_code: 'USD' units: 5 } } } "
       "totals { customer: 'customers/customer-1' order_date { year: 2026 month: 2 day: 1 } "
       "revenue { currency_code: 'USD' units: 9 } margin { currency_code: 'USD' units: 9 } } }"},
  });
}

}  // namespace
}  // namespace crm::sales
