#include "services/customer/read/search.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "libs/base/status.h"
#include "services/customer/read/fold_text.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

constexpr size_t kHeadMax = 4;
constexpr size_t kPhoneDigitsMin = 4;

using Term = std::pair<v1::SearchTermKind, std::u32string>;

// The digits from the last to the first: the end of a number is then a beginning.
std::u32string PhoneTerm(std::u32string_view text) {
  std::u32string digits;
  for (const char32_t c : text) {
    if (c >= '0' && c <= '9') digits.push_back(c);
  }
  std::reverse(digits.begin(), digits.end());
  return digits;
}

std::set<Term> TermsOf(const v1::Customer& customer) {
  std::set<Term> terms;
  for (const std::u32string& word : WordsOf(FoldText(customer.display_name()))) {
    terms.emplace(v1::SEARCH_TERM_KIND_WORD, word);
  }
  for (const auto& external_id : customer.external_ids()) {
    terms.emplace(v1::SEARCH_TERM_KIND_IDENTIFIER, FoldText(external_id.id()));
  }
  const v1::CustomerPersonal& personal = customer.personal();
  if (!personal.tax_id().empty())
    terms.emplace(v1::SEARCH_TERM_KIND_IDENTIFIER, FoldText(personal.tax_id()));
  for (const std::string& email : personal.emails())
    terms.emplace(v1::SEARCH_TERM_KIND_EMAIL, FoldText(email));
  for (const std::string& phone : personal.phones()) {
    terms.emplace(v1::SEARCH_TERM_KIND_PHONE, PhoneTerm(FoldText(phone)));
  }
  return terms;
}

// The lengths of a beginning by which a term of this kind is looked up. Longer beginnings use the
// longest head.
std::pair<size_t, size_t> HeadLengths(const Term& term) {
  const size_t longest = std::min(kHeadMax, term.second.size());
  if (term.first == v1::SEARCH_TERM_KIND_WORD) {
    const bool ideographs = IsIdeograph(term.second.front());
    return {ideographs ? 1 : std::min<size_t>(2, longest), longest};
  }
  return {longest, longest};
}

void ForEachRow(const Term& term, const std::string& customer,
                const std::function<void(const v1::SearchTerm&)>& use) {
  if (term.second.empty()) return;
  v1::SearchTerm row;
  row.set_kind(term.first);
  row.set_term(ToUtf8(term.second));
  row.set_customer(customer);
  const auto [shortest, longest] = HeadLengths(term);
  for (size_t length = shortest; length <= longest; ++length) {
    row.set_head(ToUtf8(term.second.substr(0, length)));
    use(row);
  }
}

// What was found for one word or identifier: customers, and whether the whole term was meant.
struct Found {
  std::map<std::string, bool> customers;
  bool incomplete = false;
};

Found Look(const engine::Snapshot& snapshot, v1::SearchTermKind kind, const std::u32string& text) {
  Found found;
  const std::string whole = ToUtf8(text);
  int rows = 0;
  snapshot.Scan(
      kSearchTerms, "",
      [&](const v1::SearchTerm& row) {
        if (++rows > kSearchRowsMax) {
          found.incomplete = true;
          return false;
        }
        if (row.term().starts_with(whole)) {
          bool& exact = found.customers[row.customer()];
          exact = exact || row.term() == whole;
        }
        return true;
      },
      kind, ToUtf8(text.substr(0, kHeadMax)));
  return found;
}

using Matches = std::map<std::string, v1::SearchMatch>;

void Improve(Matches& matches, const std::string& customer, v1::SearchMatch match) {
  const auto [at, added] = matches.emplace(customer, match);
  if (!added) at->second = std::min(at->second, match);
}

// Identifiers: the whole text is one of them, or a part of one.
bool LookForIdentifiers(const engine::Snapshot& snapshot, const std::u32string& folded,
                        Matches& matches) {
  bool incomplete = false;
  const auto look = [&](v1::SearchTermKind kind, const std::u32string& text) {
    const Found found = Look(snapshot, kind, text);
    incomplete = incomplete || found.incomplete;
    for (const auto& [customer, exact] : found.customers) {
      Improve(matches, customer,
              exact ? v1::SEARCH_MATCH_IDENTIFIER : v1::SEARCH_MATCH_PART_OF_IDENTIFIER);
    }
  };
  if (!folded.empty()) look(v1::SEARCH_TERM_KIND_IDENTIFIER, folded);
  if (folded.find(U'@') != std::u32string::npos) look(v1::SEARCH_TERM_KIND_EMAIL, folded);
  const std::u32string phone = PhoneTerm(folded);
  const bool only_phone = folded.find_first_not_of(U"+-/() .0123456789") == std::u32string::npos;
  if (only_phone && phone.size() >= kPhoneDigitsMin) look(v1::SEARCH_TERM_KIND_PHONE, phone);
  return incomplete;
}

