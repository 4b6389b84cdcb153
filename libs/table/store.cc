#include "libs/table/store.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/log.h"
#include "libs/base/status.h"
#include "libs/table/codec.h"
#include "libs/table/sst_properties.h"

namespace crm::table {
namespace {

constexpr char kLockFile[] = "/IN_USE";

rocksdb::CompressionType Compression() {
  const auto supported = rocksdb::GetSupportedCompressions();
  const bool lz4 =
      std::find(supported.begin(), supported.end(), rocksdb::kLZ4Compression) != supported.end();
  return lz4 ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
}

// Shards of 4 MiB at the usual 64 MiB; by itself RocksDB would take 64 of one.
constexpr int kBlockCacheShardBits = 4;

rocksdb::Options RocksOptions(const DatabaseOptions& options, rocksdb::Env* env) {
  rocksdb::BlockBasedTableOptions blocks;
  blocks.block_cache = options.block_cache != nullptr
                           ? options.block_cache
                           : rocksdb::NewLRUCache(options.block_cache_bytes, kBlockCacheShardBits);
  // Indexes and filters count against the cache, so that its budget is the budget. In parts: the
  // filter of a whole file, a megabyte, is more than a shard of the cache holds, and would be read
  // from the file by each lookup.
  blocks.cache_index_and_filter_blocks = true;
  blocks.cache_index_and_filter_blocks_with_high_priority = true;
  blocks.pin_l0_filter_and_index_blocks_in_cache = true;
  blocks.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  blocks.partition_filters = true;
  blocks.pin_top_level_index_and_filter = true;
  blocks.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  blocks.checksum = rocksdb::kXXH3;
  blocks.format_version = 5;

  rocksdb::Options rocks;
  rocks.env = env;
  rocks.create_if_missing = true;
  rocks.paranoid_checks = true;
  rocks.table_factory.reset(rocksdb::NewBlockBasedTableFactory(blocks));
  rocks.compression = Compression();
  rocks.write_buffer_size = options.write_buffer_bytes;
  // Most lookups are of what is not there, a new request's id; this spares them the memtable.
  rocks.memtable_whole_key_filtering = true;
  rocks.memtable_prefix_bloom_size_ratio = 0.05;
  rocks.level_compaction_dynamic_level_bytes = true;
  rocks.max_background_jobs = 2;
  rocks.avoid_flush_during_shutdown = !options.flush_on_close;
  rocks.info_log_level = rocksdb::WARN_LEVEL;
  rocks.keep_log_file_num = 2;
  rocks.max_log_file_size = 1 << 20;
  return rocks;
}

}  // namespace

absl::Status Corrupt(std::string_view what) {
  return base::Failed(absl::StatusCode::kDataLoss, "DATABASE_CORRUPT",
                      "the table directory is corrupt and has to be rebuilt", {{"found", what}});
}

absl::Status FromRocks(const rocksdb::Status& status) {
  if (status.ok()) return absl::OkStatus();
  if (status.IsCorruption()) return Corrupt(status.ToString());
  if (status.IsNoSpace()) {
    return base::Failed(absl::StatusCode::kResourceExhausted, "DISK_FULL",
                        "the table directory's disk is full", {{"cause", status.ToString()}});
  }
  return base::Failed(absl::StatusCode::kInternal, "DATABASE_FAILED",
                      "the table directory cannot be read or written",
                      {{"cause", status.ToString()}});
}

Store::Store(DatabaseOptions options, std::vector<TableDef> tables,
             std::vector<RawSpace> raw_spaces)
    : options_(std::move(options)),
      tables_(std::move(tables)),
      raw_spaces_(std::move(raw_spaces)),
      fingerprint_(Fingerprint(tables_)),
      env_(options_.env != nullptr ? options_.env : rocksdb::Env::Default()),
      row_cache_(options_.row_cache_bytes) {
  for (const TableDef& table : tables_) by_name_.emplace(table.name(), &table);
}

Store::~Store() {
  if (db_ != nullptr) {
    if (options_.flush_on_close) {
      const absl::Status flushed = Flush();
      if (!flushed.ok()) {
        base::Log(base::Level::kError, "tables not flushed at close; the log is replayed instead",
                  {{"status", base::StatusText(flushed)}});
      }
    }
    const rocksdb::Status closed = db_->Close();
    if (!closed.ok()) {
      base::Log(base::Level::kError, "tables not closed", {{"status", closed.ToString()}});
    }
    db_.reset();
  }
  if (lock_ != nullptr) {
    const rocksdb::Status unlocked = env_->UnlockFile(lock_);
    if (!unlocked.ok()) {
      base::Log(base::Level::kError, "lock not released", {{"status", unlocked.ToString()}});
    }
  }
}

absl::Status Store::Lock() {
  if (const rocksdb::Status made = env_->CreateDirIfMissing(options_.path); !made.ok()) {
    return FromRocks(made);
  }
  const rocksdb::Status locked = env_->LockFile(options_.path + kLockFile, &lock_);
  if (locked.ok()) return absl::OkStatus();
  lock_ = nullptr;
  return base::Failed(absl::StatusCode::kFailedPrecondition, "DIRECTORY_IN_USE",
                      "the table directory is in use by a running process",
                      {{"directory", options_.path}, {"cause", locked.ToString()}});
}

absl::Status Store::Open() {
  if (absl::Status s = Lock(); !s.ok()) return s;
  if (absl::Status s = CheckProperties(*env_, options_.path); !s.ok()) return s;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status opened =
      rocksdb::DB::Open(RocksOptions(options_, env_), options_.path, &db);
  // A file that the manifest names and that is not there is damage like any other.
  if (opened.IsNotFound() || opened.IsPathNotFound()) return Corrupt(opened.ToString());
  if (!opened.ok()) return FromRocks(opened);
  db_.reset(db);
  return CheckFormat();
}

absl::Status Store::CheckFormat() {
  const std::string key = std::string(1, kMetaSpace) + "format";
  const absl::StatusOr<std::optional<std::string>> written = Get(nullptr, key);
  if (!written.ok()) return written.status();
  if (written->has_value()) {
    if (**written == fingerprint_) return absl::OkStatus();
    return base::Failed(absl::StatusCode::kFailedPrecondition, "TABLES_CHANGED",
                        "the table directory was written under other table specs",
                        {{"directory", options_.path}});
  }
  // Written first, so it is part of everything that is ever flushed.
  std::string_view any_key, any_value;
  RocksCursor all(*this, nullptr, std::string(1, kMetaSpace), std::string(1, '\xff'));
  if (all.Next(any_key, any_value)) return Corrupt("keys without a format");
  if (absl::Status s = all.status(); !s.ok()) return s;
  rocksdb::WriteBatch batch;
  if (absl::Status s = FromRocks(batch.Put(key, fingerprint_)); !s.ok()) return s;
  return Write(batch, {});
}

absl::StatusOr<std::optional<std::string>> Store::Get(const rocksdb::Snapshot* snapshot,
                                                      std::string_view key) {
  rocksdb::ReadOptions read;
  read.snapshot = snapshot;
  std::string value;
  const rocksdb::Status got = db_->Get(read, ToSlice(key), &value);
  if (got.IsNotFound()) return std::nullopt;
  if (!got.ok()) return Note(got);
  return value;
}

absl::StatusOr<RowCache::Value> Store::GetRow(const rocksdb::Snapshot* snapshot,
                                              std::string_view key) {
  const auto now = [&] {
    return snapshot != nullptr ? snapshot->GetSequenceNumber() : db_->GetLatestSequenceNumber();
  };
  const RowCache::Moment first = now();
  if (RowCache::Value row = row_cache_.Find(key, snapshot != nullptr ? first : RowCache::kNow))
    return row;
  absl::StatusOr<std::optional<std::string>> found = Get(snapshot, key);
  if (!found.ok()) return found.status();
  if (!found->has_value()) return nullptr;
  const auto row = std::make_shared<const std::string>(**std::move(found));
  row_cache_.Fill(key, row, first, now());
  return row;
}

absl::Status Store::Write(rocksdb::WriteBatch& batch, const RowWrites& rows) {
  rocksdb::WriteOptions write;
  write.disableWAL = true;
  for (const auto& [key, value] : rows) row_cache_.BeginWrite(key);
  const rocksdb::Status written = db_->Write(write, &batch);
  const RowCache::Moment moment = db_->GetLatestSequenceNumber();
  for (const auto& [key, value] : rows) {
    row_cache_.EndWrite(key, written.ok() ? value : nullptr, moment);
  }
  return Note(written);
}

absl::Status Store::Flush() { return Note(db_->Flush(rocksdb::FlushOptions())); }

absl::Status Store::Verify() { return Note(db_->VerifyChecksum()); }

absl::Status Store::Note(const rocksdb::Status& status) {
  return status.ok() ? absl::OkStatus() : Note(FromRocks(status));
}

absl::Status Store::Note(absl::Status status) {
  if (!absl::IsDataLoss(status)) return status;
  const std::lock_guard<std::mutex> lock(mutex_);
  if (health_.ok()) health_ = status;
  return status;
}

absl::Status Store::health() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return health_;
}

