#include "services/customer/domain/parent.h"

#include <gmock/gmock.h>

#include <string>

#include "services/customer/domain/customer.h"
#include "services/customer/read/timeline_test_helpers.h"

namespace crm::customer {
namespace {

using testing::IsInvalid;
using testing::IsOk;
using testing::IsRefusal;
using testing::ParseText;

class Parent : public ::testing::Test {
 protected:
  absl::Status Under(const std::string& parent, const std::string& customer = "customers/x") {
    return ParentRefusal(customer, parent, world_.rows);
  }
  TimelineWorld world_;
};

TEST_F(Parent, OneThatIsThereOrNone) {
  world_.PutCustomer("a");
  EXPECT_THAT(Under(""), IsOk());
  EXPECT_THAT(Under("customers/a"), IsOk());
  EXPECT_THAT(Under("customers/a", ""), IsOk());
}

TEST_F(Parent, RefusesWhatIsNoCustomer) {
  world_.PutCustomer("gone", "status: CUSTOMER_STATUS_ERASED");
  EXPECT_THAT(Under("a"), IsInvalid("customer.parent"));
  EXPECT_THAT(Under("contacts/a"), IsInvalid("customer.parent"));
  EXPECT_THAT(Under("customers/a"), IsRefusal("PARENT_UNKNOWN"));
  EXPECT_THAT(Under("customers/gone"), IsRefusal("PARENT_UNKNOWN"));
}

TEST_F(Parent, RefusesACircle) {
  world_.PutCustomer("x");
  world_.PutCustomer("a", "parent: 'customers/x'");
  world_.PutCustomer("b", "parent: 'customers/a'");
  for (const char* parent : {"customers/x", "customers/a", "customers/b"})
    EXPECT_THAT(Under(parent), IsRefusal("PARENT_CYCLE")) << parent;
  EXPECT_THAT(Under("customers/b", "customers/y"), IsOk());
}

TEST_F(Parent, OfAMergedOneItsSurvivorIsMeant) {
  world_.PutCustomer("x");
  world_.PutCustomer("a");
  world_.PutCustomer("twin");
  world_.Merge("twin", "x");
  EXPECT_THAT(Under("customers/twin"), IsRefusal("PARENT_CYCLE"));
  world_.PutCustomer("b", "parent: 'customers/twin'");
  EXPECT_THAT(Under("customers/b"), IsRefusal("PARENT_CYCLE"));
}

TEST_F(Parent, LeadsToWhoStandsAbove) {
  world_.PutCustomer("a");
  world_.PutCustomer("b", "parent: 'customers/twin'");
  world_.PutCustomer("twin", "parent: 'customers/top'");
  world_.PutCustomer("c", "parent: 'customers/d'");
  world_.PutCustomer("d", "parent: 'customers/c'");
  world_.Merge("twin", "a");
  const auto leads = [&](const std::string& customer, const std::string& parent,
                         const std::string& apart) {
    return LeadsTo("customers/" + customer, parent, "customers/" + apart, world_.rows);
  };
  EXPECT_TRUE(leads("a", "customers/a", "x"));
  EXPECT_TRUE(leads("a", "customers/b", "x"));
  EXPECT_FALSE(leads("top", "customers/b", "x"));
  EXPECT_TRUE(leads("twin", "customers/b", "twin"));
  EXPECT_TRUE(leads("top", "customers/b", "twin"));
  EXPECT_FALSE(leads("a", "customers/b", "twin"));
  EXPECT_FALSE(leads("a", "", "x"));
  EXPECT_FALSE(leads("a", "customers/c", "x")) << "a circle that was there ends";
}

TEST_F(Parent, RefusesMoreThanTwentyAboveOneAnother) {
  world_.PutCustomer("c0");
  for (int i = 1; i <= kGroupLevelsMax; ++i)
    world_.PutCustomer("c" + std::to_string(i),
                       "parent: 'customers/c" + std::to_string(i - 1) + "'");
  EXPECT_THAT(Under("customers/c19"), IsOk());
  EXPECT_THAT(Under("customers/c20"), IsRefusal("PARENT_CYCLE"));
}

TEST_F(Parent, AnUpdateThatNamesAnotherParent) {
  const auto customer = ParseText<v1::Customer>(
      "name: 'customers/x' kind: CUSTOMER_KIND_COMPANY display_name: 'X' parent: 'customers/a'");
  engine::Context context = world_.context;
  context.name = customer.name();
  const auto decide = [&](const std::string& update) {
    const auto command = ParseText<v1::UpdateCustomerRequest>(update);
    return CustomerModel::Decide(customer, command, context,
                                 CustomerModel::Gather(command, context, world_.rows));
  };
  // What is there already is not asked again.
  EXPECT_THAT(decide("customer { parent: 'customers/a' region: 'north' }"), IsOk());
  EXPECT_THAT(decide("customer { parent: 'customers/b' }").status(), IsRefusal("PARENT_UNKNOWN"));
  EXPECT_THAT(decide("customer { parent: 'customers/x' }").status(), IsRefusal("PARENT_CYCLE"));
  world_.PutCustomer("b");
  const auto moved = decide("customer { parent: 'customers/b' }");
  ASSERT_THAT(moved, IsOk());
  EXPECT_EQ((*moved)->updated().customer().parent(), "customers/b");
  const auto freed = decide("customer {} update_mask { paths: 'parent' }");
  ASSERT_THAT(freed, IsOk());
  EXPECT_EQ((*freed)->updated().changed().paths(0), "parent");
}

TEST_F(Parent, ANewCustomer) {
  engine::Context context = world_.context;
  context.name = "customers/new";
  const auto decide = [&](const std::string& parent) {
    const auto command = ParseText<v1::CreateCustomerRequest>(
        "customer { kind: CUSTOMER_KIND_COMPANY display_name: 'X' parent: '" + parent + "' }");
    return CustomerModel::Decide({}, command, context,
                                 CustomerModel::Gather(command, context, world_.rows));
  };
  EXPECT_THAT(decide("customers/b").status(), IsRefusal("PARENT_UNKNOWN"));
  EXPECT_THAT(decide("customers/new").status(), IsRefusal("PARENT_CYCLE"));
  world_.PutCustomer("b");
  EXPECT_THAT(decide("customers/b"), IsOk());
}

}  // namespace
}  // namespace crm::customer
