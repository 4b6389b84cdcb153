#include "libs/testing/fake_rows.h"

#include <google/protobuf/descriptor.h>

#include <optional>

#include "absl/strings/str_cat.h"
#include "google/api/resource.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"
#include "libs/base/check.h"
#include "libs/base/decimal.h"
#include "libs/base/resource_name.h"

namespace crm::testing {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using table::KeyValue;

KeyValue FromMessage(const Message& value) {
  if (value.GetDescriptor() == google::type::Date::descriptor()) {
    google::type::Date date;
    date.CopyFrom(value);
    return table::ToKeyValue(date);
  }
  if (value.GetDescriptor() == common::v1::Decimal::descriptor()) {
    common::v1::Decimal number;
    number.CopyFrom(value);
    return base::DecimalText(number);
  }
  base::Check(value.GetDescriptor() == google::protobuf::Timestamp::descriptor(),
              "a key or index field is a scalar, an enum, a Timestamp, a Date or a Decimal");
  google::protobuf::Timestamp time;
  time.CopyFrom(value);
  return table::ToKeyValue(time);
}

// `at` is the element of a repeated field, or -1.
KeyValue ValueOf(const Message& row, const FieldDescriptor& field, int at) {
  const Reflection& reflection = *row.GetReflection();
  const bool repeated = at >= 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return repeated ? reflection.GetRepeatedString(row, &field, at)
                      : reflection.GetString(row, &field);
    case FieldDescriptor::CPPTYPE_ENUM:
      return int64_t{repeated ? reflection.GetRepeatedEnumValue(row, &field, at)
                              : reflection.GetEnumValue(row, &field)};
    case FieldDescriptor::CPPTYPE_INT64:
      return repeated ? reflection.GetRepeatedInt64(row, &field, at)
                      : reflection.GetInt64(row, &field);
    case FieldDescriptor::CPPTYPE_INT32:
      return int64_t{repeated ? reflection.GetRepeatedInt32(row, &field, at)
                              : reflection.GetInt32(row, &field)};
    case FieldDescriptor::CPPTYPE_UINT32:
      return int64_t{repeated ? reflection.GetRepeatedUInt32(row, &field, at)
                              : reflection.GetUInt32(row, &field)};
    case FieldDescriptor::CPPTYPE_BOOL:
      return int64_t{repeated ? reflection.GetRepeatedBool(row, &field, at)
                              : reflection.GetBool(row, &field)};
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (!repeated && !reflection.HasField(row, &field)) return std::string();
      return FromMessage(repeated ? reflection.GetRepeatedMessage(row, &field, at)
                                  : reflection.GetMessage(row, &field));
    default:
      base::Check(false, "a key or index field is no floating point number");
      return int64_t{0};
  }
}

// Whether a field's value is the one asked for, or begins so.
bool Meets(const KeyValue& value, const KeyValue& asked) {
  const auto* start = std::get_if<table::StartsWith>(&asked);
  if (start == nullptr) return value == asked;
  const auto* text = std::get_if<std::string>(&value);
  base::Check(text != nullptr, "only a string begins with something");
  return text->starts_with(start->text);
}

// The least of the values asked for.
KeyValue Least(const KeyValue& asked) {
  const auto* start = std::get_if<table::StartsWith>(&asked);
  return start == nullptr ? asked : KeyValue(start->text);
}

// What the oneof of this name holds; nothing when it holds nothing.
void CollectHeld(const Message& row, std::string_view name, std::vector<KeyValue>& values) {
  const auto* oneof = row.GetDescriptor()->FindOneofByName(std::string(name));
  base::Check(oneof != nullptr,
              "a key or index field is a field of its row or a variable of its name");
  const auto* held = row.GetReflection()->GetOneofFieldDescriptor(row, oneof);
  if (held != nullptr) values.push_back(ValueOf(row, *held, -1));
}

void Collect(const Message& row, std::string_view path, std::vector<KeyValue>& values) {
  const size_t dot = path.find('.');
  const FieldDescriptor* field =
      row.GetDescriptor()->FindFieldByName(std::string(path.substr(0, dot)));
  if (field == nullptr) return CollectHeld(row, path, values);
  const Reflection& reflection = *row.GetReflection();
  const int count = field->is_repeated() ? reflection.FieldSize(row, field) : 1;
  for (int i = 0; i < count; ++i) {
    const int at = field->is_repeated() ? i : -1;
    if (dot == std::string_view::npos) {
      values.push_back(ValueOf(row, *field, at));
    } else {
      Collect(at < 0 ? reflection.GetMessage(row, field)
                     : reflection.GetRepeatedMessage(row, field, at),
              path.substr(dot + 1), values);
    }
  }
}

}  // namespace

