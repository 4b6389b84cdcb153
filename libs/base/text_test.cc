#include "libs/base/text.h"

#include <gtest/gtest.h>

namespace crm::base {
namespace {

TEST(IsBlank, SeesWhatThereIsToRead) {
  for (const char* blank :
       {"", " ", "\t\r\n\v\f", "\u3000", " \u3000 ", "\u00a0", "\u200b\u2003\ufeff"}) {
    EXPECT_TRUE(IsBlank(blank)) << blank;
  }
  for (const char* text : {"x", " x ", "\u3000\u8d35", "\u3001", "\u00a1", "\u200bx", "\xe3\x80"}) {
    EXPECT_FALSE(IsBlank(text)) << text;
  }
}

TEST(HasControls, SeesWhatIsNotText) {
  for (const std::string_view text :
       {std::string_view("a\0b", 3), std::string_view("\x1b[2J"), std::string_view("\x7f"),
        std::string_view("a\u0080"), std::string_view("\u009f"), std::string_view("\u202a"),
        std::string_view("a\u202e"), std::string_view("\u2066"), std::string_view("\u2069")}) {
    EXPECT_TRUE(HasControls(text)) << text;
  }
  // Direction marks are letters' neighbours in Arabic and Hebrew, joiners in Persian and emoji.
  for (const char* text : {"", "a\tb\r\nc", "caf\u00e9\u00a0", "\u2029", "\u202f", "\u2065",
                           "\u206a", "\u200f\u200d", "\u8d35\u5dde", "\xc2", "\xe2\x80"}) {
    EXPECT_FALSE(HasControls(text)) << text;
  }
}

TEST(WithoutControls, KeepsTheText) {
  const std::pair<std::string_view, const char*> rows[] = {
      {"a\tb\r\nc", "a\tb\r\nc"},       {"\u8d35\u202ex\x1b", "\u8d35?x?"}, {"\u0085\u2066", "??"},
      {std::string_view("\0", 1), "?"}, {"\xe2\x80", "\xe2\x80"},           {"", ""}};
  for (const auto& [text, shown] : rows) {
    EXPECT_EQ(WithoutControls(text), shown);
    EXPECT_FALSE(HasControls(WithoutControls(text)));
  }
}

}  // namespace
}  // namespace crm::base
