// The requests of the bench, the same bytes for ours and for the bare pipeline. Customers are
// numbered; all their requests have the same sizes.
#pragma once

#include <cstdint>
#include <string>

#include "crm/customer/v1/customer.pb.h"

namespace crm::bench {

inline constexpr char kCreate[] = "/crm.customer.v1.CustomerService/CreateCustomer";
inline constexpr char kUpdate[] = "/crm.customer.v1.CustomerService/UpdateCustomer";
inline constexpr char kGet[] = "/crm.customer.v1.CustomerService/GetCustomer";
inline constexpr char kBatchGet[] = "/crm.customer.v1.CustomerService/BatchGetCustomers";
inline constexpr char kList[] = "/crm.customer.v1.CustomerService/ListCustomers";
inline constexpr char kSearch[] = "/crm.customer.v1.CustomerService/SearchCustomers";
inline constexpr char kLookupCaller[] = "/crm.customer.v1.CallerService/LookupCaller";

// A multiple of every number of calls in flight: a slot has customers of its own, so that no
// command waits for another on the same customer.
inline constexpr int kCustomers = 4096;

std::string CustomerId(int64_t number);
// A company with an address, a telephone number, an e-mail address and two tags.
customer::v1::Customer CustomerOf(int64_t number);
std::string CreateBytes(int64_t number);
// The same for the bare pipeline, which creates what it is told to update and does not know.
std::string CreateBareBytes(int64_t number);
// Moves the customer to a region that no other serial number has: one field and one index change.
std::string UpdateBytes(int64_t number, int64_t serial);
std::string GetBytes(int64_t number);
// The 50 customers from this one on.
std::string BatchGetBytes(int64_t number);
// The first 50 customers of its branch, which an index has in this order.
std::string ListBytes(int64_t number);
// By a word of all names and one of its own.
std::string SearchBytes(int64_t number);

}  // namespace crm::bench
