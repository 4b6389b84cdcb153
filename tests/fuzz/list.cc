// Lists over a table with every kind of index, page by page, against a look at each row. Input:
// page size, whether to begin with a token of the input's, then lines: parent, order_by, filter;
// the rest is the token.
#include "libs/table/list.h"

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/date.h"
#include "libs/base/resource_name.h"
#include "libs/base/utf8.h"
#include "libs/table/codec.h"
#include "libs/table/filter.h"
#include "libs/table/order.h"
#include "libs/table/table_testing.h"
#include "tests/fuzz/fuzz.h"

namespace crm::fuzz {
namespace {

using table::testdata::Gadget;

void AddTraits(int i, Gadget& gadget) {
  for (int k = 0; k < i % 4; ++k) {
    auto& trait = *gadget.add_traits();
    trait.set_key(absl::StrCat("k", k));
    if ((i + k) % 4 == 0) trait.set_text(absl::StrCat("v", i % 3));
    if ((i + k) % 4 == 1) trait.mutable_number()->set_units(i % 3 - 1);
    if ((i + k) % 4 == 2) *trait.mutable_date() = base::DateOf(absl::CivilDay(2020, 1, 1 + i % 2));
    if ((i + k) % 4 == 3) trait.set_flag(i % 2 == 0);
  }
}

// Rows that differ and agree in every field that an index or a filter looks at.
std::vector<Gadget> Gadgets() {
  std::vector<Gadget> gadgets;
  for (int i = 0; i < 12; ++i) {
    Gadget gadget =
        table::testdata::MakeGadget(absl::StrCat("c", i % 3), absl::StrCat("g", i * 7 % 12));
    gadget.set_owner(i % 4 == 0 ? "" : absl::StrCat("o", i % 3));
    gadget.set_stage(static_cast<table::testdata::Stage>(i % 4));
    gadget.mutable_amount()->set_units((i - 6) * 100);
    gadget.set_rank(i - 3);
    gadget.set_size(i % 2 == 0 ? ~uint64_t{0} : i);
    gadget.set_active(i % 2 == 0);
    if (i % 3 != 0) gadget.mutable_close_time()->set_seconds((i - 5) * 1'000'000LL);
    if (i % 4 != 1) *gadget.mutable_due() = base::DateOf(absl::CivilDay(2020 + i % 2, 1, 1));
    for (int k = 0; k < i % 3; ++k) {
      auto& alias = *gadget.add_aliases();
      alias.set_system(absl::StrCat("s", k));
      alias.set_id(absl::StrCat("i", i % 5));
      gadget.add_tags(absl::StrCat("t", (i + k) % 2));
    }
    if (i % 5 == 0) gadget.mutable_part()->set_colour("red");
    if (i % 5 == 1) gadget.set_score(0);
    AddTraits(i, gadget);
    gadgets.push_back(std::move(gadget));
  }
  return gadgets;
}

struct Tables {
  std::unique_ptr<rocksdb::Env> env{rocksdb::NewMemEnv(rocksdb::Env::Default())};
  std::unique_ptr<table::Database> database;
  std::vector<Gadget> gadgets = Gadgets();

  Tables() {
    auto opened = table::Database::Open({.path = "/db", .env = env.get()},
                                        {table::Compile(table::testdata::kGadgets)}, {});
    base::Check(opened.ok(), opened.status().ToString());
    database = *std::move(opened);
    table::Batch batch(*database);
    for (const Gadget& gadget : gadgets) batch.Put(table::testdata::kGadgets, gadget);
    const absl::Status committed = batch.Commit();
    base::Check(committed.ok(), committed.ToString());
  }
};

bool IsBelow(const std::string& name, const std::string& parent) {
  if (parent.empty()) return true;
  const std::string_view own = base::ParentOf(name);
  return parent == "customers/-" || own == parent;
}

std::multiset<std::string> Expected(const Tables& tables, const table::ListQuery& query) {
  const auto filter = table::ParseFilter(query.filter, *Gadget::descriptor());
  base::Check(filter.ok(), "a list takes the filters that parse");
  std::multiset<std::string> names;
  for (const Gadget& gadget : tables.gadgets) {
    if (IsBelow(gadget.name(), query.parent) && table::Matches(*filter, gadget)) {
      names.insert(gadget.name());
    }
  }
  return names;
}

// What rows are sorted by: their fields' key codes, complemented where they descend.
std::string SortCode(const std::vector<table::OrderField>& order, const Gadget& gadget) {
  std::string code;
  for (const table::OrderField& field : order) {
    const size_t from = code.size();
    table::AppendField(gadget, field.path, 0, code);
    if (field.descending) table::Complement(from, code);
  }
  return code;
}

// Walks all pages.
std::vector<Gadget> Walk(const table::ReadView& view, const table::TableDef& table,
                         table::ListQuery query) {
  std::vector<Gadget> found;
  for (int pages = 0;; ++pages) {
    base::Check(pages <= 100, "a list ends");
    const auto page = table::List(view, table, query);
    base::Check(page.ok(), page.ok() ? "" : page.status().ToString());
    for (const table::StoredRow& row : page->rows) {
      base::Check(row.ParseTo(found.emplace_back()), "rows are stored whole");
    }
    if (page->next_page_token.empty()) return found;
    query.page_token = page->next_page_token;
  }
}

}  // namespace

void Target(std::string_view bytes) {
  static const Tables tables;
  const table::TableDef& gadgets = *tables.database->FindTable("gadgets");
  if (!base::IsUtf8(bytes)) return;  // No request holds it.
  Input input(bytes);
  table::ListQuery query;
  query.page_size = static_cast<int32_t>(input.Below(8)) - 1;
  const bool token = input.Below(4) == 1;
  query.rows_scanned_max = 1 + static_cast<int64_t>(input.Below(16));
  query.parent = input.Line();
  query.order_by = input.Line();
  query.filter = input.Line();
  if (token) query.page_token = input.Rest();
  const table::ReadView view(*tables.database);
  const auto first = table::List(view, gadgets, query);
  if (!first.ok()) {
    return base::Check(absl::IsInvalidArgument(first.status()), first.status().ToString());
  }
  if (token) return;  // A forged one may begin anywhere.
  const std::vector<Gadget> found = Walk(view, gadgets, query);
  std::multiset<std::string> names;
  for (const Gadget& gadget : found) names.insert(gadget.name());
  base::Check(names == Expected(tables, query), "a list finds what fits, once");
  const auto order = table::ParseOrder(query.order_by, *Gadget::descriptor());
  base::Check(order.ok(), "a list takes the orders that parse");
  base::Check(std::is_sorted(found.begin(), found.end(),
                             [&](const Gadget& a, const Gadget& b) {
                               return SortCode(*order, a) < SortCode(*order, b);
                             }),
              "a list is in the order asked for");
}

}  // namespace crm::fuzz
