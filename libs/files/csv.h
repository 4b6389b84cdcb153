// Reads CSV files record by record, RFC 4180 with the liberties of the world: a byte order mark,
// LF or CRLF, blank lines. A record that cannot be read does not spoil those behind it.
#pragma once

#include <cstdint>
#include <functional>
#include <istream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace crm::files {

// Longest line and longest record (a quoted field may hold line ends), in bytes.
inline constexpr size_t kCsvLineBytesMax = 64 << 10;
inline constexpr size_t kCsvRecordBytesMax = 256 << 10;

struct CsvRecord {
  int64_t line = 0;  // Where it begins; the first line is 1.
  std::vector<std::string> fields;
  // kInvalidArgument: it cannot be read, and `fields` is empty.
  absl::Status status;
};

// Turns the bytes of a line into UTF-8; kInvalidArgument says what they are not.
using Decode = std::function<absl::StatusOr<std::string>(std::string_view bytes)>;

class CsvReader {
 public:
  // `in` must outlive it. It begins with the line of that number. Line ends are looked for before
  // decoding: of the encodings in encoding.h no byte within a letter is one. Quotes and delimiters
  // are looked for behind it: "|" is the second byte of letters of GB18030.
  explicit CsvReader(std::istream& in, char delimiter = ',', int64_t first_line = 1,
                     Decode decode = nullptr)
      : in_(in), delimiter_(delimiter), decode_(std::move(decode)), line_(first_line - 1) {}

  // The next record that is not blank; false at the end.
  bool Next(CsvRecord& record);
  // Bytes taken from the stream so far.
  int64_t bytes_read() const { return bytes_read_; }
  // Bytes of the stream up to the end of the last record, and the number of the line behind it:
  // there another reader can go on.
  int64_t offset() const { return offset_; }
  int64_t next_line() const { return line_ + 1; }

 private:
  struct Line {
    std::string text;     // Without its end; as it was where it is none of its encoding.
    absl::Status status;  // What it is not.
    bool too_long = false;
    int64_t bytes = 0;  // With its end.
  };
  bool NextLine(Line& line);
  void Decoded(Line& line) const;
  bool ReadQuoted(Line& record);

  std::istream& in_;
  const char delimiter_;
  const Decode decode_;
  int64_t line_;  // Number of the line that was given out last.
  int64_t bytes_read_ = 0;
  int64_t offset_ = 0;
  std::vector<Line> again_;  // Lines to be given out again, the next one last.
};

}  // namespace crm::files
