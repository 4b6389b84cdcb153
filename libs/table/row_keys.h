// The keys under which a row lies: its own, and those of its index entries.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "libs/table/rows.h"
#include "libs/table/table_def.h"

namespace crm::table {

// What all keys of an index (of the rows: the primary one) begin with. 3 bytes.
std::string IndexPrefix(const TableDef& table, const IndexDef& index);
inline constexpr size_t kIndexPrefixBytes = 3;

// The key of the row, from its fields.
std::string RowKey(const TableDef& table, const google::protobuf::Message& row);
// The same from the key's values. A wrong number or shape of them is a bug.
std::string RowKey(const TableDef& table, const std::vector<KeyValue>& key);
// What the keys of all entries with these leading values begin with. A wrong shape is a bug.
std::string EntryPrefix(const TableDef& table, const IndexDef& index,
                        const std::vector<KeyValue>& prefix);

// The key just behind the place of the row in the index, whether it is there or not. An index that
// fans out is a bug.
std::string KeyBehind(const TableDef& table, const IndexDef& index,
                      const google::protobuf::Message& row);

// Adds the entries of the row in one index, `row_key` being its key: one for each element of a
// field that the index fans out over.
void AppendEntryKeys(const TableDef& table, const IndexDef& index,
                     const google::protobuf::Message& row, std::string_view row_key,
                     std::vector<std::string>& keys);
// Adds what those entries hold of the row: the same for two rows of the same key when their entries
// are the same, and cheaper.
void AppendEntryValues(const IndexDef& index, const google::protobuf::Message& row,
                       std::string& out);
void SortUnique(std::vector<std::string>& keys);
// Those in all indexes but the primary one, sorted, none twice.
std::vector<std::string> EntryKeys(const TableDef& table, const google::protobuf::Message& row,
                                   std::string_view row_key);

// Whether a row lies under the key; not an entry, a version, or something raw.
bool IsRowKey(std::string_view key);
// The key of the row that an entry belongs to; "" when the entry is not one of the index.
std::string RowKeyOfEntry(const TableDef& table, const IndexDef& index, std::string_view entry);

// What the keys of all versions of a row begin with.
std::string VersionPrefix(const TableDef& table, std::string_view row_key);
std::string VersionKey(const TableDef& table, std::string_view row_key, absl::Time effective,
                       absl::Time record);

}  // namespace crm::table
