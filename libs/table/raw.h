// What Database, Batch and ReadView share: raw keys, and rows as they are stored. For this
// library's own files.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/table/cursor.h"
#include "libs/table/database.h"
#include "libs/table/store.h"

namespace crm::table {

// Keys k with begin <= k < end.
struct KeyRange {
  std::string begin, end;
};

KeyRange PrefixRange(std::string prefix);
// The keys of a space that begin with `prefix` and are not below `from`.
KeyRange RawRange(const Store& store, RawSpace space, std::string_view prefix,
                  std::string_view from);
absl::Status VisitRaw(Cursor& cursor, const RawVisitor& visit);

// A value that was got, as a row. DATA_LOSS when it is not one.
absl::StatusOr<std::optional<StoredRow>> ToStoredRow(Store& store,
                                                     absl::StatusOr<RowCache::Value> value);

}  // namespace crm::table