const TableDef* Store::FindTable(std::string_view name) const {
  const auto found = by_name_.find(absl::string_view(name.data(), name.size()));
  return found == by_name_.end() ? nullptr : found->second;
}

const TableDef& Store::TableOf(std::string_view name) const {
  const TableDef* table = FindTable(name);
  base::Check(table != nullptr, std::string("no table of this name: ").append(name));
  return *table;
}

std::string Store::RawKey(RawSpace space, std::string_view key) const {
  const bool declared =
      std::find(raw_spaces_.begin(), raw_spaces_.end(), space) != raw_spaces_.end();
  base::Check(declared, "a raw key space is declared at Open");
  return std::string{kRawSpace, space}.append(key);
}

RocksCursor::RocksCursor(Store& store, const rocksdb::Snapshot* snapshot, std::string begin,
                         std::string end, bool reverse)
    : store_(store),
      begin_(std::move(begin)),
      end_(std::move(end)),
      lower_(begin_),
      upper_(end_),
      reverse_(reverse) {
  rocksdb::ReadOptions read;
  read.snapshot = snapshot;
  read.iterate_lower_bound = &lower_;
  read.iterate_upper_bound = &upper_;
  iterator_.reset(store.db().NewIterator(read));
}

bool RocksCursor::Next(std::string_view& key, std::string_view& value) {
  if (started_) {
    if (!iterator_->Valid()) return false;
    reverse_ ? iterator_->Prev() : iterator_->Next();
  } else {
    started_ = true;
    reverse_ ? iterator_->SeekToLast() : iterator_->SeekToFirst();
  }
  if (!iterator_->Valid()) return false;
  key = ToView(iterator_->key());
  value = ToView(iterator_->value());
  return true;
}

absl::Status RocksCursor::status() const { return store_.Note(iterator_->status()); }

}  // namespace crm::table
