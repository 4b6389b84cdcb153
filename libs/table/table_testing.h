// For the tests of libs/table: its tables, a database in memory, rows.
#pragma once

#include <rocksdb/env.h>

#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/table/batch.h"
#include "libs/table/database.h"
#include "libs/table/read_view.h"
#include "libs/table/spec.h"
#include "libs/table/testdata/gadget.pb.h"

namespace crm::table::testdata {

inline constexpr TableSpec<Gadget> kGadgets{
    .name = "gadgets",
    .key = {"name"},
    .indexes = {{.name = "by_owner", .fields = {"owner", "stage", "-close_time"}},
                {.name = "by_customer", .fields = {"customer", "close_time"}},
                {.name = "by_alias", .fields = {"aliases.system", "aliases.id"}},
                {.name = "by_tag", .fields = {"tags"}},
                {.name = "by_due", .fields = {"due", "rank"}},
                {.name = "by_amount", .fields = {"-amount.units"}},
                {.name = "by_colour", .fields = {"part.colour"}},
                {.name = "by_trait", .fields = {"traits.key", "traits.value", "rank"}}},
    .history = true};
inline constexpr TableSpec<Cell> kCells{.name = "cells",
                                        .key = {"owner", "stage", "day", "at", "partition"},
                                        .indexes = {{.name = "by_count", .fields = {"-count"}}}};
inline constexpr RawSpace kPositions = 'p';
inline constexpr RawSpace kTimers = 't';

class TableTest : public testing::Test {
 protected:
  TableTest() : env_(rocksdb::NewMemEnv(rocksdb::Env::Default())) { Open(); }

  absl::StatusOr<std::unique_ptr<Database>> TryOpen(const std::string& path = "/db") {
    DatabaseOptions options;
    options.path = path;
    options.env = env_.get();
    options.flush_on_close = flush_on_close_;
    return Database::Open(options, {Compile(kGadgets), Compile(kCells)}, {kPositions, kTimers});
  }
  void Open() {
    absl::StatusOr<std::unique_ptr<Database>> opened = TryOpen();
    ASSERT_TRUE(opened.ok()) << opened.status();
    db_ = *std::move(opened);
  }
  void Commit(const std::vector<Gadget>& gadgets) {
    Batch batch(*db_);
    for (const Gadget& gadget : gadgets) batch.Put(kGadgets, gadget);
    const absl::Status committed = batch.Commit();
    ASSERT_TRUE(committed.ok()) << committed;
  }
  const TableDef& gadgets() const { return *db_->FindTable("gadgets"); }
  const TableDef& cells() const { return *db_->FindTable("cells"); }

  bool flush_on_close_ = true;
  std::unique_ptr<rocksdb::Env> env_;
  std::unique_ptr<Database> db_;
};

inline Gadget MakeGadget(const std::string& customer, const std::string& id) {
  Gadget gadget;
  gadget.set_name("customers/" + customer + "/gadgets/" + id);
  return gadget;
}

}  // namespace crm::table::testdata
