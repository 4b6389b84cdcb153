// The requests of the bench, the same bytes for ours and for the bare pipeline. Customers are
// numbered; all their requests have the same sizes.
#pragma once

#include <cstdint>
#include <string>

namespace crm::bench {

inline constexpr char kCreate[] = "/crm.customer.v1.CustomerService/CreateCustomer";
inline constexpr char kUpdate[] = "/crm.customer.v1.CustomerService/UpdateCustomer";
inline constexpr char kGet[] = "/crm.customer.v1.CustomerService/GetCustomer";

std::string CustomerId(int64_t number);
// A company with an address, a telephone number, an e-mail address and two tags.
std::string CreateBytes(int64_t number);
// Moves the customer to a region that no other serial number has: one field and one index change.
std::string UpdateBytes(int64_t number, int64_t serial);
std::string GetBytes(int64_t number);

}  // namespace crm::bench
