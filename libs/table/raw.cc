#include "libs/table/raw.h"

#include <algorithm>

#include "libs/table/codec.h"

namespace crm::table {

KeyRange PrefixRange(std::string prefix) {
  std::string end = AfterPrefix(prefix);
  return {std::move(prefix), std::move(end)};
}

KeyRange RawRange(const Store& store, RawSpace space, std::string_view prefix,
                  std::string_view from) {
  KeyRange range = PrefixRange(store.RawKey(space, prefix));
  range.begin = std::max(range.begin, store.RawKey(space, from));
  // Past the prefix: an empty range, which RocksDB wants in order.
  range.begin = std::min(range.begin, range.end);
  return range;
}

absl::Status VisitRaw(Cursor& cursor, const RawVisitor& visit) {
  std::string_view key, value;
  while (cursor.Next(key, value)) {
    if (!visit(key.substr(2), value)) return absl::OkStatus();
  }
  return cursor.status();
}

absl::StatusOr<std::optional<StoredRow>> ToStoredRow(Store& store,
                                                     absl::StatusOr<RowCache::Value> value) {
  if (!value.ok()) return value.status();
  if (*value == nullptr) return std::nullopt;
  const std::optional<RowValue> row = ParseRowValue(**value);
  if (!row.has_value()) return store.Note(Corrupt("a value that is not a row's"));
  return StoredRow{row->revision, row->message, *std::move(value)};
}

}  // namespace crm::table
