#include "services/customer/read/search_terms.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "libs/text/fold.h"
#include "libs/text/utf32.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

std::vector<std::string> Terms(const std::string& fields, v1::SearchTermKind kind) {
  std::vector<std::string> found;
  for (const auto& [of, term] : SearchTermsOf(testing::ParseText<v1::Customer>(fields))) {
    if (of == kind) found.push_back(term);
  }
  return found;
}

std::vector<std::string> Starts(const std::string& name) {
  return Terms("display_name: '" + name + "'", v1::SEARCH_TERM_KIND_NAME);
}
std::vector<std::string> Inside(const std::string& name) {
  return Terms("display_name: '" + name + "'", v1::SEARCH_TERM_KIND_WORD);
}

TEST(SearchTerms, OfLatinNames) {
  EXPECT_THAT(Starts("Steel-Works & Söhne"), ElementsAre("steel works sohne"));
  EXPECT_THAT(Inside("Steel-Works & Söhne"), UnorderedElementsAre("works", "sohne"));
  EXPECT_THAT(Inside("Donaudampfschifffahrtsgesellschaft"), IsEmpty());
  EXPECT_THAT(Inside("A Donaudampfschifffahrt"), ElementsAre("donaudampfschiff"));
  EXPECT_EQ(Starts(std::string(200, 'x'))[0].size(), 48u);
}

TEST(SearchTerms, OfChineseNames) {
  EXPECT_THAT(Starts("王伟"), UnorderedElementsAre("王伟", "wangwei", "ww"));
  EXPECT_THAT(Inside("王伟"), UnorderedElementsAre("伟", "wei"));
  EXPECT_THAT(Starts("中国银行"), UnorderedElementsAre("中国银行", "zhongguoyinhang",
                                                       "zhongguoyinxing", "zgyh", "zgyx"));
  EXPECT_THAT(Inside("银河3M"), UnorderedElementsAre("河", "he", "3m"));
  EXPECT_THAT(Starts("仇英"), UnorderedElementsAre("仇英", "chouying", "qiuying", "cy", "qy"));
}

TEST(SearchTerms, ALegalFormIsNotSpelled) {
  EXPECT_THAT(Inside("大山有限公司"),
              UnorderedElementsAre("山有限公司", "有限公司", "限公司", "公司", "司",
                                   "shanyouxiangongs", "syxgs"));
}

// A row for each beginning of a word, as there was, would be more.
TEST(SearchTerms, RowsGrowWithTheNameAndNotWithItsReadings) {
  const struct {
    const char* name;
    size_t terms_max;
  } kCases[] = {{"Hartmann Precision Tools 0000001", 4},
                {"王建国", 9},
                {"上海华信科技股份有限公司", 26},
                {"重庆长行都乐厦调传弹降盛", 108}};
  for (const auto& [name, terms_max] : kCases) {
    v1::Customer customer;
    customer.set_display_name(name);
    EXPECT_LE(SearchTermsOf(customer).size(), terms_max) << name;
  }
}

TEST(SearchTerms, OfIdentifiers) {
  const std::string fields =
      "external_ids { system: 'erp' id: 'K-4711/a' } personal { tax_id: 'DE 99' "
      "emails: 'Someone@Example.com' phones: '+49123456' }";
  EXPECT_THAT(Terms(fields, v1::SEARCH_TERM_KIND_IDENTIFIER),
              UnorderedElementsAre("k4711a", "de99"));
  EXPECT_THAT(Terms(fields, v1::SEARCH_TERM_KIND_EMAIL), ElementsAre("someone@example.com"));
  EXPECT_THAT(Terms(fields, v1::SEARCH_TERM_KIND_PHONE), ElementsAre("65432194"));
  EXPECT_THAT(Terms(fields, v1::SEARCH_TERM_KIND_NAME), IsEmpty());
}

TEST(SearchTerms, PiecesOfAQueryAreTermsOfTheName) {
  const auto pieces = [](const char* word) { return PiecesOf(WordsOf(Comparable(word))[0]); };
  EXPECT_THAT(pieces("steel"), ElementsAre("steel"));
  EXPECT_THAT(pieces("Donaudampfschifffahrt"), ElementsAre("donaudampfschiff"));
  EXPECT_THAT(pieces("中国"), ElementsAre("中国"));
  EXPECT_THAT(pieces("中国建设银行浦东分行"), ElementsAre("中国建设银行", "银行浦东分行"));
}

