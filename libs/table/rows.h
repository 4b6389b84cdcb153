// Reading and writing rows from pure code: Snapshot reads, Rows reads and writes. Typed over an
// erased core that libs/table implements; tests of views use an in-memory one from libs/testing.
#pragma once

#include <google/protobuf/message.h>

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "libs/table/spec.h"

namespace crm::table {

// One value of a key or index field: integers and enums as int64, bool as 0/1, Timestamp and Date
// as they stand in the row are given as messages' text keys by the table; callers pass int64 and
// strings.
using KeyValue = std::variant<int64_t, std::string>;

template <class T>
KeyValue ToKeyValue(const T& value) {
  if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
    return static_cast<int64_t>(value);
  } else {
    return std::string(value);
  }
}

// Called with each row found; false ends the scan.
using RowVisitor = std::function<bool(const google::protobuf::Message& row)>;

// Reads as of one moment. Not thread-safe; a copy of a row is the caller's.
class Snapshot {
 public:
  virtual ~Snapshot() = default;

  // The row with this key, which has all the key's fields.
  template <class Row, class... Key>
  std::optional<Row> Get(const TableSpec<Row>& table, const Key&... key) const {
    Row row;
    if (!GetErased(table.name, {ToKeyValue(key)...}, row)) return std::nullopt;
    return row;
  }

  // Visits the rows whose leading key fields (index: "") or leading index fields equal `prefix`, in
  // key order. Reads at most the rows visited. Visitor: (const Row&) -> bool, false ends.
  template <class Row, class Visitor, class... Prefix>
  void Scan(const TableSpec<Row>& table, std::string_view index, const Visitor& visit,
            const Prefix&... prefix) const {
    Row row;
    ScanErased(table.name, index, {ToKeyValue(prefix)...}, row,
               [&](const google::protobuf::Message& found) {
                 return visit(static_cast<const Row&>(found));
               });
  }

  // The erased core. `row` is parsed into and, in a scan, reused.
  virtual bool GetErased(std::string_view table, const std::vector<KeyValue>& key,
                         google::protobuf::Message& row) const = 0;
  virtual void ScanErased(std::string_view table, std::string_view index,
                          const std::vector<KeyValue>& prefix, google::protobuf::Message& row,
                          const RowVisitor& visit) const = 0;
};

// Also writes. What was put is seen by later reads of the same Rows.
class Rows : public Snapshot {
 public:
  // Inserts or replaces the row under its key fields, and its index entries.
  template <class Row>
  void Put(const TableSpec<Row>& table, const Row& row) {
    PutErased(table.name, row);
  }
  template <class Row, class... Key>
  void Delete(const TableSpec<Row>& table, const Key&... key) {
    DeleteErased(table.name, {ToKeyValue(key)...});
  }

  virtual void PutErased(std::string_view table, const google::protobuf::Message& row) = 0;
  virtual void DeleteErased(std::string_view table, const std::vector<KeyValue>& key) = 0;
};

}  // namespace crm::table
