#include "services/customer/domain/merge_case.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/read/care_tables.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;
using testing::Given;
using testing::ParseText;
using testing::WordOf;

using Facts = MergeCaseModel::Facts;

constexpr char kPair[] = "first_customer: 'customers/a' second_customer: 'customers/b' ";
// FixedContext is on 2026-03-02 10:00 UTC.
constexpr char kNow[] = "{ seconds: 1772445600 }";
const std::string kDecided = " decider: 'user:tester' decide_time " + std::string(kNow);

std::string Opened() {
  return std::string("opened { merge_case { ") + kPair + "state: MERGE_CASE_STATE_SUGGESTED } }";
}
std::string Confirmed(const std::string& more = "") {
  return "confirmed { survivor: 'customers/b' absorbed: 'customers/a' " + more + kDecided + " }";
}
const char* const kDone = "done { merged_fields: 'region' merge_time { seconds: 1 } }";
const char* const kFailed = "failed { customer: 'customers/b' reason: REASON_CUSTOMER_ERASED }";
const std::string kUndo =
    "undo_begun { reason: 'two' survivor: 'customers/b' absorbed: 'customers/a'" + kDecided + " }";
const char* const kUndone = "undone { unmerge_time { seconds: 2 } }";

v1::Customer Company(const std::string& more = "") {
  return ParseText<v1::Customer>("kind: CUSTOMER_KIND_COMPANY etag: '4' " + more);
}
Facts Known() { return {.first = Company(), .second = Company()}; }

template <class Command>
void Check(const std::vector<testing::DecisionRow>& rows, const Facts& facts) {
  CheckDecisions<MergeCaseModel, Command>(rows, FixedContext<MergeCaseModel>(), facts);
}

TEST(CreateMergeCase, Rules) {
  const std::string pair = std::string("merge_case { ") + kPair;
  Check<v1::CreateMergeCaseRequest>(
      {
          {"opens a case",
           {},
           pair + "note: 'same door' }",
           std::string("opened { merge_case { ") + kPair +
               "note: 'same door' state: MERGE_CASE_STATE_SUGGESTED } }"},
          {"puts the two in order",
           {},
           "merge_case { first_customer: 'customers/b' second_customer: 'customers/a' }",
           Opened()},
          {"refuses one of the same",
           {},
           "merge_case { first_customer: 'customers/a' second_customer: 'customers/a' }",
           "!field:merge_case.second_customer"},
          {"refuses what is no customer",
           {},
           "merge_case { first_customer: 'contacts/a' second_customer: 'customers/a' }",
           "!field:merge_case.first_customer"},
          {"refuses none",
           {},
           "merge_case { first_customer: 'customers/a' }",
           "!field:merge_case.second_customer"},
          {"refuses more than certain",
           {},
           pair + "match_probability_ppm: 1000001 }",
           "!field:merge_case.match_probability_ppm"},
          {"refuses evidence of nothing",
           {},
           pair + "evidence { level: 'exact' } }",
           "!field:merge_case.evidence[0].field"},
      },
      Known());
  const auto refused = [&](const Facts& facts, const std::string& reason) {
    Check<v1::CreateMergeCaseRequest>({{reason, {}, pair + "}", reason}}, facts);
  };
  Facts facts = Known();
  facts.pair_open = facts.pair_known = true;
  refused(facts, "!MERGE_PAIR_KNOWN");
  facts = Known();
  facts.first->set_merged_into("customers/x");
  refused(facts, "!CUSTOMER_MERGED");
  facts = Known();
  facts.second->set_status(v1::CUSTOMER_STATUS_ERASED);
  refused(facts, "!CUSTOMER_ERASED");
  facts = Known();
  facts.second->set_kind(v1::CUSTOMER_KIND_PERSON);
  refused(facts, "!MERGE_KINDS_DIFFER");
  facts = {Company("currency_code: 'EUR' last_order_date { year: 2026 }"),
           Company("currency_code: 'USD' last_order_date { year: 2026 }")};
  refused(facts, "!MERGE_CURRENCIES_DIFFER");
  facts = {.first = Company()};
  v1::CreateMergeCaseRequest create = ParseText<v1::CreateMergeCaseRequest>(pair + "}");
  EXPECT_TRUE(absl::IsNotFound(
      MergeCaseModel::Decide({}, create, FixedContext<MergeCaseModel>(), facts).status()));
}

