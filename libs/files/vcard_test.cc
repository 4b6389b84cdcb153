#include "libs/files/vcard.h"

#include <sstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace crm::files {
namespace {

using ::testing::ElementsAre;

std::vector<VcardRecord> ReadAll(const std::string& text) {
  std::istringstream in(text);
  VcardReader reader(in);
  std::vector<VcardRecord> all;
  for (VcardRecord record; reader.Next(record);) all.push_back(record);
  EXPECT_EQ(reader.offset(), static_cast<int64_t>(text.size()));
  return all;
}

const char kLi[] =
    "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Li;Hua;;Dr.;\r\n"
    "item1.TEL;TYPE=WORK,pref;X=\"a;b:c\":010 6552\r\n  9988\r\nNOTE:one\\, two\\nthree\r\n"
    "PHOTO;ENCODING=b:AAAA\r\n BBBB\r\nEND:VCARD\r\n";

TEST(Vcard, UnfoldsAndTakesPropertiesApart) {
  const auto cards = ReadAll(std::string("\xEF\xBB\xBF") + kLi + "\n" + kLi);
  ASSERT_EQ(cards.size(), 2u);
  EXPECT_EQ(cards[0].line, 1);
  EXPECT_EQ(cards[1].line, 11);
  for (const VcardRecord& card : cards) {
    ASSERT_TRUE(card.status.ok()) << card.status;
    ASSERT_EQ(card.properties.size(), 4u) << "without the photo";
    EXPECT_THAT(SplitEscaped(card.properties[1].value, ';'),
                ElementsAre("Li", "Hua", "", "Dr.", ""));
    EXPECT_EQ(card.properties[2].name, "TEL");
    EXPECT_EQ(card.properties[2].value, "010 6552 9988");
    EXPECT_TRUE(card.properties[2].HasType("PREF"));
    EXPECT_FALSE(card.properties[2].HasType("home"));
    EXPECT_EQ(Unescape(card.properties[3].value), "one, two\nthree");
  }
}

TEST(Vcard, ABadCardDoesNotSpoilTheNext) {
  const std::string good = "BEGIN:VCARD\nVERSION:4.0\nFN:A\nEND:VCARD\n";
  const struct {
    std::string bad, why;
    int64_t next_line;
  } rows[] = {
      {"BEGIN:VCARD\nVERSION:2.1\nEND:VCARD\n", "is of a version other than 3.0 and 4.0", 4},
      {"BEGIN:VCARD\nFN:A\nEND:VCARD\n", "says no version", 4},
      {"BEGIN:VCARD\nVERSION:3.0\nFN:A\n", "the card has no end", 4},
      {"BEGIN:VCARD\nVERSION:3.0\nnothing\nEND:VCARD\n", "a line has no colon", 5},
      {"BEGIN:VCARD\nVERSION:3.0\nFN:\xD6\xD0\nEND:VCARD\n", "is not UTF-8", 5},
      {"FN:A\nFN:B\n", "stands outside a card", 3},
      {"BEGIN:VCARD\nVERSION:3.0\nNOTE:" + std::string(300 << 10, 'x') + "\nEND:VCARD\n",
       "the card is longer than 256 KiB", 5},
  };
  for (const auto& row : rows) {
    const auto cards = ReadAll(row.bad + good);
    ASSERT_EQ(cards.size(), 2u) << row.why;
    EXPECT_EQ(cards[0].status.message(), row.why);
    EXPECT_TRUE(cards[1].status.ok()) << row.why;
    EXPECT_EQ(cards[1].line, row.next_line) << row.why;
  }
  EXPECT_EQ(ReadAll("BEGIN:VCARD\nVERSION:3.0")[0].status.message(), "the card has no end");
  EXPECT_TRUE(ReadAll(" \n\n").empty());
}

}  // namespace
}  // namespace crm::files
