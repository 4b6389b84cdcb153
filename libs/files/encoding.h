// How the letters of a text file are coded: UTF-8 or GB18030 (which GBK and GB2312 are parts of).
// In both, no byte within a letter is a line end.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace crm::files {

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Turns GB18030 into UTF-8. Not thread-safe.
class Gb18030Decoder {
 public:
  Gb18030Decoder();
  ~Gb18030Decoder();
  // kInvalidArgument: "is not GB18030".
  absl::StatusOr<std::string> Decode(std::string_view bytes) const;

 private:
  struct Converter;
  std::unique_ptr<Converter> converter_;
};

// Finds out how a file is coded, which is given to it piece by piece: UTF-8 when it has a byte
// order mark, or when at least as many of its lines that are not plain ASCII are valid UTF-8 as are
// not. So a few spoilt lines do not turn a file of UTF-8 into another.
class EncodingFinder {
 public:
  void Add(std::string_view piece);
  // After the last piece.
  bool IsUtf8();

 private:
  void EndLine();

  std::string line_;  // The part of a line that came so far.
  bool first_ = true;
  bool has_mark_ = false;
  int64_t valid_lines_ = 0;
  int64_t invalid_lines_ = 0;
};

}  // namespace crm::files
