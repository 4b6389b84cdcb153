#include "services/customer/read/search_name.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "libs/text/fold.h"
#include "libs/text/utf32.h"

namespace crm::customer {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words;
  for (const Word& word : WordsOf(text::Fold(text))) words.push_back(text::ToUtf8(word.text));
  return words;
}

TEST(SearchName, WhatStandsBetweenWordsMakesNoNameAnother) {
  const struct {
    const char* text;
    const char* comparable;
  } kCases[] = {{" Steel-Works  & Sons (1998) Ltd. ", "steel works sons 1998 ltd"},
                {"ＡＢＣ　１２", "abc 12"},
                {"中國銀行（上海）分行", "中国银行上海分行"},
                {"ABC 公司", "abc公司"},
                {"王·伟", "王伟"},
                {" -- ", ""}};
  for (const auto& [text, comparable] : kCases)
    EXPECT_EQ(text::ToUtf8(Comparable(text)), comparable) << text;
}

TEST(SearchName, WordsOfAName) {
  EXPECT_THAT(Words("Steel-Works & Sons (1998) Ltd."),
              ElementsAre("steel", "works", "sons", "1998", "ltd"));
  EXPECT_THAT(Words("上海钢铁公司 ABC"), ElementsAre("上海钢铁公司", "abc"));
  EXPECT_THAT(Words("3M中国"), ElementsAre("3m", "中国"));
  EXPECT_THAT(Words("上海 公司"), ElementsAre("上海", "公司"));
  EXPECT_THAT(Words(" -- "), IsEmpty());
  std::string long_name;
  for (int i = 0; i < 100; ++i) long_name += "a ";
  EXPECT_EQ(Words(long_name).size(), 50u);
}

TEST(SearchName, HowItBegins) {
  const struct {
    const char* name;
    const char* query;
    Meeting meeting;
  } kCases[] = {
      {"Steel Works", "STEEL-works", Meeting::kWhole},
      {"Steel Works", "steel w", Meeting::kStart},
      {"Steel Works", "works", Meeting::kNone},
      {"中国银行", "中國銀行", Meeting::kWhole},
      {"中国银行", "zhongguoyinhang", Meeting::kWhole},
      {"中国银行", "zhong guo yin hang", Meeting::kWhole},
      {"中国银行", "zhongguoyinxing", Meeting::kWhole},
      {"中国银行", "zhongguoyin", Meeting::kStart},
      {"中国银行", "zhonggu", Meeting::kStart},
      {"中国银行", "zgyh", Meeting::kStart},
      {"中国银行", "zgyx", Meeting::kStart},
      {"中国银行", "zgyhh", Meeting::kNone},
      {"中国银行", "yinhang", Meeting::kNone},
      {"中国银行", "zhongguoyinhangx", Meeting::kNone},
      {"西安", "xian", Meeting::kWhole},
      {"先", "xian", Meeting::kWhole},
      {"仇英", "qiuying", Meeting::kWhole},
      {"仇英", "qy", Meeting::kStart},
      {"吕布", "lvbu", Meeting::kWhole},
      {"吕布", "lubu", Meeting::kWhole},
      {"3M中国", "3m", Meeting::kStart},
      {"", "a", Meeting::kNone},
  };
  for (const auto& [name, query, meeting] : kCases)
    EXPECT_EQ(SearchName(name).Begins(Comparable(query)), meeting) << name << " " << query;
}

TEST(SearchName, HowAWordIsInIt) {
  const struct {
    const char* name;
    const char* word;
    Meeting meeting;
  } kCases[] = {
      {"Steel Works", "works", Meeting::kWhole}, {"Steel Works", "wor", Meeting::kStart},
      {"Steel Works", "orks", Meeting::kNone},   {"Société Générale", "generale", Meeting::kWhole},
      {"中国银行", "国银", Meeting::kWhole},     {"中国银行", "行", Meeting::kWhole},
      {"中国银行", "中银", Meeting::kNone},      {"中国银行", "guoyin", Meeting::kWhole},
      {"中国银行", "guoyi", Meeting::kStart},    {"中国银行", "uoyin", Meeting::kNone},
      {"中国银行", "gy", Meeting::kStart},       {"中国银行", "h", Meeting::kStart},
      {"报仇", "qiu", Meeting::kNone},           {"ABC科技", "keji", Meeting::kWhole},
      {"ABC科技", "abckeji", Meeting::kNone},    {"ABC科技", "kj2", Meeting::kNone},
  };
  for (const auto& [name, word, meeting] : kCases)
    EXPECT_EQ(SearchName(name).Has(WordsOf(text::Fold(word))[0]), meeting) << name << " " << word;
}

TEST(SearchName, ManyReadingsAreNoManyWays) {
  std::string name, query;
  for (int i = 0; i < 66; ++i) {
    name += "娜";
    query += "na";
  }
  EXPECT_EQ(SearchName(name).Begins(Comparable(query)), Meeting::kWhole);
  EXPECT_EQ(SearchName(name).Begins(Comparable(query + "x")), Meeting::kNone);
}

}  // namespace
}  // namespace crm::customer
