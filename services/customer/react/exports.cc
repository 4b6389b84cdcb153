#include "services/customer/react/exports.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "crm/customer/v1/customer_resource.pb.h"
#include "libs/base/hash.h"
#include "libs/base/resource_name.h"
#include "libs/base/timestamp.h"
#include "libs/files/cell.h"
#include "libs/files/encoding.h"
#include "libs/files/fields.h"
#include "libs/table/filter.h"
#include "libs/table/rows.h"
#include "services/customer/domain/custom_values.h"
#include "services/customer/domain/data_exchange.h"
#include "services/customer/domain/export.h"
#include "services/customer/domain/import.h"
#include "services/customer/domain/notice.h"
#include "services/customer/domain/references.h"
#include "services/customer/read/exchange_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// A part ends before the row that would reach beyond this.
constexpr size_t kPartBytes = 256 << 10;
// A stretch ends with the customer by which it has so many: all of them are in memory.
constexpr size_t kStretchPartsMax = 16;
// As far as the clock of a customer's owner may be ahead of that of the export's.
constexpr absl::Duration kLeadMax = absl::Minutes(1);

// A field of a CSV file. What a spreadsheet would take for a formula gets an apostrophe before it,
// which imports take away again.
void AppendValue(std::string value, std::string& line) {
  value = files::GuardFormula(std::move(value));
  if (value.find_first_of(",\"\r\n") == std::string::npos) {
    line.append(value);
  } else {
    absl::StrAppend(&line, "\"", absl::StrReplaceAll(value, {{"\"", "\"\""}}), "\"");
  }
}

std::string ValueOf(const ExportField& column, const Message& customer) {
  const Message* at = &customer;
  for (size_t i = 0; i + 1 < column.steps.size(); ++i)
    at = &at->GetReflection()->GetMessage(*at, column.steps[i]);
  if (!column.custom_field.empty()) {
    for (int i = 0; i < at->GetReflection()->FieldSize(*at, column.steps.back()); ++i) {
      const auto& value = static_cast<const v1::CustomFieldValue&>(
          at->GetReflection()->GetRepeatedMessage(*at, column.steps.back(), i));
      if (value.field() == column.custom_field) return CustomValueText(value);
    }
    return "";
  }
  const FieldDescriptor& last = *column.steps.back();
  const bool list = last.is_repeated() && last.message_type() == nullptr;
  return list ? files::JoinCell(files::ElementTexts(*at, last)) : files::FieldText(*at, last);
}

// A stretch of the customers as parts of a file.
class Writer {
 public:
  // Goes on behind `before`, whose result has the moment as of which the rows are.
  Writer(const v1::Export& exported, const v1::ExportContinued& before,
         const engine::Snapshot& snapshot)
      : exported_(exported),
        snapshot_(snapshot),
        moment_(base::TimeOf(before.result().read_time())),
        before_(before),
        result_(before.result()) {
    for (const std::string& path : exported.fields()) columns_.push_back(FindExportField(path));
    own_ = StaffOfActor(exported.creator());
  }

  // REASON_UNSPECIFIED, or why it cannot be written: EXPORT_TOO_LARGE when there are more rows than
  // this, EXPORT_NOT_WRITABLE when a field is gone or a row is longer than a part.
  v1::Reason Write(const v1::DataExchangePolicy& policy);
  engine::Commands Commands() &&;

 private:
  void WriteHeading();
  // As it was at the moment; nothing: it was not there, or stood for nobody any more.
  std::optional<v1::Customer> AtTheMoment(const v1::Customer& now) const;
  // REASON_UNSPECIFIED, or why not.
  v1::Reason WriteCustomer(const v1::Customer& customer, const table::Filter& filter,
                           int64_t rows_max);
  // False: it is longer than a part.
  bool WriteRow(const v1::Customer& customer);
  void EndPart();

