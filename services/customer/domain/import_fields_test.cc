#include "services/customer/domain/import_fields.h"

#include <google/protobuf/text_format.h>

#include <memory>

#include "gtest/gtest.h"

namespace crm::customer {
namespace {

TEST(ImportFields, ATextGetsToItsField) {
  const struct {
    v1::ImportKind kind;
    const char *name, *text, *then;
  } rows[] = {
      {v1::IMPORT_KIND_CUSTOMERS, "display_name", "Acme", "display_name: 'Acme'"},
      {v1::IMPORT_KIND_CUSTOMERS, "kind", "company", "kind: CUSTOMER_KIND_COMPANY"},
      {v1::IMPORT_KIND_CUSTOMERS, "external_id", "7", "external_ids { id: '7' }"},
      {v1::IMPORT_KIND_CUSTOMERS, "external_ids[1].system", "erp",
       "external_ids {} external_ids { system: 'erp' }"},
      {v1::IMPORT_KIND_CUSTOMERS, "phone", "1; 2", "personal { phones: '1' phones: '2' }"},
      {v1::IMPORT_KIND_CUSTOMERS, "tags", "\"a;b\"; Smith, Ltd", "tags: 'a;b' tags: 'Smith, Ltd'"},
      {v1::IMPORT_KIND_CUSTOMERS, "tax_id", "x", "personal { tax_id: 'x' }"},
      {v1::IMPORT_KIND_CUSTOMERS, "personal.addresses[0].locality", "Xi'an",
       "personal { addresses { locality: \"Xi'an\" } }"},
      {v1::IMPORT_KIND_CUSTOMERS, "personal.addresses[0].lines", "a;b",
       "personal { addresses { lines: 'a' lines: 'b' } }"},
      {v1::IMPORT_KIND_CUSTOMERS, "birth_date", "1980/6/3",
       "personal { birth_date { year: 1980 month: 6 day: 3 } }"},
      {v1::IMPORT_KIND_CUSTOMERS, "birth_date", "19800603",
       "personal { birth_date { year: 1980 month: 6 day: 3 } }"},
      {v1::IMPORT_KIND_CUSTOMERS, "credit_limit", "12.5 USD",
       "credit_limit { currency_code: 'USD' units: 12 nanos: 500000000 }"},
      {v1::IMPORT_KIND_CONTACTS, "phone", "1;2",
       "personal { phones { number: '1' } phones { number: '2' } }"},
      {v1::IMPORT_KIND_CONTACTS, "email", "a@b.c", "personal { emails { address: 'a@b.c' } }"},
      {v1::IMPORT_KIND_CONTACTS, "personal.emails[0].primary", "true",
       "personal { emails { primary: true } }"},
      {v1::IMPORT_KIND_CONTACTS, "birthday", "1980-06-03",
       "personal { birthday { date { year: 1980 month: 6 day: 3 } } }"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const auto field = FindImportField(row.kind, row.name, {});
    ASSERT_TRUE(field.ok()) << field.status();
    const std::unique_ptr<google::protobuf::Message> resource(ImportedResource(row.kind).New());
    ASSERT_TRUE(SetImportField(*resource, *field, row.text).ok());
    const std::unique_ptr<google::protobuf::Message> expected(ImportedResource(row.kind).New());
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(row.then, expected.get()));
    EXPECT_EQ(resource->DebugString(), expected->DebugString());
  }
}

TEST(ImportFields, WhatNoTextSetsIsRefused) {
  for (const char* name : {"", "colour", "name", "tier", "status", "personal", "personal.addresses",
                           "loss.note", "external_ids", "external_ids.id", "external_ids[20].id",
                           "external_ids[x].id", "display_name.x", "kind[0]", "tags[0]"}) {
    EXPECT_FALSE(FindImportField(v1::IMPORT_KIND_CUSTOMERS, name, {}).ok()) << name;
  }
  const auto field = FindImportField(v1::IMPORT_KIND_CUSTOMERS, "employees", {});
  ASSERT_TRUE(field.ok());
  const std::unique_ptr<google::protobuf::Message> resource(
      ImportedResource(v1::IMPORT_KIND_CUSTOMERS).New());
  EXPECT_FALSE(SetImportField(*resource, *field, "many").ok());
}

}  // namespace
}  // namespace crm::customer
