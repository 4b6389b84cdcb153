#include "services/customer/read/search.h"

#include <algorithm>
#include <map>
#include <optional>
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

// What can be searched of a customer, as it was written.
using Text = std::pair<v1::SearchTermKind, std::string>;

std::vector<Text> TextsOf(const v1::Customer& customer) {
  std::vector<Text> texts = {{v1::SEARCH_TERM_KIND_WORD, customer.display_name()}};
  for (const auto& external_id : customer.external_ids()) {
    texts.emplace_back(v1::SEARCH_TERM_KIND_IDENTIFIER, external_id.id());
  }
  const v1::CustomerPersonal& personal = customer.personal();
  if (!personal.tax_id().empty())
    texts.emplace_back(v1::SEARCH_TERM_KIND_IDENTIFIER, personal.tax_id());
  for (const std::string& email : personal.emails())
    texts.emplace_back(v1::SEARCH_TERM_KIND_EMAIL, email);
  for (const std::string& phone : personal.phones())
    texts.emplace_back(v1::SEARCH_TERM_KIND_PHONE, phone);
  return texts;
}

std::set<Term> TermsOf(const std::vector<Text>& texts) {
  std::set<Term> terms;
  for (const auto& [kind, text] : texts) {
    const std::u32string folded = FoldText(text);
    if (kind == v1::SEARCH_TERM_KIND_WORD) {
      for (const std::u32string& word : WordsOf(folded)) terms.emplace(kind, word);
    } else {
      terms.emplace(kind, kind == v1::SEARCH_TERM_KIND_PHONE ? PhoneTerm(folded) : folded);
    }
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

bool Searchable(const std::u32string& word) {
  return word.size() >= 2 || IsIdeograph(word.front());
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

// Customers whose name may have every word: those in the scans that came to an end. What the
// others would say is asked of each name.
bool LookForWords(const engine::Snapshot& snapshot, const std::vector<std::u32string>& words,
                  Matches& matches) {
  std::optional<std::map<std::string, bool>> all;
  std::map<std::string, bool> cut;
  for (const std::u32string& word : words) {
    if (!Searchable(word)) continue;
    Found found = Look(snapshot, v1::SEARCH_TERM_KIND_WORD, word);
    if (found.incomplete) {
      cut = std::move(found.customers);
      continue;
    }
    if (!all.has_value()) {
      all = std::move(found.customers);
      continue;
    }
    std::map<std::string, bool> both;
    for (const auto& [customer, exact] : *all) {
      const auto at = found.customers.find(customer);
      if (at != found.customers.end()) both.emplace(customer, exact && at->second);
    }
    all = std::move(both);
  }
  for (const auto& [customer, exact] : all.has_value() ? *all : cut) {
    Improve(matches, customer, exact ? v1::SEARCH_MATCH_WORDS : v1::SEARCH_MATCH_WORD_STARTS);
  }
  return !all.has_value();
}

// Whether every word is in the name, or begins a word of it; unspecified: not so.
v1::SearchMatch ByWords(const v1::Customer& customer, const std::vector<std::u32string>& words) {
  const std::vector<std::u32string> of_name = WordsOf(FoldText(customer.display_name()));
  v1::SearchMatch match = v1::SEARCH_MATCH_WORDS;
  for (const std::u32string& word : words) {
    if (std::find(of_name.begin(), of_name.end(), word) != of_name.end()) continue;
    const bool begins = std::any_of(of_name.begin(), of_name.end(),
                                    [&](const auto& longer) { return longer.starts_with(word); });
    if (!begins) return v1::SEARCH_MATCH_UNSPECIFIED;
    match = v1::SEARCH_MATCH_WORD_STARTS;
  }
  return match;
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

// The best way by which the query means the customer; unspecified: none.
v1::SearchMatch MatchOf(const v1::Customer& customer, const std::u32string& folded,
                        const std::vector<std::u32string>& words,
                        std::optional<v1::SearchMatch> identifier) {
  if (identifier == v1::SEARCH_MATCH_IDENTIFIER) return *identifier;
  const std::u32string name = Comparable(customer.display_name());
  if (name == folded) return v1::SEARCH_MATCH_NAME;
  if (name.starts_with(folded)) return v1::SEARCH_MATCH_NAME_START;
  const v1::SearchMatch match = ByWords(customer, words);
  return match == v1::SEARCH_MATCH_UNSPECIFIED ? identifier.value_or(match) : match;
}

}  // namespace

void ProjectSearchTerms(const engine::Change<CustomerModel>& change, engine::Rows& rows) {
  const std::vector<Text> old_texts =
      change.before != nullptr ? TextsOf(*change.before) : std::vector<Text>();
  const std::vector<Text> texts = TextsOf(change.after);
  if (texts == old_texts) return;
  const std::set<Term> before = TermsOf(old_texts), after = TermsOf(texts);
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
  if (request.page_size() < 0) return base::Invalid("page_size", "must not be negative");
  const std::u32string folded = Comparable(request.query());
  const std::vector<std::u32string> words = WordsOf(folded);
  if (std::none_of(words.begin(), words.end(), Searchable))
    return base::Invalid("query", "must have a word of two characters, or of one Chinese one");

  Matches identifiers;
  v1::SearchCustomersResponse response;
  const bool identifiers_cut = LookForIdentifiers(snapshot, folded, identifiers);
  Matches matches = identifiers;
  const bool words_cut = LookForWords(snapshot, words, matches);
  response.set_incomplete(identifiers_cut || words_cut || matches.size() > kSearchCandidatesMax);

  // What looks best is read first: not all may be.
  std::vector<std::pair<v1::SearchMatch, std::string>> candidates;
  for (const auto& [name, match] : matches) candidates.emplace_back(match, name);
  std::sort(candidates.begin(), candidates.end());
  if (candidates.size() > kSearchCandidatesMax) candidates.resize(kSearchCandidatesMax);
  std::vector<v1::SearchHit> hits;
  for (const auto& [looks, name] : candidates) {
    auto customer = snapshot.Get(kCustomers, name);
    if (!customer.has_value()) continue;
    const auto at = identifiers.find(name);
    const v1::SearchMatch match =
        MatchOf(*customer, folded, words,
                at == identifiers.end() ? std::nullopt : std::optional(at->second));
    if (match == v1::SEARCH_MATCH_UNSPECIFIED) continue;
    v1::SearchHit& hit = hits.emplace_back();
    hit.set_match(match);
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
  const size_t page = request.page_size() == 0
                          ? kSearchPageDefault
                          : std::min<size_t>(request.page_size(), kSearchPageMax);
  for (size_t i = 0; i < std::min(page, hits.size()); ++i)
    *response.add_hits() = std::move(hits[i]);
  return response;
}

}  // namespace crm::customer
