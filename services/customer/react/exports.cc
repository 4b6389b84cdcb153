#include "services/customer/react/exports.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "crm/customer/v1/customer_resource.pb.h"
#include "libs/base/hash.h"
#include "libs/base/resource_name.h"
#include "libs/files/encoding.h"
#include "libs/files/fields.h"
#include "libs/table/filter.h"
#include "libs/table/rows.h"
#include "services/customer/domain/data_exchange.h"
#include "services/customer/domain/export.h"
#include "services/customer/domain/import.h"
#include "services/customer/domain/notice.h"
#include "services/customer/domain/references.h"
#include "services/customer/read/exchange_tables.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// A part ends before the row that would reach beyond this.
constexpr size_t kPartBytes = 256 << 10;
constexpr std::string_view kFormulaMarks = "=+-@\t\r";

// A field of a CSV file. What a spreadsheet would take for a formula gets an apostrophe before it,
// which imports take away again.
void AppendValue(std::string value, std::string& line) {
  if (!value.empty() && kFormulaMarks.find(value[0]) != std::string_view::npos)
    value.insert(0, "'");
  if (value.find_first_of(",\"\r\n") == std::string::npos) {
    line.append(value);
  } else {
    absl::StrAppend(&line, "\"", absl::StrReplaceAll(value, {{"\"", "\"\""}}), "\"");
  }
}

// A column: the field, and the messages on the way to it.
struct Column {
  std::vector<const FieldDescriptor*> steps;
};

std::string ValueOf(const Column& column, const Message& customer) {
  const Message* at = &customer;
  for (size_t i = 0; i + 1 < column.steps.size(); ++i)
    at = &at->GetReflection()->GetMessage(*at, column.steps[i]);
  std::string text = files::FieldText(*at, *column.steps.back());
  // As imports take several values of one column.
  const bool list = column.steps.back()->is_repeated() &&
                    column.steps.back()->cpp_type() == FieldDescriptor::CPPTYPE_STRING;
  return list ? absl::StrReplaceAll(text, {{", ", ";"}}) : text;
}

// The customers as parts of a file.
class Writer {
 public:
  Writer(const v1::Export& exported, const engine::Snapshot& snapshot)
      : exported_(exported), snapshot_(snapshot) {
    for (const std::string& path : exported.fields()) columns_.push_back({ExportSteps(path)});
    own_ = StaffOfActor(exported.creator());
  }

  // REASON_UNSPECIFIED, or why it cannot be written: EXPORT_TOO_LARGE when there are more rows than
  // this, EXPORT_NOT_WRITABLE when a field is gone or a row is longer than a part.
  v1::Reason Write(int64_t rows_max);
  engine::Commands Commands() &&;

 private:
  void WriteHeading();
  // False: it is longer than a part.
  bool WriteRow(const v1::Customer& customer);
  void EndPart();

  const v1::Export& exported_;
  const engine::Snapshot& snapshot_;
  std::vector<Column> columns_;
  std::string own_;  // The id of staff of who asked; empty: a service did.
  std::string part_;
  std::vector<std::string> parts_;
  v1::ExportResult result_;
};

void Writer::EndPart() {
  result_.set_total_bytes(result_.total_bytes() + static_cast<int64_t>(part_.size()));
  parts_.push_back(std::exchange(part_, {}));
}

void Writer::WriteHeading() {
  if (exported_.format() == v1::EXPORT_FORMAT_CSV_BOM) part_.append(files::kByteOrderMark);
  for (int i = 0; i < exported_.fields_size(); ++i) {
    if (i > 0) part_ += ',';
    AppendValue(exported_.fields(i), part_);
  }
  part_.append("\r\n");
}

bool Writer::WriteRow(const v1::Customer& customer) {
  result_.set_rows(result_.rows() + 1);
  if (!own_.empty() && customer.owner() == own_) result_.set_own_rows(result_.own_rows() + 1);
  std::string row;
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (i > 0) row += ',';
    AppendValue(ValueOf(columns_[i], customer), row);
  }
  row.append("\r\n");
  if (row.size() > kPartBytes) return false;
  if (part_.size() + row.size() > kPartBytes) EndPart();
  part_.append(row);
  return true;
}

v1::Reason Writer::Write(int64_t rows_max) {
  const auto filter = table::ParseFilter(exported_.filter(), *v1::Customer::descriptor());
  // Checked when it was asked for; a field may be gone since.
  const bool known = std::all_of(columns_.begin(), columns_.end(),
                                 [](const Column& column) { return !column.steps.empty(); });
  if (!filter.ok() || !known) return v1::REASON_EXPORT_NOT_WRITABLE;
  const std::unordered_map<std::string, std::string> merged = Redirects(snapshot_);
  WriteHeading();
  v1::Reason failed = v1::REASON_UNSPECIFIED;
  snapshot_.Scan(kCustomers, "", [&](const v1::Customer& customer) {
    if (!own_.empty() && customer.owner() == own_) result_.set_book_size(result_.book_size() + 1);
    if (merged.count(customer.name()) > 0 || !table::Matches(*filter, customer)) return true;
    if (result_.rows() >= rows_max) {
      failed = v1::REASON_EXPORT_TOO_LARGE;
    } else if (!WriteRow(customer)) {
      failed = v1::REASON_EXPORT_NOT_WRITABLE;
    }
    return failed == v1::REASON_UNSPECIFIED;
  });
  if (!part_.empty()) EndPart();
  return failed;
}

