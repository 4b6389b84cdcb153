#include "services/customer/read/incomplete_customers.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/read/completeness_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsInvalid;
using testing::IsOk;
using testing::ParseText;

class IncompleteCustomers : public ::testing::Test {
 protected:
  IncompleteCustomers() {
    rows_.Put(kStaff, ParseText<v1::Staff>("name: 'staff/ann'"));
    Weights("4",
            "completeness_weights { field: 'industry' weight: 1 kinds: CUSTOMER_KIND_COMPANY "
            "} completeness_weights { field: 'personal.phones' weight: 2 } "
            "completeness_weights { field: 'region' weight: 1 }");
  }
  void Weights(const std::string& etag, const std::string& weights) {
    rows_.Put(kCustomerPolicies,
              ParseText<v1::CustomerPolicy>(
                  absl::StrCat("name: 'customerPolicies/standard' etag: '", etag, "' ", weights)));
  }
  void Become(const std::string& id, const std::string& fields) {
    auto after = ParseText<v1::Customer>(fields);
    after.set_name("customers/" + id);
    after.set_display_name(id);
    if (after.kind() == v1::CUSTOMER_KIND_UNSPECIFIED) after.set_kind(v1::CUSTOMER_KIND_COMPANY);
    const auto before = rows_.Get(kCustomers, after.name());
    const v1::CustomerEvent event;
    const engine::EventMeta meta{.name = after.name()};
    ProjectFilledCustomers({before.has_value() ? &*before : nullptr, after, event, meta}, rows_);
    rows_.Put(kCustomers, after);
  }
  absl::StatusOr<v1::ListIncompleteCustomersResponse> Ask(const std::string& request) {
    return QueryIncompleteCustomers(ParseText<v1::ListIncompleteCustomersRequest>(request), rows_,
                                    testing::FixedContext<CustomerModel>());
  }
  // "id bps" of each.
  std::vector<std::string> Who(const std::string& request) {
    std::vector<std::string> who;
    const auto response = Ask(request);
    EXPECT_THAT(response, IsOk());
    if (!response.ok()) return who;
    for (const auto& one : response->incomplete_customers())
      who.push_back(absl::StrCat(one.display_name(), " ", one.complete_bps()));
    return who;
  }

  testing::FakeRows rows_{kCustomers, kCustomerPolicies, kStaff, kFilledCustomers};
  const std::string all_ = "parent: 'staff/-' ", anns_ = "parent: 'staff/ann' ";
};

TEST_F(IncompleteCustomers, TheLeastCompleteFirst) {
  Become("whole", "industry: 'x' region: 'n' personal { phones: '+4912345678' }");
  Become("half", "industry: 'x' region: 'n' owner: 'ann'");
  Become("none", "owner: 'ann'");
  Become("person", "kind: CUSTOMER_KIND_PERSON region: 'n'");
  Become("erased", "status: CUSTOMER_STATUS_ERASED");
  Become("merged", "merged_into: 'customers/whole'");
  EXPECT_THAT(Who(all_), ElementsAre("none 0", "person 3333", "half 5000"));
  EXPECT_THAT(Who(anns_), ElementsAre("none 0", "half 5000"));
  EXPECT_THAT(Who(all_ + "complete_bps_below: 5000"), ElementsAre("none 0", "person 3333"));
  EXPECT_THAT(Who(all_ + "kind: CUSTOMER_KIND_PERSON"), ElementsAre("person 3333"));
  const auto response = Ask(anns_);
  EXPECT_EQ(response->customer_policy_etag(), "4");
  EXPECT_THAT(response->incomplete_customers(0).missing_fields(),
              ElementsAre("personal.phones", "industry", "region"));
  EXPECT_EQ(response->incomplete_customers(0).owner(), "ann");
}

TEST_F(IncompleteCustomers, WhatChangesIsThereAtOnce) {
  Become("a", "owner: 'ann'");
  Become("a", "owner: 'bob' industry: 'x'");
  EXPECT_THAT(Who(anns_), IsEmpty());
  EXPECT_THAT(Who(all_), ElementsAre("a 2500"));
  Become("a", "merged_into: 'customers/b'");
  EXPECT_THAT(Who(all_), IsEmpty());
  Become("a", "industry: 'x'");
  EXPECT_THAT(Who(all_), ElementsAre("a 2500"));
  Become("a", "status: CUSTOMER_STATUS_ERASED");
  EXPECT_THAT(rows_.Size("filled_customers"), 0u);
}

TEST_F(IncompleteCustomers, OtherWeightsCountAtOnceForAll) {
  Become("a", "industry: 'x'");
  Become("b", "region: 'n' credit_limit { units: 5 }");
  Weights("5",
          "completeness_weights { field: 'credit_limit.units' weight: 3 } "
          "completeness_weights { field: 'industry' weight: 1 }");
  EXPECT_THAT(Who(all_), ElementsAre("a 2500", "b 7500"));
  EXPECT_EQ(Ask(all_)->customer_policy_etag(), "5");
  Weights("6", "");
  EXPECT_THAT(Who(all_), IsEmpty()) << "nothing is wanted";
}

TEST_F(IncompleteCustomers, PagesGoOnBehindTheLast) {
  for (int i = 0; i < 5; ++i) {
    Become(absl::StrCat("n", i), "owner: 'ann'");
    Become(absl::StrCat("i", i), "owner: 'ann' industry: 'x'");
  }
  for (const std::string& parent : {all_, anns_}) {
    std::vector<std::string> who;
    std::string token;
    do {
      const auto page = Ask(absl::StrCat(parent, "page_size: 3 page_token: '", token, "'"));
      ASSERT_THAT(page, IsOk());
      for (const auto& one : page->incomplete_customers()) who.push_back(one.display_name());
      token = page->next_page_token();
    } while (!token.empty());
    EXPECT_THAT(who, ElementsAre("n0", "n1", "n2", "n3", "n4", "i0", "i1", "i2", "i3", "i4"));
  }
  const std::string token = Ask(all_ + "page_size: 3")->next_page_token();
  EXPECT_THAT(Ask(anns_ + "page_token: '" + token + "'").status(), IsInvalid("page_token"));
  Weights("5", "completeness_weights { field: 'industry' weight: 1 }");
  EXPECT_THAT(Ask(all_ + "page_token: '" + token + "'").status(), IsInvalid("page_token"))
      << "by other weights there is no such place";
}

TEST_F(IncompleteCustomers, RefusesWhatItDoesNotUnderstand) {
  EXPECT_THAT(Ask("").status(), IsInvalid("parent"));
  EXPECT_THAT(Ask("parent: 'ann'").status(), IsInvalid("parent"));
  EXPECT_TRUE(absl::IsNotFound(Ask("parent: 'staff/eve'").status()));
  EXPECT_THAT(Ask(all_ + "page_size: -1").status(), IsInvalid("page_size"));
  EXPECT_THAT(Ask(all_ + "complete_bps_below: 10001").status(), IsInvalid("complete_bps_below"));
  EXPECT_THAT(Ask(all_ + "kind: 77").status(), IsInvalid("kind"));
  EXPECT_THAT(Ask(all_ + "page_token: 'x'").status(), IsInvalid("page_token"));
  rows_.Delete(kCustomerPolicies, kStandardCustomerPolicy);
  EXPECT_TRUE(absl::IsNotFound(Ask(all_).status()));
}

}  // namespace
}  // namespace crm::customer
