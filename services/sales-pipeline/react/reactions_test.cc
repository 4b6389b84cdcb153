#include "services/sales-pipeline/react/reactions.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/sales-pipeline/domain/order.h"
#include "services/sales-pipeline/domain/orphan_order.h"
#include "services/sales-pipeline/read/tables.h"

namespace crm::sales {
namespace {

using testing::EqualsProto;
using testing::FakeRows;
using testing::ParseText;

const std::string kOrder =
    "order { order_date { year: 1997 month: 1 day: 1 } revenue { currency_code: 'USD' units: 11 } "
    "external_id { system: 'cdnow' id: '1' } } ";

FakeRows Rows() { return FakeRows(kOrphanOrders, kCustomerRefs, kOpportunities); }

engine::EventMeta Meta(const std::string& name) {
  engine::EventMeta meta;
  meta.name = name;
  return meta;
}

void AddOrphan(FakeRows& rows, const std::string& id, const std::string& wanted) {
  rows.Put(kOrphanOrders, ParseText<v1::OrphanOrder>("name: 'orphanOrders/" + id + "' " + wanted));
}

engine::Commands Customer(const FakeRows& rows, const std::string& event) {
  return OnCustomer({ParseText<customer::v1::CustomerEvent>(event), Meta("customers/c1")}, rows);
}

constexpr char kCreated[] = "created { }";
// The customer as the local table has it once it was projected.
const std::string kC1 =
    "name: 'customers/c1' currency_code: 'USD' external_ids { system: 'cdnow' id: '7' }";

TEST(OnCustomer, AdoptsWhatWaitsForIt) {
  FakeRows rows = Rows();
  rows.Put(kCustomerRefs, ParseText<v1::CustomerRef>(kC1));
  AddOrphan(rows, "o1", "wanted_customer: 'customers/c1'");
  AddOrphan(rows, "o2", "wanted_external_id { system: 'cdnow' id: '7' }");
  AddOrphan(rows, "o3", "wanted_external_id { system: 'cdnow' id: '8' }");
  AddOrphan(rows, "o4", "wanted_external_id { system: 'cdnow' id: '7' } adopted: true");
  const auto commands = Customer(rows, kCreated);
  ASSERT_EQ(commands.size(), 2u);
  EXPECT_THAT(static_cast<const v1::AdoptOrphanOrderRequest&>(*commands[0]),
              EqualsProto("name: 'orphanOrders/o1' customer { " + kC1 + " }"));
  EXPECT_THAT(static_cast<const v1::AdoptOrphanOrderRequest&>(*commands[1]),
              EqualsProto("name: 'orphanOrders/o2' customer { " + kC1 + " }"));
}

TEST(OnCustomer, AdoptsByAnExternalIdThatCameLater) {
  FakeRows rows = Rows();
  AddOrphan(rows, "o2", "wanted_external_id { system: 'cdnow' id: '7' }");
  rows.Put(kCustomerRefs, ParseText<v1::CustomerRef>(kC1));
  const auto commands = Customer(rows, "updated { changed { paths: 'external_ids' } }");
  ASSERT_EQ(commands.size(), 1u);
  EXPECT_THAT(static_cast<const v1::AdoptOrphanOrderRequest&>(*commands[0]),
              EqualsProto("name: 'orphanOrders/o2' customer { " + kC1 + " }"));
}

TEST(OnCustomer, IsQuietOtherwise) {
  FakeRows rows = Rows();
  rows.Put(kCustomerRefs, ParseText<v1::CustomerRef>(kC1));
  EXPECT_TRUE(Customer(rows, kCreated).empty());
  AddOrphan(rows, "o1", "wanted_customer: 'customers/c1'");
  EXPECT_TRUE(Customer(rows, "updated { changed { paths: 'owner' } }").empty());
  EXPECT_TRUE(Customer(rows, "activated {}").empty());
  EXPECT_TRUE(Customer(rows, "").empty());
}

TEST(OnCustomer, AsksForABoundedNumber) {
  FakeRows rows = Rows();
  rows.Put(kCustomerRefs, ParseText<v1::CustomerRef>(kC1));
  for (size_t i = 0; i < kAdoptionsMax + 5; ++i) {
    AddOrphan(rows, "o" + std::to_string(i), "wanted_external_id { system: 'cdnow' id: '7' }");
  }
  EXPECT_EQ(Customer(rows, kCreated).size(), kAdoptionsMax);
}

engine::Commands Orphan(const FakeRows& rows, const std::string& event) {
  return OnOrphanOrder({ParseText<v1::OrphanOrderEvent>(event), Meta("orphanOrders/cdnow-1")},
                       rows);
}

TEST(OnOrphanOrder, IsAdoptedWhenItsCustomerCameMeanwhile) {
  FakeRows rows = Rows();
  const std::string by_id =
      "kept { orphan_order { wanted_external_id { system: 'cdnow' id: '7' } } }";
  const std::string by_name = "kept { orphan_order { wanted_customer: 'customers/c1' } }";
  EXPECT_TRUE(Orphan(rows, by_id).empty());
  EXPECT_TRUE(Orphan(rows, by_name).empty());
  rows.Put(kCustomerRefs, ParseText<v1::CustomerRef>(kC1));
  for (const std::string& kept : {by_id, by_name}) {
    const auto commands = Orphan(rows, kept);
    ASSERT_EQ(commands.size(), 1u);
    EXPECT_THAT(static_cast<const v1::AdoptOrphanOrderRequest&>(*commands[0]),
                EqualsProto("name: 'orphanOrders/cdnow-1' customer { " + kC1 + " }"));
  }
}

TEST(OnOrphanOrder, BecomesAnOrderOfItsCustomer) {
  const auto commands = Orphan(Rows(), "adopted { customer: 'customers/c1' " + kOrder + " }");
  ASSERT_EQ(commands.size(), 1u);
  const auto& import = static_cast<const v1::ImportOrderRequest&>(*commands[0]);
  EXPECT_THAT(import, EqualsProto("parent: 'customers/c1' order_id: 'cdnow-1' " + kOrder));
  EXPECT_THAT(OrderModel::Decide({}, import, testing::FixedContext<OrderModel>(),
                                 OrderModel::ImportFacts()),
              testing::IsOk());
}

engine::Commands Opportunity(const std::string& event) {
  return OnOpportunity(
      {ParseText<v1::OpportunityEvent>(event), Meta("customers/customer-1/opportunities/o1")},
      Rows());
}

TEST(OnOpportunity, RecordsTheOrderOfAWin) {
  const auto commands = Opportunity(
      "won { amount { currency_code: 'USD' units: 118 } close_date { year: 2026 month: 3 day: 1 } "
      "order: 'customers/customer-1/orders/x1' branch: 'north' }");
  ASSERT_EQ(commands.size(), 1u);
  const auto& record = static_cast<const v1::RecordWonOrderRequest&>(*commands[0]);
  EXPECT_THAT(record, EqualsProto("parent: 'customers/customer-1' order_id: 'x1' order { "
                                  "order_date { year: 2026 month: 3 day: 1 } branch: 'north' "
                                  "revenue { currency_code: 'USD' units: 118 } "
                                  "opportunity: 'customers/customer-1/opportunities/o1' }"));
  EXPECT_THAT(
      OrderModel::Decide({}, record, testing::FixedContext<OrderModel>(), OrderModel::Sale()),
      testing::IsOk());
}

TEST(OnOpportunity, CancelsTheOrderOfAReopenedOne) {
  const auto commands = Opportunity("reopened { order: 'customers/customer-1/orders/x1' }");
  ASSERT_EQ(commands.size(), 1u);
  const auto& cancel = static_cast<const v1::CancelOrderRequest&>(*commands[0]);
  EXPECT_EQ(cancel.name(), "customers/customer-1/orders/x1");
  EXPECT_FALSE(cancel.reason().empty());
}

TEST(OnOpportunity, IsQuietWhenAnotherSystemRecords) {
  EXPECT_TRUE(Opportunity("won {}").empty());
  EXPECT_TRUE(Opportunity("reopened {}").empty());
  EXPECT_TRUE(Opportunity("lost {}").empty());
  EXPECT_TRUE(Opportunity("opened {}").empty());
}

}  // namespace
}  // namespace crm::sales
