#include "libs/table/field_path.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "crm/common/v1/options.pb.h"
#include "google/api/resource.pb.h"
#include "libs/base/resource_name.h"
#include "libs/table/limits.h"

namespace crm::table {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

std::string AllowedFields(const Descriptor& message, const std::vector<FieldPath>& variables) {
  std::string names;
  for (int i = 0; i < message.field_count(); ++i) {
    absl::StrAppend(&names, names.empty() ? "" : ", ", message.field(i)->name());
  }
  for (const FieldPath& variable : variables) {
    if (message.FindFieldByName(variable.text) == nullptr) {
      absl::StrAppend(&names, ", ", variable.text);
    }
  }
  return names;
}

// kVariant when all that it may hold has a key code.
ValueKind KindOfOneof(const OneofDescriptor& oneof) {
  for (int i = 0; i < oneof.field_count(); ++i) {
    const ValueKind kind = KindOf(*oneof.field(i));
    if (kind == ValueKind::kMessage || kind == ValueKind::kOther) return ValueKind::kOther;
  }
  return ValueKind::kVariant;
}

const OneofDescriptor* FindOneof(const Descriptor& type, std::string_view name) {
  for (int i = 0; i < type.real_oneof_decl_count(); ++i) {
    if (type.oneof_decl(i)->name() == name) return type.oneof_decl(i);
  }
  return nullptr;
}

absl::Status AddStep(std::string_view step, const Descriptor& at, FieldPath& path) {
  const FieldDescriptor* field = at.FindFieldByName(std::string(step));
  if (field == nullptr && !path.steps.empty()) {
    path.oneof = FindOneof(at, step);
    if (path.oneof != nullptr) return absl::OkStatus();
  }
  if (field == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(
        "no field \"", View(step), "\" in ", at.name(), "; allowed: ",
        AllowedFields(at, path.steps.empty() ? NameVariables(at) : std::vector<FieldPath>())));
  }
  if (field->is_map()) {
    return absl::InvalidArgumentError(absl::StrCat("\"", View(step), "\" is a map"));
  }
  if (field->is_repeated()) {
    if (path.repeated_step >= 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", path.text, "\" passes two repeated fields"));
    }
    path.repeated_step = static_cast<int>(path.steps.size());
  }
  path.steps.push_back(field);
  return absl::OkStatus();
}

}  // namespace

ValueKind KindOf(const FieldDescriptor& field) {
  switch (field.type()) {
    case FieldDescriptor::TYPE_INT32:
    case FieldDescriptor::TYPE_INT64:
    case FieldDescriptor::TYPE_SINT32:
    case FieldDescriptor::TYPE_SINT64:
    case FieldDescriptor::TYPE_SFIXED32:
    case FieldDescriptor::TYPE_SFIXED64:
      return ValueKind::kInt;
    case FieldDescriptor::TYPE_UINT32:
    case FieldDescriptor::TYPE_UINT64:
    case FieldDescriptor::TYPE_FIXED32:
    case FieldDescriptor::TYPE_FIXED64:
      return ValueKind::kUint;
    case FieldDescriptor::TYPE_BOOL:
      return ValueKind::kBool;
    case FieldDescriptor::TYPE_ENUM:
      return ValueKind::kEnum;
    case FieldDescriptor::TYPE_STRING:
      return ValueKind::kString;
    case FieldDescriptor::TYPE_MESSAGE:
      if (field.message_type()->full_name() == "google.protobuf.Timestamp") {
        return ValueKind::kTimestamp;
      }
      if (field.message_type()->full_name() == "crm.common.v1.Decimal") return ValueKind::kDecimal;
      return field.message_type()->full_name() == "google.type.Date" ? ValueKind::kDate
                                                                     : ValueKind::kMessage;
    case FieldDescriptor::TYPE_DOUBLE:
    case FieldDescriptor::TYPE_FLOAT:
    case FieldDescriptor::TYPE_BYTES:
    case FieldDescriptor::TYPE_GROUP:
      break;
  }
  return ValueKind::kOther;
}

std::string ResourcePattern(const Descriptor& row) {
  if (!row.options().HasExtension(google::api::resource)) return "";
  const google::api::ResourceDescriptor& resource =
      row.options().GetExtension(google::api::resource);
  return resource.pattern_size() == 0 ? "" : resource.pattern(0);
}

