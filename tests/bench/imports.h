// A book of customers with orders, brought in by imports as an ERP's would be.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "crm/customer/v1/customer.pb.h"

namespace crm::bench {

struct Book {
  int64_t customers = 20'000;
  int64_t orders = 60'000;  // Spread over the customers, and over ten years.
  // So many of both are there already.
  int64_t customers_there = 0, orders_there = 0;
};

// Sends it to the services at the address and waits for the answers; `settle` is called when the
// customers are in, so that the orders find them. Every row must be taken, or the program ends.
// What reactions make of it may be still on its way. Gives the seconds that it took without
// `settle`.
double Import(const std::string& address, const Book& book, const std::function<void()>& settle);

// Only so many customers, as `customer_of` makes each; external ids are given to them here. In the
// same way.
using CustomerMaker = std::function<customer::v1::Customer(int64_t number)>;
double ImportCustomers(const std::string& address, int64_t customers,
                       const CustomerMaker& customer_of);

}  // namespace crm::bench
