#include "services/customer/domain/staleness.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/base/timestamp.h"
#include "libs/testing/decisions.h"
#include "services/customer/domain/customer.h"
#include "services/customer/domain/customer_policy.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;
using testing::Given;

// Checked on 2025-11-29, 93 days before FixedContext's day; a limit of 90 passed on 2026-02-27.
std::string Checked(const std::string& rest = "",
                    const std::string& known = "website: 'a.example' ") {
  return "created { customer { kind: CUSTOMER_KIND_COMPANY data_check_time { seconds: 1764410400 "
         "} " +
         known + rest + " } }";
}
std::string Mark(int days, const std::string& tier = "TIER_UNSPECIFIED") {
  return "business_date { year: 2026 month: 3 day: 2 } tier: " + tier +
         " limit_days: " + std::to_string(days);
}

TEST(MarkStale, Rules) {
  const std::string stale =
      "became_stale { stale_since_date { year: 2026 month: 2 day: 28 } limit_days: 90 mark_date { "
      "year: 2026 month: 3 day: 2 } }";
  CheckDecisions<CustomerModel, v1::MarkStaleRequest>({
      {"says since when", {Checked()}, Mark(90), stale},
      {"is quiet the second time", {Checked(), stale}, Mark(90), ""},
      {"is quiet for who was checked since",
       {Checked(), "verified { verify_time { seconds: 1772000000 } }"},
       Mark(90),
       ""},
      {"says it on the day after the limit",
       {Checked()},
       Mark(92),
       "became_stale { stale_since_date { year: 2026 month: 3 day: 2 } limit_days: 92 mark_date { "
       "year: 2026 month: 3 day: 2 } }"},
      {"is quiet up to the limit", {Checked()}, Mark(93), ""},
      {"is quiet for another tier", {Checked("tier: TIER_TOP")}, Mark(90), ""},
      {"is quiet for who is erased", {Checked("status: CUSTOMER_STATUS_ERASED")}, Mark(90), ""},
      {"is quiet for who was merged", {Checked("merged_into: 'customers/b'")}, Mark(90), ""},
      {"needs a day", {Checked()}, "limit_days: 90", "!field:business_date"},
      {"is quiet for who has nothing to be checked", {Checked("", "")}, Mark(90), ""},
      {"ends it when the limit rises",
       {Checked(), stale},
       Mark(93),
       "stale_ended { limit_days: 93 }"},
      {"ends it when the tier falls",
       {Checked("tier: TIER_TOP"),
        "became_stale { stale_since_date { year: 2026 month: 2 day: 28 } "
        "limit_days: 90 tier: TIER_TOP }",
        "tier_changed { from: TIER_TOP to: TIER_BIG }"},
       Mark(180, "TIER_BIG"),
       "stale_ended { limit_days: 180 tier: TIER_BIG }"},
      {"is quiet for another tier's limit", {Checked("tier: TIER_TOP"), stale}, Mark(180), ""},
  });
  CheckDecisions<CustomerModel, v1::MarkStaleRequest>(
      {{"says it of whom somebody is there", {Checked("", "")}, Mark(90), stale}},
      FixedContext<CustomerModel>(), CheckedFacts{.anybody_there = true});
}

TEST(VerifyCustomer, WhatCanBeChecked) {
  const std::string nothing = Checked("", "");
  const std::string verified = "verified { verify_time { seconds: 1772445600 } }";
  CheckDecisions<CustomerModel, v1::VerifyCustomerRequest>({
      {"takes a web site", {Checked()}, "", verified},
      {"takes a tax id",
       {"created { customer {} personal { personal { tax_id: '7' } } }"},
       "",
       verified},
      {"refuses one of whom nothing is known", {nothing}, "", "!NOTHING_TO_VERIFY"},
      {"takes one that was said to be stale",
       {nothing, "became_stale { stale_since_date { year: 2026 month: 2 day: 28 } }"},
       "",
       verified},
  });
  CheckDecisions<CustomerModel, v1::VerifyCustomerRequest>(
      {{"takes one where somebody is", {nothing}, "", verified}}, FixedContext<CustomerModel>(),
      CheckedFacts{.anybody_there = true});
}

TEST(DataCheckDays, AreThePolicysOrSeven) {
  v1::CustomerPolicy policy;
  EXPECT_EQ(DataCheckDays(policy), 7);
  policy.set_data_check_days(3);
  EXPECT_EQ(DataCheckDays(policy), 3);
}

