#include "tools/crmctl/csv.h"

#include <csv.h>

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/utf8.h"

namespace crm::crmctl {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool IsBlank(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c == ' ' || c == '\t'; });
}

// Inside quotes at the end of the text: quotes in a quoted field are doubled, so counting is
// enough. What breaks that rule is found when it is parsed.
bool IsOpen(std::string_view text) { return std::count(text.begin(), text.end(), '"') % 2 == 1; }

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
    return true;
  }
  line = {};
  std::array<char, 4096> buffer;
  while (true) {
    in_.getline(buffer.data(), buffer.size());
    const auto count = static_cast<size_t>(in_.gcount());
    bytes_read_ += static_cast<int64_t>(count);
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
  if (absl::EndsWith(line.text, "\r")) line.text.pop_back();
  if (line_ == 1 && line.text.starts_with(kByteOrderMark)) {
    line.text.erase(0, kByteOrderMark.size());
  }
  return true;
}

// Adds lines until the quote is closed. When it never is, only the first line belongs to the
// record, and the others are read again.
bool CsvReader::ReadQuoted(std::string& text) {
  std::vector<Line> taken;
  const int64_t line = line_;
  while (IsOpen(text)) {
    Line next;
    if (text.size() > kCsvRecordBytesMax || !NextLine(next) || next.too_long) {
      if (next.too_long) taken.push_back(std::move(next));
      std::move(taken.rbegin(), taken.rend(), std::back_inserter(again_));
      line_ = line;
      return false;
    }
    absl::StrAppend(&text, "\n", next.text);
    taken.push_back(std::move(next));
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
  } else if (!ReadQuoted(line.text)) {
    record.status = absl::InvalidArgumentError("a quote is not closed");
  } else {
    record.status = Parse(line.text, delimiter_, record.fields);
  }
  return true;
}

}  // namespace crm::crmctl
