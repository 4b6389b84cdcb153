#include "libs/table/database.h"

#include <algorithm>
#include <set>

#include "libs/base/status.h"
#include "libs/table/codec.h"
#include "libs/table/limits.h"
#include "libs/table/raw.h"
#include "libs/table/row_keys.h"
#include "libs/table/store.h"

namespace crm::table {
namespace {

uint64_t Property(rocksdb::DB& db, const std::string& name) {
  uint64_t value = 0;
  return db.GetIntProperty(name, &value) ? value : 0;
}

}  // namespace

Database::Database(std::unique_ptr<Store> store) : store_(std::move(store)) {}
Database::~Database() = default;

absl::StatusOr<std::unique_ptr<Database>> Database::Open(DatabaseOptions options,
                                                         std::vector<TableDef> tables,
                                                         std::vector<RawSpace> raw_spaces) {
  // By name, so that the order of declaration means nothing.
  std::sort(tables.begin(), tables.end(),
            [](const TableDef& a, const TableDef& b) { return a.name() < b.name(); });
  for (size_t i = 0; i < tables.size(); ++i) {
    if (i > 0 && tables[i].name() == tables[i - 1].name()) {
      return base::Invalid("tables", "two tables of one name: " + tables[i].name());
    }
    tables[i].id_ = static_cast<int>(i);
  }
  if (tables.size() > kTablesMax) return base::Invalid("tables", "too many tables");
  if (std::set<RawSpace>(raw_spaces.begin(), raw_spaces.end()).size() != raw_spaces.size()) {
    return base::Invalid("raw_spaces", "a space twice");
  }
  auto store =
      std::make_unique<Store>(std::move(options), std::move(tables), std::move(raw_spaces));
  if (absl::Status s = store->Open(); !s.ok()) return s;
  return std::unique_ptr<Database>(new Database(std::move(store)));
}

absl::Status Database::Flush() { return store_->Flush(); }

absl::StatusOr<std::optional<StoredRow>> Database::GetStored(
    const TableDef& table, const std::vector<KeyValue>& key) const {
  return ToStoredRow(*store_, store_->GetRow(nullptr, RowKey(table, key)));
}

absl::StatusOr<std::optional<StoredRow>> Database::GetStored(
    std::string_view table, const std::vector<KeyValue>& key) const {
  return GetStored(store_->TableOf(table), key);
}

absl::StatusOr<std::optional<std::string>> Database::GetRaw(RawSpace space,
                                                            std::string_view key) const {
  return store_->Get(nullptr, store_->RawKey(space, key));
}

absl::Status Database::ScanRaw(RawSpace space, std::string_view prefix, std::string_view from,
                               const RawVisitor& visit) const {
  const KeyRange range = RawRange(*store_, space, prefix, from);
  RocksCursor cursor(*store_, nullptr, range.begin, range.end);
  return VisitRaw(cursor, visit);
}

absl::Status Database::Verify() const { return store_->Verify(); }

absl::Status Database::health() const { return store_->health(); }

DatabaseStats Database::stats() const {
  rocksdb::DB& db = store_->db();
  DatabaseStats stats;
  stats.memtable_bytes = Property(db, rocksdb::DB::Properties::kCurSizeAllMemTables);
  stats.sst_bytes = Property(db, rocksdb::DB::Properties::kTotalSstFilesSize);
  stats.block_cache_bytes = Property(db, rocksdb::DB::Properties::kBlockCacheUsage);
  stats.keys_estimated = Property(db, rocksdb::DB::Properties::kEstimateNumKeys);
  stats.compaction_pending_bytes =
      Property(db, rocksdb::DB::Properties::kEstimatePendingCompactionBytes);
  stats.writes_stopped = Property(db, rocksdb::DB::Properties::kIsWriteStopped) != 0;
  stats.writes_delayed_bytes_per_second =
      Property(db, rocksdb::DB::Properties::kActualDelayedWriteRate);
  return stats;
}

const TableDef* Database::FindTable(std::string_view name) const { return store_->FindTable(name); }

const std::vector<TableDef>& Database::tables() const { return store_->tables(); }

const std::string& Database::fingerprint() const { return store_->fingerprint(); }

}  // namespace crm::table
