#include "libs/eventlog/embedded/store.h"

#include <rocksdb/options.h>

#include <algorithm>
#include <random>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "libs/base/log.h"
#include "libs/eventlog/embedded/limits.h"
#include "libs/eventlog/embedded/log_file_check.h"

namespace crm::eventlog {
namespace {

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
  // What CheckFiles and CheckEnd let pass at the end of a write-ahead log was half written at a
  // crash and never reported: it goes. RocksDB's other modes refuse some of it.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
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

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> Store::Open(const std::string& path, rocksdb::Env* env,
                                                   Mode mode) {
  std::unique_ptr<Store> store(
      new Store(path, env != nullptr ? env : rocksdb::Env::Default(), mode));
  if (absl::Status s = store->Lock(); !s.ok()) return s;
  if (absl::Status s = store->CheckFiles(); !s.ok()) return s;
  // Opening for writing cleans up behind a crash: not before it is sure that it was no more.
  if (mode == Mode::kWrite && !store->suspect_.file.empty()) {
    if (absl::Status s = store->OpenDb(Mode::kRead); !s.ok()) return s;
    if (absl::Status s = store->CheckEnd(); !s.ok()) return s;
    store->db_.reset();
    base::Log(
        base::Level::kWarning, "the end of a file of the log was half written; it goes",
        {{"directory", path}, {"file", store->suspect_.file}, {"found", store->suspect_.found}});
  }
  if (absl::Status s = store->OpenDb(mode); !s.ok()) return s;
  if (absl::Status s = store->CheckEnd(); !s.ok()) return s;
  if (absl::Status s = store->Identify(); !s.ok()) return s;
  if (absl::Status s = store->Mark(); !s.ok()) return s;
  return store;
}

Store::~Store() {
  // Where that fails the mark before it stays: it says less, and nothing wrong.
  if (db_ != nullptr && !cluster_id_.empty() && !write_failed_) Mark().IgnoreError();
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

absl::Status Store::CheckFiles() {
  absl::StatusOr<std::optional<EndMark>> mark = ReadEndMark(*env_, path_);
  if (!mark.ok()) return mark.status();
  mark_ = *std::move(mark);
  std::vector<std::string> names;
  if (const rocksdb::Status s = env_->GetChildren(path_, &names); !s.ok()) return Translate(s);
  std::string manifest;  // Older ones may lie about.
  rocksdb::ReadFileToString(env_, path_ + "/CURRENT", &manifest).PermitUncheckedError();
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    const bool write_ahead = absl::EndsWith(name, ".log");
    if (!write_ahead && name + "\n" != manifest) continue;
    LogFileCheck check;
    const rocksdb::Status read = CheckLogFile(*env_, absl::StrCat(path_, "/", name), check);
    if (!read.ok()) return Translate(read);
    if (write_ahead) durable_before_ = std::max(durable_before_, check.durable_before());
    if (check.damaged_at().has_value() && suspect_.file.empty()) {
      suspect_ = {.file = name, .found = absl::StrCat("no whole record at ", *check.damaged_at())};
    }
  }
  return absl::OkStatus();
}

absl::Status Store::OpenDb(Mode mode) {
  rocksdb::DB* db = nullptr;
  rocksdb::Options options = DbOptions(env_);
  options.create_if_missing = mode == Mode::kWrite && !mark_.has_value();
  const rocksdb::Status s = mode == Mode::kWrite
                                ? rocksdb::DB::Open(options, path_, &db)
                                : rocksdb::DB::OpenForReadOnly(options, path_, &db);
  db_.reset(db);
  // A file that another file names and that is not there is damage; so is a log whose mark alone
  // is left.
  const bool lost = s.IsNotFound() || s.IsPathNotFound() || s.IsInvalidArgument();
  if (!lost) return Translate(s);
  return Damaged(path_, {.file = DamagedFile(*env_, path_, s), .found = s.ToString()});
}

absl::Status Store::CheckEnd() const {
  const uint64_t durable = std::max(mark_.has_value() ? mark_->sequence : 0,
                                    durable_before_ > 0 ? durable_before_ - 1 : 0);
  const uint64_t end = db_->GetLatestSequenceNumber();
  if (end >= durable) return absl::OkStatus();
  const std::string found = absl::StrCat("of ", durable, " rows that were written, ", durable - end,
                                         " at the end are gone");
  return Damaged(path_, {.file = suspect_.file,
                         .found = suspect_.file.empty()
                                      ? absl::StrCat(found, "; a file is missing, or was cut")
                                      : absl::StrCat(suspect_.found, "; ", found)});
}

absl::Status Store::Identify() {
  const rocksdb::Status found =
      db_->Get(rocksdb::ReadOptions(), ToSlice(kIdentityKey), &cluster_id_);
  if (found.ok() && (!mark_.has_value() || mark_->identity == cluster_id_)) return absl::OkStatus();
  if (!found.ok() && !found.IsNotFound()) return Translate(found);
  const std::unique_ptr<rocksdb::Iterator> any(db_->NewIterator(rocksdb::ReadOptions()));
  any->SeekToFirst();
  if (any->Valid() || mark_.has_value() || mode_ == Mode::kRead) {
    return Damaged(path_, {.found = found.ok() ? "the log is another than its end mark says"
                                               : "the log has lost its identity"});
  }
  if (!any->status().ok()) return Translate(any->status());
  cluster_id_ = RandomId();
  return Translate(db_->Put(Durable(), ToSlice(kIdentityKey), cluster_id_));
}

absl::Status Store::Mark() {
  const EndMark mark{cluster_id_, db_->GetLatestSequenceNumber()};
  if (mode_ == Mode::kRead) return absl::OkStatus();
  if (mark_.has_value() && mark_->sequence == mark.sequence) return absl::OkStatus();
  if (const rocksdb::Status s = WriteEndMark(*env_, path_, mark); !s.ok()) return Translate(s);
  mark_ = mark;
  return absl::OkStatus();
}

template <class Row>
absl::StatusOr<std::vector<Row>> Store::Scan(std::string_view prefix,
                                             std::optional<Row> (*parse)(std::string_view,
                                                                         std::string_view)) const {
  std::vector<Row> rows;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(rocksdb::ReadOptions()));
  for (it->Seek(ToSlice(prefix)); it->Valid() && it->key().starts_with(ToSlice(prefix));
       it->Next()) {
    std::optional<Row> row = parse(View(it->key()), View(it->value()));
    if (!row.has_value()) return Damaged(path_, {.found = "a row cannot be read"});
    rows.push_back(*std::move(row));
  }
  if (!it->status().ok()) return Translate(it->status());
  return rows;
}

absl::StatusOr<std::vector<TopicRow>> Store::Topics() const {
  return Scan<TopicRow>(kTopicPrefix, ParseTopic);
}

absl::StatusOr<std::vector<CommitRow>> Store::Commits() const {
  return Scan<CommitRow>(kCommitPrefix, ParseCommit);
}

absl::Status Store::PutTopic(const TopicRow& row) {
  rocksdb::WriteBatch batch;
  batch.Put(TopicKey(row.name), TopicValue(row));
  return Write(batch);
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
    return Missing({topic.name, topic.id, partition}, 0);
  }
  it->SeekToLast();
  const Offset end = it->Valid() ? OffsetOf(View(it->key()), topic.id, partition) + 1 : 0;
  Offset expected = end - 1;
  for (size_t checked = 0; it->Valid() && checked < kEmbeddedCheckedAtOpen;
       it->Prev(), --expected) {
    if (OffsetOf(View(it->key()), topic.id, partition) != expected) {
      return Missing({topic.name, topic.id, partition}, expected);
    }
    ++checked;
  }
  if (!it->status().ok()) {
    return Unreadable({topic.name, topic.id, partition}, std::max<Offset>(expected, 0),
                      it->status());
  }
  return end;
}

