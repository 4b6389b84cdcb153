// A book of customers with names as they are in China and abroad, and what people type to find
// them. Everything follows from numbers.
#pragma once

#include <cstdint>
#include <string>

#include "crm/customer/v1/customer.pb.h"

namespace crm::bench {

// Six of ten are Chinese companies, two Chinese people, two foreign companies or people.
customer::v1::Customer NamedCustomer(int64_t number);

// Ways to look for a customer.
struct QueryKind {
  const char* name;
  int weight;  // Of the mix.
  // What somebody types who wants this customer.
  std::string (*query)(int64_t number);
  bool finds;  // The customer itself must be among the hits.
};
inline constexpr int kQueryKinds = 12;
extern const QueryKind kQueries[kQueryKinds];
// One of them for each number, as often as their weights say.
const QueryKind& QueryOfTheMix(int64_t number);

}  // namespace crm::bench
