// Reading and writing rows from pure code: Snapshot reads, Rows reads and writes. Typed over an
// erased core that libs/table implements; tests of views use an in-memory one from libs/testing.
#pragma once

#include <google/protobuf/message.h>

#include <compare>
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

#include "absl/time/time.h"
#include "libs/table/spec.h"

namespace crm::table {

// One value of a key or index field: integers and enums as int64, bool as 0/1, strings as they are.
// A Timestamp or Date is given as the message itself and becomes text of fixed width, which sorts
// as the time does: "2024-02-29T12:00:00.000000000Z", "2024-02-29"; an unset one is "".
// StartsWith stands for every string that begins so, as the last value of a scan.
struct StartsWith {
  std::string text;

  auto operator<=>(const StartsWith&) const = default;
};
using KeyValue = std::variant<int64_t, std::string, StartsWith>;

namespace internal {

template <class T>
concept TimestampLike = requires(const T& value) {
  { value.seconds() } -> std::convertible_to<int64_t>;
  { value.nanos() } -> std::convertible_to<int32_t>;
};
template <class T>
concept DateLike = requires(const T& value) {
  { value.year() } -> std::convertible_to<int32_t>;
  { value.month() } -> std::convertible_to<int32_t>;
  { value.day() } -> std::convertible_to<int32_t>;
};

// `value` in decimal, padded with zeros to `width`.
inline std::string Digits(int64_t value, size_t width) {
  const std::string digits = std::to_string(value);
  return digits.size() >= width ? digits : std::string(width - digits.size(), '0') + digits;
}

inline std::string DateText(int64_t year, int64_t month, int64_t day) {
  return Digits(year, 4) + "-" + Digits(month, 2) + "-" + Digits(day, 2);
}

// Years 1 to 9999, as google.protobuf.Timestamp allows. The calendar from days is Howard Hinnant's.
inline std::string TimestampText(int64_t seconds, int64_t nanos) {
  const int64_t shifted = seconds + 719'468LL * 86'400;  // Since 0000-03-01.
  const int64_t days = shifted / 86'400, second = shifted % 86'400;
  const int64_t era = days / 146'097, of_era = days % 146'097;
  const int64_t year = (of_era - of_era / 1'460 + of_era / 36'524 - of_era / 146'096) / 365;
  const int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  const int64_t month_from_march = (5 * of_year + 2) / 153;
  const int64_t day = of_year - (153 * month_from_march + 2) / 5 + 1;
  const int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  return DateText(era * 400 + year + (month <= 2 ? 1 : 0), month, day) + "T" +
         Digits(second / 3'600, 2) + ":" + Digits(second / 60 % 60, 2) + ":" +
         Digits(second % 60, 2) + "." + Digits(nanos, 9) + "Z";
}

}  // namespace internal

template <class T>
KeyValue ToKeyValue(const T& value) {
  if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
    return static_cast<int64_t>(value);
  } else if constexpr (std::is_same_v<T, StartsWith>) {
    return value;
  } else if constexpr (internal::TimestampLike<T>) {
    return internal::TimestampText(value.seconds(), value.nanos());
  } else if constexpr (internal::DateLike<T>) {
    return internal::DateText(value.year(), value.month(), value.day());
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

  // Of a table with `.history`: the row that is effective at `as_of` by what was recorded at
  // `known_at` (both times included); nullopt: there was none. The row of an aggregate is effective
  // from when its event was recorded.
  template <class Row, class... Key>
  std::optional<Row> GetAsOf(const TableSpec<Row>& table, absl::Time as_of, absl::Time known_at,
                             const Key&... key) const {
    Row row;
    if (!GetAsOfErased(table.name, {ToKeyValue(key)...}, as_of, known_at, row)) return std::nullopt;
    return row;
  }

  // Visits the rows whose leading key fields (index: "") or leading index fields equal `prefix`, in
  // key order. Reads at most the rows visited. The last value may be StartsWith{"ab"}, for a field
  // that is an ascending string: the rows whose value there begins with "ab". Visitor: (const Row&)
  // -> bool, false ends; it may write to the Rows it scans: rows put behind the present one are
  // visited, rows deleted there are not. An index that fans out visits a row once for each of its
  // entries with that prefix.
  template <class Row, class Visitor, class... Prefix>
  void Scan(const TableSpec<Row>& table, std::string_view index, const Visitor& visit,
            const Prefix&... prefix) const {
    Row row;
    ScanErased(table.name, index, {ToKeyValue(prefix)...}, row,
               [&](const google::protobuf::Message& found) {
                 return visit(static_cast<const Row&>(found));
               });
  }

  // The same from behind a place on, as pages need it: the rows behind where `after` stands in the
  // index, or would stand. Only its index and key fields count. Not for an index that fans out.
  template <class Row, class Visitor, class... Prefix>
  void ScanAfter(const TableSpec<Row>& table, std::string_view index, const Row& after,
                 const Visitor& visit, const Prefix&... prefix) const {
    Row row;
    ScanAfterErased(table.name, index, {ToKeyValue(prefix)...}, after, row,
                    [&](const google::protobuf::Message& found) {
                      return visit(static_cast<const Row&>(found));
                    });
  }

  // The erased core. `row` is parsed into and, in a scan, reused. An unknown table or index, and a
  // key of another shape than the table's, are bugs and end the process.
  virtual bool GetErased(std::string_view table, const std::vector<KeyValue>& key,
                         google::protobuf::Message& row) const = 0;
  virtual void ScanErased(std::string_view table, std::string_view index,
                          const std::vector<KeyValue>& prefix, google::protobuf::Message& row,
                          const RowVisitor& visit) const = 0;
  virtual void ScanAfterErased(std::string_view table, std::string_view index,
                               const std::vector<KeyValue>& prefix,
                               const google::protobuf::Message& after,
                               google::protobuf::Message& row, const RowVisitor& visit) const = 0;
  virtual bool GetAsOfErased(std::string_view table, const std::vector<KeyValue>& key,
                             absl::Time as_of, absl::Time known_at,
                             google::protobuf::Message& row) const = 0;
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
