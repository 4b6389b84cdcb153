#include "tools/crmctl/import_rows.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/customer.pb.h"
#include "crm/sales/v1/order.pb.h"
#include "libs/testing/matchers.h"

namespace crm::crmctl {
namespace {

using crm::testing::EqualsProto;
using ::testing::HasSubstr;

using Columns = std::vector<std::string>;

const Columns& CustomerColumns() {
  static const Columns* columns =
      new Columns{"external_system", "external_id", "kind", "display_name", "currency_code"};
  return *columns;
}
const Columns& OrderColumns() {
  static const Columns* columns = new Columns{"external_system",
                                              "external_id",
                                              "customer_external_system",
                                              "customer_external_id",
                                              "order_date",
                                              "currency_code",
                                              "revenue",
                                              "quantity",
                                              "product"};
  return *columns;
}

RowFormat Format(const std::string& kind, const Columns& columns) {
  absl::StatusOr<RowFormat> format = RowFormat::Find(kind);
  EXPECT_TRUE(format.ok());
  EXPECT_TRUE(format->SetHeading(columns).ok());
  return *format;
}

std::string Fault(const RowFormat& format, const Columns& fields) {
  RowError error;
  EXPECT_FALSE(format.Convert(fields, error).ok());
  return error.column + ": " + error.reason;
}

TEST(CustomerRows, BecomeCustomers) {
  RowError error;
  EXPECT_THAT(*Format("customers", CustomerColumns())
                   .Convert({"cdnow", "00001", "PERSON", "Customer 1", "USD"}, error)
                   .value(),
              EqualsProto(R"pb(customer {
                                 external_ids { system: 'cdnow' id: '00001' }
                                 kind: CUSTOMER_KIND_PERSON
                                 display_name: 'Customer 1'
                                 currency_code: 'USD'
                               })pb"));
}

TEST(CustomerRows, TakeFurtherFieldsByTheirPath) {
  Columns columns = CustomerColumns();
  columns.insert(columns.end(), {"industry", "personal.phones", "initial_status"});
  RowError error;
  EXPECT_THAT(
      *Format("customers", columns)
           .Convert({"erp", "7", "company", "Wei", "", "steel", "+8613800000000", "suspect"}, error)
           .value(),
      EqualsProto(R"pb(initial_status: CUSTOMER_STATUS_SUSPECT
                       customer {
                         external_ids { system: 'erp' id: '7' }
                         kind: CUSTOMER_KIND_COMPANY
                         display_name: 'Wei'
                         industry: 'steel'
                         personal { phones: '+8613800000000' }
                       })pb"));
}

TEST(OrderRows, BecomeOrdersWithOneLine) {
  RowError error;
  EXPECT_THAT(
      *Format("orders", OrderColumns())
           .Convert({"cdnow", "f:2", "cdnow", "00001", "1997-01-01", "USD", "11.77", "1", "CD"},
                    error)
           .value(),
      EqualsProto(R"pb(customer_external_id { system: 'cdnow' id: '00001' }
                       order {
                         external_id { system: 'cdnow' id: 'f:2' }
                         order_date { year: 1997 month: 1 day: 1 }
                         revenue { currency_code: 'USD' units: 11 nanos: 770000000 }
                         lines {
                           product: 'CD'
                           quantity_milli: 1000
                           net { currency_code: 'USD' units: 11 nanos: 770000000 }
                         }
                       })pb"));
}

TEST(OrderRows, MayBeOnlyASum) {
  RowError error;
  EXPECT_THAT(*Format("orders", OrderColumns())
                   .Convert({"s", "1", "s", "c", "1997-01-01", "USD", "0", "", ""}, error)
                   .value(),
              EqualsProto(R"pb(customer_external_id { system: 's' id: 'c' }
                               order {
                                 external_id { system: 's' id: '1' }
                                 order_date { year: 1997 month: 1 day: 1 }
                                 revenue { currency_code: 'USD' }
                               })pb"));
}

TEST(OrderRows, SayWhichColumnIsWrong) {
  const RowFormat format = Format("orders", OrderColumns());
  const Columns good = {"s", "1", "s", "c", "1997-01-01", "USD", "5", "1.5", "CD"};
  const auto with = [&](size_t column, const std::string& text) {
    Columns fields = good;
    fields[column] = text;
    return Fault(format, fields);
  };
  EXPECT_THAT(with(4, "1.1.1997"), HasSubstr("order_date: '1.1.1997' is not a day"));
  EXPECT_EQ(with(1, ""), "external_id: must not be empty");
  EXPECT_THAT(with(6, "a lot"), HasSubstr("revenue: 'a lot' is not an amount"));
  EXPECT_THAT(with(7, "-1"), HasSubstr("quantity: '-1' is not a quantity"));
  EXPECT_THAT(with(7, "0.0001"), HasSubstr("quantity: "));
  EXPECT_EQ(Fault(format, {"s", "1"}), ": has 2 fields, and the heading 9");
}

TEST(Heading, IsCheckedBeforeAnyRow) {
  RowFormat format = *RowFormat::Find("customers");
  EXPECT_EQ(format.SetHeading({"external_system", "kind", "display_name"}).message(),
            "these columns are missing: external_id");
  Columns columns = CustomerColumns();
  columns.push_back("nonsense");
  EXPECT_EQ(format.SetHeading(columns).message(), "column nonsense is unknown");
  columns.back() = "kind";
  EXPECT_EQ(format.SetHeading(columns).message(), "column kind is there twice");
  EXPECT_FALSE(RowFormat::Find("tickets").ok());
}

TEST(Heading, RefusesWhatTheServerWouldDrop) {
  const auto refusal = [](const std::string& kind, Columns columns, const std::string& column) {
    columns.push_back(column);
    return std::string(RowFormat::Find(kind)->SetHeading(columns).message());
  };
  for (const char* column : {"name", "etag", "status", "create_time"}) {
    const std::string why = absl::StrCat("column ", column, " cannot be set");
    EXPECT_EQ(refusal("customers", CustomerColumns(), column), why);
    EXPECT_EQ(refusal("orders", OrderColumns(), column), why);
  }
  EXPECT_EQ(refusal("orders", OrderColumns(), "totals.revenue"),
            "column totals.revenue cannot be set");
  EXPECT_EQ(refusal("customers", CustomerColumns(), "initial_status"), "");
}

TEST(ColumnOf, LeadsFromAFieldToItsColumn) {
  const RowFormat format = Format("orders", OrderColumns());
  EXPECT_EQ(format.ColumnOf("order.revenue.units"), "revenue");
  EXPECT_EQ(format.ColumnOf("order.revenue.currency_code"), "currency_code");
  EXPECT_EQ(format.ColumnOf("order.lines[0].product"), "product");
  EXPECT_EQ(format.ColumnOf("order.channel"), "order.channel");
}

}  // namespace
}  // namespace crm::crmctl