TEST(MarkStale, ACheckEndsIt) {
  const v1::Customer stale = Given<CustomerModel>(
      {Checked(), "became_stale { stale_since_date { year: 2026 month: 2 day: 28 } }"});
  EXPECT_TRUE(stale.has_stale_since_date());
  const v1::Customer fresh = Given<CustomerModel>(
      {Checked(), "became_stale { stale_since_date { year: 2026 month: 2 day: 28 } }",
       "verified { verify_time { seconds: 1772000000 } }"});
  EXPECT_FALSE(fresh.has_stale_since_date());
  EXPECT_EQ(DataCheckTime(fresh), absl::FromUnixSeconds(1772000000));
}

constexpr char kPolicy[] =
    "created { customer_policy { loss_reasons { id: 'price' display_name: 'Price' } "
    "verification_limits { top_days: 10 } stale_check_hour: 3 stale_check_time { seconds: "
    "1772420400 } } }";
// What a look at 10:00 on 2026-03-02 says: midnights 10, 180 and 365 days before.
constexpr char kCheck[] =
    "check { business_date { year: 2026 month: 3 day: 2 } limits { top_days: 10 big_days: 180 "
    "other_days: 365 } check_time { seconds: 1772445600 } number: 1 "
    "top_before_time { seconds: 1771545600 } big_before_time { seconds: 1756857600 } "
    "other_before_time { seconds: 1740873600 } ";

TEST(CheckStaleness, Rules) {
  const std::string began = std::string("stale_check_started { ") + kCheck +
                            "} next_check_time { seconds: 1772506800 } }";
  CheckDecisions<CustomerPolicyModel, v1::CheckStalenessRequest>({
      {"looks once a day", {kPolicy}, "", began},
      {"is quiet before its hour", {kPolicy, began}, "", ""},
      {"is quiet without a time", {"created { customer_policy {} }"}, "", ""},
  });
  CheckDecisions<CustomerPolicyModel, v1::ContinueStaleCheckRequest>({
      {"goes on",
       {kPolicy, began},
       "number: 1",
       std::string("stale_check_continued { ") + kCheck + "continuations: 1 } }"},
      {"says how far it has come",
       {kPolicy, began},
       "number: 1 after { tier: TIER_TOP customer: 'customers/a' }",
       std::string("stale_check_continued { ") + kCheck +
           "continuations: 1 after { tier: TIER_TOP customer: 'customers/a' } } }"},
      {"is quiet for an older look", {kPolicy, began}, "number: 0", ""},
      {"is quiet when nothing was looked for", {kPolicy}, "number: 1", ""},
  });
  EXPECT_EQ(CustomerPolicyModel::NextDue(Given<CustomerPolicyModel>({kPolicy, began})),
            absl::FromUnixSeconds(1772506800));
}

TEST(CustomerPolicyCare, LimitsAndHours) {
  const auto policy = [](const std::string& rest) {
    return "customer_policy { " + rest + " } update_mask { paths: '*' }";
  };
  const std::string field = "!field:customer_policy.";
  const std::string price = "loss_reasons { id: 'price' display_name: 'Price' } ";
  CheckDecisions<CustomerPolicyModel, v1::UpdateCustomerPolicyRequest>({
      {"refuses days too many",
       {kPolicy},
       policy(price + "verification_limits { big_days: 3651 }"),
       field + "verification_limits.big_days"},
      {"refuses days below none",
       {kPolicy},
       policy(price + "erasure_days: -1"),
       field + "erasure_days"},
      {"refuses days to check that are too many",
       {kPolicy},
       policy(price + "data_check_days: 366"),
       field + "data_check_days"},
      {"refuses an hour that is none",
       {kPolicy},
       policy(price + "stale_check_hour: 24"),
       field + "stale_check_hour"},
      {"moves the look with its hour",
       {kPolicy},
       "customer_policy { stale_check_hour: 12 }",
       "updated { changed { paths: 'stale_check_hour' } customer_policy { stale_check_hour: 12 } "
       "stale_check_time { seconds: 1772452800 } }"},
      {"leaves the look alone else",
       {kPolicy},
       "customer_policy { erasure_days: 20 }",
       "updated { changed { paths: 'erasure_days' } customer_policy { erasure_days: 20 } }"},
  });
}

}  // namespace
}  // namespace crm::customer