void FakeRows::Add(std::string_view name, const std::string_view (&key)[table::kKeyFieldsMax],
                   const table::IndexSpec (&indexes)[table::kIndexesMax]) {
  Table& table = tables_[std::string(name)];
  for (std::string_view field : key) {
    if (!field.empty()) table.key.push_back(field);
  }
  for (const table::IndexSpec& spec : indexes) {
    if (spec.name.empty()) continue;
    Index& index = table.indexes.emplace_back();
    index.name = spec.name;
    for (std::string_view field : spec.fields) {
      if (!field.empty()) index.fields.push_back(field);
    }
  }
}

const FakeRows::Table& FakeRows::Find(std::string_view name) const {
  const auto found = tables_.find(name);
  base::Check(found != tables_.end(), absl::StrCat("no such table: ", std::string(name)));
  return found->second;
}

std::vector<KeyValue> FakeRows::ValuesAt(const Message& row, std::string_view path) {
  std::vector<KeyValue> values;
  const auto* descriptor = row.GetDescriptor();
  if (descriptor->FindFieldByName(std::string(path.substr(0, path.find('.')))) == nullptr) {
    const auto& resource = descriptor->options().GetExtension(google::api::resource);
    const FieldDescriptor* name = descriptor->FindFieldByName("name");
    if (name != nullptr && resource.pattern_size() == 1) {
      const std::string value = row.GetReflection()->GetString(row, name);
      const auto variable = base::NamePattern::Parse(resource.pattern(0))->Variable(value, path);
      if (variable.has_value()) return {std::string(*variable)};
    }
  }
  Collect(row, path, values);
  return values;
}

FakeRows::Key FakeRows::KeyOf(const Table& table, const Message& row) {
  Key key;
  for (std::string_view field : table.key) {
    const bool descending = field.starts_with('-');
    const std::vector<KeyValue> values = ValuesAt(row, field.substr(descending ? 1 : 0));
    base::Check(values.size() == 1, "a key field is singular");
    key.push_back({values[0], descending});
  }
  return key;
}

FakeRows::Key FakeRows::KeyFrom(const Table& table, const std::vector<KeyValue>& values) {
  base::Check(values.size() <= table.key.size(), "a key has at most the table's fields");
  Key key;
  for (size_t i = 0; i < values.size(); ++i)
    key.push_back({Least(values[i]), table.key[i].starts_with('-')});
  return key;
}

std::vector<FakeRows::Key> FakeRows::EntriesOf(const Index& index, const Key& key,
                                               const Message& row) {
  std::vector<Key> entries(1);
  for (std::string_view field : index.fields) {
    const bool descending = field.starts_with('-');
    if (descending) field.remove_prefix(1);
    std::vector<Key> longer;
    for (const KeyValue& value : ValuesAt(row, field)) {
      for (Key entry : entries) {
        entry.push_back({value, descending});
        longer.push_back(std::move(entry));
      }
    }
    entries = std::move(longer);
  }
  for (Key& entry : entries) entry.insert(entry.end(), key.begin(), key.end());
  return entries;
}

bool FakeRows::GetErased(std::string_view name, const std::vector<KeyValue>& key,
                         Message& row) const {
  const Table& table = Find(name);
  base::Check(key.size() == table.key.size(), "Get takes all fields of the key");
  const auto found = table.rows.find(KeyFrom(table, key));
  if (found == table.rows.end()) return false;
  row.CopyFrom(*found->second);
  return true;
}

void FakeRows::ScanErased(std::string_view name, std::string_view index_name,
                          const std::vector<KeyValue>& prefix, Message& row,
                          const table::RowVisitor& visit) const {
  ScanBehind(name, index_name, prefix, nullptr, row, visit);
}

void FakeRows::ScanAfterErased(std::string_view name, std::string_view index_name,
                               const std::vector<KeyValue>& prefix, const Message& after,
                               Message& row, const table::RowVisitor& visit) const {
  ScanBehind(name, index_name, prefix, &after, row, visit);
}