TEST(CreateMergeCase, OfContacts) {
  const std::string pair = "merge_case { first_contact: 'contacts/a' second_contact: 'contacts/b' ";
  Facts facts;
  facts.first_contact = facts.second_contact = ParseText<v1::Contact>("etag: '4'");
  Check<v1::CreateMergeCaseRequest>(
      {
          {"opens a case",
           {},
           pair + "}",
           "opened { merge_case { first_contact: 'contacts/a' second_contact: 'contacts/b' state: "
           "MERGE_CASE_STATE_SUGGESTED } }"},
          {"puts the two in order",
           {},
           "merge_case { first_contact: 'contacts/b' second_contact: 'contacts/a' }",
           "opened { merge_case { first_contact: 'contacts/a' second_contact: 'contacts/b' state: "
           "MERGE_CASE_STATE_SUGGESTED } }"},
          {"refuses one of the same",
           {},
           "merge_case { first_contact: 'contacts/a' second_contact: 'contacts/a' }",
           "!field:merge_case.second_contact"},
          {"refuses a contact and nobody",
           {},
           "merge_case { second_contact: 'contacts/a' }",
           "!field:merge_case.first_contact"},
          {"refuses what is no contact",
           {},
           "merge_case { first_contact: 'customers/a' second_contact: 'contacts/a' }",
           "!field:merge_case.first_contact"},
          {"refuses a contact and a customer",
           {},
           pair + "first_customer: 'customers/a' }",
           "!field:merge_case.first_customer"},
      },
      facts);
  facts.second_contact->set_merged_into("contacts/x");
  Check<v1::CreateMergeCaseRequest>({{"one was merged", {}, pair + "}", "!CONTACT_MERGED"}}, facts);
}

TEST(ConfirmMerge, OfContacts) {
  const std::string opened =
      "opened { merge_case { first_contact: 'contacts/a' second_contact: 'contacts/b' state: "
      "MERGE_CASE_STATE_SUGGESTED } }";
  Facts facts;
  facts.first_contact = facts.second_contact = ParseText<v1::Contact>("etag: '4'");
  Check<v1::ConfirmMergeRequest>(
      {
          {"is decided",
           {opened},
           "survivor: 'contacts/b' choices { field: 'tags' rule: MERGE_RULE_ABSORBED }",
           "confirmed { survivor: 'contacts/b' absorbed: 'contacts/a' choices { field: 'tags' "
           "rule: MERGE_RULE_ABSORBED }" +
               kDecided + " }"},
          {"refuses a third", {opened}, "survivor: 'contacts/c'", "!field:survivor"},
          {"refuses a field of customers",
           {opened},
           "survivor: 'contacts/b' choices { field: 'industry' rule: MERGE_RULE_ABSORBED }",
           "!field:choices[0].field"},
          {"refuses no rule",
           {opened},
           "survivor: 'contacts/b' choices { field: 'tags' }",
           "!field:choices[0].rule"},
          {"refuses one that has changed",
           {opened},
           "survivor: 'contacts/b' absorbed_etag: '3'",
           "!MERGE_CUSTOMER_CHANGED"},
      },
      facts);
}

TEST(SuggestMerge, NotTwiceOfAPair) {
  const std::string suggest =
      std::string("merge_case { ") + kPair +
      "match_weight_millis: 7000 match_probability_ppm: 992000 source: "
      "'duplicateScans/s' model: 'linkageModels/standard@3' evidence { "
      "field: 'tax_id' level: 'exact' weight_millis: 9000 exact_key: true } }";
  Check<v1::SuggestMergeRequest>({{"opens a case with its evidence",
                                   {},
                                   suggest,
                                   "opened { " + suggest.substr(0, suggest.size() - 1) +
                                       " state: MERGE_CASE_STATE_SUGGESTED } }"}},
                                 Known());
  Facts facts = Known();
  facts.pair_known = true;
  Check<v1::SuggestMergeRequest>(
      {{"remembers the pair, whatever became of it", {}, suggest, "!MERGE_PAIR_KNOWN"}}, facts);
  EXPECT_EQ(MergeCaseIdOf("customers/a", "customers/b"),
            MergeCaseIdOf("customers/b", "customers/a"));
}

TEST(CreateMergeCase, LooksForOtherCasesOfThePair) {
  testing::FakeRows rows(kCustomers, kErasures, kMergeCases);
  const auto create = ParseText<v1::CreateMergeCaseRequest>(
      "merge_case { first_customer: 'customers/b' second_customer: 'customers/a' }");
  const auto gather = [&] {
    return MergeCaseModel::Gather(create, FixedContext<MergeCaseModel>(), rows);
  };
  EXPECT_FALSE(gather().pair_known);
  v1::MergeCase known = ParseText<v1::MergeCase>(
      std::string("name: 'mergeCases/m' state: MERGE_CASE_STATE_REJECTED ") + kPair);
  rows.Put(kMergeCases, known);
  EXPECT_TRUE(gather().pair_known);
  EXPECT_FALSE(gather().pair_open);
  known.set_name("mergeCases/n");
  known.set_state(v1::MERGE_CASE_STATE_MERGED);
  rows.Put(kMergeCases, known);
  EXPECT_TRUE(gather().pair_open);
}

