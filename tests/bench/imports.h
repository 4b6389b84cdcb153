// A book of customers with orders, brought in by imports as an ERP's would be.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

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

}  // namespace crm::bench
