#include "services/customer/read/duplicates.h"

#include <gmock/gmock.h>

#include <numeric>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/reason.pb.h"
#include "libs/base/status.h"
#include "libs/testing/decisions.h"
#include "services/customer/read/duplicate_search.h"
#include "services/customer/read/linkage_test_helpers.h"

namespace crm::customer {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::ParseText;

constexpr char kNordwind[] = R"(
    kind: CUSTOMER_KIND_COMPANY display_name: "Nordwind Handel GmbH"
    personal { phones: "+49301234567" emails: "info@nordwind.example"
               addresses { country_code: "DE" locality: "Berlin" postal_code: "10115"
                           lines: "Chausseestr. 5" } })";

class DuplicatesTest : public ::testing::Test {
 protected:
  absl::StatusOr<v1::CheckDuplicatesResponse> Ask(const v1::CheckDuplicatesRequest& request) {
    return QueryDuplicates(request, book_.rows(), engine::Context());
  }
  v1::CheckDuplicatesResponse AskOf(const std::string& customer, const std::string& more = "") {
    auto request = ParseText<v1::CheckDuplicatesRequest>(more);
    *request.mutable_customer() = ParseText<v1::Customer>(customer);
    const auto response = Ask(request);
    EXPECT_THAT(response, testing::IsOk());
    return response.ok() ? *response : v1::CheckDuplicatesResponse();
  }
  static std::vector<std::string> NamesOf(const v1::CheckDuplicatesResponse& response) {
    std::vector<std::string> names;
    for (const auto& candidate : response.candidates())
      names.push_back(candidate.customer().name());
    return names;
  }
  // "" when it was not refused.
  std::string Refusal(const std::string& request) {
    const auto response = Ask(ParseText<v1::CheckDuplicatesRequest>(request));
    return testing::WordOf(response.status(), nullptr);
  }

  LinkageBook book_;
};

TEST_F(DuplicatesTest, ANumberOfAFormIsReadAsItWillBeKept) {
  book_.rows().Put(kCustomerPolicies,
                   ParseText<v1::CustomerPolicy>("name: 'customerPolicies/standard' data_exchange "
                                                 "{ phone_country_code: 'DE' }"));
  book_.Put("n", kNordwind);
  const auto response = AskOf("kind: CUSTOMER_KIND_COMPANY personal { phones: '030 1234567' }");
  ASSERT_THAT(NamesOf(response), ElementsAre("customers/n"));
  EXPECT_THAT(response.candidates(0).exact_keys(), ElementsAre(v1::LINKAGE_KEY_KIND_PHONE));
}

TEST_F(DuplicatesTest, FindsWhatWasTypedAgainWithErrors) {
  book_.Put("n", kNordwind);
  book_.Put("other", R"(kind: CUSTOMER_KIND_COMPANY display_name: "Nordmeer Reederei"
      personal { phones: "+49407654321" addresses { country_code: "DE" locality: "Hamburg" } })");
  const auto response = AskOf(R"(display_name: "Nordwind Handles" personal {
      phones: "+49301234576"
      addresses { country_code: "DE" locality: "Berlin" lines: "Chausseestr 5" } })");
  ASSERT_THAT(NamesOf(response), ElementsAre("customers/n"));
  EXPECT_GT(response.candidates(0).probability_ppm(), 900'000);
  EXPECT_THAT(response.candidates(0).exact_keys(), IsEmpty());
  EXPECT_EQ(response.compared_count(), 1);
  EXPECT_EQ(response.linkage_model_etag(), "1");
  EXPECT_FALSE(response.incomplete());
}

