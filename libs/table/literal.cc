#include "libs/table/literal.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "libs/table/codec.h"
#include "libs/table/rows.h"

namespace crm::table {
namespace {

using google::protobuf::EnumDescriptor;

std::optional<KeyValue> Integer(const FieldPath& path, absl::string_view text) {
  int64_t value = 0;
  if (!absl::SimpleAtoi(text, &value)) return std::nullopt;
  return value;
}

std::optional<KeyValue> Unsigned(absl::string_view text) {
  uint64_t value = 0;
  if (!absl::SimpleAtoi(text, &value)) return std::nullopt;
  return static_cast<int64_t>(value);
}

std::optional<KeyValue> Bool(std::string_view text) {
  if (text != "true" && text != "false") return std::nullopt;
  return int64_t{text == "true"};
}

std::optional<KeyValue> Enum(const FieldPath& path, std::string_view text) {
  const auto* value = path.leaf().enum_type()->FindValueByName(std::string(text));
  if (value == nullptr) return std::nullopt;
  return int64_t{value->number()};
}

// What is there: "" means unset in a key, and nothing in a filter.
std::optional<KeyValue> NotEmpty(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return std::string(text);
}

// A key may hold a month without a day, as google.type.Date has it; a filter means a day that
// exists.
std::optional<KeyValue> Date(std::string_view text) {
  absl::CivilDay day;
  if (!absl::ParseCivilTime(absl::string_view(text.data(), text.size()), &day)) return std::nullopt;
  return std::string(text);
}

std::optional<KeyValue> ValueOf(const FieldPath& path, std::string_view text) {
  const absl::string_view view(text.data(), text.size());
  switch (path.kind) {
    case ValueKind::kInt:
      return Integer(path, view);
    case ValueKind::kUint:
      return Unsigned(view);
    case ValueKind::kBool:
      return Bool(text);
    case ValueKind::kEnum:
      return Enum(path, text);
    case ValueKind::kString:
      return std::string(text);
    case ValueKind::kTimestamp:
      return NotEmpty(text);
    case ValueKind::kDate:
      return Date(text);
    case ValueKind::kDecimal:
      return NotEmpty(text);
    case ValueKind::kVariant:
    case ValueKind::kMessage:
    case ValueKind::kOther:
      break;
  }
  return std::nullopt;
}

std::string Wanted(const FieldPath& path) {
  switch (path.kind) {
    case ValueKind::kInt:
      return "a whole number";
    case ValueKind::kUint:
      return "a whole number, not negative";
    case ValueKind::kBool:
      return "true or false";
    case ValueKind::kEnum: {
      const EnumDescriptor& type = *path.leaf().enum_type();
      std::string names = "one of ";
      for (int i = 0; i < type.value_count(); ++i) {
        absl::StrAppend(&names, i == 0 ? "" : ", ", type.value(i)->name());
      }
      return names;
    }
    case ValueKind::kString:
      return "a string";
    case ValueKind::kTimestamp:
      return "a time such as 2024-02-29T12:00:00Z (in quotes or not)";
    case ValueKind::kDate:
      return "a date that exists, such as 2024-02-29";
    case ValueKind::kDecimal:
      return "a number such as -12.5, at most 15 digits and 9 behind the point";
    case ValueKind::kMessage: {
      std::string fields;
      const auto& type = *path.leaf().message_type();
      for (int i = 0; i < type.field_count(); ++i) {
        absl::StrAppend(&fields, i == 0 ? "" : ", ", path.text, ".", type.field(i)->name());
      }
      return absl::StrCat("a comparison of one of its fields (", fields, ") or :*");
    }
    case ValueKind::kVariant:
    case ValueKind::kOther:
      break;
  }
  return "no comparison but :*";
}

// Whether it has an order that a filter may ask for.
bool IsOrdered(ValueKind kind) { return kind != ValueKind::kBool && kind != ValueKind::kEnum; }

// The path of one of the fields of the oneof that `path` leads to, as far as literals care.
FieldPath FieldOfVariant(const FieldPath& path, const google::protobuf::FieldDescriptor& field) {
  FieldPath of;
  of.text = path.text;
  of.kind = KindOf(field);
  of.steps = {&field};
  return of;
}

}  // namespace

absl::StatusOr<std::string> CodeOfLiteral(const FieldPath& path, std::string_view text) {
  const std::optional<KeyValue> value = ValueOf(path, text);
  std::string code;
  if (value.has_value() && AppendValue(path.kind, *value, code)) return code;
  return absl::InvalidArgumentError(absl::StrCat("\"", path.text, "\" takes ", Wanted(path)));
}

absl::StatusOr<std::vector<std::string>> CodesOfVariant(
    const FieldPath& path, const google::protobuf::FieldDescriptor* field, std::string_view text,
    bool ordered) {
  std::vector<std::string> codes;
  for (int i = 0; i < path.oneof->field_count(); ++i) {
    const FieldPath of = FieldOfVariant(path, *path.oneof->field(i));
    if (field != nullptr && field != path.oneof->field(i)) continue;
    if (ordered && !IsOrdered(of.kind)) continue;
    const absl::StatusOr<std::string> code = CodeOfLiteral(of, text);
    if (!code.ok() && field != nullptr) return code.status();
    if (!code.ok()) continue;
    std::string tagged = TagOf(of.kind) + *code;
    if (std::find(codes.begin(), codes.end(), tagged) == codes.end())
      codes.push_back(std::move(tagged));
  }
  if (!codes.empty()) return codes;
  return absl::InvalidArgumentError(
      absl::StrCat("\"", path.text, "\" has ", ordered ? "no order" : "no such value"));
}

}  // namespace crm::table
