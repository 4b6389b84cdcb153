// A made-up book of Chinese and Latin customers, some of them recorded more than once with the dirt
// that people, forms and imports make; and who is the same.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "crm/customer/v1/customer_resource.pb.h"

namespace crm::bench {

struct BookEntry {
  customer::v1::Customer customer;  // With its name, "customers/<id>".
  int64_t who = 0;                  // The same for those that are the same.
};

// The same for the same numbers. Names do not tell who is the same: an id is a hash. Of the entries
// about one in eight is a copy of another, with one to five errors: names typed wrong, spoken
// instead of written, turned round or without legal form; numbers with digits changed or left out,
// another number, none; another mailbox, an address in another order or of before they moved;
// fields left out. Besides copies there are near misses: households and firms at one address,
// branches with one name, switchboards that many share, common names with one birthday.
std::vector<BookEntry> DuplicateBook(int64_t entries, uint64_t seed);

}  // namespace crm::bench
