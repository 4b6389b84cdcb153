// The rows of a file as customers or contacts: what the columns mean, and what is wrong.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "crm/customer/v1/import.pb.h"
#include "crm/customer/v1/reason.pb.h"
#include "libs/engine/model.h"
#include "libs/files/vcard.h"
#include "services/customer/domain/import_fields.h"
#include "services/customer/react/import_file.h"

namespace crm::customer {

// Longest part of a value that a report shows, in bytes.
inline constexpr size_t kImportValueBytesMax = 100;

struct ImportFinding {
  v1::ImportFault fault;
  std::string value;  // What stood there, cut off.
};

struct ImportRow {
  int64_t line = 0;
  std::unique_ptr<google::protobuf::Message> resource;  // Customer or Contact; as far as it goes.
  v1::ImportedPosition position;                        // Of a contact; empty: nothing is said.
  std::vector<ImportFinding> findings;

  bool bad() const;
};

// Reads a file from a place on. Not thread-safe.
class ImportRows {
 public:
  // `import` and `snapshot` must outlive it. `encoding` is what the letters are. `thorough`:
  // numbers are looked up in numbering plans, which only a report needs.
  ImportRows(const v1::Import& import, v1::ImportEncoding encoding,
             const engine::Snapshot& snapshot, bool thorough);
  ~ImportRows();

  // Reads the heading, if the file has one. kInvalidArgument: there is none, or it lacks a column
  // that is mapped, or has one twice, or has one that is no field where nothing is mapped.
  absl::Status Open();
  // To where a row begins; else the first row is next. After Open.
  void GoTo(const v1::ImportPosition& position);
  // The next row; false at the end.
  bool Next(ImportRow& row);
  // Where the next row begins.
  v1::ImportPosition position() const;
  // Whether rows may say what contacts are at customers. After Open.
  bool has_positions() const;

  // The finding that a refusal of the row makes: of the column of `field`, or of the field that the
  // refusal names, if there is one.
  ImportFinding Refused(const ImportRow& row, const absl::Status& status,
                        std::string_view field = {}) const;

 private:
  struct Column {
    std::string name;  // Of a vCard the property's.
    ImportField field;
    int index = -1;  // In a record; -1: only the constant.
    std::string constant;
  };
  struct Reader;

  CustomFields Declared(const std::vector<std::string>& names) const;
  absl::Status ReadHeading();
  absl::Status FindColumns(const std::vector<std::string>& heading);
  void Convert(const std::vector<std::string>& fields, ImportRow& row) const;
  void Set(const Column& column, const std::string& value, ImportRow& row) const;
  void SetConstants(ImportRow& row) const;
  void NormalizePhones(ImportRow& row) const;
  void Finish(ImportRow& row) const;
  std::unique_ptr<Reader> ReaderAt(int64_t offset, int64_t line) const;

  const v1::Import& import_;
  const engine::Snapshot& snapshot_;
  const v1::ImportEncoding encoding_;
  const bool thorough_;
  std::vector<Column> columns_;
  size_t heading_size_ = 0;
  int64_t base_ = 0;  // Where the reader's stream begins in the file.
  std::unique_ptr<Reader> reader_;
};

// A text as reports show it: UTF-8 of at most `bytes_max` bytes, cut between characters, '?' for
// what is no text.
std::string Cut(std::string_view text, size_t bytes_max);

// A finding with this reason, of a row.
ImportFinding Finding(int64_t line, v1::ImportSeverity severity, v1::Reason reason,
                      std::string_view detail);

}  // namespace crm::customer
