#include "services/customer/react/duplicate_reactions.h"

#include <gmock/gmock.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/merge_internal.pb.h"
#include "libs/testing/decisions.h"
#include "services/customer/domain/duplicate_scan.h"
#include "services/customer/domain/merge_case.h"
#include "services/customer/read/linkage_test_helpers.h"

namespace crm::customer {
namespace {

using ::testing::IsEmpty;
using ::testing::Pair;
using testing::ParseText;
using ::testing::UnorderedElementsAre;

using Pairs = std::set<std::pair<std::string, std::string>>;

class DuplicateScanTest : public ::testing::Test {
 protected:
  DuplicateScanTest() {
    scan_.set_name("duplicateScans/s");
    scan_.set_state(v1::DUPLICATE_SCAN_STATE_RUNNING);
    book_.rows().Put(kDuplicateScans, scan_);
  }

  void PutFirm(const std::string& id, const std::string& called, const std::string& more = "") {
    book_.Put(id, absl::StrCat("kind: CUSTOMER_KIND_COMPANY display_name: '", called,
                               "' personal { ", more, " }"));
  }

  // Every pair that is suggested, over all stretches.
  Pairs Suggested(int64_t customers_max) {
    Pairs pairs;
    std::string after;
    for (bool last = false; !last;) {
      const auto commands = ScanStretch(scan_, book_.model(), after, customers_max, book_.rows());
      for (size_t i = 0; i + 1 < commands.size(); ++i) {
        const auto& suggest = static_cast<const v1::SuggestMergeRequest&>(*commands[i]);
        const v1::MergeCase& of = suggest.merge_case();
        EXPECT_EQ(suggest.merge_case_id(),
                  MergeCaseIdOf(of.first_customer(), of.second_customer()));
        EXPECT_TRUE(pairs.emplace(of.first_customer(), of.second_customer()).second);
      }
      last_ = static_cast<const v1::ContinueDuplicateScanRequest&>(*commands.back());
      EXPECT_EQ(last_.after_customer(), after);
      const auto decided =
          DuplicateScanModel::Decide(scan_, last_, testing::FixedContext<DuplicateScanModel>());
      EXPECT_TRUE(decided.ok() && decided->has_value());
      DuplicateScanModel::Evolve(scan_, **decided);
      after = scan_.progress().scanned_through();
      last = last_.last();
      ++stretches_;
    }
    EXPECT_EQ(scan_.state(), v1::DUPLICATE_SCAN_STATE_DONE);
    return pairs;
  }

  engine::Commands React(const std::string& fact) {
    const auto event = ParseText<v1::DuplicateScanEvent>(fact);
    return OnDuplicateScan({event, {.name = scan_.name()}}, book_.rows());
  }

