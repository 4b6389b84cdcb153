// Batch: what one sweep of a partition writes, as an overlay over the database. Its reads see its
// own writes; nobody else sees them before Commit, which writes all of them or none.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/table/database.h"
#include "libs/table/rows.h"

namespace crm::table {

// Belongs to one thread at a time; several batches may live and commit side by side as long as they
// write different rows. Meant to be kept and cleared, not made anew. `database` must outlive it.
//
// The reads of Rows cannot return an error: what went wrong (DATA_LOSS, a row that does not parse)
// makes status() bad, the read finds nothing, and Commit refuses. So check status() before acting
// on what was not found.
class Batch : public Rows {
 public:
  explicit Batch(const Database& database);
  ~Batch() override;
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

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
  // With revision 0.
  void PutErased(std::string_view table, const google::protobuf::Message& row) override;
  void DeleteErased(std::string_view table, const std::vector<KeyValue>& key) override;

  // From here on nobody writes the table by its name, as views do: a bug otherwise. For callers
  // that remember what they put there.
  void Reserve(const TableDef& table);
  // As above for callers that hold the table; the revision comes back from GetStored.
  void Put(const TableDef& table, const google::protobuf::Message& row, int64_t revision);
  // The same for callers that have just read the row through this batch, which is then not read
  // again: `before` is what they got, nullptr when there was none. Gives the row's bytes as they
  // are stored.
  std::string Replace(const TableDef& table, const google::protobuf::Message* before,
                      const google::protobuf::Message& row, int64_t revision);
  void Delete(const TableDef& table, const std::vector<KeyValue>& key);
  using Rows::Delete;
  using Rows::Put;
  // For whoever finds that what it read is none of what was written: the database is told, and is
  // not healthy from then on. Gives kDataLoss.
  absl::Status Damaged(std::string_view what) const;
  absl::StatusOr<std::optional<StoredRow>> GetStored(const TableDef& table,
                                                     const std::vector<KeyValue>& key) const;

  // A version of a row of a table with `.history`, under (key, effective, record): from `effective`
  // on this is what was so, and since `record` it is known. Does not touch the row itself nor its
  // indexes. Said again with the same times, it replaces.
  void PutHistory(const TableDef& table, const google::protobuf::Message& row, int64_t revision,
                  absl::Time effective, absl::Time record);
  void PutHistory(const TableDef& table, const google::protobuf::Message& row, int64_t revision,
                  absl::Time record) {
    PutHistory(table, row, revision, record, record);
  }
  // From `effective` on there is no such row.
  void DeleteHistory(const TableDef& table, const std::vector<KeyValue>& key, absl::Time effective,
                     absl::Time record);

  void PutRaw(RawSpace space, std::string_view key, std::string_view value);
  void DeleteRaw(RawSpace space, std::string_view key);
  absl::StatusOr<std::optional<std::string>> GetRaw(RawSpace space, std::string_view key) const;
  // As Database::ScanRaw. The visitor may write to this batch.
  absl::Status ScanRaw(RawSpace space, std::string_view prefix, std::string_view from,
                       const RawVisitor& visit) const;

  // Writes everything at once and clears the batch. On an error (status() was bad, DATA_LOSS, disk
  // full) nothing was written and the batch is as before.
  absl::Status Commit();
  // Forgets everything that was put, and the status.
  void Clear();
  bool empty() const;
  // Bytes of keys and values waiting.
  size_t bytes() const;
  absl::Status status() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace crm::table
