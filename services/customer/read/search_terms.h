// What a customer is found by: a view of search terms. The query (search.h) looks beginnings of
// them up, then compares names, so a term may be cut short, but must not be missing: where a name
// can be spelled in too many ways to keep them all, its spelling ends and says so.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/tables.pb.h"
#include "libs/engine/model.h"
#include "services/customer/domain/contact.h"
#include "services/customer/domain/customer.h"
#include "services/customer/read/search_name.h"

namespace crm::customer {

// Keeps what is compared of each customer, and its terms: of the name, external ids, tax id, e-mail
// addresses, telephone numbers. A Chinese name of n characters has at most 3n rows, or up to 9n
// where most are read in several ways; a Latin one has one for each word.
void ProjectSearchTerms(const engine::Change<CustomerModel>& change, engine::Rows& rows);
// The same of each contact, but for a tax id.
void ProjectContactSearchTerms(const engine::Change<ContactModel>& change, engine::Rows& rows);

using SearchTermOf = std::pair<v1::SearchTermKind, std::string>;
std::set<SearchTermOf> SearchTermsOf(const v1::Customer& customer);
std::set<SearchTermOf> SearchTermsOf(const v1::Contact& contact);

// What a query is cut to before it is looked up among names and inside of them.
std::string NameStartTerm(std::u32string_view comparable);
std::string SpokenTerm(std::u32string_view letters);
// How terms of names begin that begin with this one or, as spellings, ended before it: itself,
// then from the longest.
std::vector<std::string> StartsOf(const std::string& term);
// A word of a query as terms that are each in every name that has the word.
std::vector<std::string> PiecesOf(const Word& word);

std::string IdentifierTerm(std::string_view text);
std::string EmailTerm(std::string_view text);
// The digits from the last to the first: the end of a number is then a beginning.
std::string PhoneTerm(std::string_view text);

}  // namespace crm::customer
