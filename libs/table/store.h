// Store: the RocksDB behind a Database, with its tables. For this library's own files; all that
// they read from RocksDB goes through here, so that every error is translated and every corruption
// remembered.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/iterator.h>
#include <rocksdb/write_batch.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/table/cursor.h"
#include "libs/table/database.h"
#include "libs/table/row_cache.h"
#include "libs/table/table_def.h"

namespace crm::table {

inline rocksdb::Slice ToSlice(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view ToView(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// DATA_LOSS, RESOURCE_EXHAUSTED (disk full), else INTERNAL; with RocksDB's words in the details.
absl::Status FromRocks(const rocksdb::Status& status);
// DATA_LOSS with what was found.
absl::Status Corrupt(std::string_view what);

// Walks keys in [begin, end) as of `snapshot` (nullptr: now), forwards or backwards. Bounds must
// outlive it.
class RocksCursor : public Cursor {
 public:
  RocksCursor(class Store& store, const rocksdb::Snapshot* snapshot, std::string begin,
              std::string end, bool reverse = false);
  bool Next(std::string_view& key, std::string_view& value) override;
  absl::Status status() const override;

 private:
  class Store& store_;
  std::string begin_, end_;
  rocksdb::Slice lower_, upper_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
  bool reverse_;
  bool started_ = false;
};

// Thread-safe.
class Store {
 public:
  Store(DatabaseOptions options, std::vector<TableDef> tables, std::vector<RawSpace> raw_spaces);
  ~Store();

  absl::Status Open();

  // nullopt: no such key.
  absl::StatusOr<std::optional<std::string>> Get(const rocksdb::Snapshot* snapshot,
                                                 std::string_view key);
  // As above for a row's key, from memory if it is there. nullptr: no such row.
  absl::StatusOr<RowCache::Value> GetRow(const rocksdb::Snapshot* snapshot, std::string_view key);
  // `rows`: all that `batch` writes under keys of rows.
  absl::Status Write(rocksdb::WriteBatch& batch, const RowWrites& rows);
  absl::Status Flush();
  absl::Status Verify();

  // FromRocks, and a DATA_LOSS is remembered.
  absl::Status Note(const rocksdb::Status& status);
  absl::Status Note(absl::Status status);
  absl::Status health() const;

  rocksdb::DB& db() { return *db_; }
  const std::vector<TableDef>& tables() const { return tables_; }
  const TableDef* FindTable(std::string_view name) const;
  // The table, which must be there.
  const TableDef& TableOf(std::string_view name) const;
  // Ends the process when the space was not declared.
  std::string RawKey(RawSpace space, std::string_view key) const;
  const std::string& fingerprint() const { return fingerprint_; }

 private:
  absl::Status Lock();
  absl::Status CheckFormat();

  const DatabaseOptions options_;
  const std::vector<TableDef> tables_;
  const std::vector<RawSpace> raw_spaces_;
  const std::string fingerprint_;
  rocksdb::Env* const env_;
  absl::flat_hash_map<std::string, const TableDef*> by_name_;
  rocksdb::FileLock* lock_ = nullptr;
  std::unique_ptr<rocksdb::DB> db_;
  RowCache row_cache_;
  mutable std::mutex mutex_;
  absl::Status health_;
};

}  // namespace crm::table
