// A table as the library works with it: a TableSpec checked against its row's descriptor, types
// erased.
#pragma once

#include <google/protobuf/message.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/base/resource_name.h"
#include "libs/table/field_path.h"
#include "libs/table/spec.h"

namespace crm::table {

// A TableSpec without its type.
struct ErasedSpec {
  std::string name;
  std::vector<std::string> key;
  struct Index {
    std::string name;
    std::vector<std::string> fields;
  };
  std::vector<Index> indexes;
  bool history = false;
  int version = 1;
};

struct KeyPart {
  FieldPath path;
  bool descending = false;
};

struct IndexDef {
  std::string name;  // "" for the primary key.
  int id = 0;        // 0 for the primary key, then 1, 2 ... in declared order.
  std::vector<KeyPart> fields;
  // First of the fields that fan out over the (one) repeated field, or -1; how many do.
  int fan_out = -1;
  int fan_out_fields = 0;
};

// Immutable once compiled; a copy is cheap enough for start-up only.
class TableDef {
 public:
  const std::string& name() const { return name_; }
  const google::protobuf::Descriptor& row() const { return *row_; }
  // An instance of the row, for New() and default values. Lives as long as the process.
  const google::protobuf::Message& prototype() const { return *prototype_; }
  const IndexDef& primary() const { return indexes_.front(); }
  // The primary key first.
  const std::vector<IndexDef>& indexes() const { return indexes_; }
  // nullptr when there is none of that name.
  const IndexDef* FindIndex(std::string_view name) const;
  bool history() const { return history_; }
  int version() const { return version_; }
  // Of the google.api.resource option; "" without one.
  const std::string& pattern() const { return pattern_; }
  // The same, parsed; nullopt when rows have no resource names.
  const std::optional<base::NamePattern>& names() const { return names_; }
  // Its variables as fields of the row, in their order.
  const std::vector<FieldPath>& name_variables() const { return name_variables_; }
  // SHA-256 in hexadecimal over all that decides how rows are stored and found: names, key,
  // indexes, version and the full structure of the row message.
  const std::string& fingerprint() const { return fingerprint_; }
  // First byte of its keys, given by Database::Open; -1 for a definition that is not a database's
  // own.
  int id() const { return id_; }

 private:
  friend absl::StatusOr<TableDef> CompileErased(const ErasedSpec& spec,
                                                const google::protobuf::Message& prototype);
  friend class Database;

  std::string name_;
  const google::protobuf::Descriptor* row_ = nullptr;
  const google::protobuf::Message* prototype_ = nullptr;
  std::vector<IndexDef> indexes_;
  bool history_ = false;
  int version_ = 1;
  std::string pattern_;
  std::optional<base::NamePattern> names_;
  std::vector<FieldPath> name_variables_;
  std::string fingerprint_;
  int id_ = -1;
};

// INVALID_ARGUMENT naming table, index and field: an unknown field, a key field that is repeated,
// not a scalar, string, enum, Timestamp or Date, two repeated fields in one index, a name twice, a
// row with map fields.
absl::StatusOr<TableDef> CompileErased(const ErasedSpec& spec,
                                       const google::protobuf::Message& prototype);

// As CompileErased, for specs in our code: a wrong one is a bug and ends the process at start,
// saying which.
TableDef CompileOrDie(const ErasedSpec& spec, const google::protobuf::Message& prototype);

template <class R>
ErasedSpec Erase(const TableSpec<R>& spec) {
  ErasedSpec erased{std::string(spec.name), {}, {}, spec.history, spec.version};
  for (std::string_view field : spec.key) {
    if (!field.empty()) erased.key.emplace_back(field);
  }
  for (const IndexSpec& index : spec.indexes) {
    if (index.name.empty()) continue;
    erased.indexes.push_back({std::string(index.name), {}});
    for (std::string_view field : index.fields) {
      if (!field.empty()) erased.indexes.back().fields.emplace_back(field);
    }
  }
  return erased;
}

template <class R>
TableDef Compile(const TableSpec<R>& spec) {
  return CompileOrDie(Erase(spec), R::default_instance());
}

// One string over the fingerprints of all tables, whatever their order, and over this library's
// format version: equal means that a directory written under one set is good for the other.
std::string Fingerprint(const std::vector<TableDef>& tables);

}  // namespace crm::table
