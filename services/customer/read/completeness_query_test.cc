#include "services/customer/read/completeness_query.h"

#include <gmock/gmock.h>

#include "libs/base/status.h"
#include "libs/testing/fake_rows.h"
#include "libs/testing/matchers.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::IsOk;
using testing::ParseText;

// A known customer without a policy is not a customer that is not known: the answer says which.
TEST(GetCompleteness, WantsACustomerAndAPolicy) {
  testing::FakeRows rows(kCustomers, kRedirects, kCustomerPolicies);
  v1::GetCompletenessRequest request;
  request.set_name("customers/a");
  const auto policy = ParseText<v1::CustomerPolicy>(
      "name: 'customerPolicies/standard' etag: '4' "
      "completeness_weights { field: 'region' weight: 1 } "
      "completeness_weights { field: 'industry' weight: 3 }");
  rows.Put(kCustomerPolicies, policy);
  EXPECT_EQ(QueryCompleteness(request, rows, {}).status(), base::NotFound("customers/a"));
  rows.Delete(kCustomerPolicies, policy.name());
  rows.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/a' region: 'north'"));
  EXPECT_EQ(QueryCompleteness(request, rows, {}).status(), base::NotFound(kStandardCustomerPolicy));
  rows.Put(kCustomerPolicies, policy);
  const auto answer = QueryCompleteness(request, rows, {});
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->complete_bps(), 2'500);
  EXPECT_EQ(answer->customer_policy_etag(), "4");
}

}  // namespace
}  // namespace crm::customer