// Customers whose name has every word, or a word that begins with it.
bool LookForWords(const engine::Snapshot& snapshot, const std::vector<std::u32string>& words,
                  Matches& matches) {
  bool incomplete = false;
  std::map<std::string, bool> all;
  for (size_t i = 0; i < words.size(); ++i) {
    Found found = Look(snapshot, v1::SEARCH_TERM_KIND_WORD, words[i]);
    incomplete = incomplete || found.incomplete;
    if (i == 0) {
      all = std::move(found.customers);
      continue;
    }
    std::map<std::string, bool> both;
    for (const auto& [customer, exact] : all) {
      const auto at = found.customers.find(customer);
      if (at != found.customers.end()) both.emplace(customer, exact && at->second);
    }
    all = std::move(both);
  }
  for (const auto& [customer, exact] : all) {
    Improve(matches, customer, exact ? v1::SEARCH_MATCH_WORDS : v1::SEARCH_MATCH_WORD_STARTS);
  }
  return incomplete;
}

// Folded, one space where there were several, none at the ends: spaces do not make a name another.
std::u32string Comparable(std::string_view text) {
  std::u32string squeezed;
  for (const char32_t c : FoldText(text)) {
    const bool space = c == U' ' || c == U'\t';
    if (space && (squeezed.empty() || squeezed.back() == U' ')) continue;
    squeezed.push_back(space ? U' ' : c);
  }
  if (!squeezed.empty() && squeezed.back() == U' ') squeezed.pop_back();
  return squeezed;
}

v1::SearchMatch ByName(const v1::Customer& customer, const std::u32string& folded,
                       v1::SearchMatch match) {
  if (match == v1::SEARCH_MATCH_IDENTIFIER) return match;
  const std::u32string name = Comparable(customer.display_name());
  if (name == folded) return v1::SEARCH_MATCH_NAME;
  return name.starts_with(folded) ? v1::SEARCH_MATCH_NAME_START : match;
}

bool Searchable(const std::u32string& word) {
  return word.size() >= 2 || IsIdeograph(word.front());
}

}  // namespace

void ProjectSearchTerms(const engine::Change<CustomerModel>& change, engine::Rows& rows) {
  const std::set<Term> before =
      change.before != nullptr ? TermsOf(*change.before) : std::set<Term>();
  const std::set<Term> after = TermsOf(change.after);
  for (const Term& term : before) {
    if (after.contains(term)) continue;
    ForEachRow(term, change.meta.name, [&](const v1::SearchTerm& row) {
      rows.Delete(kSearchTerms, row.kind(), row.head(), row.term(), row.customer());
    });
  }
  for (const Term& term : after) {
    if (before.contains(term)) continue;
    ForEachRow(term, change.meta.name,
               [&](const v1::SearchTerm& row) { rows.Put(kSearchTerms, row); });
  }
}

absl::StatusOr<v1::SearchCustomersResponse> QuerySearch(const v1::SearchCustomersRequest& request,
                                                        const engine::Snapshot& snapshot,
                                                        const engine::Context&) {
  if (request.page_size() < 0 || request.page_size() > kSearchPageMax) {
    return base::Invalid("page_size", "must be 1 to 100, or 0 for 20");
  }
  const std::u32string folded = Comparable(request.query());
  std::vector<std::u32string> words = WordsOf(folded);
  std::erase_if(words, [](const std::u32string& word) { return !Searchable(word); });
  if (words.empty())
    return base::Invalid("query", "must have a word of two characters, or of one Chinese one");

  Matches matches;
  v1::SearchCustomersResponse response;
  const bool identifiers_cut = LookForIdentifiers(snapshot, folded, matches);
  const bool words_cut = LookForWords(snapshot, words, matches);
  response.set_incomplete(identifiers_cut || words_cut || matches.size() > kSearchCandidatesMax);

  std::vector<v1::SearchHit> hits;
  for (const auto& [name, match] : matches) {
    if (hits.size() >= kSearchCandidatesMax) break;
    auto customer = snapshot.Get(kCustomers, name);
    if (!customer.has_value()) continue;
    v1::SearchHit& hit = hits.emplace_back();
    hit.set_match(ByName(*customer, folded, match));
    *hit.mutable_customer() = *std::move(customer);
  }
  const auto rank = [](const v1::SearchHit& hit) {
    const int tier =
        hit.customer().tier() == v1::TIER_UNSPECIFIED ? v1::TIER_SMALL + 1 : hit.customer().tier();
    return std::make_tuple(static_cast<int>(hit.match()), tier,
                           std::string_view(hit.customer().display_name()),
                           std::string_view(hit.customer().name()));
  };
  std::sort(hits.begin(), hits.end(),
            [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  const size_t page = request.page_size() == 0 ? kSearchPageDefault : request.page_size();
  for (size_t i = 0; i < std::min(page, hits.size()); ++i)
    *response.add_hits() = std::move(hits[i]);
  return response;
}

}  // namespace crm::customer
