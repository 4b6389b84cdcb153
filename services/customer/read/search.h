// Finding customers by what somebody typed: the query over the search terms.
#pragma once

#include "absl/status/statusor.h"
#include "crm/customer/v1/contact_search.pb.h"
#include "crm/customer/v1/customer.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// Term rows that are looked at for one word of a query, among beginnings of names and inside of
// them each: first so many of each word, for the rarest one to show itself; then more, if all are
// common.
inline constexpr int kSearchFirstRowsMax = 128;
inline constexpr int kSearchRowsMax = 1'000;
// Words, or pieces of long ones, that are looked up, the longest first, and those of them that are
// looked up again when all are common. The others are only compared.
inline constexpr int kSearchPiecesMax = 16;
inline constexpr int kSearchCommonPiecesMax = 3;
// A word with so few customers is rare enough: they are compared without looking further.
inline constexpr int kSearchFewMax = 32;
// Customers that are read to be compared: by names or identifiers, and as many by words.
inline constexpr int kSearchCandidatesMax = 300;
inline constexpr int kSearchPageDefault = 20;
inline constexpr int kSearchPageMax = 100;

// CustomerService.SearchCustomers. INVALID_ARGUMENT: a query without a word, a negative page size.
// Cost: at most some thousand rows, all of them beginning with a part of the query.
absl::StatusOr<v1::SearchCustomersResponse> QuerySearch(const v1::SearchCustomersRequest& request,
                                                        const engine::Snapshot& snapshot,
                                                        const engine::Context& context);

// ContactSearchService.SearchContacts: the same over contacts.
absl::StatusOr<v1::SearchContactsResponse> QueryContactSearch(
    const v1::SearchContactsRequest& request, const engine::Snapshot& snapshot,
    const engine::Context& context);

}  // namespace crm::customer
