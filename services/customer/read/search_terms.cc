#include "services/customer/read/search_terms.h"

#include <algorithm>

#include "libs/text/fold.h"
#include "libs/text/utf32.h"
#include "services/customer/read/full_name.h"
#include "services/customer/read/search_tables.h"

namespace crm::customer {
namespace {

// Letters of a word or of pinyin, ideographs from one on, bytes of a name's beginning: longer ones
// share rows, and are told apart by their names.
constexpr size_t kLettersMax = 16;
constexpr size_t kIdeographsMax = 6;
constexpr size_t kNameBytesMax = 48;
// Ways to read a name from one character on: where it has more, its spelling ends.
constexpr size_t kSpellingsMax = 4;
// Stands at the end of a spelling that ended before the name did. Part of no word.
constexpr char kEnded = '*';

// What ends the names of companies. Nobody spells it, so that no row begins inside it.
constexpr std::u32string_view kLegalForms[] = {U"股份有限公司", U"有限责任公司", U"有限公司"};

// What can be searched of a customer, as it was written.
using Text = std::pair<v1::SearchTermKind, std::string>;

// None for a merged customer: the one that stands for it is found.
std::vector<Text> TextsOf(const v1::Customer& customer) {
  if (!customer.merged_into().empty()) return {};
  std::vector<Text> texts = {{v1::SEARCH_TERM_KIND_NAME, customer.display_name()}};
  for (const auto& external_id : customer.external_ids())
    texts.emplace_back(v1::SEARCH_TERM_KIND_IDENTIFIER, external_id.id());
  const v1::CustomerPersonal& personal = customer.personal();
  if (!personal.tax_id().empty())
    texts.emplace_back(v1::SEARCH_TERM_KIND_IDENTIFIER, personal.tax_id());
  for (const std::string& email : personal.emails())
    texts.emplace_back(v1::SEARCH_TERM_KIND_EMAIL, email);
  for (const std::string& phone : personal.phones())
    texts.emplace_back(v1::SEARCH_TERM_KIND_PHONE, phone);
  return texts;
}

// None for a merged contact: the one that stands for it is found.
std::vector<Text> TextsOf(const v1::Contact& contact) {
  if (!contact.merged_into().empty()) return {};
  const v1::ContactPersonal& personal = contact.personal();
  std::vector<Text> texts = {{v1::SEARCH_TERM_KIND_NAME, FullNameOf(personal)}};
  for (const auto& external_id : contact.external_ids())
    texts.emplace_back(v1::SEARCH_TERM_KIND_IDENTIFIER, external_id.id());
  for (const v1::ContactEmail& email : personal.emails())
    texts.emplace_back(v1::SEARCH_TERM_KIND_EMAIL, email.address());
  for (const v1::ContactPhone& phone : personal.phones())
    texts.emplace_back(v1::SEARCH_TERM_KIND_PHONE, phone.number());
  return texts;
}

std::string NameOf(const v1::Customer& customer) { return customer.display_name(); }
std::string NameOf(const v1::Contact& contact) { return FullNameOf(contact.personal()); }
v1::Tier TierOf(const v1::Customer& customer) { return customer.tier(); }
v1::Tier TierOf(const v1::Contact&) { return v1::TIER_UNSPECIFIED; }

// The ways to spell a name from one of its characters on.
class Spellings {
 public:
  // Every way with every one of the readings. Nothing more is added once they would be too many:
  // with some of them only, names would be missing that are spelled in the others.
  void Append(const std::set<std::string>& readings) {
    if (ended_) return;
    std::set<std::string> longer;
    for (const std::string& way : ways_) {
      for (const std::string& reading : readings)
        longer.insert((way + reading).substr(0, kLettersMax));
    }
    ended_ = ways_.size() > 1 && longer.size() > kSpellingsMax;
    if (!ended_) ways_ = std::move(longer);
  }

  void AddTo(std::set<std::string>& terms) const {
    for (const std::string& way : ways_)
      terms.insert(ended_ && way.size() < kLettersMax ? way + kEnded : way);
  }

