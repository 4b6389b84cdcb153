#include "services/customer/read/search.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "libs/base/status.h"
#include "libs/text/fold.h"
#include "services/customer/read/search_name.h"
#include "services/customer/read/search_tables.h"
#include "services/customer/read/search_terms.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

constexpr size_t kPhoneDigitsMin = 4;

using Names = std::vector<std::string>;

void SortUnique(Names& names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

// Each once, those that stand there several times before the others.
Names RepeatedFirst(Names names) {
  std::sort(names.begin(), names.end());
  Names repeated, once;
  for (size_t begin = 0, end = 0; begin < names.size(); begin = end) {
    while (end < names.size() && names[end] == names[begin]) ++end;
    (end - begin > 1 ? repeated : once).push_back(std::move(names[begin]));
  }
  repeated.insert(repeated.end(), once.begin(), once.end());
  return repeated;
}

// Customers with a term that begins in one of some ways.
struct Found {
  Names customers;  // None twice; of LookUp sorted.
  Names exact;      // Those of them whose term is just the first.
  bool cut = false;
};

Found LookUp(const engine::Snapshot& snapshot, const TableSpec<v1::SearchTerm>& terms,
             std::initializer_list<v1::SearchTermKind> kinds,
             const std::vector<std::string>& starts, int rows_max) {
  Found found;
  for (const v1::SearchTermKind kind : kinds) {
    int rows = 0;
    const auto note = [&](const v1::SearchTerm& row) {
      if (rows == rows_max) {
        found.cut = true;
        return false;
      }
      ++rows;
      found.customers.push_back(row.customer());
      if (row.term() == starts.front()) found.exact.push_back(row.customer());
      return true;
    };
    for (const std::string& start : starts)
      snapshot.Scan(terms, "", note, kind, table::StartsWith{start});
  }
  SortUnique(found.customers);
  SortUnique(found.exact);
  return found;
}

Names Both(const Names& a, const Names& b) {
  Names both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both;
}

bool Searchable(const Word& word) { return word.text.size() >= 2 || word.ideographs; }

// More for what fewer names have: long words, and numbers.
size_t Telling(const std::string& piece) {
  const bool number = piece.find_first_of("0123456789") != std::string::npos;
  return piece.size() + (number ? 16 : 0);
}

bool LooksLikePhone(std::string_view query) {
  return query.find_first_not_of("+-/() .0123456789") == std::string_view::npos;
}

struct Hit {
  v1::SearchMatch match;
  v1::SearchedCustomer customer;
};

class Search {
 public:
  Search(const engine::Snapshot& snapshot, const SearchTables& tables, std::string_view query,
         size_t page)
      : snapshot_(snapshot),
        tables_(tables),
        page_(page),
        typed_(query),
        query_(Comparable(query)),
        words_(WordsOf(text::Fold(query))),
        spoken_(std::any_of(words_.begin(), words_.end(),
                            [](const Word& word) { return !LettersOf(word.text).empty(); })) {}

  bool incomplete() const { return incomplete_; }
  bool HasWord() const { return !words_.empty(); }

  // The best first, at most a page.
  const std::vector<Hit>& Hits() {
    if (std::none_of(words_.begin(), words_.end(), Searchable)) {
      LookForWholeNames();
      return Ranked();
    }
    const bool parts_cut = LookForIdentifiers();
    LookForNames();
    // What is found in any other way is worse than all of these.
    if (Better(v1::SEARCH_MATCH_WORDS) < page_) {
      room_ = kSearchCandidatesMax;
      LookForWords();
    }
    if (hits_.size() < page_) {
      room_ = kSearchCandidatesMax;
      incomplete_ = incomplete_ || parts_cut;
      Compare(parts_);
    }
    return Ranked();
  }

 private:
  // How many hits match better than so.
  size_t Better(v1::SearchMatch match) const {
    return static_cast<size_t>(std::count_if(hits_.begin(), hits_.end(),
                                             [&](const Hit& hit) { return hit.match < match; }));
  }

  // Notes whose identifiers begin with the query, compares those who have just that one. Gives
  // whether there are more.
  bool LookForIdentifiers() {
    bool cut = false;
    const auto look = [&](v1::SearchTermKind kind, const std::string& term) {
      const Found found = LookUp(snapshot_, tables_.terms, {kind}, {term}, kSearchCandidatesMax);
      cut = cut || found.cut;
      identified_.insert(found.exact.begin(), found.exact.end());
      parts_.insert(found.customers.begin(), found.customers.end());
      return !found.customers.empty();
    };
    look(v1::SEARCH_TERM_KIND_IDENTIFIER, IdentifierTerm(typed_));
    const std::string email = EmailTerm(typed_);
    if (email.find('@') != std::string::npos) look(v1::SEARCH_TERM_KIND_EMAIL, email);
    std::string phone = PhoneTerm(typed_);
    if (LooksLikePhone(EmailTerm(typed_)) && phone.size() >= kPhoneDigitsMin &&
        !look(v1::SEARCH_TERM_KIND_PHONE, phone)) {
      // Inside a country, numbers are written with zeros that E.164 has not.
      while (phone.ends_with('0')) phone.pop_back();
      if (phone.size() >= kPhoneDigitsMin) look(v1::SEARCH_TERM_KIND_PHONE, phone);
    }
    Compare(identified_);
    return cut;
  }

  // One letter is in too many names: those that have no more than the query.
  void LookForWholeNames() {
    Names names;
    const auto note = [&](const v1::SearchTerm& row) {
      incomplete_ = names.size() == kSearchCandidatesMax;
      if (!incomplete_) names.push_back(row.customer());
      return !incomplete_;
    };
    snapshot_.Scan(tables_.terms, "", note, v1::SEARCH_TERM_KIND_NAME, NameStartTerm(query_));
    Compare(names);
    std::erase_if(hits_, [](const Hit& hit) { return hit.match != v1::SEARCH_MATCH_NAME; });
  }

  void LookForNames() {
    std::set<std::string> starts = {NameStartTerm(query_)};
    const std::string spoken = SpokenTerm(LettersOf(query_));
    if (!spoken.empty()) starts.insert(spoken);
    for (const std::string& start : starts) {
      const Found found = LookUp(snapshot_, tables_.terms, {v1::SEARCH_TERM_KIND_NAME},
                                 StartsOf(start), kSearchCandidatesMax);
      incomplete_ = incomplete_ || found.cut;
      Compare(found.exact);
      Compare(found.customers);
    }
  }

  void LookForWords() {
    std::set<std::string> unique;
    for (const Word& word : words_) {
      if (!Searchable(word)) continue;
      for (std::string& piece : PiecesOf(word)) unique.insert(std::move(piece));
    }
    std::vector<std::string> pieces(unique.begin(), unique.end());
    std::stable_sort(pieces.begin(), pieces.end(),
                     [](const auto& a, const auto& b) { return Telling(a) > Telling(b); });
    if (pieces.size() > kSearchPiecesMax) pieces.resize(kSearchPiecesMax);
    Found found = Narrow(pieces, kSearchFirstRowsMax);
    // Whoever typed a whole name has it already.
    if (found.cut && Better(v1::SEARCH_MATCH_NAME_START) == 0) {
      if (pieces.size() > kSearchCommonPiecesMax) pieces.resize(kSearchCommonPiecesMax);
      // Of one piece no more rows are of use than customers can be compared.
      found = Narrow(pieces, pieces.size() > 1 ? kSearchRowsMax : kSearchCandidatesMax);
    }
    incomplete_ = incomplete_ || found.cut;
    Compare(found.exact);
    Compare(found.customers);
  }

  // The customers that have every piece of which all rows were seen. cut: there was no such piece,
  // and these are some that have a piece, those with several of them first.
  Found Narrow(const std::vector<std::string>& pieces, int rows_max) {
    std::optional<Names> rare;
    Names some;
    Found narrow;
    for (const std::string& piece : pieces) {
      Found found =
          LookUp(snapshot_, tables_.terms, {v1::SEARCH_TERM_KIND_NAME, v1::SEARCH_TERM_KIND_WORD},
                 StartsOf(piece), rows_max);
      if (found.cut) {
        some.insert(some.end(), found.customers.begin(), found.customers.end());
        if (pieces.size() == 1) narrow.exact = std::move(found.exact);
        continue;
      }
      rare = rare.has_value() ? Both(*rare, found.customers) : std::move(found.customers);
      narrow.exact = Both(*rare, found.exact);
      if (rare->size() <= kSearchFewMax) break;
    }
    narrow.cut = !rare.has_value() && !pieces.empty();
    narrow.customers = rare.has_value() ? *std::move(rare) : RepeatedFirst(std::move(some));
    return narrow;
  }

  // Reads those that were not read yet, as long as there is room.
  template <class Customers>
  void Compare(const Customers& customers) {
    for (const std::string& name : customers) {
      if (compared_.contains(name)) continue;
      if (room_ == 0) {
        incomplete_ = true;
        return;
      }
      --room_;
      compared_.insert(name);
      auto customer = snapshot_.Get(tables_.searched, name);
      if (!customer.has_value()) continue;
      const v1::SearchMatch match = MatchOf(*customer);
      if (match != v1::SEARCH_MATCH_UNSPECIFIED) hits_.push_back({match, *std::move(customer)});
    }
  }

  // The best way by which the query means the customer; unspecified: none.
  v1::SearchMatch MatchOf(const v1::SearchedCustomer& customer) const {
    if (identified_.contains(customer.customer())) return v1::SEARCH_MATCH_IDENTIFIER;
    const SearchName name(customer.display_name(), spoken_);
    const Meeting begins = name.Begins(query_);
    if (begins == Meeting::kWhole) return v1::SEARCH_MATCH_NAME;
    if (begins == Meeting::kStart) return v1::SEARCH_MATCH_NAME_START;
    Meeting loosest = Meeting::kWhole;
    for (const Word& word : words_) {
      loosest = std::min(loosest, name.Has(word));
      if (loosest == Meeting::kNone) break;
    }
    if (loosest == Meeting::kWhole) return v1::SEARCH_MATCH_WORDS;
    if (loosest == Meeting::kStart) return v1::SEARCH_MATCH_WORD_STARTS;
    return parts_.contains(customer.customer()) ? v1::SEARCH_MATCH_PART_OF_IDENTIFIER
                                                : v1::SEARCH_MATCH_UNSPECIFIED;
  }

  const std::vector<Hit>& Ranked() {
    const auto rank = [](const Hit& hit) {
      const v1::SearchedCustomer& customer = hit.customer;
      const int tier =
          customer.tier() == v1::TIER_UNSPECIFIED ? v1::TIER_SMALL + 1 : customer.tier();
      return std::make_tuple(static_cast<int>(hit.match), tier,
                             std::string_view(customer.display_name()),
                             std::string_view(customer.customer()));
    };
    std::sort(hits_.begin(), hits_.end(),
              [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
    if (hits_.size() > page_) hits_.resize(page_);
    return hits_;
  }

  const engine::Snapshot& snapshot_;
  const SearchTables& tables_;
  const size_t page_;
  const std::string_view typed_;
  const std::u32string query_;
  const std::vector<Word> words_;
  const bool spoken_;  // Some of it may be pinyin.
  std::set<std::string> identified_, compared_;
  std::set<std::string> parts_;      // Have an identifier that begins with the query.
  int room_ = kSearchCandidatesMax;  // Customers that may be compared yet.
  std::vector<Hit> hits_;
  bool incomplete_ = false;
};

// Fills in what is found, as `add` does it with a hit.
template <class Response, class Request, class Add>
absl::StatusOr<Response> Ask(const Request& request, const SearchTables& tables,
                             const engine::Snapshot& snapshot, const Add& add) {
  if (request.page_size() < 0) return base::Invalid("page_size", "must not be negative");
  const size_t page = request.page_size() == 0
                          ? kSearchPageDefault
                          : std::min<size_t>(request.page_size(), kSearchPageMax);
  Search search(snapshot, tables, request.query(), page);
  if (!search.HasWord()) return base::Invalid("query", "must have a letter or a digit");
  Response response;
  for (const Hit& hit : search.Hits()) add(hit, response);
  response.set_incomplete(search.incomplete());
  return response;
}

}  // namespace

absl::StatusOr<v1::SearchCustomersResponse> QuerySearch(const v1::SearchCustomersRequest& request,
                                                        const engine::Snapshot& snapshot,
                                                        const engine::Context&) {
  return Ask<v1::SearchCustomersResponse>(
      request, kCustomerSearch, snapshot, [&](const Hit& hit, auto& response) {
        auto customer = snapshot.Get(kCustomers, hit.customer.customer());
        if (!customer.has_value()) return;
        v1::SearchHit& shown = *response.add_hits();
        shown.set_match(hit.match);
        *shown.mutable_customer() = *std::move(customer);
      });
}

absl::StatusOr<v1::SearchContactsResponse> QueryContactSearch(
    const v1::SearchContactsRequest& request, const engine::Snapshot& snapshot,
    const engine::Context&) {
  return Ask<v1::SearchContactsResponse>(
      request, kContactSearch, snapshot, [&](const Hit& hit, auto& response) {
        auto contact = snapshot.Get(kContacts, hit.customer.customer());
        if (!contact.has_value()) return;
        v1::ContactHit& shown = *response.add_hits();
        shown.set_match(hit.match);
        *shown.mutable_contact() = *std::move(contact);
      });
}

}  // namespace crm::customer
