#include "libs/text/fold.h"

#include <gmock/gmock.h>

#include <string>

#include "libs/base/hash.h"
#include "libs/text/data.h"
#include "libs/text/lines.h"
#include "libs/text/utf32.h"

namespace crm::text {
namespace {

TEST(Fold, WhatPeopleTypeMeetsWhatIsWritten) {
  const struct {
    const char* text;
    const char* folded;
  } kCases[] = {
      {"Steel WORKS 1998", "steel works 1998"},
      {"Müller Straße", "muller strasse"},
      {"Société Générale", "societe generale"},
      {"Ångström Øresund Łódź", "angstrom oresund lodz"},
      {"İstanbul Çelik", "istanbul celik"},
      {"Cafe\u0301", "cafe"},
      {"ΑΘΉΝΑ Ёлка", "αθηνα елка"},
      {"ＡＢＣ１２（株）", "abc12(株)"},
      {"㈱①②", "(株)12"},
      {"ﬁne", "fine"},
      {"臺灣積體電路製造", "台湾积体电路制造"},
      {"後宮", "后宫"},
      {"龜山鐵廠", "龟山铁厂"},
      {"a\u200Bb\uFEFF", "ab"},
      {"𠮷é€z", "𠮷e€z"},
      {"a\xFF\xC3", "a"},
      {"ソニー", "ソニー"},
      {"삼성", "삼성"},
  };
  for (const auto& [text, folded] : kCases) EXPECT_EQ(ToUtf8(Fold(text)), folded) << text;
}

TEST(Fold, WhatIsFoldedStaysSo) {
  ForEachLine(kFoldsData, [](std::string_view, std::string_view characters) {
    for (const char32_t c : ToUtf32(characters)) {
      const std::string once = ToUtf8(Fold(ToUtf8(std::u32string(1, c))));
      EXPECT_EQ(ToUtf8(Fold(once)), once) << ToUtf8(std::u32string(1, c));
    }
  });
}

TEST(Fold, APartFoldsToAPart) {
  const std::u32string text = U"臺北Müller後①乾坤";
  std::u32string parts;
  for (const char32_t c : text) parts += Fold(ToUtf8(std::u32string(1, c)));
  EXPECT_EQ(Fold(ToUtf8(text)), parts);
}

TEST(Fold, WordsAndWhatIsBetween) {
  for (const char32_t c : U"az09\u00E4\u03C9\u0436\u4E2D\u3042\uAC00\U00020BB7") {
    if (c != 0) {
      EXPECT_TRUE(IsWordCharacter(c)) << std::hex << static_cast<uint32_t>(c);
    }
  }
  for (const char32_t c : U" -_.&()/\u00B7\u00D7\u2019\u2026\u3000\u3001\u300A\u30FB\uFE30\uFF0C") {
    EXPECT_FALSE(IsWordCharacter(c)) << std::hex << static_cast<uint32_t>(c);
  }
  EXPECT_TRUE(IsIdeograph(U'中'));
  EXPECT_TRUE(IsIdeograph(U'カ'));
  EXPECT_TRUE(IsIdeograph(U'𠮷'));
  EXPECT_FALSE(IsIdeograph(U'é'));
}

// Tables of search terms are made with these: who changes them raises the version of every table
// whose terms are folded (README.md), then this.
TEST(Data, IsWhatTheTablesWereMadeWith) {
  EXPECT_EQ(base::Sha256Hex(std::string(kFoldsData) + std::string(kReadingsData) +
                            std::string(kFurtherReadingsData) + std::string(kSurnamesData))
                .substr(0, 16),
            "a28ee98567356191");
}

}  // namespace
}  // namespace crm::text
