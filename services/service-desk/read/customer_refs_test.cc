#include "services/service-desk/read/customer_refs.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "libs/testing/fake_rows.h"
#include "libs/testing/matchers.h"
#include "services/service-desk/read/tables.h"

namespace crm::servicedesk {
namespace {

using testing::EqualsProto;
using testing::FakeRows;
using testing::ParseText;

// Events of customers/c1, in order.
class Customer {
 public:
  void Say(const std::string& event) {
    engine::EventMeta meta;
    meta.name = "customers/c1";
    meta.revision = ++revision_;
    ProjectCustomerRef({ParseText<customer::v1::CustomerEvent>(event), meta}, rows_);
  }
  v1::CustomerRef Row() const { return *rows_.Get(kCustomerRefs, "customers/c1"); }
  size_t Rows() const { return rows_.Size("customer_refs"); }

 private:
  FakeRows rows_{kCustomerRefs};
  int64_t revision_ = 0;
};

constexpr char kCreated[] = R"(created {
  customer {
    status: CUSTOMER_STATUS_PROSPECT owner: "ann" team: "t1" branch: "north" industry: "steel" }
  personal { display_name: "Steel Works" } })";

TEST(ProjectCustomerRef, FollowsTheCustomer) {
  Customer customer;
  customer.Say(kCreated);
  EXPECT_THAT(customer.Row(), EqualsProto("name: 'customers/c1' etag: 'r1' owner: 'ann' team: 't1' "
                                          "branch: 'north' status: CUSTOMER_STATUS_PROSPECT"));
  customer.Say("activated {}");
  customer.Say("tier_changed { to: TIER_TOP }");
  EXPECT_THAT(customer.Row(), EqualsProto("name: 'customers/c1' etag: 'r3' owner: 'ann' team: 't1' "
                                          "branch: 'north' status: CUSTOMER_STATUS_ACTIVE "
                                          "tier: TIER_TOP"));
  customer.Say("became_inactive {}");
  customer.Say("tier_changed { from: TIER_TOP }");
  customer.Say(
      "updated { changed { paths: 'owner' paths: 'team' paths: 'branch' } "
      "customer { owner: 'bob' branch: 'south' } }");
  EXPECT_THAT(customer.Row(), EqualsProto("name: 'customers/c1' etag: 'r6' owner: 'bob' "
                                          "branch: 'south' status: CUSTOMER_STATUS_INACTIVE"));
  customer.Say("qualified {}");
  customer.Say("transferred { owner: 'cid' }");
  EXPECT_THAT(customer.Row(), EqualsProto("name: 'customers/c1' etag: 'r8' owner: 'cid' "
                                          "branch: 'south' status: CUSTOMER_STATUS_PROSPECT"));
  customer.Say("lost {}");
  customer.Say("released {}");
  EXPECT_THAT(customer.Row(), EqualsProto("name: 'customers/c1' etag: 'r10' "
                                          "branch: 'south' status: CUSTOMER_STATUS_LOST"));
}

TEST(ProjectCustomerRef, PassesOverWhatItDoesNotKeep) {
  Customer customer;
  customer.Say("verified {}");
  customer.Say("order_noted {}");
  customer.Say("");
  EXPECT_EQ(customer.Rows(), 0u);
  customer.Say(kCreated);
  customer.Say("order_noted {}");
  customer.Say("updated { changed { paths: 'industry' } customer { industry: 'wood' } }");
  EXPECT_EQ(customer.Row().etag(), "r4");
}

TEST(CustomerRefOf, TakesWhatAnAnswerSays) {
  EXPECT_THAT(
      CustomerRefOf(ParseText<customer::v1::Customer>(
          "name: 'customers/c1' etag: 'r5' status: CUSTOMER_STATUS_ACTIVE tier: TIER_BIG "
          "owner: 'ann' team: 't1' branch: 'north' display_name: 'Steel Works'")),
      EqualsProto("name: 'customers/c1' etag: 'r5' status: CUSTOMER_STATUS_ACTIVE tier: TIER_BIG "
                  "owner: 'ann' team: 't1' branch: 'north'"));
}

TEST(ProjectCustomerRef, FollowsMerges) {
  Customer customer;
  customer.Say(kCreated);
  customer.Say("merged { survivor: 'customers/c2' }");
  EXPECT_EQ(customer.Row().merged_into(), "customers/c2");
  customer.Say("unmerged {}");
  EXPECT_TRUE(customer.Row().merged_into().empty());
  customer.Say(
      "absorbed { absorbed: 'customers/c3' changed { paths: 'status' } customer { status: "
      "CUSTOMER_STATUS_ACTIVE } }");
  EXPECT_EQ(customer.Row().status(), customer::v1::CUSTOMER_STATUS_ACTIVE);
  ASSERT_EQ(customer.Row().absorbed_customers_size(), 1);
  customer.Say(
      "merge_reversed { absorbed: 'customers/c3' changed { paths: 'status' } customer { status: "
      "CUSTOMER_STATUS_PROSPECT } }");
  EXPECT_EQ(customer.Row().status(), customer::v1::CUSTOMER_STATUS_PROSPECT);
  EXPECT_EQ(customer.Row().absorbed_customers_size(), 0);
}

TEST(ParentsOf, AreTheSameWhicheverNameIsSaid) {
  FakeRows rows(kCustomerRefs);
  rows.Put(kCustomerRefs,
           ParseText<v1::CustomerRef>("name: 'customers/c1' merged_into: 'customers/c2'"));
  rows.Put(kCustomerRefs,
           ParseText<v1::CustomerRef>("name: 'customers/c2' absorbed_customers: 'customers/c1'"));
  EXPECT_EQ(ParentsOf("customers/c1", rows),
            (std::vector<std::string>{"customers/c1", "customers/c2"}));
  EXPECT_EQ(ParentsOf("customers/c2", rows),
            (std::vector<std::string>{"customers/c2", "customers/c1"}));
}

}  // namespace
}  // namespace crm::servicedesk
