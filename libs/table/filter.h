// Filter: the subset of AIP-160 that lists understand, typed by the row's descriptor.
//
//   filter     = [ sequence ]                     sequence = either (AND either)*
//   either     = term (OR term)*                  OR binds tighter than AND, as AIP-160 says
//   term       = [ NOT | "-" ] ( "(" sequence ")" | comparison )
//   comparison = path op value                    op = "=" | "!=" | "<" | "<=" | ">" | ">=" | ":"
//   path       = letters, digits, "_", "." and, not first, "-"
//   value      = quoted ('..' or "..", \ escapes) | text up to a blank or parenthesis
//
// Values: integers, true/false, an enum's value name (only = and !=), strings (bytewise; with = a
// last * means "begins with"), RFC 3339 for Timestamps, YYYY-MM-DD for Dates, -12.5 for Decimals.
// `path:*` is true when the field is set: not empty, not zero, a message that is there.
// `path:value` on a repeated field is true when one of its elements has the value; on others it is
// "=". A path through a repeated field takes ":" only. An unset Timestamp, Date or Decimal compares
// with nothing, so that only != is true of it.
//
// A repeated message with the option (crm.common.v1.map_key) is a map: `map.key op value` compares
// the value of the element with that key, and is false when there is none, but for !=, which is
// NOT =. `map:key`, as well as `map.key:*`, is true when there is one. Which type the value has,
// KeyTypes say; without them it is each one that the text can be (in quotes: a string, a time or a
// date), and that of the element counts.
#pragma once

#include <google/protobuf/message.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/table/field_path.h"
#include "libs/table/rows.h"

namespace crm::table {

enum class FilterOp {
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kBeginsWith,
  kIsSet
};

struct Filter {
  enum class Kind { kAnd, kOr, kNot, kCompare };
  Kind kind = Kind::kAnd;  // Without children: true.
  std::vector<Filter> children;
  // Of kCompare; `code` is the value's ascending key code, of kBeginsWith without its end.
  FieldPath path;
  FilterOp op = FilterOp::kEqual;
  std::string code;
};

// Of which field of the oneof the values of a key of this map are; an error: there is no such key,
// its text says why and what there is.
using KeyTypes = std::function<absl::StatusOr<const google::protobuf::FieldDescriptor*>(
    const google::protobuf::FieldDescriptor& map, std::string_view key)>;

// INVALID_ARGUMENT with field "filter", naming the column (from 1) and what is allowed there.
// Total: any text gives a filter or that; its size and depth are bounded by limits.h. An empty
// `types` says nothing.
absl::StatusOr<Filter> ParseFilter(std::string_view text, const google::protobuf::Descriptor& row,
                                   const KeyTypes& types = {});

// `path` has one of `values`. INVALID_ARGUMENT (without details) when the path is unknown or
// repeated, or a value has not its shape.
absl::StatusOr<Filter> AnyOf(const google::protobuf::Descriptor& row, std::string_view path,
                             const std::vector<KeyValue>& values);

bool Matches(const Filter& filter, const google::protobuf::Message& row);

}  // namespace crm::table
