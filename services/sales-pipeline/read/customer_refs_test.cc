#include "services/sales-pipeline/read/customer_refs.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/testing/fake_rows.h"
#include "libs/testing/matchers.h"
#include "services/sales-pipeline/read/tables.h"

namespace crm::sales {
namespace {

using testing::EqualsProto;
using testing::FakeRows;
using testing::ParseText;

void Project(const std::string& name, const std::string& event, FakeRows& rows) {
  engine::EventMeta meta;
  meta.name = name;
  ProjectCustomerRef({ParseText<customer::v1::CustomerEvent>(event), meta}, rows);
}

constexpr char kCreated[] = R"(created { customer {
    status: CUSTOMER_STATUS_PROSPECT currency_code: "USD" owner: "ann" team: "t1" branch: "north"
    external_ids { system: "erp" id: "7" } industry: "steel" } })";

TEST(ProjectCustomerRef, FollowsTheCustomer) {
  FakeRows rows(kCustomerRefs);
  Project("customers/c1", kCreated, rows);
  EXPECT_THAT(*rows.Get(kCustomerRefs, "customers/c1"),
              EqualsProto("name: 'customers/c1' status: CUSTOMER_STATUS_PROSPECT "
                          "currency_code: 'USD' owner: 'ann' team: 't1' branch: 'north' "
                          "external_ids { system: 'erp' id: '7' }"));
  Project("customers/c1",
          "updated { changed { paths: 'owner' paths: 'external_ids' } customer { "
          "owner: 'bob' team: 'no' "
          "external_ids { system: 'web' id: '8' } } }",
          rows);
  Project("customers/c1", "activated {}", rows);
  Project("customers/c1", "tier_changed { to: TIER_BIG }", rows);
  EXPECT_THAT(*rows.Get(kCustomerRefs, "customers/c1"),
              EqualsProto("name: 'customers/c1' status: CUSTOMER_STATUS_ACTIVE tier: TIER_BIG "
                          "currency_code: 'USD' owner: 'bob' team: 't1' branch: 'north' "
                          "external_ids { system: 'web' id: '8' }"));
  Project("customers/c1", "became_inactive {}", rows);
  EXPECT_EQ(rows.Get(kCustomerRefs, "customers/c1")->status(),
            customer::v1::CUSTOMER_STATUS_INACTIVE);
}

TEST(ProjectCustomerRef, FollowsWhatPeopleSay) {
  FakeRows rows(kCustomerRefs);
  Project("customers/c1", kCreated, rows);
  const auto ref = [&] { return *rows.Get(kCustomerRefs, "customers/c1"); };
  Project("customers/c1", "lost {}", rows);
  EXPECT_EQ(ref().status(), customer::v1::CUSTOMER_STATUS_LOST);
  Project("customers/c1", "qualified {}", rows);
  EXPECT_EQ(ref().status(), customer::v1::CUSTOMER_STATUS_PROSPECT);
  Project("customers/c1", "transferred { owner: 'bob' }", rows);
  EXPECT_EQ(ref().owner(), "bob");
  Project("customers/c1", "released {}", rows);
  EXPECT_EQ(ref().owner(), "");
}

TEST(ProjectCustomerRef, TakesEveryChangeOfWhatItKeeps) {
  FakeRows rows(kCustomerRefs);
  Project("customers/c1", kCreated, rows);
  Project("customers/c1",
          "updated { changed { paths: 'team' paths: 'branch' paths: "
          "'currency_code' } "
          "customer { currency_code: 'CNY' branch: 'south' } }",
          rows);
  const auto ref = rows.Get(kCustomerRefs, "customers/c1");
  EXPECT_EQ(ref->team(), "");
  EXPECT_EQ(ref->branch(), "south");
  EXPECT_EQ(ref->currency_code(), "CNY");
}

TEST(ProjectCustomerRef, PassesOverWhatItDoesNotKeep) {
  FakeRows rows(kCustomerRefs);
  Project("customers/c1", "verified {}", rows);
  Project("customers/c1", "order_noted {}", rows);
  Project("customers/c1", "", rows);
  EXPECT_EQ(rows.Size("customer_refs"), 0u);
}

TEST(CustomersByExternalId, FindsAtMostTwo) {
  FakeRows rows(kCustomerRefs);
  common::v1::ExternalId id = ParseText<common::v1::ExternalId>("system: 'erp' id: '7'");
  EXPECT_TRUE(CustomersByExternalId(rows, id).empty());
  for (const char* name : {"customers/c1", "customers/c2", "customers/c3"}) {
    Project(name, kCreated, rows);
    EXPECT_LE(CustomersByExternalId(rows, id).size(), 2u);
  }
  EXPECT_EQ(CustomersByExternalId(rows, id).size(), 2u);
  id.set_id("8");
  EXPECT_TRUE(CustomersByExternalId(rows, id).empty());
}

TEST(ProjectCustomerRef, FollowsMerges) {
  FakeRows rows(kCustomerRefs);
  Project("customers/c1", kCreated, rows);
  Project("customers/c2", "created { customer { external_ids { system: 'erp' id: '9' } } }", rows);
  const std::string before = rows.DebugString();
  Project("customers/c1", "merged { survivor: 'customers/c2' }", rows);
  Project("customers/c2",
          "absorbed { absorbed: 'customers/c1' changed { paths: 'external_ids' paths: 'status' } "
          "customer { status: CUSTOMER_STATUS_ACTIVE external_ids { system: 'erp' id: '9' } "
          "external_ids { system: 'erp' id: '7' } } }",
          rows);
  EXPECT_THAT(*rows.Get(kCustomerRefs, "customers/c2"),
              EqualsProto("name: 'customers/c2' status: CUSTOMER_STATUS_ACTIVE external_ids { "
                          "system: 'erp' id: '9' } external_ids { system: 'erp' id: '7' } "
                          "absorbed_customers: 'customers/c1'"));
  EXPECT_EQ(StandsFor(*rows.Get(kCustomerRefs, "customers/c1"), rows).name(), "customers/c2");
  EXPECT_EQ(ParentsOf("customers/c2", rows),
            (std::vector<std::string>{"customers/c2", "customers/c1"}));
  EXPECT_EQ(ParentsOf("customers/c1", rows),
            (std::vector<std::string>{"customers/c1", "customers/c2"}))
      << "the merged one's name stands for both";
  const auto id = ParseText<common::v1::ExternalId>("system: 'erp' id: '7'");
  ASSERT_EQ(CustomersByExternalId(rows, id).size(), 1u);
  EXPECT_EQ(CustomersByExternalId(rows, id)[0].name(), "customers/c1") << "as before the merge";
  Project("customers/c2",
          "merge_reversed { absorbed: 'customers/c1' changed { paths: 'external_ids' paths: "
          "'status' } customer { external_ids { system: 'erp' id: '9' } } }",
          rows);
  Project("customers/c1", "unmerged {}", rows);
  EXPECT_EQ(rows.DebugString(), before);
  Project("customers/c1", "merge_declined {}", rows);
  EXPECT_EQ(rows.DebugString(), before);
}

}  // namespace
}  // namespace crm::sales
