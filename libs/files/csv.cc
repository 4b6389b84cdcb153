#include "libs/files/csv.h"

#include <csv.h>

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/utf8.h"

namespace crm::files {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool IsBlank(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c == ' ' || c == '\t'; });
}

// Follows quotes line by line, by the rule that libcsv parses by: they enclose whole fields, and
// are doubled within.
class Quotes {
 public:
  explicit Quotes(char delimiter) : delimiter_(delimiter) {}

  // A quote is open at the end of what was read.
  bool open() const { return state_ == State::kQuoted; }
  // A quote was out of place.
  bool broken() const { return state_ == State::kBroken; }

  void ReadLine(std::string_view line) {
    if (!open() && !broken()) state_ = State::kFieldStart;
    for (const char c : line) Read(c);
  }

 private:
  enum class State { kFieldStart, kPlain, kQuoted, kQuoteInQuoted, kBroken };

  void Read(char c) {
    switch (state_) {
      case State::kFieldStart:
      case State::kPlain:
        if (c == delimiter_) {
          state_ = State::kFieldStart;
        } else if (c == '"') {
          state_ = state_ == State::kFieldStart ? State::kQuoted : State::kBroken;
        } else {
          state_ = State::kPlain;
        }
        return;
      case State::kQuoted:
        if (c == '"') state_ = State::kQuoteInQuoted;
        return;
      case State::kQuoteInQuoted:  // It was the first of two, or the end of the field.
        state_ = c == '"' ? State::kQuoted : c == delimiter_ ? State::kFieldStart : State::kBroken;
        return;
      case State::kBroken:
        return;
    }
  }

  const char delimiter_;
  State state_ = State::kFieldStart;
};

extern "C" {
static void OnField(void* bytes, size_t size, void* fields) {
  static_cast<std::vector<std::string>*>(fields)->emplace_back(static_cast<const char*>(bytes),
                                                               size);
}
static void OnRecord(int, void*) {}
static int IsSpace(unsigned char) { return 0; }
static int IsEnd(unsigned char c) { return c == '\n' ? 1 : 0; }
}

// One record; libcsv does the quotes.
absl::Status Parse(const std::string& text, char delimiter, std::vector<std::string>& fields) {
  if (!base::IsUtf8(text)) return absl::InvalidArgumentError("is not UTF-8");
  if (text.find('\0') != std::string::npos) return absl::InvalidArgumentError("holds a NUL byte");
  csv_parser parser;
  base::Check(csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) == 0, "libcsv takes its options");
  csv_set_delim(&parser, static_cast<unsigned char>(delimiter));
  csv_set_space_func(&parser, IsSpace);  // Blanks are part of a field.
  csv_set_term_func(&parser, IsEnd);
  const size_t parsed = csv_parse(&parser, text.data(), text.size(), OnField, OnRecord, &fields);
  const bool ok =
      parsed == text.size() && csv_fini(&parser, OnField, OnRecord, &fields) == CSV_SUCCESS;
  csv_free(&parser);
  if (ok) return absl::OkStatus();
  fields.clear();
  return absl::InvalidArgumentError(
      absl::StrCat("a quote is out of place at character ", parsed + 1));
}

}  // namespace

bool CsvReader::NextLine(Line& line) {
  ++line_;
  if (!again_.empty()) {
    line = std::move(again_.back());
    again_.pop_back();
    offset_ += line.bytes;
    return true;
  }
  line = {};
  std::array<char, 4096> buffer;
  while (true) {
    in_.getline(buffer.data(), buffer.size());
    const auto count = static_cast<size_t>(in_.gcount());
    bytes_read_ += static_cast<int64_t>(count);
    line.bytes += static_cast<int64_t>(count);
    const bool cut = in_.fail() && !in_.eof() && count > 0;  // The line is longer than the buffer.
    // A line end was taken from the stream and is counted, but not in the buffer.
    const size_t size = count - (!cut && !in_.eof() && count > 0 ? 1 : 0);
    if (count == 0) {
      --line_;
      return false;
    }
    if (line.text.size() + size > kCsvLineBytesMax) {
      line.too_long = true;
    } else {
      line.text.append(buffer.data(), size);
    }
    if (!cut) break;
    in_.clear();
  }
  offset_ += line.bytes;
  if (absl::EndsWith(line.text, "\r")) line.text.pop_back();
  if (line_ == 1 && line.text.starts_with(kByteOrderMark)) {
    line.text.erase(0, kByteOrderMark.size());
  }
  Decoded(line);
  return true;
}

void CsvReader::Decoded(Line& line) const {
  if (decode_ == nullptr || line.too_long) return;
  absl::StatusOr<std::string> decoded = decode_(line.text);
  if (decoded.ok()) {
    line.text = *std::move(decoded);
  } else {
    line.status = decoded.status();
  }
}

// Adds lines until the quote is closed. When it never is, or where no quote may be, only the first
// line belongs to the record, and the others are read again.
bool CsvReader::ReadQuoted(Line& record) {
  std::vector<Line> taken;
  const int64_t line = line_;
  Quotes quotes(delimiter_);
  quotes.ReadLine(record.text);
  while (quotes.open()) {
    Line next;
    const bool more = record.text.size() <= kCsvRecordBytesMax && NextLine(next);
    if (more) {
      quotes.ReadLine(next.text);
      absl::StrAppend(&record.text, "\n", next.text);
      record.status.Update(next.status);
      taken.push_back(std::move(next));
    }
    if (!more || taken.back().too_long || quotes.broken()) {
      for (const Line& put_back : taken) offset_ -= put_back.bytes;
      std::move(taken.rbegin(), taken.rend(), std::back_inserter(again_));
      line_ = line;
      return false;
    }
  }
  return true;
}

bool CsvReader::Next(CsvRecord& record) {
  record = {};
  Line line;
  do {
    if (!NextLine(line)) return false;
  } while (!line.too_long && IsBlank(line.text));
  record.line = line_;
  if (line.too_long) {
    record.status = absl::InvalidArgumentError("the line is longer than 64 KiB");
  } else if (!ReadQuoted(line)) {
    record.status = absl::InvalidArgumentError("a quote is not closed");
  } else {
    record.status = line.status.ok() ? Parse(line.text, delimiter_, record.fields) : line.status;
  }
  return true;
}

}  // namespace crm::files
