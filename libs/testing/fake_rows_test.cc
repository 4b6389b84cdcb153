#include "libs/testing/fake_rows.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "crm/customer/v1/customer.pb.h"
#include "libs/testing/matchers.h"

namespace crm::testing {
namespace {

using customer::v1::Customer;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr table::TableSpec<Customer> kTable{
    .name = "things",
    .key = {"name"},
    .indexes = {{.name = "by_region", .fields = {"region", "-employees"}},
                {.name = "by_tag", .fields = {"tags"}},
                {.name = "by_address", .fields = {"personal.addresses.country_code", "kind"}},
                {.name = "by_id", .fields = {"customer"}},
                {.name = "by_verify_time", .fields = {"-verify_time"}},
                {.name = "by_last_order", .fields = {"last_order_date"}}}};

class Rows : public ::testing::Test {
 protected:
  void Put(const std::string& text) { rows_.Put(kTable, ParseText<Customer>(text)); }

  template <class... Prefix>
  std::vector<std::string> Names(std::string_view index, const Prefix&... prefix) {
    std::vector<std::string> names;
    rows_.Scan(
        kTable, index,
        [&](const Customer& row) {
          names.push_back(row.name());
          return true;
        },
        prefix...);
    return names;
  }

  FakeRows rows_{kTable};
};

TEST_F(Rows, GetPutDelete) {
  EXPECT_EQ(rows_.Get(kTable, "customers/a"), std::nullopt);
  Put("name: 'customers/a' region: 'n'");
  Put("name: 'customers/a' region: 's'");
  EXPECT_THAT(rows_.Get(kTable, "customers/a").value(),
              EqualsProto("name: 'customers/a' region: 's'"));
  EXPECT_THAT(Names("by_region", "n"), IsEmpty());
  rows_.Delete(kTable, "customers/a");
  rows_.Delete(kTable, "customers/a");
  EXPECT_EQ(rows_.Size("things"), 0u);
  EXPECT_THAT(Names("by_region"), IsEmpty());
}

TEST_F(Rows, IndexesGoByPrefixThenByTheirOrder) {
  Put("name: 'customers/a' region: 'n' employees: 5");
  Put("name: 'customers/b' region: 'n' employees: 7");
  Put("name: 'customers/c' region: 'm' employees: 1");
  Put("name: 'customers/d' region: 'n' employees: 7");
  EXPECT_THAT(Names("by_region"),
              ElementsAre("customers/c", "customers/b", "customers/d", "customers/a"));
  EXPECT_THAT(Names("by_region", "n"), ElementsAre("customers/b", "customers/d", "customers/a"));
  EXPECT_THAT(Names("by_region", "n", 7), ElementsAre("customers/b", "customers/d"));
  EXPECT_THAT(Names("by_region", "n", 6), IsEmpty());
}

TEST_F(Rows, ABeginningTakesAllThatBeginSo) {
  Put("name: 'customers/a' region: 'nm'");
  Put("name: 'customers/b' region: 'n'");
  Put("name: 'customers/c' region: 'o'");
  Put("name: 'contacts/d' region: 'm'");
  EXPECT_THAT(Names("by_region", table::StartsWith{"n"}),
              ElementsAre("customers/b", "customers/a"));
  EXPECT_THAT(Names("", table::StartsWith{"customers/"}),
              ElementsAre("customers/a", "customers/b", "customers/c"));
  EXPECT_DEATH(Names("by_region", "n", table::StartsWith{"1"}), "only a string");
}

TEST_F(Rows, RepeatedFieldsFanOut) {
  Put("name: 'customers/a' tags: 'x' tags: 'y' personal { addresses { country_code: 'DE' } "
      "addresses { country_code: 'CN' } }");
  Put("name: 'customers/b' tags: 'y' kind: CUSTOMER_KIND_PERSON personal { addresses { "
      "country_code: 'CN' } }");
  EXPECT_THAT(Names("by_tag", "y"), ElementsAre("customers/a", "customers/b"));
  EXPECT_THAT(Names("by_tag", "x"), ElementsAre("customers/a"));
  EXPECT_THAT(Names("by_address", "CN"), ElementsAre("customers/a", "customers/b"));
  EXPECT_THAT(Names("by_address", "CN", customer::v1::CUSTOMER_KIND_PERSON),
              ElementsAre("customers/b"));
}

TEST_F(Rows, VariablesOfTheNameTimesAndDates) {
  Put("name: 'customers/a' verify_time { seconds: 5 } last_order_date { year: 2026 month: 2 day: 1 "
      "}");
  Put("name: 'customers/b' verify_time { seconds: 9 } last_order_date { year: 2025 month: 12 day: "
      "31 }");
  EXPECT_THAT(Names("by_id", "b"), ElementsAre("customers/b"));
  EXPECT_THAT(Names("by_verify_time"), ElementsAre("customers/b", "customers/a"));
  EXPECT_THAT(Names("by_last_order"), ElementsAre("customers/b", "customers/a"));
  EXPECT_THAT(Names("by_last_order", "2026-02-01"), ElementsAre("customers/a"));
  Put("name: 'customers/c'");
  EXPECT_THAT(Names("by_last_order", ""), ElementsAre("customers/c"));
}

TEST_F(Rows, AVisitorEndsTheScan) {
  Put("name: 'customers/a'");
  Put("name: 'customers/b'");
  int visited = 0;
  rows_.Scan(kTable, "", [&](const Customer&) { return ++visited < 1; });
  EXPECT_EQ(visited, 1);
}

TEST(Versions, TheNewestNotLaterInBothTimes) {
  constexpr table::TableSpec<Customer> kKept{.name = "kept", .key = {"name"}, .history = true};
  FakeRows rows(kKept);
  const auto put = [&](const std::string& region, int effective, int record) {
    rows.PutVersion(kKept, ParseText<Customer>("name: 'customers/a' region: '" + region + "'"),
                    absl::FromUnixSeconds(effective), absl::FromUnixSeconds(record));
  };
  const auto region_at = [&](int as_of, int known_at) {
    const auto row = rows.GetAsOf(kKept, absl::FromUnixSeconds(as_of),
                                  absl::FromUnixSeconds(known_at), "customers/a");
    return row.has_value() ? row->region() : "none";
  };
  put("n", 10, 10);
  put("s", 20, 20);
  put("w", 12, 30);
  EXPECT_EQ(region_at(9, 99), "none");
  EXPECT_EQ(region_at(10, 10), "n");
  EXPECT_EQ(region_at(15, 29), "n");
  EXPECT_EQ(region_at(15, 30), "w");
  EXPECT_EQ(region_at(25, 99), "s");
  EXPECT_EQ(rows.GetAsOf(kKept, absl::InfiniteFuture(), absl::InfiniteFuture(), "customers/b"),
            std::nullopt);
}

TEST_F(Rows, AnythingUndeclaredIsABug) {
  EXPECT_DEATH(Names("by_nothing"), "no such index");
  EXPECT_DEATH(rows_.Get(kTable, "a", "b"), "all fields of the key");
  EXPECT_DEATH(FakeRows().Put(kTable, Customer()), "no such table");
}

constexpr table::TableSpec<Customer> kNewestFirst{
    .name = "newest_first",
    .key = {"region", "-employees", "name"},
    .indexes = {{.name = "by_owner", .fields = {"owner", "-employees"}}}};

TEST(RowsNewestFirst, AKeyMayDescendAndAScanGoOnBehindAPlace) {
  FakeRows rows{kNewestFirst};
  const auto row = [](const std::string& name, int employees) {
    return ParseText<Customer>("region: 'n' owner: 'ann' name: '" + name +
                               "' employees: " + std::to_string(employees));
  };
  for (const auto& [name, employees] : {std::pair("a", 1), {"b", 3}, {"c", 3}, {"d", 2}})
    rows.Put(kNewestFirst, row(name, employees));
  const auto behind = [&](std::string_view index, const Customer& after, const char* prefix) {
    std::string names;
    rows.ScanAfter(
        kNewestFirst, index, after,
        [&](const Customer& found) {
          names += found.name();
          return true;
        },
        prefix);
    return names;
  };
  EXPECT_EQ(behind("", row("b", 3), "n"), "cda");
  EXPECT_EQ(behind("", row("", 9), "n"), "bcda");
  EXPECT_EQ(behind("", row("", 2), "n"), "da");
  EXPECT_EQ(behind("", row("b", 3), "s"), "");
  EXPECT_EQ(behind("by_owner", row("c", 3), "ann"), "da");
  EXPECT_TRUE(rows.Get(kNewestFirst, "n", 3, "c").has_value());
  rows.Delete(kNewestFirst, "n", 3, "c");
  EXPECT_EQ(behind("", row("b", 3), "n"), "da");
}

}  // namespace
}  // namespace crm::testing
