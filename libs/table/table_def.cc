#include "libs/table/table_def.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/hash.h"
#include "libs/table/codec.h"

namespace crm::table {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

bool IsName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

bool HasKeyCode(ValueKind kind) { return kind != ValueKind::kMessage && kind != ValueKind::kOther; }

absl::StatusOr<KeyPart> ResolvePart(const Descriptor& row, std::string_view field) {
  KeyPart part;
  part.descending = !field.empty() && field.front() == '-';
  absl::StatusOr<FieldPath> path = ResolvePath(row, field.substr(part.descending ? 1 : 0));
  if (!path.ok()) return path.status();
  part.path = *std::move(path);
  if (!HasKeyCode(part.path.kind)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", part.path.text, "\" is not an integer, bool, enum, string, Timestamp or Date"));
  }
  return part;
}

// Fields that fan out must do so over the same repeated field.
absl::Status CheckFanOut(IndexDef& index) {
  for (size_t i = 0; i < index.fields.size(); ++i) {
    const FieldPath& path = index.fields[i].path;
    if (path.repeated_step < 0) continue;
    ++index.fan_out_fields;
    if (index.fan_out < 0) {
      index.fan_out = static_cast<int>(i);
      continue;
    }
    const FieldPath& first = index.fields[index.fan_out].path;
    const bool same = first.repeated_step == path.repeated_step &&
                      std::equal(path.steps.begin(), path.steps.begin() + path.repeated_step + 1,
                                 first.steps.begin());
    if (!same) {
      return absl::InvalidArgumentError(absl::StrCat("\"", first.text, "\" and \"", path.text,
                                                     "\" fan out over two repeated fields"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<IndexDef> ResolveIndex(const Descriptor& row, const std::string& name,
                                      const std::vector<std::string>& fields) {
  IndexDef index;
  index.name = name;
  std::set<std::string> seen;
  for (const std::string& field : fields) {
    absl::StatusOr<KeyPart> part = ResolvePart(row, field);
    if (!part.ok()) return part.status();
    if (!seen.insert(part->path.text).second) {
      return absl::InvalidArgumentError(absl::StrCat("\"", part->path.text, "\" stands twice"));
    }
    index.fields.push_back(*std::move(part));
  }
  if (index.fields.empty()) return absl::InvalidArgumentError("no fields");
  if (absl::Status s = CheckFanOut(index); !s.ok()) return s;
  return index;
}

void DescribeEnum(const EnumDescriptor& type, std::string& out) {
  absl::StrAppend(&out, "enum ", type.full_name(), "\n");
  for (int i = 0; i < type.value_count(); ++i) {
    absl::StrAppend(&out, " ", type.value(i)->number(), " ", type.value(i)->name(), "\n");
  }
}

// The message and all it contains, each type once, fields by number. Finds the first map field.
void DescribeMessage(const Descriptor& type, std::set<std::string>& seen, std::string& out,
                     std::string& map_field) {
  if (!seen.insert(type.full_name()).second) return;
  absl::StrAppend(&out, "message ", type.full_name(), "\n");
  std::vector<const FieldDescriptor*> fields;
  for (int i = 0; i < type.field_count(); ++i) fields.push_back(type.field(i));
  std::sort(fields.begin(), fields.end(),
            [](const auto* a, const auto* b) { return a->number() < b->number(); });
  for (const FieldDescriptor* field : fields) {
    absl::StrAppend(&out, " ", field->number(), " ", field->name(), " ", field->type_name(), " ",
                    static_cast<int>(field->label()), field->has_presence() ? " presence" : "");
    if (field->message_type() != nullptr)
      absl::StrAppend(&out, " ", field->message_type()->full_name());
    if (field->enum_type() != nullptr) absl::StrAppend(&out, " ", field->enum_type()->full_name());
    out.push_back('\n');
    if (field->is_map() && map_field.empty()) map_field = field->full_name();
  }
  for (const FieldDescriptor* field : fields) {
    if (field->message_type() != nullptr) {
      DescribeMessage(*field->message_type(), seen, out, map_field);
    }
    if (field->enum_type() != nullptr && seen.insert(field->enum_type()->full_name()).second) {
      DescribeEnum(*field->enum_type(), out);
    }
  }
}

std::string DescribeSpec(const ErasedSpec& spec) {
  std::string out = absl::StrCat("table ", spec.name, " version ", spec.version,
                                 spec.history ? " history" : "", "\nkey");
  for (const std::string& field : spec.key) absl::StrAppend(&out, " ", field);
  for (const ErasedSpec::Index& index : spec.indexes) {
    absl::StrAppend(&out, "\nindex ", index.name);
    for (const std::string& field : index.fields) absl::StrAppend(&out, " ", field);
  }
  out.push_back('\n');
  return out;
}

absl::Status Wrong(const ErasedSpec& spec, std::string_view part, const absl::Status& why) {
  return absl::InvalidArgumentError(absl::StrCat(
      "table ", spec.name, ", ", absl::string_view(part.data(), part.size()), ": ", why.message()));
}

}  // namespace

const IndexDef* TableDef::FindIndex(std::string_view name) const {
  for (const IndexDef& index : indexes_) {
    if (index.name == name) return &index;
  }
  return nullptr;
}

absl::StatusOr<TableDef> CompileErased(const ErasedSpec& spec,
                                       const google::protobuf::Message& prototype) {
  TableDef table;
  table.name_ = spec.name;
  table.row_ = prototype.GetDescriptor();
  table.prototype_ = &prototype;
  table.history_ = spec.history;
  table.version_ = spec.version;
  table.pattern_ = ResourcePattern(*table.row_);
  table.names_ = base::NamePattern::Parse(table.pattern_);
  table.name_variables_ = NameVariables(*table.row_);
  if (!IsName(spec.name)) {
    return absl::InvalidArgumentError(
        absl::StrCat("table name \"", spec.name, "\" is not [a-z0-9_]+"));
  }
  absl::StatusOr<IndexDef> primary = ResolveIndex(*table.row_, "", spec.key);
  if (!primary.ok()) return Wrong(spec, "key", primary.status());
  if (primary->fan_out >= 0) {
    return Wrong(spec, "key", absl::InvalidArgumentError("a key field is not repeated"));
  }
  table.indexes_.push_back(*std::move(primary));
  for (const ErasedSpec::Index& index : spec.indexes) {
    const std::string part = absl::StrCat("index ", index.name);
    if (!IsName(index.name) || table.FindIndex(index.name) != nullptr) {
      return Wrong(spec, part, absl::InvalidArgumentError("a name of its own, [a-z0-9_]+"));
    }
    absl::StatusOr<IndexDef> resolved = ResolveIndex(*table.row_, index.name, index.fields);
    if (!resolved.ok()) return Wrong(spec, part, resolved.status());
    resolved->id = static_cast<int>(table.indexes_.size());
    table.indexes_.push_back(*std::move(resolved));
  }
  std::string description = DescribeSpec(spec), map_field;
  absl::StrAppend(&description, "pattern ", table.pattern_, "\n");
  std::set<std::string> seen;
  DescribeMessage(*table.row_, seen, description, map_field);
  if (!map_field.empty()) {
    // The order of a map's entries is not the same on every replica.
    return Wrong(spec, "row", absl::InvalidArgumentError(absl::StrCat(map_field, " is a map")));
  }
  table.fingerprint_ = base::Sha256Hex(description);
  return table;
}

TableDef CompileOrDie(const ErasedSpec& spec, const google::protobuf::Message& prototype) {
  absl::StatusOr<TableDef> table = CompileErased(spec, prototype);
  base::Check(table.ok(), table.ok() ? "" : table.status().ToString());
  return *std::move(table);
}

std::string Fingerprint(const std::vector<TableDef>& tables) {
  std::vector<std::string> lines;
  for (const TableDef& table : tables) {
    lines.push_back(absl::StrCat(table.name(), " ", table.fingerprint(), "\n"));
  }
  std::sort(lines.begin(), lines.end());
  std::string all = absl::StrCat("format ", kFormatVersion, "\n");
  for (const std::string& line : lines) all.append(line);
  return base::Sha256Hex(all);
}

}  // namespace crm::table
