// A field path of a row message, checked against its descriptor: "owner", "amount.units",
// "external_ids.id", or a variable of the name pattern in google.api.resource.
//
// A repeated message with the option (crm.common.v1.map_key) is a map: indexes pair its key field
// and its oneof, "custom_fields.field" and "custom_fields.value"; filters name a key,
// "custom_fields.color".
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace crm::table {

// What a path leads to, as far as keys and filters care.
enum class ValueKind {
  kInt,
  kUint,
  kBool,
  kEnum,
  kString,
  kTimestamp,
  kDate,
  kDecimal,  // crm.common.v1.Decimal.
  kVariant,  // A oneof of the kinds above.
  kMessage,
  kOther
};

// Its key code tells an unset field from all that are set.
inline bool CanBeUnset(ValueKind kind) {
  return kind == ValueKind::kTimestamp || kind == ValueKind::kDate || kind == ValueKind::kDecimal ||
         kind == ValueKind::kVariant;
}

struct FieldPath {
  std::string text;  // As declared, without "-".
  ValueKind kind = ValueKind::kOther;
  // Fields from the row down to the leaf. Of a variable: the field "name" alone.
  std::vector<const google::protobuf::FieldDescriptor*> steps;
  // Step that is repeated, or -1. There is at most one.
  int repeated_step = -1;
  // Segment of the name that holds the variable ("customer" of customers/{customer}/orders/{order}:
  // 1), or -1.
  int variable_segment = -1;
  // Segments that the name has then.
  int segments = 0;
  // Of a kVariant: whose value it is, in the message at the last step. Else nullptr.
  const google::protobuf::OneofDescriptor* oneof = nullptr;
  // Of a map: only the elements with this key. nullptr: of all.
  const google::protobuf::FieldDescriptor* key_field = nullptr;
  std::string key;

  const google::protobuf::FieldDescriptor& leaf() const { return *steps.back(); }
};

// INVALID_ARGUMENT with the reason and what is allowed there as its text (no details): unknown
// field, a step into what has no fields, two repeated steps, a map, too deep.
absl::StatusOr<FieldPath> ResolvePath(const google::protobuf::Descriptor& row,
                                      std::string_view path);

// As filters mean it: what follows a map is a key. Else INVALID_ARGUMENT the same way.
absl::StatusOr<FieldPath> ResolveFilterPath(const google::protobuf::Descriptor& row,
                                            std::string_view path);

// The field that tells the elements of a map apart; nullptr: it is none.
const google::protobuf::FieldDescriptor* MapKeyOf(const google::protobuf::FieldDescriptor& field);

ValueKind KindOf(const google::protobuf::FieldDescriptor& field);

// True when both lead to the same value.
inline bool SamePath(const FieldPath& a, const FieldPath& b) {
  return a.steps == b.steps && a.variable_segment == b.variable_segment && a.oneof == b.oneof &&
         a.key_field == b.key_field && a.key == b.key;
}

// The variables of the row's name pattern, in order, whatever fields it has; empty when the row has
// no pattern or no string field "name".
std::vector<FieldPath> NameVariables(const google::protobuf::Descriptor& row);

// The first pattern of the message's google.api.resource option; "" without one.
std::string ResourcePattern(const google::protobuf::Descriptor& row);

// The message that holds the leaf, found from `row` by the singular steps before it; the default
// instance where a step is not set. With a repeated step: of its element `element`. Of a oneof: the
// message that has it.
const google::protobuf::Message& LeafParent(const google::protobuf::Message& row,
                                            const FieldPath& path, int element);

// Number of elements of the repeated step; 1 without one.
int Elements(const google::protobuf::Message& row, const FieldPath& path);

// The variable's segment of the row's name; "" when the name has another shape.
std::string_view VariableOf(std::string_view name, const FieldPath& path);

}  // namespace crm::table
