#include "libs/text/pinyin.h"

#include <gmock/gmock.h>

#include <string>
#include <string_view>

#include "libs/text/data.h"
#include "libs/text/fold.h"
#include "libs/text/lines.h"
#include "libs/text/utf32.h"

namespace crm::text {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Pinyin, CommonReadingFirst) {
  EXPECT_THAT(ReadingsOf(U'中'), ElementsAre("zhong"));
  EXPECT_THAT(ReadingsOf(U'行'), ElementsAre("xing", "hang"));
  EXPECT_THAT(ReadingsOf(U'长'), ElementsAre("zhang", "chang"));
  EXPECT_THAT(ReadingsOf(U'绿'), ElementsAre("lv", "lu"));
  EXPECT_THAT(ReadingsOf(U'a'), IsEmpty());
  EXPECT_THAT(ReadingsOf(U'カ'), IsEmpty());
}

// Places and trades that everybody says so.
TEST(Pinyin, WordsOfNames) {
  const struct {
    const char* word;
    std::vector<std::string_view> syllables;
  } kCases[] = {{"银行", {"yin", "hang"}},       {"重庆", {"chong", "qing"}},
                {"成都", {"cheng", "du"}},       {"厦门", {"xia", "men"}},
                {"长城", {"chang", "cheng"}},    {"音乐", {"yin", "yue"}},
                {"会计", {"kuai", "ji"}},        {"番禺", {"pan", "yu"}},
                {"六安", {"lu", "an"}},          {"西藏", {"xi", "zang"}},
                {"朝阳", {"chao", "yang"}},      {"东莞", {"dong", "guan"}},
                {"吕梁", {"lv", "liang"}},       {"女", {"nv"}},
                {"臺灣", {"tai", "wan"}},        {"瀋陽", {"shen", "yang"}},
                {"乾坤", {"qian", "kun"}},       {"調味", {"tiao", "wei"}},
                {"哈尔滨", {"ha", "er", "bin"}}, {"乌鲁木齐", {"wu", "lu", "mu", "qi"}}};
  for (const auto& [word, syllables] : kCases) {
    const std::vector<Readings> readings = ReadingsOfName(Fold(word));
    ASSERT_EQ(readings.size(), syllables.size()) << word;
    for (size_t i = 0; i < syllables.size(); ++i) {
      EXPECT_THAT(readings[i], Contains(syllables[i])) << word;
    }
  }
}

TEST(Pinyin, SurnamesHaveReadingsOfTheirOwn) {
  const struct {
    const char* name;
    std::vector<std::string_view> syllables;
  } kCases[] = {{"单雄信", {"shan"}},     {"曾国藩", {"zeng"}},     {"解缙", {"xie"}},
                {"仇英", {"qiu"}},        {"区寄", {"ou"}},         {"查良镛", {"zha"}},
                {"盖叫天", {"ge"}},       {"朴树", {"piao"}},       {"缪荃孙", {"miao"}},
                {"覃塞", {"qin"}},        {"翟让", {"zhai"}},       {"尉迟恭", {"yu", "chi"}},
                {"万俟卨", {"mo", "qi"}}, {"单于", {"chan", "yu"}}, {"種師道", {"chong"}}};
  for (const auto& [name, syllables] : kCases) {
    const std::vector<Readings> readings = ReadingsOfName(Fold(name));
    for (size_t i = 0; i < syllables.size(); ++i) {
      EXPECT_THAT(readings[i], Contains(syllables[i])) << name;
    }
  }
  EXPECT_THAT(ReadingsOfName(U"报仇")[1], ElementsAre("chou"));
}

TEST(Pinyin, SyllablesAreLettersAndNoneStandsTwice) {
  for (const std::string_view data : {kReadingsData, kFurtherReadingsData}) {
    ForEachLine(data, [](std::string_view reading, std::string_view characters) {
      EXPECT_EQ(reading.find_first_not_of("abcdefghijklmnopqrstuvwxyz"), std::string_view::npos);
      EXPECT_LE(reading.size(), 6u) << reading;
      for (const char32_t c : ToUtf32(characters)) {
        const Readings& readings = ReadingsOf(c);
        EXPECT_EQ(std::count(readings.begin(), readings.end(), reading), 1) << reading;
        EXPECT_LE(readings.size(), 4u) << reading;
      }
    });
  }
}

}  // namespace
}  // namespace crm::text
