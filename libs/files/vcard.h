// Reads vCards one after another: version 3.0 (RFC 2426) and 4.0 (RFC 6350). A card that cannot be
// read does not spoil those behind it.
//
//   card     = "BEGIN:VCARD" line* "END:VCARD"
//   line     = [group "."] name *(";" param) ":" value      folded: the next begins with a blank
//   param    = name ["=" value *("," value)]                values may be quoted
#pragma once

#include <cstdint>
#include <istream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "libs/files/csv.h"

namespace crm::files {

// Longest card, without pictures and sounds, in bytes.
inline constexpr size_t kVcardBytesMax = 256 << 10;

struct VcardProperty {
  int64_t line = 0;
  std::string name;                                         // Capitals, without its group.
  std::vector<std::pair<std::string, std::string>> params;  // Names in capitals.
  std::string value;  // Still escaped: SplitEscaped and Unescape read it.

  // One of the values of the parameter TYPE is this, in any case.
  bool HasType(std::string_view type) const;
};

struct VcardRecord {
  int64_t line = 0;  // Where it begins; the first line is 1.
  std::vector<VcardProperty> properties;
  // kInvalidArgument: it cannot be read, and `properties` is empty.
  absl::Status status;
};

// The parts of a value between separators that are not escaped, still escaped.
std::vector<std::string> SplitEscaped(std::string_view value, char separator);
// "\n", "\,", "\;", "\\" become what they stand for.
std::string Unescape(std::string_view value);

class VcardReader {
 public:
  // `in` must outlive it. It begins with the line of that number.
  explicit VcardReader(std::istream& in, int64_t first_line = 1, Decode decode = nullptr)
      : in_(in), decode_(std::move(decode)), line_(first_line - 1) {}

  // The next card, or what stands between cards (which is an error); false at the end.
  bool Next(VcardRecord& record);
  // Bytes of the stream up to the end of the last card, and the number of the line behind it: there
  // another reader can go on.
  int64_t offset() const { return offset_; }
  int64_t next_line() const { return line_ + 1; }

 private:
  bool NextLine(std::string& text);
  void PutBack(std::string text);
  absl::Status ReadLines(std::vector<std::pair<int64_t, std::string>>& lines);

  std::istream& in_;
  const Decode decode_;
  int64_t line_;  // Number of the line that was given out last.
  int64_t offset_ = 0;
  int64_t line_bytes_ = 0;  // Of that line, with its end.
  bool has_again_ = false;  // That line is to be given out again.
  std::string again_;
};

}  // namespace crm::files
