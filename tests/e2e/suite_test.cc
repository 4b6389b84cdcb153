// The suite on the embedded log, killed in the middle of an import.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/value.pb.h"
#include "crm/sales/v1/order.pb.h"
#include "google/rpc/code.pb.h"
#include "libs/testing/matchers.h"
#include "libs/testing/temp_directory.h"
#include "tests/e2e/harness.h"

namespace crm::e2e {
namespace {

using testing::IsOk;
using testing::ParseText;

constexpr int kRowsPerCall = 100;
constexpr int kCalls = 30;
constexpr int kRows = kRowsPerCall * kCalls;
constexpr char kCustomerTopic[] = "crm.customer.log.v1";
constexpr char kSalesTopic[] = "crm.sales.log.v1";

std::string ExternalOf(int row) { return absl::StrCat("n", row); }

customer::v1::ImportCustomersRequest Customers(int call) {
  customer::v1::ImportCustomersRequest request;
  request.set_request_id(absl::StrCat("customers-", call));
  for (int row = call * kRowsPerCall; row < (call + 1) * kRowsPerCall; ++row) {
    customer::v1::Customer& customer = *request.add_rows()->mutable_customer();
    customer.set_kind(customer::v1::CUSTOMER_KIND_COMPANY);
    customer.set_display_name(absl::StrCat("Company ", row));
    auto& external = *customer.add_external_ids();
    external.set_system("old");
    external.set_id(ExternalOf(row));
  }
  return request;
}

sales::v1::ImportOrdersRequest Orders(int call) {
  sales::v1::ImportOrdersRequest request;
  request.set_request_id(absl::StrCat("orders-", call));
  for (int row = call * kRowsPerCall; row < (call + 1) * kRowsPerCall; ++row) {
    auto& order = *request.add_rows();
    order = ParseText<sales::v1::OrderRow>(R"pb(
      customer_external_id { system: "old" }
      order {
        order_date { year: 2026 month: 6 day: 1 }
        revenue { currency_code: "USD" }
        external_id { system: "old" }
      }
    )pb");
    order.mutable_customer_external_id()->set_id(ExternalOf(row));
    order.mutable_order()->mutable_revenue()->set_units(row);
    order.mutable_order()->mutable_external_id()->set_id(absl::StrCat("o", row));
  }
  return request;
}

// Waits until whoever reads a topic has read all that its owner has: no row is on its way.
void WaitUntilLevel(Service& suite) {
  for (const char* topic : {kCustomerTopic, kSalesTopic}) {
    Until("all readers at one position", [&] {
      std::map<int, std::set<int64_t>> positions;
      for (const auto& status : Partitions(suite, topic))
        positions[status.partition()].insert(status.next_offset());
      return !positions.empty() && std::all_of(positions.begin(), positions.end(),
                                               [](const auto& p) { return p.second.size() == 1; });
    });
  }
}

// Adds the names of the rows that were acknowledged. True when all were; the others were
// UNAVAILABLE: to be sent again.
template <class Response>
bool AddNames(const Response& response, std::set<std::string>& names) {
  bool all = true;
  for (const auto& result : response.results()) {
    const int code = result.status().code();
    EXPECT_TRUE(code == 0 || code == google::rpc::UNAVAILABLE) << result.ShortDebugString();
    if (code == 0) names.insert(result.name());
    all = all && code == 0;
  }
  return all;
}

// Sends calls until one of them finds the suite gone; names of what was acknowledged.
template <class Response, class RequestOf>
std::set<std::string> SendUntilKilled(Service& suite, RequestOf request_of, int kill_after) {
  std::set<std::string> acknowledged;
  std::atomic<int> answered{0};
  std::thread sender([&] {
    Client once({suite.address()}, Client::Policy::kNone);
    for (int call = 0; call < kCalls; ++call) {
      const auto response = once.Call<Response>(request_of(call));
      if (!response.ok()) return;
      AddNames(*response, acknowledged);
      answered.fetch_add(1);
    }
  });
  Until("some of the import", [&] { return answered.load() >= kill_after; });
  suite.Kill();
  sender.join();
  EXPECT_LT(answered.load(), kCalls) << "the import was over before the kill";
  return acknowledged;
}

template <class Response, class RequestOf>
std::set<std::string> SendAll(Service& suite, RequestOf request_of) {
  std::set<std::string> names;
  for (int call = 0; call < kCalls; ++call) {
    Until("all rows of a call", [&] {
      const auto response = suite.client().Insist<Response>(request_of(call));
      EXPECT_THAT(response, IsOk());
      return !response.ok() || AddNames(*response, names);
    });
  }
  return names;
}

template <class Response, class Request, class RowsOf>
std::set<std::string> NamesOf(Service& suite, Request request, RowsOf rows_of) {
  std::set<std::string> names;
  request.set_page_size(1000);
  do {
    const auto page = suite.client().Insist<Response>(request);
    EXPECT_THAT(page, IsOk());
    if (!page.ok()) return names;
    for (const auto& row : rows_of(*page)) {
      EXPECT_TRUE(names.insert(row.name()).second) << row.name();
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return names;
}

std::set<std::string> CustomersOf(Service& suite) {
  return NamesOf<customer::v1::ListCustomersResponse>(
      suite, customer::v1::ListCustomersRequest(),
      [](const auto& page) { return page.customers(); });
}

std::set<std::string> OrdersOf(Service& suite) {
  sales::v1::ListOrdersRequest request;
  request.set_parent("customers/-");
  return NamesOf<sales::v1::ListOrdersResponse>(suite, request,
                                                [](const auto& page) { return page.orders(); });
}

// Every row once: in the orders, in the pyramid, and in what the orders made of the customers.
void ExpectWhole(Service& suite) {
  const auto pyramid = ParseText<customer::v1::GetPyramidRequest>(R"pb(
    period {
      start { year: 2026 month: 6 day: 1 }
      end { year: 2026 month: 7 day: 1 }
    }
    measure: MEASURE_REVENUE
  )pb");
  const int64_t revenue = int64_t{kRows} * (kRows - 1) / 2;
  customer::v1::GetPyramidResponse last;
  EXPECT_TRUE(Until("the pyramid of the whole import", [&] {
    const auto answer = suite.client().Insist<customer::v1::GetPyramidResponse>(pyramid);
    if (answer.ok()) last = *answer;
    return last.order_count() == kRows && last.customer_count() == kRows &&
           last.revenue().units() == revenue;
  })) << last.ShortDebugString().substr(0, 500);
  customer::v1::ListCustomersRequest active;
  active.set_filter("status = CUSTOMER_STATUS_ACTIVE");
  EXPECT_TRUE(Until("all customers are ACTIVE", [&] {
    return NamesOf<customer::v1::ListCustomersResponse>(suite, active, [](const auto& page) {
             return page.customers();
           }).size() == size_t{kRows};
  }));
}

// Seconds after an import the tiers are computed and given out: until then the tables of customer
// are on their way.
void WaitUntilTiered(Service& suite) {
  customer::v1::ListCustomersRequest tiered;
  tiered.set_filter("NOT tier = TIER_UNSPECIFIED");
  customer::v1::GetTierPlanRequest standard;
  standard.set_name("tierPlans/standard");
  EXPECT_TRUE(Until("tiers are computed and given out", [&] {
    const auto plan = suite.client().Insist<customer::v1::TierPlan>(standard);
    return plan.ok() && plan->has_last_computation() && !plan->has_outdated_time() &&
           NamesOf<customer::v1::ListCustomersResponse>(suite, tiered, [](const auto& page) {
             return page.customers();
           }).size() == size_t{kRows};
  }));
}

TEST(Suite, KilledInTheMiddleOfAnImportLosesAndDoublesNothing) {
  const crm::testing::TempDirectory directory{"e2e"};
  Service suite({CRM_SUITE, directory.path(), {"--business-date", "2026-06-30"}});
  suite.Start();
  ASSERT_TRUE(suite.WaitUntilReady());

  using customer::v1::ImportCustomersResponse;
  using sales::v1::ImportOrdersResponse;
  const auto customers = SendUntilKilled<ImportCustomersResponse>(suite, Customers, kCalls / 3);
  suite.Start();
  ASSERT_TRUE(suite.WaitUntilReady());
  EXPECT_THAT(CustomersOf(suite), ::testing::IsSupersetOf(customers));
  const auto all_customers = SendAll<ImportCustomersResponse>(suite, Customers);
  EXPECT_EQ(all_customers.size(), size_t{kRows});
  EXPECT_EQ(CustomersOf(suite), all_customers);

  // An order of a customer that sales has not heard of is kept as an orphan; here none is.
  WaitUntilLevel(suite);
  const auto orders = SendUntilKilled<ImportOrdersResponse>(suite, Orders, kCalls / 3);
  suite.Start();
  ASSERT_TRUE(suite.WaitUntilReady());
  EXPECT_THAT(OrdersOf(suite), ::testing::IsSupersetOf(orders));
  const auto all_orders = SendAll<ImportOrdersResponse>(suite, Orders);
  EXPECT_EQ(OrdersOf(suite), all_orders);
  EXPECT_EQ(all_orders.size(), size_t{kRows});
  ExpectWhole(suite);

  WaitUntilTiered(suite);
  WaitUntilLevel(suite);
  // Once more from the start: nothing at all is written. Killed again, everything is still there.
  const std::string digest = DigestOf(suite, kSalesTopic);
  EXPECT_EQ(SendAll<ImportCustomersResponse>(suite, Customers), all_customers);
  EXPECT_EQ(SendAll<ImportOrdersResponse>(suite, Orders), all_orders);
  EXPECT_EQ(DigestOf(suite, kSalesTopic), digest);
  const std::string customer_digest = DigestOf(suite, kCustomerTopic);
  suite.Kill();
  suite.Start();
  ASSERT_TRUE(suite.WaitUntilReady());
  EXPECT_EQ(DigestOf(suite, kSalesTopic), digest);
  EXPECT_EQ(DigestOf(suite, kCustomerTopic), customer_digest);
  ExpectWhole(suite);
}

}  // namespace
}  // namespace crm::e2e
