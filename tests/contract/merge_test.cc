// Taking a merge back leaves both customers as if they had never been merged, whatever had happened
// to them before; and a replay says the same.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/merge_case.pb.h"
#include "libs/testing/matchers.h"
#include "tests/contract/life.h"

namespace crm::contract {
namespace {

namespace v1 = customer::v1;

const std::string kCustomer = "crm.customer.v1.";
constexpr int kHistories = 12, kSteps = 30;

// Something that may happen to "customers/a" or "customers/b", in the form in which callers say it.
Said Anything(std::mt19937_64& random, int number) {
  const auto any = [&](int below) { return static_cast<int>(random() % below); };
  const std::string name = any(2) == 0 ? "customers/a" : "customers/b";
  const auto update = [&](const std::string& field, const std::string& value) -> Said {
    return {kCustomer + "UpdateCustomerRequest",
            absl::StrCat("customer { name: '", name, "' ", value, " } update_mask { paths: '",
                         field, "' }")};
  };
  switch (any(12)) {
    case 0:
      return update("region", absl::StrCat("region: 'r", any(3), "'"));
    case 1:
      return update("tags", absl::StrCat("tags: 't", any(3), "' tags: 'u", any(3), "'"));
    case 2:
      return update("personal.phones",
                    absl::StrCat("personal { phones: '+49305551", 10 + any(3), "' }"));
    case 3:
      return update("external_ids",
                    absl::StrCat("external_ids { system: 'erp' id: '", number, "' }"));
    case 4:
      return update("display_name", absl::StrCat("display_name: 'Name ", any(5), "'"));
    case 5:
      return update("personal.emails", any(2) == 0 ? "personal { emails: 'x@y.zz' }" : "");
    case 6:
      return {kCustomer + "VerifyCustomerRequest", absl::StrCat("name: '", name, "'")};
    case 7:
      return {kCustomer + "MarkLostRequest",
              absl::StrCat("name: '", name, "' loss_reason: 'price'")};
    case 8:
      return {kCustomer + "RecordConsentRequest",
              absl::StrCat("name: '", name, "' channel: CHANNEL_EMAIL state: ",
                           any(2) == 0 ? "CONSENT_STATE_OPTED_IN" : "CONSENT_STATE_OPTED_OUT",
                           " source: CONSENT_SOURCE_FORM lawful_basis: LAWFUL_BASIS_CONSENT")};
    case 9:
      return {kCustomer + "TransferCustomerRequest",
              absl::StrCat("name: '", name, "' owner: 'o", any(3), "' reason: 'x'")};
    case 10:
      return {kCustomer + "RecordTouchpointRequest",
              absl::StrCat("parent: '", name, "' touchpoint_id: 't", number,
                           "' touchpoint { channel: CHANNEL_PHONE direction: DIRECTION_IN personal "
                           "{ subject: 'X' } }")};
    default:
      return {"crm.sales.v1.RecordOrderRequest",
              absl::StrCat("parent: '", name, "' order_id: 'o", number,
                           "' order { order_date { year: ", 2024 + any(2), " month: ", 1 + any(12),
                           " day: 5 } revenue { currency_code: 'EUR' units: 5 } }")};
  }
}

std::vector<Said> History(std::mt19937_64& random) {
  std::vector<Said> history;
  for (const char* id : {"a", "b"}) {
    history.push_back(
        {kCustomer + "CreateCustomerRequest",
         absl::StrCat("customer_id: '", id,
                      "' customer { kind: CUSTOMER_KIND_COMPANY display_name: 'Name' ",
                      random() % 2 == 0 ? "personal {}" : "", " }")});
  }
  for (int i = 0; i < kSteps; ++i) history.push_back(Anything(random, i));
  return history;
}

TEST(Merge, TakenBackItLeavesBothAsIfTheyHadNeverBeenMerged) {
  for (int seed = 1; seed <= kHistories; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    std::mt19937_64 random(seed);
    const std::vector<Said> history = History(random);
    Life apart, merged;
    for (const Said& said : history) {
      const absl::Status in_one = apart.Say(said.type, said.text);
      EXPECT_EQ(merged.Say(said.type, said.text), in_one);
    }
    ASSERT_EQ(merged.AsNeverMerged<v1::Customer>("customers", "customers/a"),
              apart.AsNeverMerged<v1::Customer>("customers", "customers/a"));
    ASSERT_TRUE(merged
                    .Say(kCustomer + "CreateMergeCaseRequest",
                         "merge_case_id: 'm' merge_case { first_customer: 'customers/a' "
                         "second_customer: 'customers/b' }")
                    .ok());
    const absl::Status confirmed =
        merged.Say(kCustomer + "ConfirmMergeRequest",
                   "name: 'mergeCases/m' survivor: 'customers/b' choices { field: 'region' rule: "
                   "MERGE_RULE_ABSORBED }");
    ASSERT_TRUE(confirmed.ok()) << confirmed;
    ASSERT_EQ(merged.State(), v1::MERGE_CASE_STATE_MERGED);
    EXPECT_EQ(merged.Get<v1::Customer>("customers", "customers/a").merged_into(), "customers/b");
    const absl::Status refused =
        merged.Say(kCustomer + "ReleaseCustomerRequest", "name: 'customers/a' reason: 'x'");
    EXPECT_THAT(refused, testing::IsRefusal("CUSTOMER_MERGED"));
    ASSERT_TRUE(
        merged.Say(kCustomer + "UnmergeRequest", "name: 'mergeCases/m' reason: 'two'").ok());
    ASSERT_EQ(merged.State(), v1::MERGE_CASE_STATE_UNMERGED);
    for (const char* name : {"customers/a", "customers/b"})
      EXPECT_EQ(merged.AsNeverMerged<v1::Customer>("customers", name),
                apart.AsNeverMerged<v1::Customer>("customers", name));
    merged.ExpectSameAfterReplay();
  }
}

// What happened since on the survivor stays there, and the case lists it.
TEST(Merge, TakenBackItKeepsWhatHappenedSince) {
  Life life;
  std::mt19937_64 random(3);
  for (const Said& said : History(random)) (void)life.Say(said.type, said.text);
  ASSERT_TRUE(life.Say(kCustomer + "CreateMergeCaseRequest",
                       "merge_case_id: 'm' merge_case { first_customer: 'customers/a' "
                       "second_customer: 'customers/b' }")
                  .ok());
  ASSERT_TRUE(life.Say(kCustomer + "ConfirmMergeRequest",
                       "name: 'mergeCases/m' survivor: 'customers/b' choices { field: 'region' "
                       "rule: MERGE_RULE_ABSORBED } choices { field: 'industry' rule: "
                       "MERGE_RULE_ABSORBED }")
                  .ok());
  ASSERT_TRUE(life.Say(kCustomer + "UpdateCustomerRequest",
                       "customer { name: 'customers/b' region: 'new' employees: 7 }")
                  .ok());
  ASSERT_TRUE(life.Say(kCustomer + "RecordTouchpointRequest",
                       "parent: 'customers/b' touchpoint_id: 'since' touchpoint { channel: "
                       "CHANNEL_PHONE direction: DIRECTION_IN personal { subject: 'X' } }")
                  .ok());
  ASSERT_TRUE(life.Say(kCustomer + "UnmergeRequest", "name: 'mergeCases/m' reason: 'two'").ok());
  const auto merge_case = life.Get<v1::MergeCase>("merge_cases", "mergeCases/m");
  EXPECT_EQ(merge_case.state(), v1::MERGE_CASE_STATE_UNMERGED);
  ASSERT_EQ(merge_case.kept_resources_size(), 1);
  EXPECT_EQ(merge_case.kept_resources(0), "customers/b/touchpoints/since");
  const auto survivor = life.Get<v1::Customer>("customers", "customers/b");
  EXPECT_EQ(survivor.region(), "new");
  EXPECT_EQ(survivor.employees(), 7);
}

// Two merges at one moment that would go round in a circle, and a third into one that is gone.
TEST(Merge, GoesRoundInNoCircle) {
  Life life;
  for (const char* id : {"a", "b", "c"}) {
    ASSERT_TRUE(life.Say(kCustomer + "CreateCustomerRequest",
                         absl::StrCat("customer_id: '", id,
                                      "' customer { kind: CUSTOMER_KIND_COMPANY display_name: 'N' "
                                      "}"))
                    .ok());
  }
  const auto open = [&](const std::string& id, const std::string& a, const std::string& b) {
    return life.Say(
        kCustomer + "CreateMergeCaseRequest",
        absl::StrCat("merge_case_id: '", id, "' merge_case { first_customer: 'customers/", a,
                     "' second_customer: 'customers/", b, "' }"));
  };
  const auto confirm = [&](const std::string& id, const std::string& survivor) {
    return life.Say(
        kCustomer + "ConfirmMergeRequest",
        absl::StrCat("name: 'mergeCases/", id, "' survivor: 'customers/", survivor, "'"));
  };
  ASSERT_TRUE(open("m", "a", "b").ok());
  ASSERT_TRUE(open("n", "b", "c").ok());
  ASSERT_TRUE(open("o", "a", "c").ok());
  ASSERT_TRUE(confirm("m", "b").ok());
  ASSERT_TRUE(confirm("n", "c").ok());
  EXPECT_THAT(confirm("o", "a"), testing::IsRefusal("CUSTOMER_MERGED"));
  EXPECT_THAT(life.Say(kCustomer + "UnmergeRequest", "name: 'mergeCases/m' reason: 'x'"),
              testing::IsRefusal("CUSTOMER_MERGED"));
  // What was seen may be behind: the customers say no, and nothing is left of it.
  ASSERT_TRUE(life.Say(kCustomer + "MergeCustomerRequest",
                       "name: 'customers/c' merge_case: 'mergeCases/o' survivor: 'customers/a'")
                  .ok());
  EXPECT_TRUE(life.Get<v1::Customer>("customers", "customers/c").merged_into().empty());
  EXPECT_EQ(life.Get<v1::Customer>("customers", "customers/a").merged_into(), "customers/b");
  EXPECT_EQ(life.Get<v1::Customer>("customers", "customers/b").merged_into(), "customers/c");
}

// Of three that became one, an order of the first is the second's too, when that goes by itself.
TEST(Merge, AnOrderGoesFromOneToTheNext) {
  Life life;
  for (const char* id : {"a", "b", "c"}) {
    ASSERT_TRUE(life.Say(kCustomer + "CreateCustomerRequest",
                         absl::StrCat("customer_id: '", id,
                                      "' customer { kind: CUSTOMER_KIND_COMPANY display_name: 'N' "
                                      "}"))
                    .ok());
  }
  ASSERT_TRUE(life.Say("crm.sales.v1.RecordOrderRequest",
                       "parent: 'customers/a' order_id: 'o' order { order_date { year: 2025 month: "
                       "2 day: 5 } revenue { currency_code: 'EUR' units: 5 } }")
                  .ok());
  for (const char* pair : {"ab", "bc"}) {
    ASSERT_TRUE(
        life.Say(kCustomer + "CreateMergeCaseRequest",
                 absl::StrCat("merge_case_id: '", pair,
                              "' merge_case { first_customer: 'customers/", std::string(1, pair[0]),
                              "' second_customer: 'customers/", std::string(1, pair[1]), "' }"))
            .ok());
    ASSERT_TRUE(life.Say(kCustomer + "ConfirmMergeRequest",
                         absl::StrCat("name: 'mergeCases/", pair, "' survivor: 'customers/",
                                      std::string(1, pair[1]), "'"))
                    .ok());
  }
  ASSERT_TRUE(
      life.Say("crm.sales.v1.AmendOrderRequest",
               "order { name: 'customers/a/orders/o' order_date { year: 2025 month: 12 day: "
               "5 } } update_mask { paths: 'order_date' } reason: 'the day was wrong'")
          .ok());
  const auto month = [&](const std::string& id) {
    return life.Get<v1::Customer>("customers", "customers/" + id).last_order_date().month();
  };
  for (const char* id : {"a", "b", "c"}) EXPECT_EQ(month(id), 12) << id;
  ASSERT_TRUE(life.Say(kCustomer + "UnmergeRequest", "name: 'mergeCases/bc' reason: 'two'").ok());
  EXPECT_EQ(month("b"), 12);
  EXPECT_EQ(month("c"), 0) << "it has no order";
  ASSERT_TRUE(life.Say(kCustomer + "UnmergeRequest", "name: 'mergeCases/ab' reason: 'two'").ok());
  EXPECT_EQ(month("a"), 12);
  EXPECT_EQ(month("b"), 0) << "the order was the other's";
}

}  // namespace
}  // namespace crm::contract
