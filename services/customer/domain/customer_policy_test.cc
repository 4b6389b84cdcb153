#include "services/customer/domain/customer_policy.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/testing/decisions.h"
#include "services/customer/domain/seed.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;

engine::Context OfTheOne() {
  auto context = FixedContext<CustomerPolicyModel>();
  context.name = kStandardCustomerPolicy;
  return context;
}

constexpr char kReasons[] = "loss_reasons { id: 'price' display_name: 'Price' } ";
std::string Policy(const std::string& rest) { return "customer_policy { " + rest + " }"; }
std::string Weight(const std::string& weight) {
  return Policy(std::string(kReasons) + "completeness_weights { " + weight + " }");
}
// Midnight after FixedContext.
constexpr char kNextLook[] = "stale_check_time { seconds: 1772496000 } ";
std::string Made() { return "created { " + Policy(std::string(kReasons) + kNextLook) + " }"; }

TEST(CreateCustomerPolicy, Rules) {
  const std::string first = "!field:customer_policy.completeness_weights[0].";
  CheckDecisions<CustomerPolicyModel, v1::CreateCustomerPolicyRequest>(
      {
          {"creates",
           {},
           Weight("field: 'personal.phones' weight: 1000 kinds: CUSTOMER_KIND_PERSON"),
           "created { " +
               Policy(std::string(kReasons) +
                      "completeness_weights { field: 'personal.phones' weight: 1000 "
                      "kinds: CUSTOMER_KIND_PERSON } " +
                      kNextLook) +
               " }"},
          {"needs a loss reason", {}, Policy(""), "!field:customer_policy.loss_reasons"},
          {"needs ids",
           {},
           Policy("loss_reasons { id: 'Price' display_name: 'Price' }"),
           "!field:customer_policy.loss_reasons[0].id"},
          {"refuses ids twice",
           {},
           Policy(std::string(kReasons) + kReasons),
           "!field:customer_policy.loss_reasons[1].id"},
          {"needs what people read",
           {},
           Policy("loss_reasons { id: 'price' display_name: ' ' }"),
           "!field:customer_policy.loss_reasons[0].display_name"},
          {"refuses a field that is none", {}, Weight("field: 'x' weight: 1"), first + "field"},
          {"refuses a field that nobody fills in",
           {},
           Weight("field: 'status' weight: 1"),
           first + "field"},
          {"refuses no weight", {}, Weight("field: 'owner'"), first + "weight"},
          {"refuses a weight too large",
           {},
           Weight("field: 'owner' weight: 1001"),
           first + "weight"},
          {"refuses a kind twice",
           {},
           Weight("field: 'owner' weight: 1 kinds: CUSTOMER_KIND_PERSON kinds: "
                  "CUSTOMER_KIND_PERSON"),
           first + "kinds[1]"},
          {"refuses a kind that is none",
           {},
           Weight("field: 'owner' weight: 1 kinds: CUSTOMER_KIND_UNSPECIFIED"),
           first + "kinds[0]"},
          {"refuses a field twice",
           {},
           Policy(std::string(kReasons) +
                  "completeness_weights { field: 'owner' weight: 1 } completeness_weights { "
                  "field: 'owner' weight: 2 }"),
           "!field:customer_policy.completeness_weights[1].field"},
      },
      OfTheOne());
  CheckDecisions<CustomerPolicyModel, v1::CreateCustomerPolicyRequest>(
      {{"is the only one", {}, Policy(kReasons), "!field:customer_policy_id"}});
}

TEST(UpdateCustomerPolicy, Rules) {
  const std::string more =
      "loss_reasons { id: 'price' display_name: 'Price' } loss_reasons { id: 'moved' "
      "display_name: 'Moved' }";
  CheckDecisions<CustomerPolicyModel, v1::UpdateCustomerPolicyRequest>(
      {
          {"changes what the mask means",
           {Made()},
           Policy(more) + " update_mask { paths: 'loss_reasons' }",
           "updated { changed { paths: 'loss_reasons' } " + Policy(more) + " }"},
          {"is quiet when it is so already",
           {Made()},
           Policy(kReasons) + " update_mask { paths: 'loss_reasons' }",
           ""},
          {"says who is told of erasures that are overdue",
           {Made()},
           "customer_policy { erasure_staff: 'dpo' }",
           "updated { changed { paths: 'erasure_staff' } customer_policy { erasure_staff: 'dpo' } "
           "}"},
          {"refuses staff by another name than their id",
           {Made()},
           "customer_policy { erasure_staff: 'staff/dpo' }",
           "!field:customer_policy.erasure_staff[0]"},
          {"refuses staff twice",
           {Made()},
           "customer_policy { erasure_staff: 'dpo' erasure_staff: 'dpo' }",
           "!field:customer_policy.erasure_staff[1]"},
          {"refuses to leave no reason",
           {Made()},
           "customer_policy {} update_mask { paths: 'loss_reasons' }",
           "!field:customer_policy.loss_reasons"},
      },
      OfTheOne());
}

TEST(SeedCustomerPolicies, IsAPolicy) {
  const auto commands = SeedCustomerPolicies();
  ASSERT_EQ(commands.size(), 1u);
  const auto& create = static_cast<const v1::CreateCustomerPolicyRequest&>(*commands[0]);
  const auto decided = CustomerPolicyModel::Decide({}, create, OfTheOne());
  ASSERT_TRUE(decided.ok()) << decided.status();
  EXPECT_EQ(create.customer_policy_id(), "standard");
}

}  // namespace
}  // namespace crm::customer