  LinkageBook book_;
  v1::DuplicateScan scan_;
  v1::ContinueDuplicateScanRequest last_;
  int stretches_ = 0;
};

TEST_F(DuplicateScanTest, SuggestsEachPairOnceInStretchesOfAnySize) {
  const std::string more = "phones: '+49301234567' emails: 'info@nordwind.example'";
  PutFirm("a", "Nordwind Handel GmbH", more);
  PutFirm("b", "Nordwind Handel", more);
  PutFirm("c", "Nordwind Hanlde AG", more);
  PutFirm("d", "Seestern Reederei", "phones: '+49401234567'");
  const v1::DuplicateScan fresh = scan_;
  for (const int64_t size : {1, 2, 3, 100}) {
    scan_ = fresh;
    EXPECT_THAT(Suggested(size), UnorderedElementsAre(Pair("customers/a", "customers/b"),
                                                      Pair("customers/a", "customers/c"),
                                                      Pair("customers/b", "customers/c")))
        << size;
    EXPECT_EQ(scan_.progress().scanned_customer_count(), 4);
    EXPECT_EQ(scan_.progress().suggested_pair_count(), 3);
    EXPECT_EQ(scan_.progress().compared_pair_count(), 6) << "by the last digits of the number";
  }
}

TEST_F(DuplicateScanTest, TheCaseSaysWhy) {
  PutFirm("a", "Nordwind Handel GmbH", "phones: '+49301234567' tax_id: 'DE1'");
  PutFirm("b", "Nordwind Handel", "phones: '+49301234568' tax_id: 'DE1'");
  const auto commands = ScanStretch(scan_, book_.model(), "", 10, book_.rows());
  ASSERT_EQ(commands.size(), 2);
  const auto& of = static_cast<const v1::SuggestMergeRequest&>(*commands[0]).merge_case();
  EXPECT_EQ(of.source(), "duplicateScans/s");
  EXPECT_EQ(of.model(), "linkageModels/standard 1");
  ASSERT_EQ(of.evidence_size(), 3);
  EXPECT_EQ(of.evidence(0).field(), "display_name");
  EXPECT_EQ(of.evidence(0).level(), "exact");
  EXPECT_LT(of.evidence(0).term_frequency_millis(), 0) << "both of the two are called so";
  EXPECT_EQ(of.evidence(1).field(), "personal.tax_id");
  EXPECT_TRUE(of.evidence(1).exact_key());
  EXPECT_EQ(of.evidence(2).field(), "personal.phones");
  EXPECT_EQ(of.evidence(2).level(), "damerau_levenshtein_1");
  EXPECT_FALSE(of.evidence(2).exact_key());
}

TEST_F(DuplicateScanTest, OneTaxIdIsSuggestedWhateverTheRestIs) {
  PutFirm("a", "Nordwind Handel GmbH", "tax_id: 'DE1' phones: '+49301234567'");
  PutFirm("b", "Seestern Reederei", "tax_id: 'DE1' phones: '+49409999999'");
  EXPECT_THAT(Suggested(10), UnorderedElementsAre(Pair("customers/a", "customers/b")));
}

TEST_F(DuplicateScanTest, WhatHasACaseIsNotSuggestedAgain) {
  PutFirm("a", "Nordwind Handel GmbH", "phones: '+49301234567'");
  PutFirm("b", "Nordwind Handel", "phones: '+49301234567'");
  book_.rows().Put(kMergeCases, ParseText<v1::MergeCase>(R"(name: "mergeCases/by-hand"
      first_customer: "customers/a" second_customer: "customers/b"
      state: MERGE_CASE_STATE_REJECTED)"));
  EXPECT_THAT(Suggested(10), IsEmpty());
  EXPECT_EQ(scan_.progress().suggested_pair_count(), 1) << "it is counted all the same";
}

TEST_F(DuplicateScanTest, MergedErasedAndOtherKindsAreLeftOut) {
  PutFirm("a", "Nordwind Handel GmbH", "phones: '+49301234567'");
  book_.Put("b",
            "kind: CUSTOMER_KIND_COMPANY display_name: 'Nordwind Handel' merged_into: "
            "'customers/a' personal { phones: '+49301234567' }");
  book_.Put("c",
            "kind: CUSTOMER_KIND_COMPANY display_name: 'Nordwind Handel' status: "
            "CUSTOMER_STATUS_ERASED personal { phones: '+49301234567' }");
  book_.Put("d",
            "kind: CUSTOMER_KIND_PERSON display_name: 'Nordwind Handel' "
            "personal { phones: '+49301234567' }");
  EXPECT_THAT(Suggested(10), IsEmpty());
  EXPECT_EQ(scan_.progress().compared_pair_count(), 0);
  EXPECT_EQ(scan_.progress().scanned_customer_count(), 4);
}

TEST_F(DuplicateScanTest, AStretchEndsWhereItHasComparedEnough) {
  for (int i = 100; i < 180; ++i) PutFirm(absl::StrCat("c", i), "Nordwind Handel");
  scan_.set_suggest_bps(10'000);
  EXPECT_THAT(Suggested(1'000), IsEmpty());
  EXPECT_EQ(scan_.progress().compared_pair_count(), 80 * 79 / 2);
  EXPECT_EQ(stretches_, 2);
}

TEST_F(DuplicateScanTest, GoesOnWhileItRuns) {
  PutFirm("a", "Nordwind Handel GmbH");
  EXPECT_EQ(React("started {}").size(), 1);
  EXPECT_EQ(React("begun {}").size(), 1);
  EXPECT_EQ(React("continued { progress { scanned_through: 'customers/a' } }").size(), 1);
  EXPECT_THAT(React("finished {}"), IsEmpty());
  EXPECT_THAT(React("cancelled {}"), IsEmpty());
  scan_.set_state(v1::DUPLICATE_SCAN_STATE_PLANNED);
  book_.rows().Put(kDuplicateScans, scan_);
  EXPECT_THAT(React("started {}"), IsEmpty()) << "not before its time";
  scan_.set_state(v1::DUPLICATE_SCAN_STATE_CANCELLED);
  book_.rows().Put(kDuplicateScans, scan_);
  EXPECT_THAT(React("continued { progress { scanned_through: 'customers/a' } }"), IsEmpty());
}

}  // namespace
}  // namespace crm::customer