absl::Status Store::Read(const Place& place, Offset from, Offset until, size_t records_max,
                         Segment& out) const {
  const std::string upper = RecordKey(place.topic_id, place.partition, until);
  const rocksdb::Slice upper_slice(upper);
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &upper_slice;
  options.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(options));
  out = Segment{from, {}, 0};
  for (it->Seek(RecordKey(place.topic_id, place.partition, from)); out.end() < until; it->Next()) {
    if (out.records.size() >= records_max || out.bytes >= kEmbeddedReadBytesMax) break;
    if (!it->Valid()) {
      if (!it->status().ok()) return Unreadable(place, out.end(), it->status());
      return Missing(place, out.end());
    }
    if (OffsetOf(View(it->key()), place.topic_id, place.partition) != out.end()) {
      return Missing(place, out.end());
    }
    out.records.emplace_back(View(it->value()));
    out.bytes += out.records.back().size();
  }
  return absl::OkStatus();
}

absl::Status Store::Write(rocksdb::WriteBatch& batch) {
  const rocksdb::Status written = db_->Write(Durable(), &batch);
  if (!written.ok()) write_failed_ = true;
  return Translate(written);
}

absl::Status Store::Missing(const Place& place, Offset offset) const {
  return Damaged(path_, {.found = "the record is missing",
                         .topic = place.topic,
                         .partition = place.partition,
                         .offset = offset});
}

absl::Status Store::Unreadable(const Place& place, Offset offset,
                               const rocksdb::Status& status) const {
  if (!status.IsCorruption()) return Translate(status);
  return Damaged(path_, {.file = DamagedFile(*env_, path_, status),
                         .found = status.ToString(),
                         .topic = place.topic,
                         .partition = place.partition,
                         .offset = offset});
}

absl::Status Store::Translate(const rocksdb::Status& status) const {
  if (status.ok()) return absl::OkStatus();
  if (!status.IsCorruption()) {
    return absl::UnavailableError(absl::StrCat("the log in ", path_, ": ", status.ToString()));
  }
  return Damaged(path_, {.file = DamagedFile(*env_, path_, status), .found = status.ToString()});
}

}  // namespace crm::eventlog
