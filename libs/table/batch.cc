#include "libs/table/batch.h"

#include <algorithm>
#include <iterator>

#include "libs/base/check.h"
#include "libs/table/codec.h"
#include "libs/table/overlay.h"
#include "libs/table/raw.h"
#include "libs/table/row_keys.h"
#include "libs/table/store.h"
#include "libs/table/versions.h"

namespace crm::table {
namespace {

// The database's keys with the overlay's in their places. Holds while the overlay is written to.
class OverlayCursor : public Cursor {
 public:
  OverlayCursor(Store& store, const Overlay& overlay, const KeyRange& range)
      : overlay_(overlay),
        end_(range.end),
        last_(range.begin),
        base_(store, nullptr, range.begin, range.end) {
    more_ = base_.Next(base_key_, base_value_);
  }

  bool Next(std::string_view& key, std::string_view& value) override {
    for (;;) {
      const auto* over = overlay_.Next(last_, started_);
      if (over != nullptr && over->first >= end_) over = nullptr;
      if (over == nullptr && !more_) return false;
      const bool from_overlay = over != nullptr && (!more_ || over->first <= base_key_);
      if (more_ && from_overlay && over->first == base_key_) step_ = true;
      started_ = true;
      last_ = from_overlay ? over->first : std::string(base_key_);
      key = last_;
      if (from_overlay) {
        if (step_) Step();
        if (!over->second.has_value()) continue;
        // The visitor may replace what it is looking at.
        current_ = *over->second;
      } else {
        current_ = base_value_;
        Step();
      }
      value = current_;
      return true;
    }
  }

  absl::Status status() const override { return base_.status(); }

 private:
  void Step() {
    more_ = base_.Next(base_key_, base_value_);
    step_ = false;
  }

  const Overlay& overlay_;
  const std::string end_;
  std::string last_, current_;
  bool started_ = false;
  bool step_ = false;
  RocksCursor base_;
  bool more_ = false;
  std::string_view base_key_, base_value_;
};

}  // namespace

struct Batch::State {
  explicit State(Store& store)
      : store(store), scratch(store.tables().size()), reserved(store.tables().size()) {}

  // The table, for a view to write.
  const TableDef& ForViews(std::string_view name) const;

  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const {
    const Overlay::Value* over = overlay.Find(key);
    return over != nullptr ? *over : store.Get(nullptr, key);
  }
  // nullptr: no such row.
  absl::StatusOr<RowCache::Value> GetRow(std::string_view key) const {
    const Overlay::Value* over = overlay.Find(key);
    if (over == nullptr) return store.GetRow(nullptr, key);
    return over->has_value() ? std::make_shared<const std::string>(**over) : nullptr;
  }
  // Remembers the first error.
  void Fail(const absl::Status& error) const {
    if (status.ok()) status = error;
  }
  // Entries of the row stored under `row_key`; empty when there is none. Sorted.
  std::vector<std::string> StoredEntries(const TableDef& table, const std::string& row_key,
                                         const RowCache::Value& stored);
  void ReplaceEntries(const std::vector<std::string>& before,
                      const std::vector<std::string>& after);

  // Of two rows of the same key.
  bool SameEntries(const IndexDef& index, const google::protobuf::Message& a,
                   const google::protobuf::Message& b) {
    if (index.fan_out < 0) {
      return std::all_of(index.fields.begin(), index.fields.end(),
                         [&](const KeyPart& part) { return SameField(a, b, part.path); });
    }
    values_a.clear();
    values_b.clear();
    AppendEntryValues(index, a, values_a);
    AppendEntryValues(index, b, values_b);
    return values_a == values_b;
  }

  Store& store;
  Overlay overlay;
  std::string values_a, values_b;  // Of SameEntries, which is asked often.
  // By table, for old rows.
  std::vector<std::unique_ptr<google::protobuf::Message>> scratch;
  std::vector<bool> reserved;
  mutable absl::Status status;
};

std::vector<std::string> Batch::State::StoredEntries(const TableDef& table,
                                                     const std::string& row_key,
                                                     const RowCache::Value& stored) {
  if (stored == nullptr) return {};
  std::unique_ptr<google::protobuf::Message>& row = scratch[table.id()];
  if (row == nullptr) row.reset(table.prototype().New());
  if (!ParseRow(*stored, *row)) {
    Fail(store.Note(Corrupt("a row that does not parse")));
    return {};
  }
  return EntryKeys(table, *row, row_key);
}

void Batch::State::ReplaceEntries(const std::vector<std::string>& before,
                                  const std::vector<std::string>& after) {
  std::vector<std::string> gone, come;
  std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                      std::back_inserter(gone));
  std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                      std::back_inserter(come));
  for (std::string& key : gone) overlay.Put(std::move(key), std::nullopt);
  for (std::string& key : come) overlay.Put(std::move(key), std::string());
}

