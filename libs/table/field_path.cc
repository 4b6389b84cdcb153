#include "libs/table/field_path.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "google/api/resource.pb.h"
#include "libs/base/resource_name.h"
#include "libs/table/limits.h"

namespace crm::table {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

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

absl::Status AddStep(std::string_view step, const Descriptor& at, FieldPath& path) {
  const FieldDescriptor* field = at.FindFieldByName(std::string(step));
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
          absl::StrCat("\"", path.steps.back()->name(), "\" has no fields"));
    }
    if (static_cast<int>(path.steps.size()) == kFieldPathDepthMax) {
      return absl::InvalidArgumentError(
          absl::StrCat("a path has at most ", kFieldPathDepthMax, " steps"));
    }
    if (absl::Status s = AddStep(text.substr(begin, end - begin), *at, path); !s.ok()) return s;
    at = path.steps.back()->message_type();
    begin = end + 1;
  }
  path.kind = KindOf(path.leaf());
  return path;
}

const Message& LeafParent(const Message& row, const FieldPath& path, int element) {
  const Message* at = &row;
  for (size_t i = 0; i + 1 < path.steps.size(); ++i) {
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
