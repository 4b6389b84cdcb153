#include "tools/crmctl/text_table.h"

#include <gmock/gmock.h>

#include "crm/customer/v1/customer.pb.h"
#include "libs/testing/matchers.h"

namespace crm::crmctl {
namespace {

using crm::testing::ParseText;
using customer::v1::Customer;

TEST(DisplayWidth, CountsColumnsOfATerminal) {
  EXPECT_EQ(DisplayWidth("abc"), 3u);
  EXPECT_EQ(DisplayWidth("Müller"), 6u);
  EXPECT_EQ(DisplayWidth("客户"), 4u);
  EXPECT_EQ(DisplayWidth("e\xCC\x81"), 1u);
  EXPECT_EQ(DisplayWidth("\xFF"), 1u);
}

TEST(Printable, CutsByWidthAndTakesControlsOut) {
  EXPECT_EQ(Printable("abcdef", 6), "abcdef");
  EXPECT_EQ(Printable("abcdef", 5), "abcd…");
  EXPECT_EQ(Printable("客户管理", 8), "客户管理");
  EXPECT_EQ(Printable("客户管理", 7), "客户管…");
  EXPECT_EQ(Printable("客户管理", 6), "客户…");
  EXPECT_EQ(Printable("a\x1b[31mb\nc", 20), "a [31mb c");
  EXPECT_EQ(Printable("a\xE2\x80\xAE"
                      "b",
                      20),
            "a b");
}

TEST(FormatTable, AlignsByWidth) {
  EXPECT_EQ(FormatTable({{"name"}, {"orders", Align::kRight}, {"city"}},
                        {{"客户", "7", "北京"}, {"Wei & Co", "1,234", ""}}),
            "name      orders  city\n"
            "客户           7  北京\n"
            "Wei & Co   1,234\n");
}

TEST(TableOf, ShowsWhatTheRowsHold) {
  const Customer a = ParseText<Customer>(
      "name: 'customers/a' etag: 'x' kind: CUSTOMER_KIND_PERSON display_name: 'A'");
  const Customer b = ParseText<Customer>("name: 'customers/b' employees: 3");
  EXPECT_EQ(*TableOf(*Customer::descriptor(), {&a, &b}, {}),
            "name         kind    display_name  employees\n"
            "customers/a  PERSON  A\n"
            "customers/b                                3\n");
}

TEST(TableOf, ShowsTheColumnsAskedFor) {
  const Customer a = ParseText<Customer>(
      "name: 'customers/a' personal { birth_date { year: 1980 month: 1 day: 2 } }");
  EXPECT_EQ(*TableOf(*Customer::descriptor(), {&a}, {"name", "personal.birth_date", "region"}),
            "name         personal.birth_date  region\n"
            "customers/a  1980-01-02\n");
  EXPECT_EQ(TableOf(*Customer::descriptor(), {&a}, {"nonsense"}).status().message(),
            "--columns: nonsense is not a field of Customer");
}

TEST(ListingOf, HasALineForEveryFieldThatHoldsSomething) {
  const Customer a = ParseText<Customer>(R"(
    name: 'customers/a' personal { phones: '+861' addresses { country_code: 'CN' } }
    external_ids { system: 'erp' id: '7' })");
  EXPECT_EQ(ListingOf(a),
            "name                                customers/a\n"
            "personal.phones                     +861\n"
            "personal.addresses[0].country_code  CN\n"
            "external_ids                        erp:7\n");
}

}  // namespace
}  // namespace crm::crmctl
