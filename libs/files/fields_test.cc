#include "libs/files/fields.h"

#include <gmock/gmock.h>

#include "crm/customer/v1/customer.pb.h"
#include "libs/testing/matchers.h"

namespace crm::files {
namespace {

using customer::v1::Customer;
using ::testing::HasSubstr;

std::string Set(Customer& customer, std::string_view path, std::string_view text) {
  return std::string(SetField(customer, path, text).message());
}

TEST(SetField, UnderstandsWhatPeopleWrite) {
  Customer customer;
  EXPECT_EQ(Set(customer, "display_name", "Wei"), "");
  EXPECT_EQ(Set(customer, "display-name", "Wei & Co"), "");
  EXPECT_EQ(Set(customer, "kind", "company"), "");
  EXPECT_EQ(Set(customer, "size_band", "SIZE_BAND_1_TO_10"), "");
  EXPECT_EQ(Set(customer, "employees", "7"), "");
  EXPECT_EQ(Set(customer, "key_account", "true"), "");
  EXPECT_EQ(Set(customer, "credit_limit", "12.50 usd"), "");
  EXPECT_EQ(Set(customer, "last_order_date", "1998-06-30"), "");
  EXPECT_EQ(Set(customer, "verify_time", "1998-06-30T12:00:00Z"), "");
  EXPECT_EQ(Set(customer, "tags", "a"), "");
  EXPECT_EQ(Set(customer, "tags", "b,c"), "");
  EXPECT_EQ(Set(customer, "external_ids", R"({"system":"erp","id":"7"})"), "");
  EXPECT_EQ(Set(customer, "personal.birth_date", "1980-02-29"), "");
  EXPECT_THAT(customer, crm::testing::EqualsProto(R"pb(
                display_name: "Wei & Co"
                kind: CUSTOMER_KIND_COMPANY
                size_band: SIZE_BAND_1_TO_10
                employees: 7
                key_account: true
                credit_limit { currency_code: "USD" units: 12 nanos: 500000000 }
                last_order_date { year: 1998 month: 6 day: 30 }
                verify_time { seconds: 899208000 }
                tags: "a"
                tags: "b,c"
                external_ids { system: "erp" id: "7" }
                personal { birth_date { year: 1980 month: 2 day: 29 } })pb"));
}

TEST(SetField, SaysWhatIsWrong) {
  Customer customer;
  EXPECT_EQ(Set(customer, "nonsense", "x"), "is not a field of Customer");
  EXPECT_EQ(Set(customer, "tags.x", "x"), "is not a field of Customer");
  EXPECT_THAT(Set(customer, "kind", "dog"), HasSubstr("'dog' is none of COMPANY, GOVERNMENT"));
  EXPECT_THAT(Set(customer, "employees", "many"), HasSubstr("not a whole number"));
  EXPECT_THAT(Set(customer, "employees", "3000000000"), HasSubstr("not a whole number"));
  EXPECT_THAT(Set(customer, "key_account", "perhaps"), HasSubstr("true or false"));
  EXPECT_THAT(Set(customer, "last_order_date", "1998-02-30"), HasSubstr("not a day"));
  EXPECT_THAT(Set(customer, "last_order_date", "98-02-03"), HasSubstr("not a day"));
  EXPECT_THAT(Set(customer, "last_order_date", "11998-6-27"), HasSubstr("not a day"));
  EXPECT_THAT(Set(customer, "credit_limit", "12"), HasSubstr("12.50 USD"));
  EXPECT_THAT(Set(customer, "credit_limit", ""), HasSubstr("12.50 USD"));
  EXPECT_THAT(Set(customer, "credit_limit", "12 \xBB\xA8R"), HasSubstr("12.50 USD"));
  EXPECT_THAT(Set(customer, "verify_time", "noon"), HasSubstr("not a Timestamp"));
  EXPECT_THAT(Set(customer, "personal", "x"), HasSubstr("not the JSON of CustomerPersonal"));
  EXPECT_EQ(Set(customer, "display_name", "\xFF"), "is not UTF-8");
}

TEST(FieldText, IsWhatSetFieldTakes) {
  Customer customer = crm::testing::ParseText<Customer>(R"(
    kind: CUSTOMER_KIND_PERSON credit_limit { currency_code: "EUR" units: -3 nanos: -5000000 }
    verify_time { seconds: 899208000 } tags: "a" tags: "b"
    external_ids { system: "erp" id: "7" })");
  const auto text = [&](const char* name) {
    return FieldText(customer, *Customer::descriptor()->FindFieldByName(name));
  };
  EXPECT_EQ(text("kind"), "PERSON");
  EXPECT_EQ(text("credit_limit"), "-3.005 EUR");
  EXPECT_EQ(text("verify_time"), "1998-06-30T12:00:00Z");
  EXPECT_EQ(text("tags"), "a, b");
  EXPECT_EQ(text("external_ids"), "erp:7");
  EXPECT_EQ(text("employees"), "");
  EXPECT_EQ(text("display_name"), "");
}

TEST(Amounts, AreExact) {
  google::type::Money money;
  ASSERT_TRUE(ParseAmount("0.000000001", money).ok());
  EXPECT_EQ(money.nanos(), 1);
  ASSERT_TRUE(ParseAmount("-0.5", money).ok());
  EXPECT_EQ(MoneyText(money), "-0.50");
  ASSERT_TRUE(ParseAmount("2500315.63", money).ok());
  EXPECT_EQ(MoneyText(money, true), "2,500,315.63");
  for (const char* wrong : {"", "-", "1.", ".5", "1,000", "1e3", "1.0000000001",
                            "12345678901234567", "+1", " 1", "1.2.3", "0x1"}) {
    EXPECT_FALSE(ParseAmount(wrong, money).ok()) << wrong;
  }
}

TEST(WithSeparators, GroupsByThree) {
  EXPECT_EQ(WithSeparators(0), "0");
  EXPECT_EQ(WithSeparators(999), "999");
  EXPECT_EQ(WithSeparators(-1000), "-1,000");
  EXPECT_EQ(WithSeparators(1234567), "1,234,567");
}

TEST(Json, KeepsProtoNamesAndEscapes) {
  Customer customer;
  customer.set_display_name("a\"b");
  EXPECT_EQ(JsonOf(customer, false), R"({"display_name":"a\"b"})");
  EXPECT_EQ(JsonString("a\"\n\x01"), R"("a\"\n\u0001")");
  EXPECT_FALSE(ParseJson("{", customer).ok());
  EXPECT_FALSE(ParseJson(R"({"nonsense":1})", customer).ok());
}

}  // namespace
}  // namespace crm::files
