#include "libs/table/versions.h"

#include <string_view>

#include "libs/base/status.h"
#include "libs/table/codec.h"
#include "libs/table/limits.h"
#include "libs/table/row_keys.h"
#include "libs/table/store.h"

namespace crm::table {

absl::StatusOr<std::optional<std::string>> FindVersion(const CursorOpener& open,
                                                       const TableDef& table,
                                                       const std::vector<KeyValue>& key,
                                                       absl::Time as_of, absl::Time known_at,
                                                       int64_t& rows_scanned) {
  const std::string row_key = RowKey(table, key);
  const std::string versions = VersionPrefix(table, row_key);
  std::string known;
  AppendMomentNewestFirst(known_at, known);
  const std::string end = AfterPrefix(versions);
  std::string from = VersionKey(table, row_key, as_of, absl::InfiniteFuture());
  for (int passed = 0; passed < kHistoryScanMax; ++passed) {
    // From the newest effective time on, each may have versions that were not known yet: they are
    // jumped over.
    const std::unique_ptr<Cursor> cursor = open({from, end});
    std::string_view found, value;
    if (!cursor->Next(found, value)) {
      if (absl::Status s = cursor->status(); !s.ok()) return s;
      return std::nullopt;
    }
    ++rows_scanned;
    if (found.size() != versions.size() + 2 * kMomentBytes)
      return Corrupt("a version's key of another length");
    const std::string_view effective = found.substr(0, versions.size() + kMomentBytes);
    if (found.substr(effective.size()) >= known) {
      if (value == kDeletedValue) return std::nullopt;
      return std::string(value);
    }
    from = std::string(effective).append(known);
  }
  return base::Failed(absl::StatusCode::kOutOfRange, "HISTORY_TOO_LONG",
                      "too many versions were recorded after known_at");
}

}  // namespace crm::table
