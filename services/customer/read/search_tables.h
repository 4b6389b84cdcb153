// What a search goes over: a pair of tables for each kind of what is found.
#pragma once

#include "crm/customer/v1/tables.pb.h"
#include "libs/table/spec.h"
#include "services/customer/read/tables.h"

namespace crm::customer {

// As those of customers; `customer` is the contact.
inline constexpr TableSpec<v1::SearchTerm> kContactSearchTerms{.name = "contact_search_terms",
                                                               .key = {"kind", "term", "customer"}};
inline constexpr TableSpec<v1::SearchedCustomer> kSearchedContacts{.name = "searched_contacts",
                                                                   .key = {"customer"}};

struct SearchTables {
  const TableSpec<v1::SearchTerm>& terms;
  const TableSpec<v1::SearchedCustomer>& searched;
};
inline constexpr SearchTables kCustomerSearch{kSearchTerms, kSearchedCustomers};
inline constexpr SearchTables kContactSearch{kContactSearchTerms, kSearchedContacts};

}  // namespace crm::customer
