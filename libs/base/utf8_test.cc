#include "libs/base/utf8.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace crm::base {
namespace {

using std::string_literals::operator""s;

TEST(IsUtf8, TakesCharactersOfEveryLength) {
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_TRUE(IsUtf8("plain ASCII that is longer than eight bytes"));
  EXPECT_TRUE(IsUtf8("Ärger 客户 \xF0\x9F\x98\x80"));
  EXPECT_TRUE(IsUtf8("a\0b"s));
}

TEST(IsUtf8, RefusesWhatIsNoCharacter) {
  EXPECT_FALSE(IsUtf8("12345678\xFF"));
  EXPECT_FALSE(IsUtf8("\x80"));
  EXPECT_FALSE(IsUtf8("\xE5\xAE"));          // Cut off.
  EXPECT_FALSE(IsUtf8("\xC0\xAF"));          // Overlong.
  EXPECT_FALSE(IsUtf8("\xE0\x80\xAF"));      // Overlong.
  EXPECT_FALSE(IsUtf8("\xF0\x80\x80\xAF"));  // Overlong.
  EXPECT_FALSE(IsUtf8("\xED\xA0\x80"));      // A surrogate.
  EXPECT_FALSE(IsUtf8("\xF4\x90\x80\x80"));  // Beyond U+10FFFF.
}

TEST(ToUtf8, CutsBetweenCharactersAndReplacesTheRest) {
  EXPECT_EQ(ToUtf8("客户", 6), "客户");
  EXPECT_EQ(ToUtf8("客户", 5), "客");
  EXPECT_EQ(ToUtf8("a\xFF"
                   "b",
                   10),
            "a?b");
  EXPECT_EQ(ToUtf8("abc", 0), "");
}

}  // namespace
}  // namespace crm::base
