// Of a table with `.history`: which version of a row was so at one moment by what was known at
// another.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/table/cursor.h"
#include "libs/table/raw.h"

namespace crm::table {

// Begins a walk over keys and values where the caller reads.
using CursorOpener = std::function<std::unique_ptr<Cursor>(const KeyRange& range)>;

// The stored value of the version that is effective at `as_of` by what was known at `known_at`
// (both times included); nullopt: none, or deleted then. Counts the versions looked at.
// DATA_LOSS; OUT_OF_RANGE, HISTORY_TOO_LONG: more than kHistoryScanMax effective times whose
// versions were all recorded after `known_at`.
absl::StatusOr<std::optional<std::string>> FindVersion(const CursorOpener& open,
                                                       const TableDef& table,
                                                       const std::vector<KeyValue>& key,
                                                       absl::Time as_of, absl::Time known_at,
                                                       int64_t& rows_scanned);

}  // namespace crm::table
