#include "libs/eventlog/embedded/store.h"

#include <rocksdb/options.h>

#include <algorithm>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "libs/eventlog/embedded/limits.h"

namespace crm::eventlog {
namespace {

absl::string_view Absl(std::string_view text) { return {text.data(), text.size()}; }
std::string_view View(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }
rocksdb::Slice ToSlice(std::string_view text) { return {text.data(), text.size()}; }

rocksdb::WriteOptions Durable() {
  rocksdb::WriteOptions options;
  options.sync = true;
  return options;
}

rocksdb::Options DbOptions(rocksdb::Env* env) {
  rocksdb::Options options;
  options.env = env;
  options.create_if_missing = true;
  // A record that was only half written at a crash was never reported, so it may go; anything
  // damaged before it must be found. RocksDB's default would drop all that follows a flipped byte,
  // silently.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.track_and_verify_wals_in_manifest = true;
  options.max_total_wal_size = 256 << 20;
  options.keep_log_file_num = 2;
  options.max_open_files = 256;
  return options;
}

std::string RandomId() {
  std::random_device random;
  std::string id;
  for (int i = 0; i < 4; ++i) absl::StrAppendFormat(&id, "%08x", static_cast<uint32_t>(random()));
  return id;
}

// All rows under a prefix, parsed. kDataLoss for one that cannot be.
template <class Row>
absl::StatusOr<std::vector<Row>> Scan(rocksdb::DB& db, std::string_view prefix,
                                      const std::string& path,
                                      std::optional<Row> (*parse)(std::string_view,
                                                                  std::string_view)) {
  std::vector<Row> rows;
  const std::unique_ptr<rocksdb::Iterator> it(db.NewIterator(rocksdb::ReadOptions()));
  for (it->Seek(ToSlice(prefix)); it->Valid() && it->key().starts_with(ToSlice(prefix));
       it->Next()) {
    std::optional<Row> row = parse(View(it->key()), View(it->value()));
    if (!row.has_value()) {
      return absl::DataLossError(
          absl::StrCat("the log in ", path, " has a row that cannot be read"));
    }
    rows.push_back(*std::move(row));
  }
  if (!it->status().ok()) {
    return absl::DataLossError(
        absl::StrCat("the log in ", path, " cannot be read: ", it->status().ToString()));
  }
  return rows;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> Store::Open(const std::string& path, rocksdb::Env* env) {
  std::unique_ptr<Store> store(new Store(path, env != nullptr ? env : rocksdb::Env::Default()));
  if (absl::Status s = store->Lock(); !s.ok()) return s;
  if (absl::Status s = store->OpenDb(); !s.ok()) return s;
  if (absl::Status s = store->Identify(); !s.ok()) return s;
  return store;
}

Store::~Store() {
  db_.reset();
  if (lock_ != nullptr) env_->UnlockFile(lock_).PermitUncheckedError();
}

absl::Status Store::Lock() {
  if (const rocksdb::Status s = env_->CreateDirIfMissing(path_); !s.ok()) return Translate(s);
  const rocksdb::Status locked = env_->LockFile(path_ + "/IN_USE", &lock_);
  if (locked.ok()) return absl::OkStatus();
  lock_ = nullptr;
  // Opening the file failed: the disk's fault. Otherwise somebody holds it.
  if (locked.ToString().find("open a file for lock") != std::string::npos) return Translate(locked);
  return absl::FailedPreconditionError(
      absl::StrCat("directory in use: another process has the log in ", path_, " open"));
}

absl::Status Store::OpenDb() {
  rocksdb::DB* db = nullptr;
  if (const rocksdb::Status s = rocksdb::DB::Open(DbOptions(env_), path_, &db); !s.ok()) {
    return Translate(s);
  }
  db_.reset(db);
  return absl::OkStatus();
}

absl::Status Store::Identify() {
  const rocksdb::Status found =
      db_->Get(rocksdb::ReadOptions(), ToSlice(kIdentityKey), &cluster_id_);
  if (found.ok()) return absl::OkStatus();
  if (!found.IsNotFound()) return Translate(found);
  const std::unique_ptr<rocksdb::Iterator> any(db_->NewIterator(rocksdb::ReadOptions()));
  any->SeekToFirst();
  if (any->Valid()) {
    return absl::DataLossError(absl::StrCat("the log in ", path_, " has lost its identity"));
  }
  cluster_id_ = RandomId();
  return Translate(db_->Put(Durable(), ToSlice(kIdentityKey), cluster_id_));
}

absl::StatusOr<std::vector<TopicRow>> Store::Topics() const {
  return Scan<TopicRow>(*db_, kTopicPrefix, path_, ParseTopic);
}

absl::StatusOr<std::vector<CommitRow>> Store::Commits() const {
  return Scan<CommitRow>(*db_, kCommitPrefix, path_, ParseCommit);
}

absl::Status Store::PutTopic(const TopicRow& row) {
  return Translate(db_->Put(Durable(), TopicKey(row.name), TopicValue(row)));
}

absl::StatusOr<Offset> Store::End(const TopicRow& topic, uint32_t partition) const {
  const std::string lower = RecordKey(topic.id, partition, 0);
  const std::string upper = RecordKey(topic.id, partition + 1, 0);
  const rocksdb::Slice lower_slice(lower);
  const rocksdb::Slice upper_slice(upper);
  rocksdb::ReadOptions options;
  options.iterate_lower_bound = &lower_slice;
  options.iterate_upper_bound = &upper_slice;
  options.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(options));
  it->SeekToFirst();
  if (it->Valid() && OffsetOf(View(it->key()), topic.id, partition) != 0) {
    return Loss(topic.id, partition, 0, "is missing");
  }
  it->SeekToLast();
  const Offset end = it->Valid() ? OffsetOf(View(it->key()), topic.id, partition) + 1 : 0;
  Offset expected = end - 1;
  for (size_t checked = 0; it->Valid() && checked < kEmbeddedCheckedAtOpen;
       it->Prev(), --expected) {
    if (OffsetOf(View(it->key()), topic.id, partition) != expected) {
      return Loss(topic.id, partition, expected, "is missing");
    }
    ++checked;
  }
  if (!it->status().ok()) return Translate(it->status());
  return end;
}

absl::Status Store::Read(uint32_t topic_id, uint32_t partition, Offset from, Offset until,
                         size_t records_max, Segment& out) const {
  const std::string upper = RecordKey(topic_id, partition, until);
  const rocksdb::Slice upper_slice(upper);
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &upper_slice;
  options.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(options));
  out = Segment{from, {}, 0};
  for (it->Seek(RecordKey(topic_id, partition, from)); out.end() < until; it->Next()) {
    if (out.records.size() >= records_max || out.bytes >= kEmbeddedReadBytesMax) break;
    if (!it->Valid()) {
      if (!it->status().ok()) return Translate(it->status());
      return Loss(topic_id, partition, out.end(), "is missing");
    }
    if (OffsetOf(View(it->key()), topic_id, partition) != out.end()) {
      return Loss(topic_id, partition, out.end(), "is missing");
    }
    out.records.emplace_back(View(it->value()));
    out.bytes += out.records.back().size();
  }
  return absl::OkStatus();
}

absl::Status Store::Write(rocksdb::WriteBatch& batch) {
  return Translate(db_->Write(Durable(), &batch));
}

absl::Status Store::Loss(uint32_t topic_id, uint32_t partition, Offset at,
                         std::string_view what) const {
  return absl::DataLossError(absl::StrCat("the log in ", path_, " is damaged: topic number ",
                                          topic_id, ", partition ", partition, ", offset ", at, " ",
                                          Absl(what)));
}

absl::Status Store::Translate(const rocksdb::Status& status) const {
  if (status.ok()) return absl::OkStatus();
  const std::string text = absl::StrCat("the log in ", path_, ": ", status.ToString());
  return status.IsCorruption() ? absl::DataLossError(text) : absl::UnavailableError(text);
}

}  // namespace crm::eventlog