TEST(MergeCase, NotOfOneThatIsToBeErased) {
  testing::FakeRows rows(kCustomers, kErasures, kMergeCases);
  const auto create =
      ParseText<v1::CreateMergeCaseRequest>(std::string("merge_case {") + kPair + "}");
  const auto bar = [&] {
    return MergeCaseModel::Gather(create, FixedContext<MergeCaseModel>(), rows).bar.erasure;
  };
  auto erasure = ParseText<v1::Erasure>(
      "name: 'erasures/e' subject: 'customers/b' state: ERASURE_STATE_APPROVED");
  rows.Put(kErasures, erasure);
  EXPECT_EQ(bar(), "erasures/e");
  erasure.set_state(v1::ERASURE_STATE_VERIFIED);
  rows.Put(kErasures, erasure);
  EXPECT_EQ(bar(), "");
  Facts facts = Known();
  facts.bar.erasure = "erasures/e";
  Check<v1::CreateMergeCaseRequest>(
      {{"no case", {}, std::string("merge_case {") + kPair + "}", "!ERASURE_ASKED"}}, facts);
  Check<v1::ConfirmMergeRequest>(
      {{"no merge", {Opened()}, "survivor: 'customers/b'", "!ERASURE_ASKED"},
       {"quiet where it was said before", {Opened(), Confirmed()}, "survivor: 'customers/b'", ""}},
      facts);
}

TEST(ConfirmMerge, Rules) {
  Check<v1::ConfirmMergeRequest>(
      {
          {"says who goes on",
           {Opened()},
           "survivor: 'customers/b' survivor_etag: '4' choices { field: 'region' rule: "
           "MERGE_RULE_ABSORBED }",
           Confirmed("survivor_etag: '4' choices { field: 'region' rule: MERGE_RULE_ABSORBED }")},
          {"can be said again of one that failed",
           {Opened(), Confirmed(), kFailed},
           "survivor: 'customers/b'",
           Confirmed()},
          {"is quiet the second time", {Opened(), Confirmed()}, "survivor: 'customers/b'", ""},
          {"and when it is done", {Opened(), Confirmed(), kDone}, "survivor: 'customers/b'", ""},
          {"not the other way round",
           {Opened(), Confirmed()},
           "survivor: 'customers/a'",
           "!MERGE_RUNNING"},
          {"refuses another customer", {Opened()}, "survivor: 'customers/c'", "!field:survivor"},
          {"refuses one that has changed",
           {Opened()},
           "survivor: 'customers/b' absorbed_etag: '3'",
           "!MERGE_CUSTOMER_CHANGED"},
          {"refuses a field that is not merged",
           {Opened()},
           "survivor: 'customers/b' choices { field: 'owner' rule: MERGE_RULE_ABSORBED }",
           "!field:choices[0].field"},
          {"refuses no rule",
           {Opened()},
           "survivor: 'customers/b' choices { field: 'region' }",
           "!field:choices[0].rule"},
          {"refuses a field twice",
           {Opened()},
           "survivor: 'customers/b' choices { field: 'region' rule: MERGE_RULE_ABSORBED } choices "
           "{ "
           "field: 'region' rule: MERGE_RULE_SURVIVOR }",
           "!field:choices[1].field"},
      },
      Known());
  Facts facts = Known();
  facts.second->set_merged_into("customers/x");
  Check<v1::ConfirmMergeRequest>(
      {{"refuses one that was merged", {Opened()}, "survivor: 'customers/a'", "!CUSTOMER_MERGED"}},
      facts);
}

TEST(RejectMerge, Rules) {
  CheckDecisions<MergeCaseModel, v1::RejectMergeRequest>({
      {"says why", {Opened()}, "reason: 'two'", "rejected { reason: 'two'" + kDecided + " }"},
      {"is quiet the second time", {Opened(), "rejected { reason: 'two' }"}, "reason: 'two'", ""},
      {"refuses another reason",
       {Opened(), "rejected { reason: 'two' }"},
       "reason: 'else'",
       "!MERGE_CASE_CLOSED"},
  });
}

