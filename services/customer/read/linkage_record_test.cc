#include "services/customer/read/linkage_record.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "libs/text/utf32.h"
#include "services/customer/read/linkage_test_helpers.h"

namespace crm::customer {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::Pair;
using testing::ParseText;
using ::testing::UnorderedElementsAre;

LinkageRecord RecordOf(const std::string& fields) {
  return LinkageRecordOf(ParseText<v1::Customer>(fields));
}

// Text and how it is spoken.
std::pair<std::string, std::string> NameOf(const std::string& display_name) {
  v1::Customer customer;
  customer.set_display_name(display_name);
  const LinkageRecord record = LinkageRecordOf(customer);
  const linkage::Values& names = record.values[v1::LINKAGE_ATTRIBUTE_NAME];
  if (names.empty()) return {};
  return {text::ToUtf8(names[0].text), text::ToUtf8(names[0].spoken)};
}

TEST(LinkageRecord, NamesAreFoldedWithoutLegalForm) {
  EXPECT_THAT(NameOf("Müller & Söhne GmbH & Co. KG"), Pair("muller sohne", "mullersohne"));
  EXPECT_THAT(NameOf("ACME Co., Ltd."), Pair("acme", "acme"));
  EXPECT_THAT(NameOf("Limited"), Pair("limited", "limited"));
  EXPECT_THAT(NameOf("杭州西湖貿易有限公司"), NameOf("杭州西湖贸易"));
  EXPECT_THAT(NameOf("有限公司").first, "有限公司");
  EXPECT_THAT(NameOf("--").first, "");
}

TEST(LinkageRecord, SpokenInTheOrderOfTheAlphabet) {
  EXPECT_EQ(NameOf("张伟").second, NameOf("Zhang Wei").second);
  EXPECT_EQ(NameOf("Wei Zhang").second, NameOf("Zhang Wei").second);
  EXPECT_EQ(NameOf("章薇").second, NameOf("张伟").second);
}

TEST(LinkageRecord, KeysOfEachKind) {
  const LinkageRecord record = RecordOf(R"(
      display_name: "Nordwind Handel GmbH" website: "https://www.Nordwind.example/shop?x=1"
      personal {
        phones: "+49301234567" emails: "Info+Shop@Nordwind.example" tax_id: "DE 123.456"
        birth_date { year: 1987 month: 4 day: 12 }
        addresses { country_code: "DE" locality: "Berlin" postal_code: "10115"
                    lines: "Chausseestr. 5" lines: "2. OG" } })");
  EXPECT_THAT(record.keys,
              UnorderedElementsAre(
                  Pair(v1::LINKAGE_KEY_KIND_TAX_ID, "de123456"),
                  Pair(v1::LINKAGE_KEY_KIND_PHONE, "49301234567"),
                  Pair(v1::LINKAGE_KEY_KIND_PHONE_END, "1234567"),
                  Pair(v1::LINKAGE_KEY_KIND_EMAIL, "info+shop@nordwind.example"),
                  Pair(v1::LINKAGE_KEY_KIND_EMAIL_LOCAL, "info"),
                  Pair(v1::LINKAGE_KEY_KIND_NAME_ADDRESS, "nordwindhandel\nchausseestr52og"),
                  Pair(v1::LINKAGE_KEY_KIND_NAME, "nordwindhandel"),
                  Pair(v1::LINKAGE_KEY_KIND_SPOKEN_NAME, "handelnordwind"),
                  Pair(v1::LINKAGE_KEY_KIND_NAME_START, "nordw\nberlin"),
                  Pair(v1::LINKAGE_KEY_KIND_NAME_START, "nordw\n10115"),
                  Pair(v1::LINKAGE_KEY_KIND_NAME_END, "andel\nberlin"),
                  Pair(v1::LINKAGE_KEY_KIND_NAME_END, "andel\n10115"),
                  Pair(v1::LINKAGE_KEY_KIND_ADDRESS, "chausseestr52og\nberlin"),
                  Pair(v1::LINKAGE_KEY_KIND_ADDRESS, "chausseestr52og\n10115"),
                  Pair(v1::LINKAGE_KEY_KIND_BIRTH_DATE, "19870412h")));
  EXPECT_EQ(record.values[v1::LINKAGE_ATTRIBUTE_WEB_HOST][0].text, U"nordwind.example");
  EXPECT_EQ(record.values[v1::LINKAGE_ATTRIBUTE_ADDRESS][0].text, U"chausseestr52ogberlin");
  EXPECT_EQ(record.values[v1::LINKAGE_ATTRIBUTE_BIRTH_DATE][0].text, U"19870412");
}

TEST(LinkageRecord, WhatIsNotKnownHasNoKey) {
  EXPECT_THAT(RecordOf("").keys, IsEmpty());
  // A birthday without its year says little.
  const LinkageRecord record =
      RecordOf("personal { birth_date { month: 4 day: 12 } addresses { country_code: 'DE' } }");
  EXPECT_THAT(record.keys, IsEmpty());
  for (const linkage::Values& values : record.values) EXPECT_TRUE(values.empty());
}

TEST(LinkageRecord, KeysAreCutToSixtyFourCharacters) {
  const LinkageRecord record = RecordOf("display_name: '" + std::string(200, 'x') + "'");
  EXPECT_THAT(record.keys, Contains(Pair(v1::LINKAGE_KEY_KIND_NAME, std::string(64, 'x'))));
}

std::vector<std::string> CustomersOf(LinkageBook& book, v1::LinkageKeyKind kind,
                                     const std::string& term) {
  std::vector<std::string> names;
  book.rows().Scan(
      kLinkageKeys, "",
      [&](const v1::LinkageKey& key) {
        names.push_back(key.record());
        return true;
      },
      kind, term);
  return names;
}

TEST(LinkageKeys, AreThoseOfCustomersAsTheyStand) {
  LinkageBook book;
  book.Put("a", "display_name: 'Acme Ltd' personal { phones: '+4930111' }");
  book.Put("b", "display_name: 'ACME'");
  EXPECT_THAT(CustomersOf(book, v1::LINKAGE_KEY_KIND_NAME, "acme"),
              ElementsAre("customers/a", "customers/b"));
  book.Put("a", "display_name: 'Apex'");
  EXPECT_THAT(CustomersOf(book, v1::LINKAGE_KEY_KIND_NAME, "acme"), ElementsAre("customers/b"));
  EXPECT_THAT(CustomersOf(book, v1::LINKAGE_KEY_KIND_PHONE, "4930111"), IsEmpty());
  book.Put("b", "display_name: 'ACME' merged_into: 'customers/a'");
  EXPECT_THAT(CustomersOf(book, v1::LINKAGE_KEY_KIND_NAME, "acme"), IsEmpty());
  book.Put("b", "display_name: 'ACME'");
  EXPECT_THAT(CustomersOf(book, v1::LINKAGE_KEY_KIND_NAME, "acme"), ElementsAre("customers/b"));
  book.Put("b", "display_name: 'ACME' status: CUSTOMER_STATUS_ERASED");
  book.Put("a", "display_name: 'Apex' status: CUSTOMER_STATUS_ERASED");
  EXPECT_EQ(book.rows().Size("linkage_keys"), 0);
}

}  // namespace
}  // namespace crm::customer
