// How rows and their keys lie in the tables. Input: what is done, then bytes.
#include <algorithm>
#include <string>

#include "libs/base/check.h"
#include "libs/table/codec.h"
#include "libs/table/row_keys.h"
#include "libs/table/table_testing.h"
#include "tests/fuzz/fuzz.h"

namespace crm::fuzz {
namespace {

using table::testdata::Cell;
using table::testdata::Gadget;

// Definitions get their place in keys from a database.
std::unique_ptr<table::Database> Open(rocksdb::Env* env) {
  auto opened = table::Database::Open(
      {.path = "/db", .env = env},
      {table::Compile(table::testdata::kGadgets), table::Compile(table::testdata::kCells)}, {});
  base::Check(opened.ok(), opened.status().ToString());
  return *std::move(opened);
}

// What is found by an entry is the row that it was made for.
template <class Row>
void CheckRow(const table::TableDef& table, std::string_view bytes) {
  Row row;
  if (!row.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  const std::string key = table::RowKey(table, row);
  for (const std::string& entry : table::EntryKeys(table, row, key)) {
    const auto& indexes = table.indexes();
    const auto index = std::find_if(indexes.begin() + 1, indexes.end(), [&](const auto& def) {
      return entry.starts_with(table::IndexPrefix(table, def));
    });
    base::Check(index != indexes.end(), "an entry belongs to an index");
    base::Check(table::RowKeyOfEntry(table, *index, entry) == key, "an entry leads to its row");
  }
  std::string value;
  table::AppendRowValue(7, row, value);
  const auto stored = table::ParseRowValue(value);
  base::Check(
      stored.has_value() && stored->revision == 7 && stored->message == row.SerializeAsString(),
      "a value gives its row back");
}

// Any key at all: found or refused.
void CheckKey(const table::TableDef& table, const table::IndexDef& index, std::string_view bytes) {
  const std::string key = table::RowKeyOfEntry(table, index, bytes);
  base::Check(key.size() <= bytes.size(), "the key of a row is part of its entry");
  std::string_view rest = bytes;
  for (const table::KeyPart& part : index.fields) {
    const size_t before = rest.size();
    if (!table::SkipPart(part, rest)) return;
    base::Check(rest.size() < before, "a part has bytes");
  }
}

// The order of strings is that of their codes, and no code begins with another.
void CheckOrder(std::string_view a, std::string_view b) {
  std::string code_a, code_b;
  table::AppendString(a, code_a);
  table::AppendString(b, code_b);
  base::Check((a < b) == (code_a < code_b) && (a == b) == (code_a == code_b), "strings sort");
  base::Check(a == b || !code_b.starts_with(code_a), "a code ends by itself");
  std::string prefix;
  table::AppendStringPrefix(a, prefix);
  base::Check(b.starts_with(a) == code_b.starts_with(prefix), "what begins with it is found");
}

}  // namespace

void Target(std::string_view bytes) {
  static const std::unique_ptr<rocksdb::Env> env(rocksdb::NewMemEnv(rocksdb::Env::Default()));
  static const std::unique_ptr<table::Database> database = Open(env.get());
  static const table::TableDef& gadgets = *database->FindTable("gadgets");
  static const table::TableDef& cells = *database->FindTable("cells");
  Input input(bytes);
  switch (input.Below(5)) {
    case 0:
      return CheckRow<Gadget>(gadgets, input.Rest());
    case 1:
      return CheckRow<Cell>(cells, input.Rest());
    case 2: {
      const table::TableDef& table = input.Below(2) == 0 ? gadgets : cells;
      const auto& index = table.indexes().at(input.Below(table.indexes().size()));
      return CheckKey(table, index, input.Rest());
    }
    case 3: {
      const std::string_view a = input.Text();
      return CheckOrder(a, input.Rest());
    }
    default: {
      const std::string_view value = input.Rest();
      const auto stored = table::ParseRowValue(value);
      base::Check(!stored.has_value() || value.ends_with(stored->message), "a view into it");
    }
  }
}

}  // namespace crm::fuzz