// A part of a name that meets it begins one of its terms: else it would be compared in vain.
TEST(SearchTerms, WhateverMeetsANameIsLookedUp) {
  std::mt19937 random(7);
  const std::u32string_view pool = U"中国银行重庆长乐都绿厦调传臺伽降盛弹曾abé3 -";
  const auto up_to = [&](size_t most) { return random() % most; };
  for (int run = 0; run < 2'000; ++run) {
    std::u32string text;
    for (size_t i = 0, size = 1 + up_to(20); i < size; ++i) text += pool[up_to(pool.size())];
    const SearchName name(text::ToUtf8(text));
    v1::Customer customer;
    customer.set_display_name(text::ToUtf8(text));
    const std::set<SearchTermOf> terms = SearchTermsOf(customer);
    const auto begins_a_term = [&](const std::string& start) {
      return std::any_of(terms.begin(), terms.end(),
                         [&](const auto& term) { return term.second.starts_with(start); });
    };
    const auto is_looked_up = [&](const std::string& term) {
      const std::vector<std::string> starts = StartsOf(term);
      return std::any_of(starts.begin(), starts.end(), begins_a_term);
    };
    for (Word word : name.words()) {
      const size_t from = word.ideographs ? up_to(word.text.size()) : 0;
      word.text = word.text.substr(from, 1 + up_to(word.text.size()));
      EXPECT_NE(name.Has(word), Meeting::kNone) << customer.display_name();
      for (const std::string& piece : PiecesOf(word))
        EXPECT_TRUE(is_looked_up(piece)) << customer.display_name() << ": " << piece;
    }
    Word pinyin, initials;
    for (size_t at = up_to(text.size()); at < name.readings().size(); ++at) {
      const text::Readings& readings = name.readings()[at];
      if (readings.empty()) break;
      const std::string_view syllable = readings[up_to(readings.size())];
      pinyin.text.append(syllable.begin(), syllable.end());
      initials.text.push_back(readings[up_to(readings.size())].front());
    }
    for (Word word : {pinyin, initials}) {
      if (word.text.empty()) continue;
      word.text.resize(1 + up_to(word.text.size()));
      EXPECT_NE(name.Has(word), Meeting::kNone) << customer.display_name();
      const std::string piece = PiecesOf(word).front();
      EXPECT_TRUE(is_looked_up(piece)) << customer.display_name() << ": " << piece;
    }
  }
}

TEST(SearchTerms, ASpellingEndsWhereANameHasTooMany) {
  EXPECT_THAT(
      Starts("重庆长行"),
      UnorderedElementsAre("重庆长行", "chongqingchang*", "chongqingzhang*", "zhongqingchang*",
                           "zhongqingzhang*", "cqc*", "cqz*", "zqc*", "zqz*"));
  EXPECT_THAT(StartsOf("cqc"), ElementsAre("cqc", "cq*", "c*"));
  EXPECT_THAT(StartsOf("cqc3"), ElementsAre("cqc3"));
  EXPECT_THAT(StartsOf("重庆"), ElementsAre("重庆"));
  EXPECT_THAT(StartsOf(std::string(48, 'x')), SizeIs(1));
}

// As tables.proto says: folding makes at most six bytes of one, and the longest text has 254.
TEST(SearchTerms, NoTermIsLongerThanIsSaid) {
  for (char32_t c = 1; c < 0x110000; ++c) {
    const std::string text = text::ToUtf8(std::u32string(1, c));
    EXPECT_LE(text::ToUtf8(text::Fold(text)).size(), 6 * text.size()) << text;
  }
  std::string longest = "ab";
  for (int i = 0; i < 84; ++i) longest += "㌖";
  EXPECT_EQ(EmailTerm(longest).size(), 2u + 84 * 18);
}

TEST(SearchTerms, FollowChangesAndLeaveNoOldOne) {
  testing::FakeRows rows{kSearchTerms, kSearchedCustomers};
  const auto change = [&](const std::optional<std::string>& before, const std::string& after) {
    const engine::EventMeta meta{.name = "customers/a"};
    v1::Customer old;
    if (before.has_value()) old = testing::ParseText<v1::Customer>(*before);
    ProjectSearchTerms({before.has_value() ? &old : nullptr,
                        testing::ParseText<v1::Customer>(after), v1::CustomerEvent(), meta},
                       rows);
    return rows.DebugString();
  };
  const std::string iron = "display_name: '铁厂' personal { phones: '+4987654321' }";
  const std::string only_iron = change(std::nullopt, iron);
  rows = testing::FakeRows{kSearchTerms, kSearchedCustomers};
  const std::string steel = "display_name: 'Steel 钢厂' personal { phones: '+4912345678' }";
  change(std::nullopt, steel);
  EXPECT_EQ(change(steel, iron), only_iron);
  EXPECT_EQ(change(iron, iron + " kind: CUSTOMER_KIND_COMPANY"), only_iron);
  const std::string top = change(iron, iron + " tier: TIER_TOP");
  EXPECT_NE(top, only_iron);
  EXPECT_EQ(rows.Get(kSearchedCustomers, "customers/a")->tier(), v1::TIER_TOP);
}

}  // namespace
}  // namespace crm::customer