std::vector<FieldPath> NameVariables(const Descriptor& row) {
  const auto pattern = base::NamePattern::Parse(ResourcePattern(row));
  const FieldDescriptor* name = row.FindFieldByName("name");
  if (!pattern.has_value() || name == nullptr || KindOf(*name) != ValueKind::kString ||
      name->is_repeated()) {
    return {};
  }
  std::vector<FieldPath> paths;
  for (const std::string& variable : pattern->variables()) {
    FieldPath path;
    path.text = variable;
    path.kind = ValueKind::kString;
    path.steps.push_back(name);
    path.variable_segment = static_cast<int>(2 * paths.size() + 1);
    path.segments = static_cast<int>(2 * pattern->variables().size());
    paths.push_back(std::move(path));
  }
  return paths;
}

absl::StatusOr<FieldPath> ResolvePath(const Descriptor& row, std::string_view text) {
  FieldPath path;
  path.text = std::string(text);
  if (row.FindFieldByName(path.text) == nullptr) {
    for (FieldPath& variable : NameVariables(row)) {
      if (variable.text == text) return std::move(variable);
    }
  }
  const Descriptor* at = &row;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find('.', begin), text.size());
    if (at == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", path.oneof != nullptr ? path.oneof->name() : path.steps.back()->name(),
                       "\" has no fields"));
    }
    if (static_cast<int>(path.steps.size()) == kFieldPathDepthMax) {
      return absl::InvalidArgumentError(
          absl::StrCat("a path has at most ", kFieldPathDepthMax, " steps"));
    }
    if (absl::Status s = AddStep(text.substr(begin, end - begin), *at, path); !s.ok()) return s;
    at = path.oneof != nullptr ? nullptr : path.steps.back()->message_type();
    begin = end + 1;
  }
  path.kind = path.oneof != nullptr ? KindOfOneof(*path.oneof) : KindOf(path.leaf());
  return path;
}

const FieldDescriptor* MapKeyOf(const FieldDescriptor& field) {
  if (!field.is_repeated() || field.message_type() == nullptr) return nullptr;
  const std::string& name = field.options().GetExtension(common::v1::map_key);
  const FieldDescriptor* key = field.message_type()->FindFieldByName(name);
  return key != nullptr && !key->is_repeated() && KindOf(*key) == ValueKind::kString ? key
                                                                                     : nullptr;
}

absl::StatusOr<FieldPath> ResolveFilterPath(const Descriptor& row, std::string_view text) {
  for (size_t dot = text.find('.'); dot != std::string_view::npos; dot = text.find('.', dot + 1)) {
    absl::StatusOr<FieldPath> map = ResolvePath(row, text.substr(0, dot));
    if (!map.ok()) break;
    const FieldDescriptor* key_field = map->oneof == nullptr ? MapKeyOf(map->leaf()) : nullptr;
    if (key_field == nullptr) continue;
    const std::string_view key = text.substr(dot + 1);
    if (key.empty() || key.find('.') != std::string_view::npos) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", map->text, "\" takes a key behind its point, without points"));
    }
    map->text = std::string(text);
    map->key_field = key_field;
    map->key = std::string(key);
    map->oneof = key_field->containing_type()->real_oneof_decl_count() == 0
                     ? nullptr
                     : key_field->containing_type()->oneof_decl(0);
    map->kind = map->oneof == nullptr ? ValueKind::kOther : KindOfOneof(*map->oneof);
    return map;
  }
  absl::StatusOr<FieldPath> path = ResolvePath(row, text);
  if (path.ok() && path->oneof != nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", path->text, "\" is one of several fields; name one of them"));
  }
  return path;
}

const Message& LeafParent(const Message& row, const FieldPath& path, int element) {
  const Message* at = &row;
  const size_t steps = path.steps.size() - (path.oneof == nullptr ? 1 : 0);
  for (size_t i = 0; i < steps; ++i) {
    const FieldDescriptor* step = path.steps[i];
    at = step->is_repeated() ? &at->GetReflection()->GetRepeatedMessage(*at, step, element)
                             : &at->GetReflection()->GetMessage(*at, step);
  }
  return *at;
}

int Elements(const Message& row, const FieldPath& path) {
  if (path.repeated_step < 0) return 1;
  const Message* at = &row;
  for (int i = 0; i < path.repeated_step; ++i) {
    at = &at->GetReflection()->GetMessage(*at, path.steps[i]);
  }
  return at->GetReflection()->FieldSize(*at, path.steps[path.repeated_step]);
}

std::string_view VariableOf(std::string_view name, const FieldPath& path) {
  if (std::count(name.begin(), name.end(), '/') + 1 != path.segments) return {};
  for (int i = 0; i < path.variable_segment; ++i) name.remove_prefix(name.find('/') + 1);
  return name.substr(0, name.find('/'));
}

}  // namespace crm::table
