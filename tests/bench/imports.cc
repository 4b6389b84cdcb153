#include "tests/bench/imports.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "crm/customer/v1/customer.pb.h"
#include "crm/sales/v1/order.pb.h"
#include "libs/base/check.h"
#include "tests/bench/load.h"
#include "tests/bench/proc.h"
#include "tests/bench/requests.h"

namespace crm::bench {
namespace {

constexpr char kImportCustomers[] = "/crm.customer.v1.CustomerService/ImportCustomers";
constexpr char kImportOrders[] = "/crm.sales.v1.OrderService/ImportOrders";
constexpr int64_t kRowsPerCall = 500;
constexpr int kCallsInFlight = 4;

common::v1::ExternalId IdOf(int64_t number) {
  common::v1::ExternalId id;
  id.set_system("bench");
  id.set_id(absl::StrFormat("%07d", number));
  return id;
}

std::string CustomersFrom(int64_t first, int64_t end, const CustomerMaker& customer_of) {
  customer::v1::ImportCustomersRequest request;
  request.set_request_id(absl::StrCat("customers-", first));
  for (int64_t number = first; number < end; ++number) {
    customer::v1::Customer& customer = *request.add_rows()->mutable_customer();
    customer = customer_of(number);
    customer.set_currency_code("USD");
    *customer.add_external_ids() = IdOf(number);
  }
  return request.SerializeAsString();
}

std::string OrdersFrom(int64_t first, int64_t end, int64_t customers) {
  sales::v1::ImportOrdersRequest request;
  request.set_request_id(absl::StrCat("orders-", first));
  for (int64_t number = first; number < end; ++number) {
    sales::v1::OrderRow& row = *request.add_rows();
    *row.mutable_customer_external_id() = IdOf(number * 7'919 % customers);
    sales::v1::Order& order = *row.mutable_order();
    *order.mutable_external_id() = IdOf(number);
    google::type::Date& date = *order.mutable_order_date();
    date.set_year(static_cast<int32_t>(2015 + number % 10));
    date.set_month(static_cast<int32_t>(1 + number / 10 % 12));
    date.set_day(static_cast<int32_t>(1 + number / 120 % 28));
    google::type::Money& revenue = *order.mutable_revenue();
    revenue.set_currency_code("USD");
    revenue.set_units(10 + number % 990);
    order.set_branch("branch-000000001");
  }
  return request.SerializeAsString();
}

// Gives the seconds it took.
template <class Response>
double SendAll(const std::string& address, const char* method, int64_t there, int64_t rows,
               const std::function<std::string(int64_t first, int64_t end)>& request) {
  if (rows <= there) return 0;
  std::atomic<int64_t> next{there};
  const auto begin = std::chrono::steady_clock::now();
  Load load{.address = address,
            .method = method,
            .in_flight = kCallsInFlight,
            .calls = (rows - there + kRowsPerCall - 1) / kRowsPerCall};
  load.request = [&](int, int64_t) {
    const int64_t first = next.fetch_add(kRowsPerCall);
    return request(first, std::min(first + kRowsPerCall, rows));
  };
  load.fault = [](const std::string& reply) -> std::string {
    Response response;
    if (!response.ParseFromString(reply)) return "a reply that does not parse";
    for (const auto& result : response.results()) {
      if (result.status().code() != 0) return result.status().message();
    }
    return "";
  };
  const Figures made = Drive(load);
  base::Check(made.failures == 0, absl::StrCat(method, ": ", made.first_failure));
  return SecondsSince(begin);
}

}  // namespace

double Import(const std::string& address, const Book& book, const std::function<void()>& settle) {
  const double customers = SendAll<customer::v1::ImportCustomersResponse>(
      address, kImportCustomers, book.customers_there, book.customers,
      [](int64_t first, int64_t end) { return CustomersFrom(first, end, CustomerOf); });
  settle();
  const double orders = SendAll<sales::v1::ImportOrdersResponse>(
      address, kImportOrders, book.orders_there, book.orders,
      [&](int64_t first, int64_t end) { return OrdersFrom(first, end, book.customers); });
  return customers + orders;
}

double ImportCustomers(const std::string& address, int64_t customers,
                       const CustomerMaker& customer_of) {
  return SendAll<customer::v1::ImportCustomersResponse>(
      address, kImportCustomers, 0, customers,
      [&](int64_t first, int64_t end) { return CustomersFrom(first, end, customer_of); });
}

}  // namespace crm::bench
