#include "services/sales-pipeline/read/import_orders.h"

#include <gtest/gtest.h>

#include <string>

#include "crm/sales/v1/internal.pb.h"
#include "crm/sales/v1/orphan_order.pb.h"
#include "libs/testing/fake_rows.h"
#include "libs/testing/matchers.h"
#include "services/sales-pipeline/read/tables.h"

namespace crm::sales {
namespace {

using testing::FakeRows;
using testing::ParseText;

const std::string kOrder =
    "order { order_date { year: 1997 month: 1 day: 1 } "
    "revenue { currency_code: 'USD' units: 11 nanos: 770000000 } "
    "external_id { system: 'cdnow' id: '1' } } ";
const std::string kByName = "customer: 'customers/c1' ";
const std::string kById = "customer_external_id { system: 'cdnow' id: '00001' } ";

FakeRows Rows() { return FakeRows(kOrders, kOrphanOrders, kCustomerRefs); }

void AddCustomer(FakeRows& rows, const std::string& name = "customers/c1") {
  rows.Put(kCustomerRefs, ParseText<v1::CustomerRef>("name: '" + name +
                                                     "' currency_code: 'USD' "
                                                     "external_ids { system: 'cdnow' id: '00001' } "
                                                     "external_ids { system: 'erp' id: '5' }"));
}

std::vector<engine::BatchItem> Split(const FakeRows& rows, const std::string& row,
                                     const std::string& rest = "request_id: 'call-1' ") {
  return SplitImportOrders(ParseText<v1::ImportOrdersRequest>(rest + " rows { " + row + " }"),
                           rows);
}

template <class Command>
Command Only(const std::vector<engine::BatchItem>& items) {
  EXPECT_EQ(items.size(), 1u);
  EXPECT_THAT(items[0].refusal, testing::IsOk());
  const auto* command = dynamic_cast<const Command*>(items[0].command.get());
  EXPECT_NE(command, nullptr) << items[0].command->GetTypeName();
  return command != nullptr ? *command : Command();
}

TEST(SplitImportOrders, ImportsForAKnownCustomer) {
  FakeRows rows = Rows();
  AddCustomer(rows);
  for (const std::string& buyer : {kByName, kById}) {
    const auto command = Only<v1::ImportOrderRequest>(Split(rows, buyer + kOrder));
    EXPECT_EQ(command.parent(), "customers/c1");
    EXPECT_EQ(command.order_id(), "cdnow-1");
    EXPECT_FALSE(command.validate_only());
  }
}

TEST(SplitImportOrders, SaysARowAlwaysUnderTheSameRequestId) {
  FakeRows rows = Rows();
  AddCustomer(rows);
  const auto one = Only<v1::ImportOrderRequest>(Split(rows, kByName + kOrder));
  const auto same = Only<v1::ImportOrderRequest>(Split(rows, kById + kOrder, "request_id: 'x'"));
  EXPECT_EQ(one.request_id(), same.request_id());
  const auto other = Only<v1::ImportOrderRequest>(
      Split(rows, kByName + "order { external_id { system: 'cdnow' id: '1' } }"));
  EXPECT_NE(one.request_id(), other.request_id());
}

TEST(SplitImportOrders, KeepsTheRowOfAnUnknownCustomer) {
  const FakeRows rows = Rows();
  const auto by_id = Only<v1::KeepOrphanOrderRequest>(Split(rows, kById + kOrder));
  EXPECT_EQ(by_id.orphan_order_id(), "cdnow-1");
  EXPECT_EQ(by_id.orphan_order().wanted_external_id().id(), "00001");
  const auto by_name = Only<v1::KeepOrphanOrderRequest>(Split(rows, kByName + kOrder));
  EXPECT_EQ(by_name.orphan_order().wanted_customer(), "customers/c1");
  EXPECT_NE(by_id.request_id(), by_name.request_id());
}

TEST(SplitImportOrders, SaysAgainWhatWaits) {
  FakeRows rows = Rows();
  rows.Put(kOrphanOrders, ParseText<v1::OrphanOrder>("name: 'orphanOrders/cdnow-1' " + kOrder));
  const auto again = Only<v1::ReimportOrphanOrderRequest>(Split(rows, kById + kOrder));
  EXPECT_EQ(again.name(), "orphanOrders/cdnow-1");
  EXPECT_EQ(again.orphan_order().wanted_external_id().id(), "00001");
  const auto others =
      Only<v1::ReimportOrphanOrderRequest>(Split(rows, kById + kOrder, "request_id: 'call-2' "));
  EXPECT_NE(again.request_id(), others.request_id());
}

TEST(SplitImportOrders, AdoptsAnOrphanOnceTheCustomerIsKnown) {
  FakeRows rows = Rows();
  rows.Put(kOrphanOrders, ParseText<v1::OrphanOrder>("name: 'orphanOrders/cdnow-1' " + kOrder));
  AddCustomer(rows);
  const auto adopt = Only<v1::AdoptOrphanOrderRequest>(Split(rows, kById + kOrder));
  EXPECT_EQ(adopt.name(), "orphanOrders/cdnow-1");
  EXPECT_EQ(adopt.customer().name(), "customers/c1");
  EXPECT_EQ(adopt.customer().currency_code(), "USD");
  const auto other = Split(rows, kById + "order { external_id { system: 'cdnow' id: '1' } }");
  EXPECT_THAT(other[0].refusal, testing::IsRefusal("ORDER_IMPORT_DIFFERS"));
}

TEST(SplitImportOrders, ImportsAnAdoptedRowThatHasNoOrder) {
  FakeRows rows = Rows();
  AddCustomer(rows);
  rows.Put(kOrphanOrders, ParseText<v1::OrphanOrder>("name: 'orphanOrders/cdnow-1' adopted: true "
                                                     "customer: 'customers/c1' " +
                                                     kOrder));
  const auto import = Only<v1::ImportOrderRequest>(Split(rows, kById + kOrder));
  EXPECT_EQ(import.parent(), "customers/c1");
  EXPECT_EQ(import.order_id(), "cdnow-1");
  AddCustomer(rows, "customers/c2");
  const auto other = Split(rows, "customer: 'customers/c2' " + kOrder);
  EXPECT_EQ(Only<v1::AdoptOrphanOrderRequest>(other).customer().name(), "customers/c2");
}

TEST(SplitImportOrders, SaysAgainWhatIsThere) {
  FakeRows rows = Rows();
  AddCustomer(rows);
  rows.Put(kOrders, ParseText<v1::Order>("name: 'customers/c1/orders/cdnow-1' "
                                         "external_id { system: 'cdnow' id: '1' }"));
  const auto again = Only<v1::ReimportOrderRequest>(Split(rows, kByName + kOrder));
  EXPECT_EQ(again.name(), "customers/c1/orders/cdnow-1");
  EXPECT_EQ(again.order().revenue().units(), 11);
  AddCustomer(rows, "customers/c2");
  for (const std::string buyer : {"customer: 'customers/c2' ", "customer: 'customers/c9' ",
                                  "customer_external_id { system: 'cdnow' id: '9' } "}) {
    const auto other = Split(rows, buyer + kOrder);
    EXPECT_THAT(other[0].refusal, testing::IsRefusal("ORDER_IMPORT_DIFFERS")) << buyer;
  }
}

TEST(SplitImportOrders, ARowMeansTheSameOrderBeforeAndAfterAMerge) {
  FakeRows rows = Rows();
  rows.Put(kCustomerRefs, ParseText<v1::CustomerRef>("name: 'customers/c0'"));
  AddCustomer(rows);
  for (const bool merged : {false, true}) {
    if (merged) {
      AddCustomer(rows, "customers/c0");
      auto absorbed = *rows.Get(kCustomerRefs, "customers/c1");
      absorbed.set_merged_into("customers/c0");
      rows.Put(kCustomerRefs, absorbed);
    }
    for (const std::string& buyer : {kByName, kById})
      EXPECT_EQ(Only<v1::ImportOrderRequest>(Split(rows, buyer + kOrder)).parent(), "customers/c1");
  }
  rows.Put(kOrders, ParseText<v1::Order>("name: 'customers/c1/orders/cdnow-1' "
                                         "external_id { system: 'cdnow' id: '1' }"));
  for (const std::string& buyer : {kByName, kById, std::string("customer: 'customers/c0' ")}) {
    EXPECT_EQ(Only<v1::ReimportOrderRequest>(Split(rows, buyer + kOrder)).name(),
              "customers/c1/orders/cdnow-1");
  }
}

TEST(SplitImportOrders, RefusesALaterRowThatSaysOtherwise) {
  FakeRows rows = Rows();
  AddCustomer(rows);
  rows.Put(kCustomerRefs, ParseText<v1::CustomerRef>("name: 'customers/c2'"));
  const auto second = [&](const std::string& first, const std::string& row) {
    const auto items = SplitImportOrders(
        ParseText<v1::ImportOrdersRequest>("rows { " + first + " } rows { " + row + " }"), rows);
    return items[1].refusal;
  };
  const std::string other_content = "order { external_id { system: 'cdnow' id: '1' } }";
  const auto differs = testing::IsRefusal("ORDER_IMPORT_DIFFERS");
  EXPECT_THAT(second(kByName + kOrder, "customer: 'customers/c2' " + kOrder), differs);
  EXPECT_THAT(second(kByName + kOrder, "customer: 'customers/c9' " + kOrder), differs);
  EXPECT_THAT(second(kByName + kOrder, kByName + other_content), differs);
  EXPECT_THAT(second("customer: 'customers/c8' " + kOrder, "customer: 'customers/c9' " + kOrder),
              differs);
  EXPECT_THAT(second(kByName + kOrder, kByName + kOrder), testing::IsOk());
  EXPECT_THAT(second(kByName + kOrder, kById + kOrder), testing::IsOk());
  EXPECT_THAT(second("customer: 'c1' " + kOrder, kByName + kOrder), testing::IsOk());
}

TEST(SplitImportOrders, RefusesRowsThatCannotBeOne) {
  FakeRows rows = Rows();
  AddCustomer(rows);
  AddCustomer(rows, "customers/c2");
  const auto refusal = [&](const std::string& row) { return Split(rows, row)[0].refusal; };
  EXPECT_THAT(refusal(kOrder), testing::IsInvalid("customer"));
  EXPECT_THAT(refusal("customer: 'c1' " + kOrder), testing::IsInvalid("customer"));
  EXPECT_THAT(refusal("customer_external_id { id: '1' } " + kOrder),
              testing::IsInvalid("customer_external_id.system"));
  EXPECT_THAT(refusal(kById + kOrder), testing::IsInvalid("customer_external_id"));
  EXPECT_THAT(refusal(kByName + "order {}"), testing::IsInvalid("order.external_id"));
  EXPECT_THAT(refusal(kByName + "order { external_id { system: 'erp' } }"),
              testing::IsInvalid("order.external_id.id"));
}

TEST(SplitImportOrders, AnswersInTheOrderOfTheRows) {
  FakeRows rows = Rows();
  AddCustomer(rows);
  const auto items = SplitImportOrders(
      ParseText<v1::ImportOrdersRequest>("request_id: 'x' rows { " + kOrder + " } rows { " +
                                         kByName + kOrder + " } rows {}"),
      rows);
  ASSERT_EQ(items.size(), 3u);
  EXPECT_FALSE(items[0].refusal.ok());
  EXPECT_TRUE(items[1].refusal.ok());
  EXPECT_FALSE(items[2].refusal.ok());
  EXPECT_TRUE(SplitImportOrders(v1::ImportOrdersRequest(), rows).empty());
}

TEST(SplitImportOrders, HandsOnThatItOnlyAsks) {
  FakeRows rows = Rows();
  const auto keep = Split(rows, kByName + kOrder, "request_id: 'x' validate_only: true");
  EXPECT_TRUE(Only<v1::KeepOrphanOrderRequest>(keep).validate_only());
  AddCustomer(rows);
  const auto import = Split(rows, kByName + kOrder, "request_id: 'x' validate_only: true");
  EXPECT_TRUE(Only<v1::ImportOrderRequest>(import).validate_only());
}

}  // namespace
}  // namespace crm::sales
