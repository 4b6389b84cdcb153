#include "libs/table/read_view.h"

#include <algorithm>

#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/table/codec.h"
#include "libs/table/limits.h"
#include "libs/table/raw.h"
#include "libs/table/row_keys.h"
#include "libs/table/store.h"
#include "libs/table/versions.h"

namespace crm::table {

ReadView::ReadView(const Database& database)
    : database_(database), snapshot_(database.store().db().GetSnapshot()) {}

ReadView::~ReadView() { database_.store().db().ReleaseSnapshot(snapshot_); }

void ReadView::Fail(const absl::Status& error) const {
  if (status_.ok()) status_ = error;
}

bool ReadView::GetErased(std::string_view name, const std::vector<KeyValue>& key,
                         google::protobuf::Message& row) const {
  Store& store = database_.store();
  const TableDef& table = store.TableOf(name);
  base::Check(row.GetDescriptor() == &table.row(), "the row is one of the table's");
  ++rows_scanned_;
  const auto value = store.GetRow(snapshot_, RowKey(table, key));
  if (!value.ok()) {
    Fail(value.status());
    return false;
  }
  if (*value == nullptr) return false;
  if (ParseRow(**value, row)) return true;
  Fail(store.Note(Corrupt("a row that does not parse")));
  return false;
}

void ReadView::ScanErased(std::string_view name, std::string_view index_name,
                          const std::vector<KeyValue>& prefix, google::protobuf::Message& row,
                          const RowVisitor& visit) const {
  Store& store = database_.store();
  const TableDef& table = store.TableOf(name);
  const IndexDef* index = table.FindIndex(index_name);
  base::Check(index != nullptr, "the table has an index of this name");
  base::Check(row.GetDescriptor() == &table.row(), "the row is one of the table's");
  const KeyRange range = PrefixRange(EntryPrefix(table, *index, prefix));
  RocksCursor cursor(store, snapshot_, range.begin, range.end);
  const absl::Status status = VisitRows(
      cursor, [&](std::string_view key) { return store.GetRow(snapshot_, key); }, table, *index,
      row, visit, rows_scanned_);
  if (!status.ok()) Fail(store.Note(status));
}

void ReadView::ScanAfterErased(std::string_view name, std::string_view index_name,
                               const std::vector<KeyValue>& prefix,
                               const google::protobuf::Message& after,
                               google::protobuf::Message& row, const RowVisitor& visit) const {
  Store& store = database_.store();
  const TableDef& table = store.TableOf(name);
  const IndexDef* index = table.FindIndex(index_name);
  base::Check(index != nullptr, "the table has an index of this name");
  base::Check(row.GetDescriptor() == &table.row(), "the row is one of the table's");
  const KeyRange range = PrefixRange(EntryPrefix(table, *index, prefix));
  RocksCursor cursor(store, snapshot_, std::max(range.begin, KeyBehind(table, *index, after)),
                     range.end);
  const absl::Status status = VisitRows(
      cursor, [&](std::string_view key) { return store.GetRow(snapshot_, key); }, table, *index,
      row, visit, rows_scanned_);
  if (!status.ok()) Fail(store.Note(status));
}

absl::StatusOr<std::optional<StoredRow>> ReadView::GetStored(
    const TableDef& table, const std::vector<KeyValue>& key) const {
  Store& store = database_.store();
  ++rows_scanned_;
  return ToStoredRow(store, store.GetRow(snapshot_, RowKey(table, key)));
}

absl::StatusOr<std::optional<StoredRow>> ReadView::GetAsOf(const TableDef& table,
                                                           const std::vector<KeyValue>& key,
                                                           absl::Time as_of,
                                                           absl::Time known_at) const {
  Store& store = database_.store();
  const auto found = FindVersion(
      [&](const KeyRange& range) {
        return std::make_unique<RocksCursor>(store, snapshot_, range.begin, range.end);
      },
      table, key, as_of, known_at, rows_scanned_);
  if (!found.ok()) return store.Note(found.status());
  if (!found->has_value()) return std::nullopt;
  return ToStoredRow(store, std::make_shared<const std::string>(**found));
}

bool ReadView::GetAsOfErased(std::string_view name, const std::vector<KeyValue>& key,
                             absl::Time as_of, absl::Time known_at,
                             google::protobuf::Message& row) const {
  const TableDef& table = database_.store().TableOf(name);
  base::Check(row.GetDescriptor() == &table.row(), "the row is one of the table's");
  const auto stored = GetAsOf(table, key, as_of, known_at);
  if (!stored.ok()) {
    Fail(stored.status());
    return false;
  }
  if (!stored->has_value()) return false;
  if ((*stored)->ParseTo(row)) return true;
  Fail(database_.store().Note(Corrupt("a version that does not parse")));
  return false;
}

absl::StatusOr<std::optional<std::string>> ReadView::GetRaw(RawSpace space,
                                                            std::string_view key) const {
  Store& store = database_.store();
  return store.Get(snapshot_, store.RawKey(space, key));
}

absl::Status ReadView::ScanRaw(RawSpace space, std::string_view prefix, std::string_view from,
                               const RawVisitor& visit) const {
  Store& store = database_.store();
  const KeyRange range = RawRange(store, space, prefix, from);
  RocksCursor cursor(store, snapshot_, range.begin, range.end);
  return VisitRaw(cursor, visit);
}

}  // namespace crm::table