void FakeRows::ScanBehind(std::string_view name, std::string_view index_name,
                          const std::vector<KeyValue>& prefix, const Message* after, Message& row,
                          const table::RowVisitor& visit) const {
  const Table& table = Find(name);
  const auto matches = [&](const Key& key) {
    base::Check(prefix.size() <= key.size(), "a prefix has at most the fields of its index");
    for (size_t i = 0; i < prefix.size(); ++i) {
      if (!Meets(key[i].value, prefix[i])) return false;
    }
    return true;
  };
  // The first place at or behind `start` that is behind `place`.
  const auto begin = [&](const auto& places, const Key& start, const std::optional<Key>& place) {
    return place.has_value() && start < *place ? places.upper_bound(*place)
                                               : places.lower_bound(start);
  };
  std::optional<Key> place;
  if (after != nullptr) place = KeyOf(table, *after);
  if (index_name.empty()) {
    for (auto at = begin(table.rows, KeyFrom(table, prefix), place);
         at != table.rows.end() && matches(at->first); ++at) {
      row.CopyFrom(*at->second);
      if (!visit(row)) return;
    }
    return;
  }
  for (const Index& index : table.indexes) {
    if (index.name != index_name) continue;
    if (after != nullptr) {
      const std::vector<Key> entries = EntriesOf(index, *place, *after);
      base::Check(entries.size() == 1, "a row has one place in the index");
      place = entries.front();
    }
    Key start;
    for (size_t i = 0; i < prefix.size(); ++i) {
      start.push_back(
          {Least(prefix[i]), i < index.fields.size() && index.fields[i].starts_with('-')});
    }
    for (auto at = begin(index.entries, start, place);
         at != index.entries.end() && matches(at->first); ++at) {
      row.CopyFrom(*table.rows.at(at->second));
      if (!visit(row)) return;
    }
    return;
  }
  base::Check(false, absl::StrCat("no such index: ", std::string(index_name)));
}

void FakeRows::Erase(Table& table, const Key& key) {
  const auto old = table.rows.find(key);
  if (old == table.rows.end()) return;
  for (Index& index : table.indexes) {
    for (const Key& entry : EntriesOf(index, key, *old->second)) index.entries.erase(entry);
  }
  table.rows.erase(old);
}

void FakeRows::PutErased(std::string_view name, const Message& row) {
  Table& table = const_cast<Table&>(Find(name));
  const Key key = KeyOf(table, row);
  Erase(table, key);
  for (Index& index : table.indexes) {
    for (Key& entry : EntriesOf(index, key, row)) index.entries.emplace(std::move(entry), key);
  }
  std::unique_ptr<Message> copy(row.New());
  copy->CopyFrom(row);
  table.rows.emplace(key, std::move(copy));
}

void FakeRows::PutVersionErased(std::string_view name, const Message& row, absl::Time effective,
                                absl::Time record) {
  Table& table = const_cast<Table&>(Find(name));
  std::unique_ptr<Message> copy(row.New());
  copy->CopyFrom(row);
  table.versions[KeyOf(table, row)][{effective, record}] = std::move(copy);
}

bool FakeRows::GetAsOfErased(std::string_view name, const std::vector<KeyValue>& key,
                             absl::Time as_of, absl::Time known_at, Message& row) const {
  const Table& table = Find(name);
  base::Check(key.size() == table.key.size(), "GetAsOf takes all fields of the key");
  const auto versions = table.versions.find(KeyFrom(table, key));
  if (versions == table.versions.end()) return false;
  for (const auto& [times, version] : versions->second) {
    if (times.first > as_of || times.second > known_at) continue;
    row.CopyFrom(*version);
    return true;
  }
  return false;
}

void FakeRows::DeleteErased(std::string_view name, const std::vector<KeyValue>& key) {
  Table& table = const_cast<Table&>(Find(name));
  base::Check(key.size() == table.key.size(), "Delete takes all fields of the key");
  Erase(table, KeyFrom(table, key));
}

std::string FakeRows::DebugString() const {
  std::string text;
  for (const auto& [name, table] : tables_) {
    for (const auto& [key, row] : table.rows) {
      absl::StrAppend(&text, name, ": {", row->ShortDebugString(), "}\n");
    }
  }
  return text;
}

}  // namespace crm::testing