Batch::Batch(const Database& database) : state_(std::make_unique<State>(database.store())) {}
Batch::~Batch() = default;

bool Batch::GetErased(std::string_view name, const std::vector<KeyValue>& key,
                      google::protobuf::Message& row) const {
  const TableDef& table = state_->store.TableOf(name);
  base::Check(row.GetDescriptor() == &table.row(), "the row is one of the table's");
  const auto value = state_->GetRow(RowKey(table, key));
  if (!value.ok()) {
    state_->Fail(value.status());
    return false;
  }
  if (*value == nullptr) return false;
  if (ParseRow(**value, row)) return true;
  state_->Fail(state_->store.Note(Corrupt("a row that does not parse")));
  return false;
}

void Batch::ScanErased(std::string_view name, std::string_view index_name,
                       const std::vector<KeyValue>& prefix, google::protobuf::Message& row,
                       const RowVisitor& visit) const {
  const TableDef& table = state_->store.TableOf(name);
  const IndexDef* index = table.FindIndex(index_name);
  base::Check(index != nullptr, "the table has an index of this name");
  base::Check(row.GetDescriptor() == &table.row(), "the row is one of the table's");
  OverlayCursor cursor(state_->store, state_->overlay,
                       PrefixRange(EntryPrefix(table, *index, prefix)));
  int64_t rows_scanned = 0;
  const absl::Status status = VisitRows(
      cursor, [this](std::string_view key) { return state_->GetRow(key); }, table, *index, row,
      visit, rows_scanned);
  if (!status.ok()) state_->Fail(state_->store.Note(status));
}

void Batch::ScanAfterErased(std::string_view name, std::string_view index_name,
                            const std::vector<KeyValue>& prefix,
                            const google::protobuf::Message& after, google::protobuf::Message& row,
                            const RowVisitor& visit) const {
  const TableDef& table = state_->store.TableOf(name);
  const IndexDef* index = table.FindIndex(index_name);
  base::Check(index != nullptr, "the table has an index of this name");
  base::Check(row.GetDescriptor() == &table.row(), "the row is one of the table's");
  KeyRange range = PrefixRange(EntryPrefix(table, *index, prefix));
  range.begin = std::max(range.begin, KeyBehind(table, *index, after));
  OverlayCursor cursor(state_->store, state_->overlay, range);
  int64_t rows_scanned = 0;
  const absl::Status status = VisitRows(
      cursor, [this](std::string_view key) { return state_->GetRow(key); }, table, *index, row,
      visit, rows_scanned);
  if (!status.ok()) state_->Fail(state_->store.Note(status));
}

bool Batch::GetAsOfErased(std::string_view name, const std::vector<KeyValue>& key, absl::Time as_of,
                          absl::Time known_at, google::protobuf::Message& row) const {
  const TableDef& table = state_->store.TableOf(name);
  base::Check(row.GetDescriptor() == &table.row(), "the row is one of the table's");
  int64_t rows_scanned = 0;
  const auto found = FindVersion(
      [&](const KeyRange& range) {
        return std::make_unique<OverlayCursor>(state_->store, state_->overlay, range);
      },
      table, key, as_of, known_at, rows_scanned);
  if (!found.ok()) {
    state_->Fail(state_->store.Note(found.status()));
    return false;
  }
  if (!found->has_value()) return false;
  if (ParseRow(**found, row)) return true;
  state_->Fail(state_->store.Note(Corrupt("a version that does not parse")));
  return false;
}

void Batch::Reserve(const TableDef& table) { state_->reserved[table.id()] = true; }

const TableDef& Batch::State::ForViews(std::string_view name) const {
  const TableDef& table = store.TableOf(name);
  base::Check(!reserved[table.id()], "no view writes a table that is not a view's");
  return table;
}

void Batch::PutErased(std::string_view table, const google::protobuf::Message& row) {
  Put(state_->ForViews(table), row, 0);
}

void Batch::DeleteErased(std::string_view table, const std::vector<KeyValue>& key) {
  Delete(state_->ForViews(table), key);
}

void Batch::Put(const TableDef& table, const google::protobuf::Message& row, int64_t revision) {
  std::string key = RowKey(table, row);
  std::string value;
  AppendRowValue(revision, row, value);
  if (table.indexes().size() > 1) {
    const auto before = state_->GetRow(key);
    if (!before.ok()) return state_->Fail(before.status());
    state_->ReplaceEntries(state_->StoredEntries(table, key, *before), EntryKeys(table, row, key));
  }
  state_->overlay.Put(std::move(key), std::move(value));
}

