// What a table is: declared once, as a constant, in a service's read/tables.h. Pure.
//
//   inline constexpr TableSpec<v1::Opportunity> kOpportunities{
//       .name = "opportunities", .key = {"name"},
//       .indexes = {{.name = "by_owner", .fields = {"owner", "stage", "-close_time"}},
//                   {.name = "by_customer", .fields = {"customer", "close_time"}}}};
//
// A field is a path of the row message: "owner", "amount.currency_code", "external_ids.id" (a
// repeated field on the way fans out into one entry per element), "-close_time" for descending, or
// a variable of the name pattern in the row's google.api.resource option ("customer" for
// customers/{customer}/opportunities/{opportunity}), which wins over nothing: a field of that name
// is taken first. Key and index fields are integers, bools, enums, strings,
// google.protobuf.Timestamp and google.type.Date; key fields are singular; a row has no map fields.
//
// An index entry is the index's fields followed by the key. An index fans out over at most one
// repeated field; two fields of the same repeated message go in pairs, as they stand in each
// element. A row without elements has no entry in such an index.
#pragma once

#include <array>
#include <string_view>

namespace crm::table {

inline constexpr int kKeyFieldsMax = 6;
inline constexpr int kIndexFieldsMax = 6;
inline constexpr int kIndexesMax = 20;

struct IndexSpec {
  std::string_view name{};
  std::string_view fields[kIndexFieldsMax]{};
};

template <class R>
struct TableSpec {
  using Row = R;
  // Unique within the service. [a-z_]+
  std::string_view name{};
  std::string_view key[kKeyFieldsMax]{};
  IndexSpec indexes[kIndexesMax]{};
  // Keeps every version of a row under (key, effective time, record time), so that it can be read
  // as of then.
  bool history = false;
  // Raised by hand when the code that folds or projects into the table changes what it writes.
  int version = 1;
};

}  // namespace crm::table
