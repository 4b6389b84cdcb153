// Reads CSV files record by record, RFC 4180 with the liberties of the world: a byte order mark,
// LF or CRLF, blank lines. A record that cannot be read does not spoil those behind it.
#pragma once

#include <istream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace crm::crmctl {

// Longest line and longest record (a quoted field may hold line ends), in bytes.
inline constexpr size_t kCsvLineBytesMax = 64 << 10;
inline constexpr size_t kCsvRecordBytesMax = 256 << 10;

struct CsvRecord {
  int64_t line = 0;  // Where it begins; the first line is 1.
  std::vector<std::string> fields;
  // kInvalidArgument: it cannot be read, and `fields` is empty.
  absl::Status status;
};

class CsvReader {
 public:
  // `in` must outlive it.
  explicit CsvReader(std::istream& in, char delimiter = ',') : in_(in), delimiter_(delimiter) {}

  // The next record that is not blank; false at the end.
  bool Next(CsvRecord& record);
  // Bytes taken from the stream so far.
  int64_t bytes_read() const { return bytes_read_; }

 private:
  struct Line {
    std::string text;  // Without its end.
    bool too_long = false;
  };
  bool NextLine(Line& line);
  bool ReadQuoted(std::string& text);

  std::istream& in_;
  const char delimiter_;
  int64_t line_ = 0;  // Lines given out so far.
  int64_t bytes_read_ = 0;
  std::vector<Line> again_;  // Lines to be given out again, the next one last.
};

}  // namespace crm::crmctl
