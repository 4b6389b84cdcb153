// Tables in memory, for tests of views, queries and reactions: no RocksDB, no engine.
#pragma once

#include <compare>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "libs/base/check.h"
#include "libs/table/rows.h"

namespace crm::testing {

// Serves the tables it was made with: FakeRows rows(kCustomers, kSearchTerms). Keys and indexes are
// taken from the specs: nested paths, fan-out over repeated fields, "-descending", variables of the
// resource's name pattern. Reading or writing any other table, a key with too few fields, or an
// unknown index ends the process: it is a bug. Timestamps and Dates order as times; as a prefix a
// Timestamp is its seconds and a Date is yyyymmdd.
class FakeRows : public table::Rows {
 public:
  template <class... Row>
  explicit FakeRows(const table::TableSpec<Row>&... specs) {
    (Add(specs.name, specs.key, specs.indexes), ...);
  }

  bool GetErased(std::string_view table, const std::vector<table::KeyValue>& key,
                 google::protobuf::Message& row) const override;
  void ScanErased(std::string_view table, std::string_view index,
                  const std::vector<table::KeyValue>& prefix, google::protobuf::Message& row,
                  const table::RowVisitor& visit) const override;
  void ScanAfterErased(std::string_view table, std::string_view index,
                       const std::vector<table::KeyValue>& prefix,
                       const google::protobuf::Message& after, google::protobuf::Message& row,
                       const table::RowVisitor& visit) const override;
  bool GetAsOfErased(std::string_view table, const std::vector<table::KeyValue>& key,
                     absl::Time as_of, absl::Time known_at,
                     google::protobuf::Message& row) const override;
  // Puts the row and remembers it as what was so from `effective` on, by what was known from
  // `record` on. The engine gives the time of the event as both.
  template <class Row>
  void PutVersion(const table::TableSpec<Row>& spec, const Row& row, absl::Time effective,
                  absl::Time record) {
    base::Check(spec.history, "the table keeps versions");
    Put(spec, row);
    PutVersionErased(spec.name, row, effective, record);
  }
  void PutErased(std::string_view table, const google::protobuf::Message& row) override;
  void DeleteErased(std::string_view table, const std::vector<table::KeyValue>& key) override;

  // Rows in a table.
  size_t Size(std::string_view table) const { return Find(table).rows.size(); }
  // Every table's rows in key order as text: equal for equal contents.
  std::string DebugString() const;

 private:
  struct Part {
    // As a constructor, for clang 14 builds none from parentheses.
    Part(table::KeyValue of, bool down = false) : value(std::move(of)), descending(down) {}

    table::KeyValue value;
    bool descending;

    bool operator==(const Part& other) const { return value == other.value; }
    bool operator<(const Part& other) const {
      return descending ? other.value < value : value < other.value;
    }
  };
  using Key = std::vector<Part>;

  struct Index {
    std::string_view name;
    std::vector<std::string_view> fields;
    std::map<Key, Key> entries;  // Index fields and key -> key.
  };
  struct Table {
    std::vector<std::string_view> key;
    std::vector<Index> indexes;
    std::map<Key, std::unique_ptr<google::protobuf::Message>> rows;
    // By (effective, record), newest first.
    std::map<Key, std::map<std::pair<absl::Time, absl::Time>,
                           std::unique_ptr<google::protobuf::Message>, std::greater<>>>
        versions;
  };

  void Add(std::string_view name, const std::string_view (&key)[table::kKeyFieldsMax],
           const table::IndexSpec (&indexes)[table::kIndexesMax]);
  const Table& Find(std::string_view name) const;
  static Key KeyOf(const Table& table, const google::protobuf::Message& row);
  static Key KeyFrom(const Table& table, const std::vector<table::KeyValue>& values);
  static std::vector<Key> EntriesOf(const Index& index, const Key& key,
                                    const google::protobuf::Message& row);
  static std::vector<table::KeyValue> ValuesAt(const google::protobuf::Message& row,
                                               std::string_view path);
  void Erase(Table& table, const Key& key);
  // Behind the place of `after`; nullptr: from the start.
  void ScanBehind(std::string_view table, std::string_view index,
                  const std::vector<table::KeyValue>& prefix,
                  const google::protobuf::Message* after, google::protobuf::Message& row,
                  const table::RowVisitor& visit) const;
  void PutVersionErased(std::string_view table, const google::protobuf::Message& row,
                        absl::Time effective, absl::Time record);

  std::map<std::string, Table, std::less<>> tables_;
};

}  // namespace crm::testing
