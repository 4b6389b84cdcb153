// ReadView: the database as of one moment, for queries and lists.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/table/database.h"
#include "libs/table/rows.h"

namespace crm::table {

// May be made on any thread, and then belongs to one thread at a time. Short-lived: while it
// exists, compaction keeps what it sees. `database` must outlive it.
//
// The reads of Snapshot cannot return an error: see status() before answering.
class ReadView : public Snapshot {
 public:
  explicit ReadView(const Database& database);
  ~ReadView() override;
  ReadView(const ReadView&) = delete;
  ReadView& operator=(const ReadView&) = delete;

  bool GetErased(std::string_view table, const std::vector<KeyValue>& key,
                 google::protobuf::Message& row) const override;
  void ScanErased(std::string_view table, std::string_view index,
                  const std::vector<KeyValue>& prefix, google::protobuf::Message& row,
                  const RowVisitor& visit) const override;
  void ScanAfterErased(std::string_view table, std::string_view index,
                       const std::vector<KeyValue>& prefix, const google::protobuf::Message& after,
                       google::protobuf::Message& row, const RowVisitor& visit) const override;
  bool GetAsOfErased(std::string_view table, const std::vector<KeyValue>& key, absl::Time as_of,
                     absl::Time known_at, google::protobuf::Message& row) const override;

  absl::StatusOr<std::optional<StoredRow>> GetStored(const TableDef& table,
                                                     const std::vector<KeyValue>& key) const;
  using Snapshot::GetAsOf;
  // Of a table with `.history`: the version that is effective at `as_of` by what was known at
  // `known_at` (both times included). nullopt: none, or deleted then.
  absl::StatusOr<std::optional<StoredRow>> GetAsOf(const TableDef& table,
                                                   const std::vector<KeyValue>& key,
                                                   absl::Time as_of, absl::Time known_at) const;
  absl::StatusOr<std::optional<std::string>> GetRaw(RawSpace space, std::string_view key) const;
  absl::Status ScanRaw(RawSpace space, std::string_view prefix, std::string_view from,
                       const RawVisitor& visit) const;

  // Rows looked at so far: by Get found or not, by Scan and List each entry visited.
  int64_t rows_scanned() const { return rows_scanned_; }
  // OK, or the first error a read met (DATA_LOSS). Then what was read is not to be used.
  const absl::Status& status() const { return status_; }
  const Database& database() const { return database_; }
  const rocksdb::Snapshot* snapshot() const { return snapshot_; }

 private:
  friend class Lister;
  void Fail(const absl::Status& error) const;
  const Database& database_;
  const rocksdb::Snapshot* snapshot_;
  mutable int64_t rows_scanned_ = 0;
  mutable absl::Status status_;
};

}  // namespace crm::table
