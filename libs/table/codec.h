// Key coding: order preserving, so that RocksDB's bytewise order is the order of the values.
//
//   key      = meta | raw | row | entry | version
//   meta     = 0x00 "format"                   value: the tables' fingerprint
//   raw      = 0x01 space key                  value: as put
//   row      = 0x02 table 0x00 part*           value: 0x01 revision message
//   entry    = 0x02 table index part* part*    value: empty; parts of the index, of the row's key
//   version  = 0x03 table part* ~moment ~moment
//              (effective, record)             value: as a row's, or 0x00: deleted
//   table    = 1 byte: place among the tables sorted by name
//   index    = 1 byte: from 1, as declared
//   revision = 8 bytes big-endian
//   part     = int | uint | bool | string | time | date | decimal | variant
//              of a "-field": each byte complemented
//   int      = 8 bytes big-endian, sign bit flipped (also enums)
//   uint     = 8 bytes big-endian
//   bool     = 0x00 | 0x01
//   string   = (byte, 0x00 as 0x00 0xff)* 0x00 0x00
//   time     = 0x00 (unset) | 0x01 moment
//   moment   = seconds(int) nanos(4, sign flipped)
//   date     = 0x00 (unset) | 0x01 year(4, sign flipped) month(1) day(1)
//   decimal  = 0x00 (unset) | 0x01 units(int) nanos(4, sign flipped)
//   variant  = 0x00 (unset) | kind(1: TagOf) part
//
// Every part says itself where it ends, so no key is the prefix of another of its table and index.
#pragma once

#include <google/protobuf/message.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "libs/table/field_path.h"
#include "libs/table/rows.h"
#include "libs/table/table_def.h"

namespace crm::table {

// Raised when what is written changes; part of every fingerprint.
inline constexpr int kFormatVersion = 1;

inline constexpr char kMetaSpace = 0x00;
inline constexpr char kRawSpace = 0x01;
inline constexpr char kTableSpace = 0x02;
inline constexpr char kHistorySpace = 0x03;

void AppendInt(int64_t value, std::string& out);
void AppendUint(uint64_t value, std::string& out);
void AppendString(std::string_view value, std::string& out);
// As AppendString without the end: what the codes of all strings beginning with `prefix` begin
// with.
void AppendStringPrefix(std::string_view prefix, std::string& out);
void AppendTime(int64_t seconds, int32_t nanos, std::string& out);
void AppendDate(int32_t year, int32_t month, int32_t day, std::string& out);
// The code of an unset time or date, and its first byte when set.
inline constexpr char kUnset = 0x00;
inline constexpr char kSet = 0x01;
void AppendDecimal(int64_t units, int32_t nanos, std::string& out);
// First byte of a variant's code that holds a value of this kind. Never changes.
char TagOf(ValueKind kind);
// Complements out[from..].
void Complement(size_t from, std::string& out);
// A moment, complemented: newest first.
void AppendMomentNewestFirst(absl::Time time, std::string& out);
inline constexpr size_t kMomentBytes = 12;

// The field's value in ascending code. `element`: of the repeated step, if there is one.
void AppendField(const google::protobuf::Message& row, const FieldPath& path, int element,
                 std::string& out);
// Whether both rows' values of the field give the same code; for strings without making it. Not of
// a path with a repeated step.
bool SameField(const google::protobuf::Message& a, const google::protobuf::Message& b,
               const FieldPath& path);
// A caller's value for that kind, ascending. False when it has not the kind's shape.
bool AppendValue(ValueKind kind, const KeyValue& value, std::string& out);
// Takes one part off the front. False when `in` does not begin with one.
bool SkipPart(const KeyPart& part, std::string_view& in);

// The smallest key above all that begin with `prefix`, which has a byte below 0xff.
std::string AfterPrefix(std::string prefix);

// A row's value.
void AppendRowValue(int64_t revision, const google::protobuf::Message& row, std::string& out);
inline constexpr std::string_view kDeletedValue{"\0", 1};
struct RowValue {
  int64_t revision = 0;
  std::string_view message;
};
// nullopt: not a row's value (kDeletedValue too).
std::optional<RowValue> ParseRowValue(std::string_view value);

}  // namespace crm::table
