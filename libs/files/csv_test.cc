#include "libs/files/csv.h"

#include <gmock/gmock.h>

#include <sstream>

#include "libs/files/encoding.h"

namespace crm::files {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Each record as "line: field|field" or "line! why".
std::vector<std::string> Read(const std::string& text, char delimiter = ',') {
  std::istringstream in(text);
  CsvReader reader(in, delimiter);
  std::vector<std::string> records;
  CsvRecord record;
  while (reader.Next(record)) {
    std::string line = std::to_string(record.line);
    if (!record.status.ok()) {
      records.push_back(line + "! " + std::string(record.status.message()));
      continue;
    }
    line += ": ";
    for (size_t i = 0; i < record.fields.size(); ++i) line += (i ? "|" : "") + record.fields[i];
    records.push_back(line);
  }
  return records;
}

TEST(Csv, ReadsRecordsAndSaysWhereTheyBegin) {
  EXPECT_THAT(Read("a,b\n1,2\n"), ElementsAre("1: a|b", "2: 1|2"));
  EXPECT_THAT(Read("a,b\r\n1,\r\n"), ElementsAre("1: a|b", "2: 1|"));
  EXPECT_THAT(Read("a,b"), ElementsAre("1: a|b"));
  EXPECT_THAT(Read("\xEF\xBB\xBF"
                   "a,b\n"),
              ElementsAre("1: a|b"));
  EXPECT_THAT(Read("a\n\n  \nb\n"), ElementsAre("1: a", "4: b"));
  EXPECT_THAT(Read("a; b \n", ';'), ElementsAre("1: a| b "));
  EXPECT_THAT(Read(""), ElementsAre());
}

TEST(Csv, ReadsQuotedFields) {
  EXPECT_THAT(Read("\"a,b\",\"say \"\"hi\"\"\"\n"), ElementsAre("1: a,b|say \"hi\""));
  EXPECT_THAT(Read("\"two\nlines\",x\nnext,y\n"), ElementsAre("1: two\nlines|x", "3: next|y"));
  EXPECT_THAT(Read("\"中文\",\"\"\n"), ElementsAre("1: 中文|"));
}

TEST(Csv, OneBadRecordDoesNotSpoilTheOthers) {
  EXPECT_THAT(Read("a\"b\"c,2\nok,1\n"),
              ElementsAre(HasSubstr("1! a quote is out of place"), "2: ok|1"));
  EXPECT_THAT(Read("bad\xFF\nok\n"), ElementsAre("1! is not UTF-8", "2: ok"));
  EXPECT_THAT(Read(std::string("a\0b\nok\n", 7)), ElementsAre("1! holds a NUL byte", "2: ok"));
}

TEST(Csv, AQuoteThatIsNeverClosedCostsOneLine) {
  EXPECT_THAT(Read("\"open,1\nok,2\nok,3\n"),
              ElementsAre("1! a quote is not closed", "2: ok|2", "3: ok|3"));
}

TEST(Csv, AQuoteThatIsClosedWhereNoneMayBeCostsOneLine) {
  EXPECT_THAT(
      Read("1,\"un\nclosed\n2,ok\n3,a\"b\n4,ok\n5,\"two\nlines\"\n"),
      ElementsAre("1! a quote is not closed", "2: closed", "3: 2|ok",
                  "4! a quote is out of place at character 4", "5: 4|ok", "6: 5|two\nlines"));
  EXPECT_THAT(Read("\"two\nlines\"x,y\nok\n"),
              ElementsAre("1! a quote is not closed", "2! a quote is out of place at character 6",
                          "3: ok"));
  EXPECT_THAT(Read("1;a\"b\n2;\"c\"\"\n\"\"d\"\n", ';'),
              ElementsAre("1! a quote is out of place at character 4", "2: 2|c\"\n\"d"));
}

TEST(Csv, LongLinesAndRecordsAreRefused) {
  const std::string exact(kCsvLineBytesMax, 'x');
  EXPECT_THAT(Read(exact + "\nok\n"), ElementsAre("1: " + exact, "2: ok"));
  EXPECT_THAT(Read(exact + "y\nok\n"), ElementsAre("1! the line is longer than 64 KiB", "2: ok"));
  std::string open = "\"x\n";
  for (int i = 0; i < 100; ++i) open += std::string(4000, 'x') + "\n";
  const std::vector<std::string> records = Read(open + "\"\n");
  ASSERT_EQ(records.size(), 102u);
  EXPECT_EQ(records[0], "1! a quote is not closed");
  EXPECT_EQ(records[101], "102! a quote is not closed");
}

TEST(Csv, CountsTheBytesItHasTaken) {
  std::istringstream in("ab\r\ncd\nef");
  CsvReader reader(in);
  CsvRecord record;
  ASSERT_TRUE(reader.Next(record));
  EXPECT_EQ(reader.bytes_read(), 4);
  ASSERT_TRUE(reader.Next(record));
  ASSERT_TRUE(reader.Next(record));
  EXPECT_EQ(reader.bytes_read(), 9);
  EXPECT_FALSE(reader.Next(record));
}

TEST(Csv, AnotherReaderGoesOnAtTheOffset) {
  const std::string text = std::string("\xEF\xBB\xBF") +
                           "a,b\r\n1,\"x\ny\"\n\n2,z\r\n3,\"open\n4,d\n" +
                           std::string(70 << 10, 'q') + "\n5,e";
  const auto read = [](CsvReader& reader) {
    CsvRecord record;
    std::vector<std::pair<int64_t, std::vector<std::string>>> all;
    while (reader.Next(record)) all.emplace_back(record.line, record.fields);
    return all;
  };
  std::istringstream whole(text);
  CsvReader reader(whole);
  const auto all = read(reader);
  ASSERT_EQ(all.size(), 7u);
  EXPECT_EQ(reader.offset(), static_cast<int64_t>(text.size()));
  for (size_t cut = 0; cut <= all.size(); ++cut) {
    std::istringstream first(text);
    CsvReader begin(first);
    CsvRecord record;
    for (size_t i = 0; i < cut; ++i) ASSERT_TRUE(begin.Next(record));
    std::istringstream second(text.substr(static_cast<size_t>(begin.offset())));
    CsvReader rest(second, ',', begin.next_line());
    EXPECT_EQ(read(rest), decltype(all)(all.begin() + static_cast<long>(cut), all.end())) << cut;
  }
}

TEST(Csv, ADelimiterWithinALetterIsNone) {
  // U+4E85 is 81 7C and U+5104 is 83 7C: the second bytes are those of "|".
  const std::string text = "a|b\n\x81\x7C|\"x\x83\x7C\"\n\"\x81\x7C\ny\"|z\n";
  std::istringstream in(text);
  const Gb18030Decoder decoder;
  CsvReader reader(in, '|', 1, [&](std::string_view bytes) { return decoder.Decode(bytes); });
  CsvRecord record;
  ASSERT_TRUE(reader.Next(record));
  ASSERT_TRUE(reader.Next(record));
  EXPECT_THAT(record.fields, ElementsAre("\u4e85", "x\u5104")) << record.status;
  ASSERT_TRUE(reader.Next(record));
  EXPECT_THAT(record.fields, ElementsAre("\u4e85\ny", "z")) << record.status;
  EXPECT_EQ(reader.offset(), static_cast<int64_t>(text.size()));
}

TEST(Csv, DecodesLineByLine) {
  std::istringstream in("a,b\n!,c\nd,e\n");
  CsvReader reader(in, ',', 1, [](std::string_view bytes) -> absl::StatusOr<std::string> {
    if (bytes.find('!') != std::string_view::npos) return absl::InvalidArgumentError("is odd");
    return std::string(bytes) + "+";
  });
  CsvRecord record;
  ASSERT_TRUE(reader.Next(record));
  EXPECT_THAT(record.fields, testing::ElementsAre("a", "b+"));
  ASSERT_TRUE(reader.Next(record));
  EXPECT_EQ(record.status.message(), "is odd");
  ASSERT_TRUE(reader.Next(record));
  EXPECT_EQ(record.line, 3);
}

}  // namespace
}  // namespace crm::files
