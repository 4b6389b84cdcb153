#include "libs/text/utf32.h"

#include <gmock/gmock.h>

namespace crm::text {
namespace {

TEST(Utf32, ToAndFro) {
  for (const char* text : {"", "a", "é", "中", "𠮷", "a中é𠮷\x7F"}) {
    EXPECT_EQ(ToUtf8(ToUtf32(text)), text);
  }
  EXPECT_EQ(ToUtf32("中𠮷"), U"中𠮷");
}

TEST(Utf32, WhatIsNoUtf8IsLeftOut) {
  EXPECT_EQ(ToUtf8(ToUtf32("a\xFF\xC3")), "a");
  EXPECT_EQ(ToUtf8(ToUtf32("\x80\x80z")), "z");
  EXPECT_EQ(ToUtf8(ToUtf32("\xE4\xB8z")), "z");
  EXPECT_EQ(ToUtf32("\xC0\xAF"), U"");
}

}  // namespace
}  // namespace crm::text
