#include "libs/table/cursor.h"

#include "libs/table/codec.h"
#include "libs/table/row_keys.h"
#include "libs/table/store.h"

namespace crm::table {

bool ParseRow(std::string_view value, google::protobuf::Message& row) {
  const std::optional<RowValue> stored = ParseRowValue(value);
  return stored.has_value() &&
         row.ParseFromArray(stored->message.data(), static_cast<int>(stored->message.size()));
}

absl::Status VisitRows(Cursor& cursor, const RowGetter& get, const TableDef& table,
                       const IndexDef& index, google::protobuf::Message& row,
                       const RowVisitor& visit, int64_t& rows_scanned) {
  std::string_view key, value;
  while (cursor.Next(key, value)) {
    ++rows_scanned;
    RowCache::Value fetched;
    if (index.id != 0) {
      absl::StatusOr<RowCache::Value> found = get(RowKeyOfEntry(table, index, key));
      if (!found.ok()) return found.status();
      if (*found == nullptr) return Corrupt("an index entry without its row");
      fetched = *std::move(found);
      value = *fetched;
    }
    if (!ParseRow(value, row)) return Corrupt("a row that does not parse");
    if (!visit(row)) return absl::OkStatus();
  }
  return cursor.status();
}

}  // namespace crm::table
