#include "services/customer/react/import_rows.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "crm/customer/v1/contact.pb.h"
#include "crm/customer/v1/customer_resource.pb.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/base/utf8.h"
#include "libs/files/cell.h"
#include "libs/files/phone.h"
#include "services/customer/domain/checks.h"
#include "services/customer/domain/custom_values.h"
#include "services/customer/domain/import.h"
#include "services/customer/react/vcard_rows.h"

namespace crm::customer {
namespace {

constexpr size_t kDetailBytesMax = 300;
constexpr size_t kNameBytesMax = 200;

// "personal.phones" of "customer.personal.phones[2]": without resource and elements.
std::string PlainPath(std::string_view path) {
  std::string plain;
  bool in_element = false;
  for (const char c : path) {
    if (c == '[') in_element = true;
    if (!in_element) plain += c;
    if (c == ']') in_element = false;
  }
  for (const std::string_view resource : {"customer.", "contact."}) {
    if (plain.starts_with(resource)) plain.erase(0, resource.size());
  }
  return plain;
}

// Elements that no column has filled, of every list.
void DropEmptyElements(google::protobuf::Message& message) {
  const auto& reflection = *message.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const auto* field : fields) {
    if (field->message_type() == nullptr) continue;
    if (!field->is_repeated()) {
      DropEmptyElements(*reflection.MutableMessage(&message, field));
      continue;
    }
    int kept = 0;
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      if (reflection.GetRepeatedMessage(message, field, i).ByteSizeLong() == 0) continue;
      if (i != kept) reflection.SwapElements(&message, field, i, kept);
      ++kept;
    }
    while (reflection.FieldSize(message, field) > kept) reflection.RemoveLast(&message, field);
  }
}

google::protobuf::Message& InRow(ImportRow& row, const ImportField& field) {
  if (field.of_position) return row.position;
  return *row.resource;
}

void DropEmptyIds(google::protobuf::RepeatedPtrField<common::v1::ExternalId>& external_ids) {
  for (int i = external_ids.size() - 1; i >= 0; --i) {
    if (external_ids[i].id().empty()) external_ids.DeleteSubrange(i, 1);
  }
}

}  // namespace

struct ImportRows::Reader {
  Reader(const std::string& import, int64_t offset, const engine::Snapshot& snapshot)
      : file(import, offset, snapshot), stream(&file) {}

  ImportFile file;
  std::istream stream;
  // One of them.
  std::optional<files::CsvReader> csv;
  std::optional<files::VcardReader> vcard;
};

std::string Cut(std::string_view text, size_t bytes_max) {
  return base::WithoutControls(base::ToUtf8(text, bytes_max));
}

bool ImportRow::bad() const {
  return std::any_of(findings.begin(), findings.end(), [](const ImportFinding& finding) {
    return finding.fault.severity() == v1::IMPORT_SEVERITY_ERROR;
  });
}

ImportFinding Finding(int64_t line, v1::ImportSeverity severity, v1::Reason reason,
                      std::string_view detail) {
  ImportFinding finding;
  finding.fault.set_line(line);
  finding.fault.set_severity(severity);
  ReasonWords words = WordsOf(reason);
  finding.fault.set_reason(std::move(words.reason));
  *finding.fault.mutable_text() = std::move(words.text);
  finding.fault.set_detail(Cut(detail, kDetailBytesMax));
  return finding;
}

ImportRows::ImportRows(const v1::Import& import, v1::ImportEncoding encoding,
                       const engine::Snapshot& snapshot, bool thorough)
    : import_(import), snapshot_(snapshot), encoding_(encoding), thorough_(thorough) {}

ImportRows::~ImportRows() = default;

std::unique_ptr<ImportRows::Reader> ImportRows::ReaderAt(int64_t offset, int64_t line) const {
  auto reader = std::make_unique<Reader>(import_.name(), offset, snapshot_);
  if (import_.format() == v1::IMPORT_FORMAT_VCARD) {
    reader->vcard.emplace(reader->stream, line, DecodeOf(encoding_));
  } else {
    const char delimiter = import_.delimiter().empty() ? ',' : import_.delimiter()[0];
    reader->csv.emplace(reader->stream, delimiter, line, DecodeOf(encoding_));
  }
  return reader;
}

// As they were when the check began. An import from before these were kept goes by those of now.
CustomFields ImportRows::Declared(const std::vector<std::string>& names) const {
  if (!import_.basis().custom_fields().empty()) return import_.basis().custom_fields();
  return DeclarationsOf(names, CustomFieldTargetOf(import_.kind()), snapshot_).kept;
}

