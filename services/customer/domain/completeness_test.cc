#include "services/customer/domain/completeness.h"

#include <gtest/gtest.h>

#include "libs/testing/matchers.h"

namespace crm::customer {
namespace {

using testing::EqualsProto;
using testing::ParseText;

TEST(CanBeFilledIn, IsWhatPeopleWrite) {
  for (const char* path : {"personal.phones", "personal", "industry", "tags", "credit_limit",
                           "credit_limit.units", "key_account"})
    EXPECT_TRUE(CanBeFilledIn(path)) << path;
  for (const char* path :
       {"", "colour", "personal.colour", "status", "tier", "name", "loss.note",
        "personal.addresses.locality", "industry.x", "last_order_date.year", "personal."})
    EXPECT_FALSE(CanBeFilledIn(path)) << path;
}

TEST(IsFilledIn, IsWhatDiffersFromANewCustomer) {
  const auto customer = ParseText<v1::Customer>(
      "industry: 'steel' personal { phones: '+4912345678' } credit_limit { units: 0 }");
  EXPECT_TRUE(IsFilledIn(customer, "industry"));
  EXPECT_TRUE(IsFilledIn(customer, "personal"));
  EXPECT_TRUE(IsFilledIn(customer, "personal.phones"));
  EXPECT_TRUE(IsFilledIn(customer, "credit_limit"));
  EXPECT_FALSE(IsFilledIn(customer, "credit_limit.units"));
  EXPECT_FALSE(IsFilledIn(customer, "personal.emails"));
  EXPECT_FALSE(IsFilledIn(customer, "annual_revenue.units"));
  EXPECT_FALSE(IsFilledIn(v1::Customer(), "personal.phones"));
}

TEST(FilledFields, SaysOfEachPathWhatTheCustomerDoes) {
  const auto customer = ParseText<v1::Customer>(
      "name: 'customers/a' kind: CUSTOMER_KIND_COMPANY status: CUSTOMER_STATUS_ACTIVE industry: "
      "'steel' key_account: true tags: 'a' personal { phones: '+4912345678' } credit_limit { "
      "units: 0 }");
  const std::string filled = FilledFields(customer);
  for (const char* path : {"industry", "personal", "personal.phones", "personal.emails",
                           "personal.birth_date", "credit_limit", "credit_limit.units", "tags",
                           "key_account", "annual_revenue.units", "kind", "region", "website"})
    EXPECT_EQ(IsAmong(filled, path), IsFilledIn(customer, path)) << path;
  EXPECT_FALSE(IsAmong(filled, "colour"));
  EXPECT_EQ(FilledFields(ParseText<v1::Customer>("status: CUSTOMER_STATUS_ACTIVE tier: TIER_TOP")),
            " ")
      << "what only the service says";
}

TEST(CompletenessOf, IsTheShareOfTheWeightsThatCountForItsKind) {
  const auto policy = ParseText<v1::CustomerPolicy>(R"(
    etag: "4"
    completeness_weights { field: "industry" weight: 1 kinds: CUSTOMER_KIND_COMPANY }
    completeness_weights { field: "personal.phones" weight: 1 }
    completeness_weights { field: "region" weight: 1 }
    completeness_weights { field: "personal.birth_date" weight: 5 kinds: CUSTOMER_KIND_PERSON })");
  EXPECT_THAT(CompletenessOf(ParseText<v1::Customer>(
                                 "kind: CUSTOMER_KIND_COMPANY industry: 'steel' region: 'north'"),
                             policy),
              EqualsProto(R"pb(complete_bps: 6666
                               fields { field: "industry" weight: 1 filled: true }
                               fields { field: "personal.phones" weight: 1 }
                               fields { field: "region" weight: 1 filled: true }
                               customer_policy_etag: "4")pb"));
  EXPECT_EQ(CompletenessOf(ParseText<v1::Customer>("kind: CUSTOMER_KIND_PERSON personal { "
                                                   "birth_date { month: 2 day: 1 } }"),
                           policy)
                .complete_bps(),
            5 * 10'000 / 7);
  EXPECT_EQ(CompletenessOf(v1::Customer(), v1::CustomerPolicy()).complete_bps(), 10'000);
}

}  // namespace
}  // namespace crm::customer
