#include "libs/table/row_keys.h"

#include <algorithm>
#include <utility>

#include "libs/base/check.h"
#include "libs/table/codec.h"

namespace crm::table {
namespace {

void AppendPart(const google::protobuf::Message& row, const KeyPart& part, int element,
                std::string& out) {
  const size_t from = out.size();
  AppendField(row, part.path, element, out);
  if (part.descending) Complement(from, out);
}

void AppendParts(const std::vector<KeyPart>& parts, const std::vector<KeyValue>& values,
                 std::string& out) {
  base::Check(values.size() <= parts.size(), "a key has no more values than the table has fields");
  for (size_t i = 0; i < values.size(); ++i) {
    if (const auto* start = std::get_if<StartsWith>(&values[i]); start != nullptr) {
      const bool open = parts[i].path.kind == ValueKind::kString && !parts[i].descending;
      base::Check(open && i + 1 == values.size(),
                  "a beginning is the last value, of a string that ascends");
      return AppendStringPrefix(start->text, out);
    }
    const size_t from = out.size();
    const bool coded = AppendValue(parts[i].path.kind, values[i], out);
    base::Check(coded, "a key's value has the shape of its field: " + parts[i].path.text);
    if (parts[i].descending) Complement(from, out);
  }
}

int EntriesOf(const IndexDef& index, const google::protobuf::Message& row) {
  return index.fan_out < 0 ? 1 : Elements(row, index.fields[index.fan_out].path);
}

}  // namespace

std::string IndexPrefix(const TableDef& table, const IndexDef& index) {
  base::Check(table.id() >= 0, "the table is this database's own");
  return {kTableSpace, static_cast<char>(table.id()), static_cast<char>(index.id)};
}

std::string RowKey(const TableDef& table, const google::protobuf::Message& row) {
  base::Check(row.GetDescriptor() == &table.row(), "the row is one of the table's");
  std::string key = IndexPrefix(table, table.primary());
  for (const KeyPart& part : table.primary().fields) AppendPart(row, part, 0, key);
  return key;
}

std::string RowKey(const TableDef& table, const std::vector<KeyValue>& values) {
  const bool whole = values.size() == table.primary().fields.size() &&
                     !std::holds_alternative<StartsWith>(values.back());
  base::Check(whole, "a key has all the key's fields");
  return EntryPrefix(table, table.primary(), values);
}

std::string EntryPrefix(const TableDef& table, const IndexDef& index,
                        const std::vector<KeyValue>& prefix) {
  std::string key = IndexPrefix(table, index);
  AppendParts(index.fields, prefix, key);
  return key;
}

std::string KeyBehind(const TableDef& table, const IndexDef& index,
                      const google::protobuf::Message& row) {
  base::Check(index.fan_out < 0, "a row has one place in the index");
  std::string key = RowKey(table, row);
  if (index.id != 0) {
    std::vector<std::string> entries;
    AppendEntryKeys(table, index, row, key, entries);
    key = std::move(entries.front());
  }
  key.push_back('\0');  // No key is the prefix of another, so that none lies between.
  return key;
}

void AppendEntryKeys(const TableDef& table, const IndexDef& index,
                     const google::protobuf::Message& row, std::string_view row_key,
                     std::vector<std::string>& keys) {
  const int elements = EntriesOf(index, row);
  for (int element = 0; element < elements; ++element) {
    std::string key = IndexPrefix(table, index);
    for (const KeyPart& part : index.fields) AppendPart(row, part, element, key);
    key.append(row_key.substr(kIndexPrefixBytes));
    keys.push_back(std::move(key));
  }
}

void AppendEntryValues(const IndexDef& index, const google::protobuf::Message& row,
                       std::string& out) {
  // No value's bytes begin another's, so the bytes say where each ends.
  const int elements = EntriesOf(index, row);
  for (int element = 0; element < elements; ++element) {
    for (const KeyPart& part : index.fields) AppendPart(row, part, element, out);
  }
}

void SortUnique(std::vector<std::string>& keys) {
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
}

std::vector<std::string> EntryKeys(const TableDef& table, const google::protobuf::Message& row,
                                   std::string_view row_key) {
  std::vector<std::string> keys;
  for (size_t i = 1; i < table.indexes().size(); ++i)
    AppendEntryKeys(table, table.indexes()[i], row, row_key, keys);
  SortUnique(keys);
  return keys;
}

bool IsRowKey(std::string_view key) {
  return key.size() >= kIndexPrefixBytes && key[0] == kTableSpace && key[2] == 0;
}

std::string RowKeyOfEntry(const TableDef& table, const IndexDef& index, std::string_view entry) {
  entry.remove_prefix(std::min(kIndexPrefixBytes, entry.size()));
  for (const KeyPart& part : index.fields) {
    if (!SkipPart(part, entry)) return "";
  }
  return IndexPrefix(table, table.primary()).append(entry);
}

std::string VersionPrefix(const TableDef& table, std::string_view row_key) {
  base::Check(table.history(), "the table keeps versions");
  std::string key{kHistorySpace, static_cast<char>(table.id())};
  return key.append(row_key.substr(kIndexPrefixBytes));
}

std::string VersionKey(const TableDef& table, std::string_view row_key, absl::Time effective,
                       absl::Time record) {
  std::string key = VersionPrefix(table, row_key);
  AppendMomentNewestFirst(effective, key);
  AppendMomentNewestFirst(record, key);
  return key;
}

}  // namespace crm::table