absl::Status ImportRows::Open() {
  reader_ = ReaderAt(0, 1);
  base_ = 0;
  const CustomFields declared = Declared(FieldNamesOf(import_, ""));
  for (const v1::ImportMapping& mapping : import_.mappings()) {
    auto field = FindImportField(import_.kind(), mapping.field(), declared);
    if (!field.ok()) return field.status();
    columns_.push_back({mapping.column(), *std::move(field), -1, mapping.constant()});
  }
  return reader_->csv.has_value() ? ReadHeading() : absl::OkStatus();
}

absl::Status ImportRows::ReadHeading() {
  files::CsvRecord record;
  if (!reader_->csv->Next(record)) return absl::InvalidArgumentError("the file has no heading");
  if (!record.status.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the heading cannot be read: ", record.status.message()));
  }
  std::vector<std::string> heading;
  for (const std::string& column : record.fields)
    heading.emplace_back(absl::StripAsciiWhitespace(column));
  heading_size_ = heading.size();
  return FindColumns(heading);
}

// Says columns by their number: what has no heading begins with somebody's data.
absl::Status ImportRows::FindColumns(const std::vector<std::string>& heading) {
  std::map<std::string, int> places;
  for (size_t i = 0; i < heading.size(); ++i) {
    if (places.emplace(heading[i], static_cast<int>(i)).second || heading[i].empty()) continue;
    return absl::InvalidArgumentError(absl::StrCat("column ", i + 1, " has an earlier one's name"));
  }
  if (import_.mappings().empty()) {
    const CustomFields declared = Declared(heading);
    for (const std::string& column : heading) {
      auto field = FindImportField(import_.kind(), column, declared);
      if (!field.ok()) {
        return absl::InvalidArgumentError(
            absl::StrCat("column ", places.at(column) + 1, " is no field"));
      }
      columns_.push_back({column, *std::move(field), places.at(column), ""});
    }
    return absl::OkStatus();
  }
  for (Column& column : columns_) {
    if (column.name.empty()) continue;
    const auto place = places.find(column.name);
    if (place == places.end())
      return absl::InvalidArgumentError(absl::StrCat("column ", column.name, " is missing"));
    column.index = place->second;
  }
  return absl::OkStatus();
}

void ImportRows::GoTo(const v1::ImportPosition& position) {
  if (position.offset() == 0) return;
  base_ = position.offset();
  reader_ = ReaderAt(position.offset(), position.line());
}

v1::ImportPosition ImportRows::position() const {
  v1::ImportPosition position;
  const bool csv = reader_->csv.has_value();
  position.set_offset(base_ + (csv ? reader_->csv->offset() : reader_->vcard->offset()));
  position.set_line(csv ? reader_->csv->next_line() : reader_->vcard->next_line());
  return position;
}

bool ImportRows::has_positions() const {
  return std::any_of(columns_.begin(), columns_.end(),
                     [](const Column& column) { return column.field.of_position; });
}

bool ImportRows::Next(ImportRow& row) {
  row = {};
  row.resource.reset(ImportedResource(import_.kind()).New());
  const auto unreadable = [&](const absl::Status& status) {
    row.findings.push_back(Finding(row.line, v1::IMPORT_SEVERITY_ERROR, v1::REASON_ROW_UNREADABLE,
                                   {status.message().data(), status.message().size()}));
  };
  if (reader_->csv.has_value()) {
    files::CsvRecord record;
    if (!reader_->csv->Next(record)) return false;
    row.line = record.line;
    if (!record.status.ok()) {
      unreadable(record.status);
      return true;
    }
    Convert(record.fields, row);
  } else {
    files::VcardRecord record;
    if (!reader_->vcard->Next(record)) return false;
    row.line = record.line;
    if (!record.status.ok()) {
      unreadable(record.status);
      return true;
    }
    ReadVcard(record, row);
    SetConstants(row);
  }
  Finish(row);
  return true;
}

void ImportRows::Convert(const std::vector<std::string>& fields, ImportRow& row) const {
  if (fields.size() != heading_size_) {
    row.findings.push_back(
        Finding(row.line, v1::IMPORT_SEVERITY_ERROR, v1::REASON_ROW_UNREADABLE,
                absl::StrCat("has ", fields.size(), " fields, and the heading ", heading_size_)));
    return;
  }
  for (const Column& column : columns_) {
    const std::string* text = column.index >= 0 ? &fields[column.index] : nullptr;
    const bool empty = text == nullptr || absl::StripAsciiWhitespace(*text).empty();
    if (empty && column.constant.empty()) continue;
    const std::string value = files::UnguardFormula(
        std::string(absl::StripAsciiWhitespace(empty ? column.constant : *text)));
    Set(column, value, row);
  }
}

