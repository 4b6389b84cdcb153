// The RocksDB under the embedded log: topics, records and group commits on the disk of one machine.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/write_batch.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/eventlog/embedded/codec.h"
#include "libs/eventlog/embedded/damage.h"
#include "libs/eventlog/embedded/end_mark.h"
#include "libs/eventlog/embedded/segment.h"

namespace crm::eventlog {

// Where some records lie.
struct Place {
  std::string topic;
  uint32_t topic_id = 0;
  uint32_t partition = 0;
};

// Thread-safe, except Open. It holds a lock on its directory as long as it lives.
class Store {
 public:
  // kRead: nothing of the log is changed, and there must be one.
  enum class Mode { kRead, kWrite };
  // Makes the directory where there is none. kFailedPrecondition: another process, or this one, has
  // it open; kDataLoss: it is damaged, and was left as it is; kUnavailable: the disk did not work.
  // `env` must outlive the store; null: the machine's.
  static absl::StatusOr<std::unique_ptr<Store>> Open(const std::string& path, rocksdb::Env* env,
                                                     Mode mode);
  // Marks how far the log has come.
  ~Store();

  const std::string& cluster_id() const { return cluster_id_; }
  const std::string& path() const { return path_; }
  // The first file that had an end which was half written; no file: none.
  const Damage& half_written_end() const { return suspect_; }

  absl::StatusOr<std::vector<TopicRow>> Topics() const;
  absl::StatusOr<std::vector<CommitRow>> Commits() const;
  // Durable when it returns.
  absl::Status PutTopic(const TopicRow& row);

  // One past the newest record. kDataLoss when the first is not 0 or the newest have a gap.
  absl::StatusOr<Offset> End(const TopicRow& topic, uint32_t partition) const;

  // Records [from, until), as many as the limits allow and at least one. kDataLoss when one is
  // missing.
  absl::Status Read(const Place& place, Offset from, Offset until, size_t records_max,
                    Segment& out) const;

  // Durable when it returns OK. Anything else: what became of it is unknown, and this store is not
  // to be written to again.
  absl::Status Write(rocksdb::WriteBatch& batch);

 private:
  Store(std::string path, rocksdb::Env* env, Mode mode)
      : path_(std::move(path)), env_(env), mode_(mode) {}
  absl::Status Lock();
  absl::Status CheckFiles();
  absl::Status OpenDb(Mode mode);
  absl::Status CheckEnd() const;
  absl::Status Identify();
  absl::Status Mark();
  absl::Status Missing(const Place& place, Offset offset) const;
  absl::Status Unreadable(const Place& place, Offset offset, const rocksdb::Status& status) const;
  absl::Status Translate(const rocksdb::Status& status) const;
  template <class Row>
  absl::StatusOr<std::vector<Row>> Scan(std::string_view prefix,
                                        std::optional<Row> (*parse)(std::string_view,
                                                                    std::string_view)) const;

  const std::string path_;
  rocksdb::Env* const env_;
  const Mode mode_;
  rocksdb::FileLock* lock_ = nullptr;
  std::optional<EndMark> mark_;
  Damage suspect_;               // What looks half written, or damaged; no file: nothing does.
  uint64_t durable_before_ = 0;  // By the files: rows below this number were durable.
  std::unique_ptr<rocksdb::DB> db_;
  std::string cluster_id_;
  std::atomic<bool> write_failed_{false};
};

}  // namespace crm::eventlog
