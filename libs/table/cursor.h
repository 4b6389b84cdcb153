// Cursor: a walk over keys and values, of the database or of the database under a batch's overlay;
// and what both do with it: finding rows.
#pragma once

#include <google/protobuf/message.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/table/row_cache.h"
#include "libs/table/rows.h"
#include "libs/table/table_def.h"

namespace crm::table {

class Cursor {
 public:
  virtual ~Cursor() = default;
  // The next key and its value, which live until the next call. False at the end or on an error.
  virtual bool Next(std::string_view& key, std::string_view& value) = 0;
  virtual absl::Status status() const = 0;
};

// Looks up a row's value where the cursor reads; nullptr: no such row.
using RowGetter = std::function<absl::StatusOr<RowCache::Value>(std::string_view key)>;

// Calls `visit` with the rows behind the entries (index: their rows by `get`) that the cursor
// walks; counts them. DATA_LOSS for an entry without its row, or a row that does not parse.
absl::Status VisitRows(Cursor& cursor, const RowGetter& get, const TableDef& table,
                       const IndexDef& index, google::protobuf::Message& row,
                       const RowVisitor& visit, int64_t& rows_scanned);

// Parses a stored row into `row`. False: corrupt.
bool ParseRow(std::string_view value, google::protobuf::Message& row);

}  // namespace crm::table