TEST_F(DuplicatesTest, TheEvidenceAddsUpToTheWeight) {
  book_.Put("n", kNordwind);
  const auto response = AskOf(kNordwind);
  ASSERT_EQ(response.candidates_size(), 1);
  const v1::DuplicateCandidate& candidate = response.candidates(0);
  int64_t sum = std::llround(1'000 * linkage::PriorWeight(LinkageParametersOf(book_.model())));
  for (const v1::LinkageEvidence& evidence : candidate.evidence())
    sum += evidence.weight_millibits() + evidence.term_frequency_millibits();
  EXPECT_EQ(sum, candidate.weight_millibits());
  EXPECT_EQ(candidate.evidence_size(), book_.model().fields_size());
  EXPECT_THAT(candidate.exact_keys(),
              ElementsAre(v1::LINKAGE_KEY_KIND_PHONE, v1::LINKAGE_KEY_KIND_EMAIL,
                          v1::LINKAGE_KEY_KIND_NAME_ADDRESS));
  EXPECT_EQ(candidate.probability_ppm(), 1'000'000);
  for (const v1::LinkageEvidence& evidence : candidate.evidence()) {
    const bool covered = evidence.attribute() == v1::LINKAGE_ATTRIBUTE_POSTAL_CODE ||
                         evidence.attribute() == v1::LINKAGE_ATTRIBUTE_LOCALITY;
    if (covered) {
      EXPECT_EQ(evidence.level(), -1) << "said by the address";
    }
  }
}

TEST_F(DuplicatesTest, ARareNameSaysMore) {
  for (int i = 0; i < 60; ++i)
    book_.Put(absl::StrCat("li", i), "kind: CUSTOMER_KIND_PERSON display_name: '李伟'");
  book_.Put("rare", "kind: CUSTOMER_KIND_PERSON display_name: '欧阳靖宇'");
  const auto frequent = AskOf("display_name: '李伟'", "show_bps: 1");
  const auto rare = AskOf("display_name: '欧阳靖宇'", "show_bps: 1");
  ASSERT_GT(rare.candidates_size(), 0);
  EXPECT_GT(rare.candidates(0).evidence(0).term_frequency_millibits(), -6'000);
  DuplicateSearch search(LinkageKindOf(v1::LINKAGE_RECORD_KIND_CUSTOMER), book_.model(),
                         book_.rows());
  const LinkageRecord li = LinkageRecordOf(ParseText<v1::Customer>("display_name: '李伟'"));
  EXPECT_LT(search.Compare(li, li).weight_millibits, rare.candidates(0).weight_millibits() - 4'000);
  EXPECT_EQ(frequent.compared_count(), 60);
}

TEST_F(DuplicatesTest, AnExactKeyIsShownHoweverUnlikeTheRestIs) {
  book_.Put("n", kNordwind);
  const auto response = AskOf(R"(display_name: "Südwind Reisen" personal {
      emails: "INFO@Nordwind.example" addresses { country_code: "DE" locality: "Kiel"
      postal_code: "24103" lines: "Holstenstr. 9" } })");
  ASSERT_THAT(NamesOf(response), ElementsAre("customers/n"));
  EXPECT_LT(response.candidates(0).probability_ppm(), 500'000);
  EXPECT_THAT(response.candidates(0).exact_keys(), ElementsAre(v1::LINKAGE_KEY_KIND_EMAIL));
}

TEST_F(DuplicatesTest, WhatIsSpokenAlikeIsFound) {
  book_.Put("z", R"(kind: CUSTOMER_KIND_PERSON display_name: "张伟"
      personal { birth_date { year: 1987 month: 4 day: 12 } })");
  EXPECT_THAT(NamesOf(AskOf(R"(display_name: "Wei Zhang" personal {
      birth_date { year: 1987 month: 4 day: 12 } })")),
              ElementsAre("customers/z"));
}

TEST_F(DuplicatesTest, AMergedOneIsComparedAsTheOneThatStandsForIt) {
  book_.Put("n", kNordwind);
  book_.Put("twin", kNordwind);
  book_.Put("old", "display_name: 'Elsewhere' merged_into: 'customers/n'");
  book_.Redirect("customers/old", "customers/n");
  v1::CheckDuplicatesRequest request;
  request.set_existing_customer("customers/old");
  const auto response = Ask(request);
  ASSERT_THAT(response, testing::IsOk());
  EXPECT_THAT(NamesOf(*response), ElementsAre("customers/twin"));
}

TEST_F(DuplicatesTest, AnExistingOneIsNotComparedWithItself) {
  book_.Put("n", kNordwind);
  book_.Put("twin", kNordwind);
  v1::CheckDuplicatesRequest request;
  request.set_existing_customer("customers/n");
  auto response = Ask(request);
  ASSERT_THAT(response, testing::IsOk());
  EXPECT_THAT(NamesOf(*response), ElementsAre("customers/twin"));
  *request.mutable_customer() = ParseText<v1::Customer>("display_name: 'Somebody else'");
  response = Ask(request);
  ASSERT_THAT(response, testing::IsOk());
  EXPECT_THAT(NamesOf(*response), IsEmpty());
}

TEST_F(DuplicatesTest, TheMostLikelyFirstAndNoMoreThanAsked) {
  book_.Put("b", kNordwind);
  book_.Put("a", kNordwind);
  book_.Put("less", "display_name: 'Nordwind Handel' personal { phones: '+49301234567' }");
  EXPECT_THAT(NamesOf(AskOf(kNordwind)),
              ElementsAre("customers/a", "customers/b", "customers/less"));
  EXPECT_THAT(NamesOf(AskOf(kNordwind, "candidate_count_max: 2")),
              ElementsAre("customers/a", "customers/b"));
}

TEST_F(DuplicatesTest, AValueThatTooManyHaveBringsNobodyTogether) {
  book_.model().set_block_size_max(2);
  book_.PutModel();
  for (const char* id : {"a", "b", "c"})
    book_.Put(id, "display_name: 'Li' personal { phones: '+861' }");
  const auto response = AskOf("display_name: 'Li'");
  EXPECT_EQ(response.compared_count(), 0);
  EXPECT_TRUE(response.incomplete());
}

TEST_F(DuplicatesTest, OnlyTheKeysOfTheModelAndExactOnes) {
  book_.model().clear_blocking_keys();
  book_.model().add_blocking_keys(v1::LINKAGE_KEY_KIND_NAME);
  book_.PutModel();
  book_.Put("n", kNordwind);
  EXPECT_EQ(AskOf("personal { phones: '+1301234567' }").compared_count(), 0);
  EXPECT_EQ(AskOf("personal { phones: '+49301234567' }").compared_count(), 1);
  EXPECT_EQ(AskOf("display_name: 'Nordwind Handel AG'").compared_count(), 1);
}

TEST_F(DuplicatesTest, Refusals) {
  EXPECT_EQ(Refusal(""), "!field:customer");
  EXPECT_EQ(Refusal("customer { industry: 'steel' }"), "!field:customer");
  EXPECT_EQ(
      Refusal("customer { display_name: 'x' personal { phones: '+49301234567' phones: 'zzz' } }"),
      "!field:customer.personal.phones[1]");
  EXPECT_EQ(Refusal("customer { display_name: 'x' } show_bps: 10001"), "!field:show_bps");
  EXPECT_EQ(Refusal("customer { display_name: 'x' } show_bps: -1"), "!field:show_bps");
  EXPECT_EQ(Refusal("customer { display_name: 'x' } candidate_count_max: 51"),
            "!field:candidate_count_max");
  v1::CheckDuplicatesRequest request;
  request.set_existing_customer("customers/nobody");
  EXPECT_EQ(Ask(request).status().code(), absl::StatusCode::kNotFound);
  book_.rows().Delete(kLinkageModels, kStandardLinkageModel);
  EXPECT_EQ(Refusal("customer { display_name: 'x' }"), "!LINKAGE_MODEL_MISSING");
}

}  // namespace
}  // namespace crm::customer
