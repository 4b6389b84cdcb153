// Is a filter true of a row? Fields are compared in their key code: so a filter means the same
// whether an index or the row answers it.
#include <algorithm>

#include "libs/base/check.h"
#include "libs/table/codec.h"
#include "libs/table/filter.h"

namespace crm::table {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// The code of what a map holds begins with its kind: other kinds compare with nothing.
bool IsOtherKind(const Filter& filter, const std::string& value) {
  return filter.path.kind == ValueKind::kVariant && value[0] != filter.code[0];
}

bool CompareCode(FilterOp op, const std::string& code, const std::string& value) {
  switch (op) {
    case FilterOp::kEqual:
      return value == code;
    case FilterOp::kNotEqual:
      return value != code;
    case FilterOp::kLess:
      return value < code;
    case FilterOp::kLessEqual:
      return value <= code;
    case FilterOp::kGreater:
      return value > code;
    case FilterOp::kGreaterEqual:
      return value >= code;
    case FilterOp::kBeginsWith:
      return value.compare(0, code.size(), code) == 0;
    case FilterOp::kIsSet:
      break;
  }
  base::Check(false, "whether a field is set is not compared");
  return false;
}

// Elements of a repeated field are always set; other fields when they differ from their default or
// say so.
bool IsSet(const Filter& filter, const Message& row, int element) {
  const FieldPath& path = filter.path;
  if (path.leaf().is_repeated()) return true;
  const Message& parent = LeafParent(row, path, element);
  if (path.variable_segment >= 0) {
    std::string code;
    AppendField(row, path, element, code);
    return code.size() > 2;
  }
  return parent.GetReflection()->HasField(parent, &path.leaf());
}

bool MatchesElement(const Filter& filter, const Message& row, int element, std::string& value) {
  if (filter.op == FilterOp::kIsSet) return IsSet(filter, row, element);
  value.clear();
  AppendField(row, filter.path, element, value);
  const bool unset = CanBeUnset(filter.path.kind) && value.front() == kUnset;
  if (unset) return filter.op == FilterOp::kNotEqual;
  if (IsOtherKind(filter, value)) return false;
  return CompareCode(filter.op, filter.code, value);
}

bool HasKey(const FieldPath& path, const Message& row, int element) {
  const Message& holder = LeafParent(row, path, element);
  // Without a oneof the path ends before the element.
  const bool at_element = path.oneof != nullptr;
  const Message& of =
      at_element ? holder
                 : holder.GetReflection()->GetRepeatedMessage(holder, &path.leaf(), element);
  std::string scratch;
  return of.GetReflection()->GetStringReference(of, path.key_field, &scratch) == path.key;
}

bool MatchesComparison(const Filter& filter, const Message& row) {
  const int elements = Elements(row, filter.path);
  std::string value;
  for (int element = 0; element < elements; ++element) {
    if (filter.path.key_field != nullptr && !HasKey(filter.path, row, element)) continue;
    if (MatchesElement(filter, row, element, value)) return true;
  }
  return false;
}

}  // namespace

bool Matches(const Filter& filter, const Message& row) {
  const auto matches = [&row](const Filter& child) { return Matches(child, row); };
  switch (filter.kind) {
    case Filter::Kind::kAnd:
      return std::all_of(filter.children.begin(), filter.children.end(), matches);
    case Filter::Kind::kOr:
      return std::any_of(filter.children.begin(), filter.children.end(), matches);
    case Filter::Kind::kNot:
      return !matches(filter.children.front());
    case Filter::Kind::kCompare:
      return MatchesComparison(filter, row);
  }
  base::Check(false, "a filter is one of its kinds");
  return false;
}

}  // namespace crm::table