engine::Commands Writer::Commands() && {
  std::string marks;
  for (const std::string& part : parts_) marks.append(base::Sha256({part}));
  const std::string hash = base::Sha256({marks});
  uint64_t reading = 0;
  for (size_t i = 0; i < sizeof(reading); ++i)
    reading = reading << 8 | static_cast<unsigned char>(hash[i]);
  engine::Commands commands;
  for (size_t i = 0; i < parts_.size(); ++i) {
    auto write = std::make_unique<v1::WriteExportChunkRequest>();
    write->set_parent(exported_.name());
    write->set_export_chunk_id(ExportChunkId(exported_.attempt(), static_cast<int>(i)));
    write->mutable_export_chunk();
    write->mutable_written()->set_reading(reading);
    write->mutable_written()->mutable_personal()->set_content(std::move(parts_[i]));
    commands.push_back(std::move(write));
  }
  auto finish = std::make_unique<v1::FinishExportRequest>();
  finish->set_name(exported_.name());
  finish->set_attempt(exported_.attempt());
  finish->set_reading(reading);
  result_.set_chunk_count(static_cast<int>(parts_.size()));
  *finish->mutable_result() = result_;
  commands.push_back(std::move(finish));
  return commands;
}

engine::Commands Run(const v1::Export& exported, int attempt, const engine::Snapshot& snapshot) {
  // Read anew already.
  if (exported.state() != v1::EXPORT_STATE_RUNNING || exported.attempt() != attempt) return {};
  Writer writer(exported, snapshot);
  const v1::Reason failed = writer.Write(GatherDataExchange(snapshot).policy.export_rows_max());
  if (failed == v1::REASON_UNSPECIFIED) return std::move(writer).Commands();
  auto fail = std::make_unique<v1::FailExportRequest>();
  fail->set_name(exported.name());
  ReasonWords words = WordsOf(failed);
  fail->mutable_failure()->set_reason(std::move(words.reason));
  *fail->mutable_failure()->mutable_text() = std::move(words.text);
  engine::Commands commands;
  commands.push_back(std::move(fail));
  return commands;
}

// Of all attempts.
engine::Commands Drop(const std::string& exported, const engine::Snapshot& snapshot) {
  engine::Commands commands;
  snapshot.Scan(
      kExportChunks, "",
      [&](const v1::ExportChunk& chunk) {
        if (!chunk.has_personal()) return true;
        auto drop = std::make_unique<v1::DropExportChunkRequest>();
        drop->set_name(chunk.name());
        commands.push_back(std::move(drop));
        return true;
      },
      table::StartsWith{exported + "/exportChunks/"});
  return commands;
}

// Who asked is told how it ended, and of a large one their manager too.
engine::Commands Tell(const v1::Export& exported, const engine::EventMeta& meta,
                      const engine::Snapshot& snapshot) {
  engine::Commands commands;
  const std::string staff = StaffOfActor(exported.creator());
  if (staff.empty()) return commands;
  Notice notice{
      .staff = staff, .reason = v1::NOTIFICATION_REASON_EXPORT_ENDED, .about = exported.name()};
  AddNotice(meta, notice, commands);
  const auto person = snapshot.Get(kStaff, absl::StrCat("staff/", staff));
  if (!exported.large() || !person.has_value() || person->manager().empty() ||
      person->manager() == person->name())
    return commands;
  notice.staff = person->manager();
  notice.reason = v1::NOTIFICATION_REASON_LARGE_EXPORT;
  AddNotice(meta, notice, commands);
  return commands;
}

}  // namespace

engine::Commands OnExport(const engine::ForeignEvent<v1::ExportEvent>& event,
                          const engine::Snapshot& snapshot) {
  using Event = v1::ExportEvent;
  const auto exported = snapshot.Get(kExports, event.meta.name);
  if (!exported.has_value()) return {};
  switch (event.event.event_case()) {
    case Event::kCreated:
      return Run(*exported, 1, snapshot);
    case Event::kRestarted:
      return Run(*exported, event.event.restarted().attempt(), snapshot);
    case Event::kCancelled:
    case Event::kExpired:
      return Drop(exported->name(), snapshot);
    case Event::kFinished:
    case Event::kFailed:
      return Tell(*exported, event.meta, snapshot);
    case Event::EVENT_NOT_SET:
      return {};
  }
  return {};
}

}  // namespace crm::customer
