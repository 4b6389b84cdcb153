#include "libs/files/encoding.h"

#include "gtest/gtest.h"

namespace crm::files {
namespace {

TEST(Gb18030, BecomesUtf8OrIsRefused) {
  const Gb18030Decoder decoder;
  EXPECT_EQ(*decoder.Decode("plain"), "plain");
  EXPECT_EQ(*decoder.Decode("\xD6\xD0\xB9\xFA,x"), "中国,x");
  EXPECT_EQ(*decoder.Decode("\x95\x32\x82\x36"), "𠀀") << "four bytes, beyond the first plane";
  EXPECT_EQ(decoder.Decode("\xD6").status().message(), "is not GB18030");
  EXPECT_EQ(decoder.Decode("a\xFF").status().message(), "is not GB18030");
  EXPECT_EQ(*decoder.Decode("\xD6\xD0"), "中") << "after a refusal it goes on";
}

bool FoundUtf8(const std::vector<std::string>& pieces) {
  EncodingFinder finder;
  for (const std::string& piece : pieces) finder.Add(piece);
  return finder.IsUtf8();
}

TEST(EncodingFinder, TellsByTheLinesThatAreNotAscii) {
  EXPECT_TRUE(FoundUtf8({}));
  EXPECT_TRUE(FoundUtf8({"a,b\nc,d\n"}));
  EXPECT_TRUE(FoundUtf8({"中国\n"}));
  EXPECT_TRUE(FoundUtf8({"\xE4\xB8", "\xAD\n"})) << "a letter cut by the pieces";
  EXPECT_FALSE(FoundUtf8({"a\n\xD6\xD0\xB9\xFA\n"}));
  EXPECT_TRUE(FoundUtf8({"中\n国\n\xD6\xD0\n"})) << "one spoilt line";
  EXPECT_TRUE(FoundUtf8({"\xEF\xBB\xBF", "\xD6\xD0\n"})) << "it says so itself";
}

}  // namespace
}  // namespace crm::files
