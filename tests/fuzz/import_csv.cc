// CSV files as crmctl imports them. Input: the kind of rows, the delimiter, then the file.
#include <sstream>
#include <string>

#include "libs/base/check.h"
#include "libs/base/field_limits.h"
#include "libs/base/utf8.h"
#include "tests/fuzz/fuzz.h"
#include "tools/crmctl/csv.h"
#include "tools/crmctl/import_rows.h"

namespace crm::fuzz {
namespace {

using crmctl::CsvRecord;

// The record as RFC 4180 writes it, every field in quotes.
std::string Quoted(const CsvRecord& record, char delimiter) {
  std::string line;
  for (const std::string& field : record.fields) {
    if (!line.empty()) line.push_back(delimiter);
    line.push_back('"');
    for (const char c : field) line.append(c == '"' ? 2 : 1, c);
    line.push_back('"');
  }
  return line + "\n";
}

void CheckWritten(const CsvRecord& record, char delimiter) {
  const std::string line = Quoted(record, delimiter);
  if (line.size() > crmctl::kCsvLineBytesMax) return;
  std::istringstream in(line);
  crmctl::CsvReader reader(in, delimiter);
  CsvRecord again;
  const bool blank = record.fields.size() == 1 && record.fields[0].empty();
  base::Check(blank || (reader.Next(again) && again.status.ok() && again.fields == record.fields),
              "a record is the same when written and read");
}

}  // namespace

void Target(std::string_view bytes) {
  Input input(bytes);
  auto format = crmctl::RowFormat::Find(input.Below(2) == 0 ? "customers" : "orders");
  base::Check(format.ok(), "both kinds can be imported");
  const char delimiter = input.Below(2) == 0 ? ',' : ';';
  const std::string file(input.Rest());
  std::istringstream in(file);
  crmctl::CsvReader reader(in, delimiter);
  CsvRecord record;
  bool headed = false;
  int64_t line = 0;
  while (reader.Next(record)) {
    base::Check(record.line > line, "records come in the order of their lines");
    line = record.line;
    if (!record.status.ok()) {
      base::Check(record.fields.empty(), "what cannot be read has no fields");
      continue;
    }
    for (const std::string& field : record.fields)
      base::Check(base::IsUtf8(field), "fields are UTF-8");
    CheckWritten(record, delimiter);
    if (!headed) {
      headed = format->SetHeading(record.fields).ok();
      continue;
    }
    crmctl::RowError error;
    const auto row = format->Convert(record.fields, error);
    if (row.ok()) {
      base::ValidateLimits(**row).IgnoreError();
    } else {
      base::Check(!error.reason.empty(), "a row that is none says why");
    }
  }
  base::Check(reader.bytes_read() == static_cast<int64_t>(file.size()), "all of it is read");
}

}  // namespace crm::fuzz