  const v1::Export& exported_;
  const engine::Snapshot& snapshot_;
  const absl::Time moment_;
  const v1::ExportContinued before_;
  std::vector<ExportField> columns_;
  std::string own_;  // The id of staff of who asked; empty: a service did.
  std::string part_;
  std::vector<std::string> parts_;
  v1::ExportResult result_;
  std::string last_customer_;
  bool last_ = true;
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

std::optional<v1::Customer> Writer::AtTheMoment(const v1::Customer& now) const {
  if (base::TimeOf(now.update_time()) <= moment_) return now;
  return snapshot_.GetAsOf(kCustomers, moment_, moment_, now.name());
}

v1::Reason Writer::WriteCustomer(const v1::Customer& customer, const table::Filter& filter,
                                 int64_t rows_max) {
  if (!customer.merged_into().empty()) return v1::REASON_UNSPECIFIED;
  if (!own_.empty() && customer.owner() == own_) result_.set_book_size(result_.book_size() + 1);
  if (!table::Matches(filter, customer)) return v1::REASON_UNSPECIFIED;
  if (result_.rows() >= rows_max) return v1::REASON_EXPORT_TOO_LARGE;
  return WriteRow(customer) ? v1::REASON_UNSPECIFIED : v1::REASON_EXPORT_NOT_WRITABLE;
}

v1::Reason Writer::Write(const v1::DataExchangePolicy& policy) {
  const auto filter = table::ParseFilter(exported_.filter(), *v1::Customer::descriptor(),
                                         KeyTypesOf(exported_.custom_fields()));
  // Checked when it was asked for; a field of the program may be gone since.
  const bool known = std::all_of(columns_.begin(), columns_.end(),
                                 [](const ExportField& column) { return !column.steps.empty(); });
  if (!filter.ok() || !known) return v1::REASON_EXPORT_NOT_WRITABLE;
  if (before_.last_customer().empty()) WriteHeading();
  v1::Reason failed = v1::REASON_UNSPECIFIED;
  int read = 0;
  v1::Customer after;
  after.set_name(before_.last_customer());
  snapshot_.ScanAfter(kCustomers, "", after, [&](const v1::Customer& now) {
    if (read == policy.export_stretch_customers() || parts_.size() >= kStretchPartsMax) {
      last_ = false;
      return false;
    }
    ++read;
    last_customer_ = now.name();
    const auto customer = AtTheMoment(now);
    if (customer.has_value()) failed = WriteCustomer(*customer, *filter, policy.export_rows_max());
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
  const int first = before_.result().chunk_count();
  engine::Commands commands;
  for (size_t i = 0; i < parts_.size(); ++i) {
    auto write = std::make_unique<v1::WriteExportChunkRequest>();
    write->set_parent(exported_.name());
    write->set_export_chunk_id(ExportChunkId(exported_.attempt(), first + static_cast<int>(i)));
    write->mutable_export_chunk();
    write->mutable_written()->set_reading(reading);
    write->mutable_written()->mutable_personal()->set_content(std::move(parts_[i]));
    commands.push_back(std::move(write));
  }
  result_.set_chunk_count(first + static_cast<int>(parts_.size()));
  const auto step = [&](auto& request) {
    request.set_name(exported_.name());
    request.set_attempt(exported_.attempt());
    request.set_reading(reading);
    request.set_first_chunk_number(first);
    request.set_previous_customer(before_.last_customer());
  };
  if (last_) {
    auto finish = std::make_unique<v1::FinishExportRequest>();
    step(*finish);
    *finish->mutable_result() = result_;
    commands.push_back(std::move(finish));
    return commands;
  }
  auto more = std::make_unique<v1::ContinueExportRequest>();
  step(*more);
  *more->mutable_continued()->mutable_result() = result_;
  more->mutable_continued()->set_last_customer(last_customer_);
  commands.push_back(std::move(more));
  return commands;
}

// As of when all rows are: of the event, or of the change that was recorded last of what is here:
// the clock of its owner may be ahead, and it was before the event. What is further ahead than
// kLeadMax does not count.
absl::Time MomentOf(const engine::EventMeta& meta, const engine::Snapshot& snapshot) {
  absl::Time moment = meta.time;
  v1::Customer latest;
  *latest.mutable_update_time() = base::TimestampOf(meta.time + kLeadMax);
  snapshot.ScanAfter(kCustomers, "by_update_time", latest, [&](const v1::Customer& newest) {
    moment = std::max(moment, base::TimeOf(newest.update_time()));
    return false;
  });
  return moment;
}

engine::Commands Run(const v1::Export& exported, int attempt, const v1::ExportContinued& before,
                     const engine::Snapshot& snapshot) {
  // Read anew already.
  if (exported.state() != v1::EXPORT_STATE_RUNNING || exported.attempt() != attempt) return {};
  Writer writer(exported, before, snapshot);
  const v1::Reason failed = writer.Write(GatherDataExchange(snapshot).policy);
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

// Reads from the beginning. A moment that is still to come is only said, and said again when the
// clock has passed it (ExportModel): what changes until then would count as of the moment.
engine::Commands Begin(const v1::Export& exported, int attempt, const engine::EventMeta& meta,
                       const engine::Snapshot& snapshot) {
  const absl::Time moment = MomentOf(meta, snapshot);
  v1::ExportContinued before;
  *before.mutable_result()->mutable_read_time() = base::TimestampOf(moment);
  if (moment <= meta.time) return Run(exported, attempt, before, snapshot);
  if (exported.state() != v1::EXPORT_STATE_RUNNING || exported.attempt() != attempt) return {};
  auto wait = std::make_unique<v1::ContinueExportRequest>();
  wait->set_name(exported.name());
  wait->set_attempt(attempt);
  *wait->mutable_continued() = before;
  engine::Commands commands;
  commands.push_back(std::move(wait));
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
      return Begin(*exported, 1, event.meta, snapshot);
    case Event::kRestarted:
      return Begin(*exported, event.event.restarted().attempt(), event.meta, snapshot);
    case Event::kContinued: {
      const v1::ExportContinued& continued = event.event.continued();
      if (continued.last_customer().empty() &&
          event.meta.time <= base::TimeOf(continued.result().read_time()))
        return {};
      // Events from before name no attempt.
      const int attempt = continued.attempt() == 0 ? exported->attempt() : continued.attempt();
      return Run(*exported, attempt, continued, snapshot);
    }
    case Event::kCancelled:
    case Event::kExpired:
      return Drop(exported->name(), snapshot);
    case Event::kFinished:
      return Tell(*exported, event.meta, snapshot);
    case Event::kFailed: {
      engine::Commands commands = Drop(exported->name(), snapshot);
      for (auto& notify : Tell(*exported, event.meta, snapshot))
        commands.push_back(std::move(notify));
      return commands;
    }
    case Event::EVENT_NOT_SET:
      return {};
  }
  return {};
}

}  // namespace crm::customer
