// The RocksDB under the embedded log: topics, records and group commits on the disk of one machine.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/write_batch.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/eventlog/embedded/codec.h"
#include "libs/eventlog/embedded/segment.h"

namespace crm::eventlog {

// Thread-safe, except Open. It holds a lock on its directory as long as it lives.
class Store {
 public:
  // Makes the directory where there is none. kFailedPrecondition: another process, or this one, has
  // it open; kDataLoss: it is damaged; kUnavailable: the disk did not work. `env` must outlive the
  // store; null: the machine's.
  static absl::StatusOr<std::unique_ptr<Store>> Open(const std::string& path, rocksdb::Env* env);
  ~Store();

  const std::string& cluster_id() const { return cluster_id_; }
  const std::string& path() const { return path_; }

  absl::StatusOr<std::vector<TopicRow>> Topics() const;
  absl::StatusOr<std::vector<CommitRow>> Commits() const;
  // Durable when it returns.
  absl::Status PutTopic(const TopicRow& row);

  // One past the newest record. kDataLoss when the first is not 0 or the newest have a gap.
  absl::StatusOr<Offset> End(const TopicRow& topic, uint32_t partition) const;

  // Records [from, until), as many as the limits allow and at least one. kDataLoss when one is
  // missing.
  absl::Status Read(uint32_t topic_id, uint32_t partition, Offset from, Offset until,
                    size_t records_max, Segment& out) const;

  // Durable when it returns OK. Anything else: what became of it is unknown, and this store is not
  // to be written to again.
  absl::Status Write(rocksdb::WriteBatch& batch);

 private:
  Store(std::string path, rocksdb::Env* env) : path_(std::move(path)), env_(env) {}
  absl::Status Lock();
  absl::Status OpenDb();
  absl::Status Identify();
  absl::Status Loss(uint32_t topic_id, uint32_t partition, Offset at, std::string_view what) const;
  absl::Status Translate(const rocksdb::Status& status) const;

  std::string path_;
  rocksdb::Env* env_;
  rocksdb::FileLock* lock_ = nullptr;
  std::unique_ptr<rocksdb::DB> db_;
  std::string cluster_id_;
};

}  // namespace crm::eventlog