void ImportRows::Set(const Column& column, const std::string& value, ImportRow& row) const {
  if (SetImportField(InRow(row, column.field), column.field, value).ok()) return;
  // Without the words of what was wrong: they quote the value, which may be personal.
  ImportFinding finding = Finding(row.line, v1::IMPORT_SEVERITY_ERROR, v1::REASON_ROW_VALUE_INVALID,
                                  "is none that the field takes");
  finding.fault.set_column(Cut(column.name, kNameBytesMax));
  finding.fault.set_field(column.field.path);
  finding.value = Cut(value, kImportValueBytesMax);
  row.findings.push_back(std::move(finding));
}

void ImportRows::SetConstants(ImportRow& row) const {
  for (const Column& column : columns_) Set(column, column.constant, row);
}

void ImportRows::NormalizePhones(ImportRow& row) const {
  const auto warn = [&](const std::string& number, const char* detail) {
    constexpr char kPath[] = "personal.phones";
    ImportFinding finding =
        Finding(row.line, v1::IMPORT_SEVERITY_WARNING, v1::REASON_PHONE_NOT_VALID, detail);
    finding.fault.set_field(kPath);
    const auto column =
        std::find_if(columns_.begin(), columns_.end(),
                     [&](const Column& candidate) { return candidate.field.path == kPath; });
    if (column != columns_.end()) finding.fault.set_column(Cut(column->name, kNameBytesMax));
    finding.value = Cut(number, kImportValueBytesMax);
    row.findings.push_back(std::move(finding));
  };
  // False: it is no number at all, and is left out.
  const auto normalize = [&](std::string& number) {
    const bool is_e164 = IsPhone(number);
    if (is_e164 && !thorough_) return true;
    files::Phone phone = files::ParsePhone(number, import_.basis().phone_country_code());
    const bool usable = is_e164 || IsPhone(phone.e164);
    if (!phone.valid) warn(number, usable ? "is of no numbering plan" : "is left out");
    if (!is_e164 && usable) number = std::move(phone.e164);
    return usable;
  };
  if (import_.kind() == v1::IMPORT_KIND_CONTACTS) {
    auto& phones = *static_cast<v1::Contact&>(*row.resource).mutable_personal()->mutable_phones();
    for (int i = phones.size() - 1; i >= 0; --i) {
      if (!normalize(*phones[i].mutable_number())) phones.DeleteSubrange(i, 1);
    }
    return;
  }
  auto& phones = *static_cast<v1::Customer&>(*row.resource).mutable_personal()->mutable_phones();
  for (int i = phones.size() - 1; i >= 0; --i) {
    if (!normalize(phones[i])) phones.DeleteSubrange(i, 1);
  }
}

void ImportRows::Finish(ImportRow& row) const {
  if (row.bad()) return;
  DropEmptyElements(*row.resource);
  if (import_.kind() == v1::IMPORT_KIND_CONTACTS) {
    auto& contact = static_cast<v1::Contact&>(*row.resource);
    DropEmptyIds(*contact.mutable_external_ids());
    if (!contact.personal().phones().empty()) NormalizePhones(row);
  } else {
    auto& customer = static_cast<v1::Customer&>(*row.resource);
    DropEmptyIds(*customer.mutable_external_ids());
    if (!customer.personal().phones().empty()) NormalizePhones(row);
  }
}

ImportFinding ImportRows::Refused(const ImportRow& row, const absl::Status& status,
                                  std::string_view said) const {
  ImportFinding finding = Finding(row.line, v1::IMPORT_SEVERITY_ERROR, v1::REASON_ROW_VALUE_INVALID,
                                  {status.message().data(), status.message().size()});
  const std::string reason = base::ReasonOf(status);
  v1::Reason known;
  if (v1::Reason_Parse("REASON_" + reason, &known)) {
    ReasonWords words = WordsOf(known);
    finding.fault.set_reason(std::move(words.reason));
    *finding.fault.mutable_text() = std::move(words.text);
  }
  const std::string field = said.empty() ? PlainPath(base::FieldOf(status)) : std::string(said);
  finding.fault.set_field(Cut(field, kNameBytesMax));
  const std::string custom_field = base::MetadataOf(status, kRefusedCustomField);
  size_t longest = 0;
  for (const Column& column : columns_) {
    const std::string path = PlainPath(column.field.path);
    const bool named = custom_field.empty()
                           ? IsValueAt(*row.resource, column.field, base::FieldOf(status))
                           : column.field.custom_field == custom_field;
    const bool meant =
        named || field == path || (field.starts_with(path) && field[path.size()] == '.');
    if (!meant || path.size() <= longest) continue;
    longest = path.size();
    finding.fault.set_column(Cut(column.name, kNameBytesMax));
    const google::protobuf::Message* owner = row.resource.get();
    if (column.field.of_position) owner = &row.position;
    finding.value = Cut(TextOf(*owner, column.field), kImportValueBytesMax);
  }
  return finding;
}

}  // namespace crm::customer