 private:
  std::set<std::string> ways_ = {""};
  bool ended_ = false;
};

// The name from its character `at` on, in pinyin and in initials.
std::set<std::string> SpellingsFrom(const SearchName& name, size_t at) {
  Spellings pinyin, initials;
  size_t end = at;
  for (; end < name.text().size() && end - at < kLettersMax; ++end) {
    const text::Readings& readings = name.readings()[end];
    if (readings.empty()) break;
    std::set<std::string> letters;
    for (const std::string_view syllable : readings) letters.emplace(syllable.substr(0, 1));
    pinyin.Append({readings.begin(), readings.end()});
    initials.Append(letters);
  }
  std::set<std::string> terms;
  if (end > at) pinyin.AddTo(terms);
  if (end - at > 1) initials.AddTo(terms);
  return terms;
}

// Where the legal form begins that the name ends with; its size when there is none.
size_t LegalFormOf(const std::u32string& name) {
  for (const std::u32string_view form : kLegalForms) {
    if (name.size() > form.size() && name.ends_with(form)) return name.size() - form.size();
  }
  return name.size();
}

void AddTermsOfName(std::string_view display_name, std::set<SearchTermOf>& terms) {
  const SearchName name(display_name);
  terms.emplace(v1::SEARCH_TERM_KIND_NAME, NameStartTerm(name.text()));
  const size_t spoken = LegalFormOf(name.text());
  for (size_t at = 0; at < spoken; ++at) {
    const auto kind = at == 0 ? v1::SEARCH_TERM_KIND_NAME : v1::SEARCH_TERM_KIND_WORD;
    for (const std::string& spelling : SpellingsFrom(name, at)) terms.emplace(kind, spelling);
  }
  // The name's own beginning is a term already.
  for (const Word& word : name.words()) {
    const size_t ends = word.ideographs ? word.text.size() : 1;
    for (size_t from = word.begin == 0 ? 1 : 0; from < ends; ++from) {
      const size_t longest = word.ideographs ? kIdeographsMax : kLettersMax;
      terms.emplace(v1::SEARCH_TERM_KIND_WORD, text::ToUtf8(word.text.substr(from, longest)));
    }
  }
}

std::set<SearchTermOf> TermsOf(const std::vector<Text>& texts) {
  std::set<SearchTermOf> terms;
  for (const auto& [kind, text] : texts) {
    if (kind == v1::SEARCH_TERM_KIND_NAME) {
      AddTermsOfName(text, terms);
    } else {
      terms.emplace(kind, kind == v1::SEARCH_TERM_KIND_PHONE   ? PhoneTerm(text)
                          : kind == v1::SEARCH_TERM_KIND_EMAIL ? EmailTerm(text)
                                                               : IdentifierTerm(text));
    }
  }
  std::erase_if(terms, [](const SearchTermOf& term) { return term.second.empty(); });
  return terms;
}

}  // namespace

std::string NameStartTerm(std::u32string_view comparable) {
  std::string term = text::ToUtf8(comparable);
  if (term.size() <= kNameBytesMax) return term;
  size_t end = kNameBytesMax;
  while ((term[end] & 0xC0) == 0x80) --end;
  return term.substr(0, end);
}

std::string SpokenTerm(std::u32string_view letters) {
  return text::ToUtf8(letters.substr(0, kLettersMax));
}

std::vector<std::string> StartsOf(const std::string& term) {
  std::vector<std::string> starts = {term};
  const bool letters =
      std::all_of(term.begin(), term.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  if (!letters || term.size() > kLettersMax) return starts;
  for (size_t size = term.size(); size-- > 1;) starts.push_back(term.substr(0, size) + kEnded);
  return starts;
}

std::vector<std::string> PiecesOf(const Word& word) {
  if (!word.ideographs) return {SpokenTerm(word.text)};
  std::vector<std::string> pieces;
  const std::u32string_view text = word.text;
  for (size_t from = 0; from < text.size(); from += kIdeographsMax) {
    // The last is as long as the others: the more characters, the fewer names.
    const size_t last = text.size() - std::min(text.size(), kIdeographsMax);
    pieces.push_back(text::ToUtf8(text.substr(std::min(from, last), kIdeographsMax)));
  }
  return pieces;
}

std::string IdentifierTerm(std::string_view text) {
  std::u32string term = text::Fold(text);
  std::erase_if(term, [](char32_t c) { return !text::IsWordCharacter(c); });
  return text::ToUtf8(term);
}

std::string EmailTerm(std::string_view text) {
  std::u32string term = text::Fold(text);
  std::erase(term, U' ');
  return text::ToUtf8(term);
}

std::string PhoneTerm(std::string_view text) {
  std::string digits;
  for (const char32_t c : text::Fold(text)) {
    if (c >= '0' && c <= '9') digits.push_back(static_cast<char>(c));
  }
  std::reverse(digits.begin(), digits.end());
  return digits;
}

std::set<SearchTermOf> SearchTermsOf(const v1::Customer& customer) {
  return TermsOf(TextsOf(customer));
}
std::set<SearchTermOf> SearchTermsOf(const v1::Contact& contact) {
  return TermsOf(TextsOf(contact));
}

namespace {

template <class M>
void Project(const engine::Change<M>& change, const SearchTables& tables, engine::Rows& rows) {
  const std::vector<Text> old_texts =
      change.before != nullptr ? TextsOf(*change.before) : std::vector<Text>();
  const std::vector<Text> texts = TextsOf(change.after);
  const bool renamed = texts != old_texts;
  if (renamed || TierOf(*change.before) != TierOf(change.after)) {
    v1::SearchedCustomer searched;
    searched.set_customer(change.meta.name);
    searched.set_display_name(NameOf(change.after));
    searched.set_tier(TierOf(change.after));
    rows.Put(tables.searched, searched);
  }
  if (!renamed) return;
  const std::set<SearchTermOf> before = TermsOf(old_texts), after = TermsOf(texts);
  for (const auto& [kind, term] : before) {
    if (!after.contains({kind, term})) rows.Delete(tables.terms, kind, term, change.meta.name);
  }
  v1::SearchTerm row;
  row.set_customer(change.meta.name);
  for (const auto& [kind, term] : after) {
    if (before.contains({kind, term})) continue;
    row.set_kind(kind);
    row.set_term(term);
    rows.Put(tables.terms, row);
  }
}

}  // namespace

void ProjectSearchTerms(const engine::Change<CustomerModel>& change, engine::Rows& rows) {
  Project(change, kCustomerSearch, rows);
}

void ProjectContactSearchTerms(const engine::Change<ContactModel>& change, engine::Rows& rows) {
  Project(change, kContactSearch, rows);
}

}  // namespace crm::customer
