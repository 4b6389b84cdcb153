#include "libs/files/cell.h"

#include <gmock/gmock.h>

namespace crm::files {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Cell, WhatIsJoinedIsSplitAgain) {
  const struct {
    std::vector<std::string> values;
    const char* cell;
  } rows[] = {
      {{}, ""},
      {{"a"}, "a"},
      {{"a", "b c"}, "a;b c"},
      {{"Smith, Ltd", "x"}, "Smith, Ltd;x"},
      {{"a;b", "c"}, "\"a;b\";c"},
      {{"two\nlines"}, "\"two\nlines\""},
      {{"\"quoted\"", "12\" pipe"}, "\"\"\"quoted\"\"\";12\" pipe"},
      {{" padded", ""}, "\" padded\";\"\""},
      {{"\"", ";", "\";\""}, "\"\"\"\";\";\";\"\"\";\"\"\""},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(JoinCell(row.values), row.cell);
    EXPECT_EQ(SplitCell(row.cell), row.values) << row.cell;
  }
}

TEST(Cell, TakesWhatPeopleWrite) {
  EXPECT_THAT(SplitCell(" a ; b\nc;; "), ElementsAre("a", "b", "c"));
  EXPECT_THAT(SplitCell(" \"a;b\" ; c"), ElementsAre("a;b", "c"));
  EXPECT_THAT(SplitCell("\"open;c"), ElementsAre("\"open", "c"));
  EXPECT_THAT(SplitCell("\"a\" b;c"), ElementsAre("\"a\" b", "c"));
  EXPECT_THAT(SplitCell(" ; \n"), IsEmpty());
}

TEST(Cell, NoFormulaIsWrittenAndNoneIsLost) {
  const std::pair<const char*, const char*> rows[] = {
      {"=1+1", "'=1+1"}, {"+431", "'+431"}, {"-", "'-"},     {"@a", "'@a"},    {"\tx", "'\tx"},
      {"'=1", "''=1"},   {"''+1", "'''+1"}, {"a=1", "a=1"},  {"'tis", "'tis"}, {"'", "'"},
      {"", ""},          {"＝1", "'＝1"},   {"＋1", "'＋1"}, {"－1", "'－1"},  {"＠a", "'＠a"},
      {"'＝1", "''＝1"}, {"，1", "，1"},
  };
  for (const auto& [text, cell] : rows) {
    EXPECT_EQ(GuardFormula(text), cell);
    EXPECT_EQ(UnguardFormula(cell), text);
  }
}

}  // namespace
}  // namespace crm::files