TEST(Unmerge, Rules) {
  Check<v1::UnmergeRequest>(
      {
          {"begins with the survivor", {Opened(), Confirmed(), kDone}, "reason: 'two'", kUndo},
          {"needs a reason", {Opened(), Confirmed(), kDone}, "reason: ' '", "!field:reason"},
          {"is quiet the second time", {Opened(), Confirmed(), kDone, kUndo}, "reason: 'x'", ""},
          {"can be said again when it failed",
           {Opened(), Confirmed(), kDone, kUndo, kFailed},
           "reason: 'two'",
           kUndo},
      },
      Known());
  Facts facts = Known();
  facts.second->set_merged_into("customers/x");
  Check<v1::UnmergeRequest>({{"refuses when the survivor was merged further",
                              {Opened(), Confirmed(), kDone},
                              "reason: 'two'",
                              "!CUSTOMER_MERGED"}},
                            facts);
}

// Confirm, reject, unmerge, and what the customers answer: done, failed, undone.
TEST(MergeCaseStateMachine, EveryStateAndVerb) {
  using All = std::array<std::string, 6>;
  const engine::Context context = FixedContext<MergeCaseModel>();
  const auto words = [&](const std::vector<std::string>& facts) -> All {
    const v1::MergeCase state = Given<MergeCaseModel>(facts);
    const auto ask = [&](const auto& command, const auto&... gathered) {
      return WordOf(MergeCaseModel::Decide(state, command, context, gathered...));
    };
    return {ask(ParseText<v1::ConfirmMergeRequest>("survivor: 'customers/a'"), Known()),
            ask(ParseText<v1::RejectMergeRequest>("reason: 'no'")),
            ask(ParseText<v1::UnmergeRequest>("reason: 'no'"), Known()),
            ask(v1::FinishMergeRequest()),
            ask(v1::FailMergeRequest()),
            ask(v1::FinishUnmergeRequest())};
  };
  const std::string open = Opened(), confirmed = Confirmed();
  EXPECT_EQ(words({open}), (All{"confirmed", "rejected", "!NOT_MERGED", "", "", ""}));
  EXPECT_EQ(words({open, confirmed}),
            (All{"!MERGE_RUNNING", "!MERGE_RUNNING", "!MERGE_RUNNING", "done", "failed", ""}));
  EXPECT_EQ(words({open, confirmed, kFailed}),
            (All{"confirmed", "rejected", "!NOT_MERGED", "", "", ""}));
  EXPECT_EQ(words({open, confirmed, kDone}),
            (All{"!MERGE_CASE_CLOSED", "!MERGE_CASE_CLOSED", "undo_begun", "", "", ""}));
  EXPECT_EQ(words({open, confirmed, kDone, kUndo}),
            (All{"!MERGE_RUNNING", "!MERGE_RUNNING", "", "", "failed", "undone"}));
  EXPECT_EQ(words({open, confirmed, kDone, kUndo, kUndone}),
            (All{"!MERGE_CASE_CLOSED", "!MERGE_CASE_CLOSED", "", "", "", ""}));
  EXPECT_EQ(words({open, "rejected {}"}),
            (All{"!MERGE_CASE_CLOSED", "!MERGE_CASE_CLOSED", "!NOT_MERGED", "", "", ""}));
}

TEST(MergeCaseStateMachine, LeadsWhereItSays) {
  const auto state = [](const std::vector<std::string>& facts) {
    return Given<MergeCaseModel>(facts).state();
  };
  EXPECT_EQ(state({Opened()}), v1::MERGE_CASE_STATE_SUGGESTED);
  EXPECT_EQ(state({Opened(), Confirmed()}), v1::MERGE_CASE_STATE_CONFIRMED);
  EXPECT_EQ(state({Opened(), Confirmed(), kFailed}), v1::MERGE_CASE_STATE_FAILED);
  EXPECT_EQ(state({Opened(), Confirmed(), kDone}), v1::MERGE_CASE_STATE_MERGED);
  EXPECT_EQ(state({Opened(), Confirmed(), kDone, kUndo}), v1::MERGE_CASE_STATE_UNMERGING);
  EXPECT_EQ(state({Opened(), Confirmed(), kDone, kUndo, kFailed}), v1::MERGE_CASE_STATE_MERGED);
  EXPECT_EQ(state({Opened(), Confirmed(), kDone, kUndo, kUndone}), v1::MERGE_CASE_STATE_UNMERGED);
  EXPECT_EQ(state({Opened(), "rejected {}"}), v1::MERGE_CASE_STATE_REJECTED);
}

}  // namespace
}  // namespace crm::customer