std::string Batch::Replace(const TableDef& table, const google::protobuf::Message* before,
                           const google::protobuf::Message& row, int64_t revision) {
  std::string key = RowKey(table, row);
  std::string value;
  AppendRowValue(revision, row, value);
  // Most indexes stay as they are when a row changes.
  for (size_t i = 1; i < table.indexes().size(); ++i) {
    const IndexDef& index = table.indexes()[i];
    if (before != nullptr && state_->SameEntries(index, *before, row)) continue;
    std::vector<std::string> old_keys, new_keys;
    if (before != nullptr) AppendEntryKeys(table, index, *before, key, old_keys);
    AppendEntryKeys(table, index, row, key, new_keys);
    SortUnique(old_keys);
    SortUnique(new_keys);
    state_->ReplaceEntries(old_keys, new_keys);
  }
  std::string stored(ParseRowValue(value)->message);
  state_->overlay.Put(std::move(key), std::move(value));
  return stored;
}

void Batch::Delete(const TableDef& table, const std::vector<KeyValue>& values) {
  std::string key = RowKey(table, values);
  if (table.indexes().size() > 1) {
    const auto before = state_->GetRow(key);
    if (!before.ok()) return state_->Fail(before.status());
    state_->ReplaceEntries(state_->StoredEntries(table, key, *before), {});
  }
  state_->overlay.Put(std::move(key), std::nullopt);
}

absl::StatusOr<std::optional<StoredRow>> Batch::GetStored(const TableDef& table,
                                                          const std::vector<KeyValue>& key) const {
  return ToStoredRow(state_->store, state_->GetRow(RowKey(table, key)));
}

absl::Status Batch::Damaged(std::string_view what) const {
  return state_->store.Note(Corrupt(what));
}

void Batch::PutHistory(const TableDef& table, const google::protobuf::Message& row,
                       int64_t revision, absl::Time effective, absl::Time record) {
  std::string value;
  AppendRowValue(revision, row, value);
  state_->overlay.Put(VersionKey(table, RowKey(table, row), effective, record), std::move(value));
}

void Batch::DeleteHistory(const TableDef& table, const std::vector<KeyValue>& key,
                          absl::Time effective, absl::Time record) {
  state_->overlay.Put(VersionKey(table, RowKey(table, key), effective, record),
                      std::string(kDeletedValue));
}

void Batch::PutRaw(RawSpace space, std::string_view key, std::string_view value) {
  state_->overlay.Put(state_->store.RawKey(space, key), std::string(value));
}

void Batch::DeleteRaw(RawSpace space, std::string_view key) {
  state_->overlay.Put(state_->store.RawKey(space, key), std::nullopt);
}

absl::StatusOr<std::optional<std::string>> Batch::GetRaw(RawSpace space,
                                                         std::string_view key) const {
  return state_->Get(state_->store.RawKey(space, key));
}

absl::Status Batch::ScanRaw(RawSpace space, std::string_view prefix, std::string_view from,
                            const RawVisitor& visit) const {
  OverlayCursor cursor(state_->store, state_->overlay,
                       RawRange(state_->store, space, prefix, from));
  return VisitRaw(cursor, visit);
}

absl::Status Batch::Commit() {
  if (!state_->status.ok()) return state_->status;
  if (empty()) return absl::OkStatus();
  // In order of the keys: RocksDB then finds the place of each near that of the one before.
  std::vector<const Overlay::Entries::value_type*> entries;
  entries.reserve(state_->overlay.entries().size());
  for (const auto& entry : state_->overlay.entries()) entries.push_back(&entry);
  std::sort(entries.begin(), entries.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  rocksdb::WriteBatch batch(bytes() + 16 * entries.size());
  RowWrites rows;
  for (const auto* entry : entries) {
    const auto& [key, value] = *entry;
    const rocksdb::Status added = value.has_value() ? batch.Put(key, *value) : batch.Delete(key);
    if (!added.ok()) return FromRocks(added);
    if (IsRowKey(key)) rows.emplace_back(key, value.has_value() ? &*value : nullptr);
  }
  if (absl::Status s = state_->store.Write(batch, rows); !s.ok()) return s;
  Clear();
  return absl::OkStatus();
}

void Batch::Clear() {
  state_->overlay.Clear();
  state_->status = absl::OkStatus();
}

bool Batch::empty() const { return state_->overlay.entries().empty(); }
size_t Batch::bytes() const { return state_->overlay.bytes(); }
absl::Status Batch::status() const { return state_->status; }

}  // namespace crm::table
