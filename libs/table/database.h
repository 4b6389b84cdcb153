// A directory of tables: one RocksDB, one column family, no write-ahead log (the event log is the
// truth; what was not flushed is folded again). Layout of keys: codec.h.
//
// Nothing is served that RocksDB finds to be corrupt: reads give DATA_LOSS, and health() remembers
// it. The caller then closes the database, puts the directory aside and rebuilds it from the log.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/table/rows.h"
#include "libs/table/table_def.h"

namespace rocksdb {
class Cache;
class Env;
class Snapshot;
}  // namespace rocksdb

namespace crm::table {

class Store;  // RocksDB behind it: store.h, for this library alone.

// A row as it lies in the database: the message's bytes and the revision it was put with (0:
// without one).
struct StoredRow {
  int64_t revision = 0;
  std::string_view bytes;                    // A part of `value`.
  std::shared_ptr<const std::string> value;  // Shared with the cache of rows.

  bool ParseTo(google::protobuf::Message& row) const {
    return row.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  }
};

// A key space of its own for the engine's bookkeeping (positions, seen request ids, timers ...):
// keys and values are bytes, sorted as bytes. One letter, declared at Open.
using RawSpace = char;

// Called with each raw key (without the space) and value; false ends the scan. The views live for
// the call only.
using RawVisitor = std::function<bool(std::string_view key, std::string_view value)>;

struct DatabaseOptions {
  std::string path;             // Made if missing (its last segment).
  rocksdb::Env* env = nullptr;  // Not owned; nullptr: the machine's. Must outlive the database.
  size_t block_cache_bytes = 64 << 20;
  // Shared between several databases of a process; then block_cache_bytes is not used.
  std::shared_ptr<rocksdb::Cache> block_cache;
  // Of rows that were read lately, as they are stored; 0: none are kept.
  size_t row_cache_bytes = 64 << 20;
  size_t write_buffer_bytes = 32 << 20;
  // False in tests of crashes: what was not flushed is gone after closing.
  bool flush_on_close = true;
};

struct DigestOptions {
  std::string table;       // Only this table; "": all.
  bool raw_spaces = true;  // Also the raw key spaces (when all tables are asked for), except
  std::vector<std::pair<RawSpace, std::string>>
      skip_raw;  // keys with these prefixes ("": the space).
};

struct DatabaseStats {
  uint64_t memtable_bytes = 0;
  uint64_t sst_bytes = 0;
  uint64_t block_cache_bytes = 0;
  uint64_t keys_estimated = 0;
  uint64_t compaction_pending_bytes = 0;
  bool writes_stopped = false;                   // RocksDB stalls every write now.
  uint64_t writes_delayed_bytes_per_second = 0;  // 0: not slowed.
};

// Thread-safe. Batches and views must be gone before it is.
class Database {
 public:
  // FAILED_PRECONDITION with reason DIRECTORY_IN_USE (another process, or this one, has it open) or
  // TABLES_CHANGED (the directory was written under other specs: build a new one beside it);
  // DATA_LOSS: the directory is corrupt; INVALID_ARGUMENT: two tables of one name, a space twice.
  static absl::StatusOr<std::unique_ptr<Database>> Open(DatabaseOptions options,
                                                        std::vector<TableDef> tables,
                                                        std::vector<RawSpace> raw_spaces);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Everything committed before is on disk when this returns OK; the whole database as of one
  // moment (one column family). Slow: call it from a thread that may wait.
  absl::Status Flush();

  // As of now, without a snapshot: for the one row of a Get or of a command. A key of another shape
  // than the table's is a bug. nullopt: no such row. DATA_LOSS as above.
  absl::StatusOr<std::optional<StoredRow>> GetStored(const TableDef& table,
                                                     const std::vector<KeyValue>& key) const;
  absl::StatusOr<std::optional<StoredRow>> GetStored(std::string_view table,
                                                     const std::vector<KeyValue>& key) const;
  absl::StatusOr<std::optional<std::string>> GetRaw(RawSpace space, std::string_view key) const;
  // Keys that begin with `prefix` and are not below `from` ("": all with the prefix), in order.
  absl::Status ScanRaw(RawSpace space, std::string_view prefix, std::string_view from,
                       const RawVisitor& visit) const;

  // XXH3-128 over keys and values as of now, 32 hexadecimal digits: equal for equal contents,
  // whatever the order of writing, flushing and compacting. Reads everything.
  absl::StatusOr<std::string> Digest(const DigestOptions& options) const;
  // Reads every block and checks its checksum: DATA_LOSS, or OK.
  absl::Status Verify() const;

  // The first DATA_LOSS that any read or write met; OK until then.
  absl::Status health() const;
  DatabaseStats stats() const;

  // nullptr when there is none of that name. The definitions live as long as the database.
  const TableDef* FindTable(std::string_view name) const;
  const std::vector<TableDef>& tables() const;
  // As Fingerprint() of the tables.
  const std::string& fingerprint() const;

 private:
  friend class Batch;
  friend class Lister;
  friend class ReadView;
  explicit Database(std::unique_ptr<Store> store);
  Store& store() const { return *store_; }
  std::unique_ptr<Store> store_;
};

}  // namespace crm::table
