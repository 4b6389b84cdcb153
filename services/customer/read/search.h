// Finding customers by what somebody typed: a view of search terms, and the query over it.
#pragma once

#include "absl/status/statusor.h"
#include "crm/customer/v1/customer.pb.h"
#include "libs/engine/model.h"
#include "services/customer/domain/customer.h"

namespace crm::customer {

// Most term rows that are looked at for one word of a query.
inline constexpr int kSearchRowsMax = 10'000;
// Most customers that are read to be ranked.
inline constexpr int kSearchCandidatesMax = 1'000;
inline constexpr int kSearchPageDefault = 20;
inline constexpr int kSearchPageMax = 100;

// Keeps the terms of each customer: words of the name, external ids, tax id, e-mail addresses,
// telephone numbers.
void ProjectSearchTerms(const engine::Change<CustomerModel>& change, engine::Rows& rows);

// CustomerService.SearchCustomers. INVALID_ARGUMENT: a query without a word, a page size out of
// bounds.
absl::StatusOr<v1::SearchCustomersResponse> QuerySearch(const v1::SearchCustomersRequest& request,
                                                        const engine::Snapshot& snapshot,
                                                        const engine::Context& context);

}  // namespace crm::customer
