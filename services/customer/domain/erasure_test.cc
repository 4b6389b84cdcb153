#include "services/customer/domain/erasure.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>

#include "libs/base/status.h"
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

// FixedContext is on 2026-03-02 10:00 UTC.
std::string Step(const std::string& state, const std::string& note = "") {
  return "step { state: ERASURE_STATE_" + state +
         " time { seconds: 1772445600 } actor: 'user:tester' " +
         (note.empty() ? "" : "note: '" + note + "' ") + "}";
}
const std::string kRequested =
    "requested { erasure { subject: 'customers/a' reason: 'by letter' due_date { year: 2026 month: "
    "4 day: 1 } check_time { seconds: 1775088000 } } " +
    Step("REQUESTED") + " }";
// Until the day itself, so that it is over on the next.
std::string Held(const std::string& until, const std::string& check) {
  return "held { reason: 'law suit' " + until + check + Step("HELD", "law suit") + " }";
}
const std::string kHeld =
    Held("until_date { year: 2026 month: 3 day: 20 } ", "check_time { seconds: 1774051200 } ");
const std::string kHoldPassed =
    Held("until_date { year: 2026 month: 3 day: 1 } ", "check_time { seconds: 1772409600 } ");
const std::string kApproved = "approved { " + Step("APPROVED", "checked") + " }";
const std::string kLate = "became_overdue { due_date { year: 2026 month: 4 day: 1 } }";
const std::string kDuePassed =
    "requested { erasure { subject: 'customers/a' reason: 'by letter' due_date { year: 2026 month: "
    "3 day: 1 } check_time { seconds: 1772409600 } } " +
    Step("REQUESTED") + " }";

TEST(RequestErasure, Rules) {
  const auto context = FixedContext<ErasureModel>();
  CheckDecisions<ErasureModel, v1::RequestErasureRequest>(
      {
          {"has thirty days",
           {},
           "erasure { subject: 'customers/a' reason: 'by letter' }",
           kRequested},
          {"needs a reason",
           {},
           "erasure { subject: 'customers/a' reason: ' ' }",
           "!field:erasure.reason"},
      },
      context, ErasureModel::Facts{.refused = absl::OkStatus()});
  CheckDecisions<ErasureModel, v1::RequestErasureRequest>(
      {{"refuses what the subject refuses",
        {},
        "erasure { subject: 'customers/a' reason: 'by letter' }",
        "!field:erasure.subject"}},
      context, ErasureModel::Facts{.refused = base::Invalid("erasure.subject", "must be known")});
}

TEST(RequestErasure, LooksAtTheSubjectAndThePolicy) {
  testing::FakeRows rows(kCustomers, kContacts, kCustomerPolicies, kErasures);
  rows.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/a'"));
  rows.Put(kCustomers,
           ParseText<v1::Customer>("name: 'customers/b' status: CUSTOMER_STATUS_ERASED"));
  rows.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/c' merged_into: 'customers/a'"));
  rows.Put(kContacts, ParseText<v1::Contact>("name: 'contacts/x'"));
  rows.Put(kContacts, ParseText<v1::Contact>("name: 'contacts/z' merged_into: 'contacts/x'"));
  const auto gather = [&](const std::string& subject) {
    v1::RequestErasureRequest request;
    request.mutable_erasure()->set_subject(subject);
    return ErasureModel::Gather(request, FixedContext<ErasureModel>(), rows);
  };
  EXPECT_TRUE(gather("customers/a").refused.ok());
  EXPECT_TRUE(gather("contacts/x").refused.ok());
  EXPECT_EQ(gather("customers/a").days, 30);
  EXPECT_EQ(base::ReasonOf(gather("customers/b").refused), "CUSTOMER_ERASED");
  EXPECT_EQ(base::ReasonOf(gather("customers/c").refused), "CUSTOMER_MERGED");
  EXPECT_EQ(base::ReasonOf(gather("contacts/z").refused), "CONTACT_MERGED");
  for (const char* subject : {"", "customers/x", "contacts/a", "staff/ann"})
    EXPECT_EQ(base::FieldOf(gather(subject).refused), "erasure.subject") << subject;
  rows.Put(kCustomerPolicies,
           ParseText<v1::CustomerPolicy>("name: 'customerPolicies/standard' erasure_days: 10"));
  EXPECT_EQ(gather("customers/a").days, 10);
}

TEST(RequestErasure, IsNotAskedAgainWhileItIsNotOver) {
  testing::FakeRows rows(kCustomers, kContacts, kCustomerPolicies, kErasures);
  rows.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/a'"));
  v1::RequestErasureRequest request;
  request.mutable_erasure()->set_subject("customers/a");
  const auto asked = [&](const std::string& state) {
    rows.Put(kErasures, ParseText<v1::Erasure>("name: 'erasures/x' subject: 'customers/a' state: "
                                               "ERASURE_STATE_" +
                                               state));
    return base::ReasonOf(
        ErasureModel::Gather(request, FixedContext<ErasureModel>(), rows).refused);
  };
  for (const char* state : {"REQUESTED", "HELD", "APPROVED", "KEY_DESTROYED"})
    EXPECT_EQ(asked(state), "ERASURE_ASKED") << state;
  EXPECT_EQ(asked("VERIFIED"), "");
}

TEST(ApproveErasure, SeesWhatBecameOfTheSubjectAndOtherHolds) {
  testing::FakeRows rows(kCustomers, kContacts, kErasures, kRedirects);
  const auto put = [&](const std::string& name, const std::string& subject,
                       const std::string& more) {
    auto erasure = ParseText<v1::Erasure>("state: ERASURE_STATE_" + more);
    erasure.set_name("erasures/" + name);
    erasure.set_subject(subject);
    rows.Put(kErasures, erasure);
  };
  put("own", "customers/a", "REQUESTED");
  const auto why_not = [&](const std::string& name = "erasures/own") {
    v1::ApproveErasureRequest approve;
    approve.set_name(name);
    const auto context = FixedContext<ErasureModel>();
    const ErasureBar bar = ErasureModel::Gather(approve, context, rows);
    return WordOf(ErasureModel::Decide(Given<ErasureModel>({kRequested}), approve, context, bar));
  };
  EXPECT_EQ(why_not(), "approved") << "the table of customers is behind";
  rows.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/a'"));
  EXPECT_EQ(why_not(), "approved");
  EXPECT_EQ(why_not("erasures/none"), "approved");
  put("other", "customers/a", "HELD");
  EXPECT_EQ(why_not(), "!ERASURE_HELD");
  put("other", "customers/a", "HELD hold_until_date { year: 2026 month: 3 day: 1 }");
  EXPECT_EQ(why_not(), "approved") << "the hold has passed";
  put("other", "customers/b", "HELD");
  EXPECT_EQ(why_not(), "approved") << "of somebody else";
  rows.Put(kRedirects, ParseText<v1::Redirect>("customer: 'customers/b' survivor: 'customers/a'"));
  EXPECT_EQ(why_not(), "!ERASURE_HELD") << "of whom was merged in";
  rows.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/a' merged_into: 'customers/c'"));
  EXPECT_EQ(why_not(), "!CUSTOMER_MERGED");
  rows.Put(kCustomers,
           ParseText<v1::Customer>("name: 'customers/a' status: CUSTOMER_STATUS_ERASED"));
  EXPECT_EQ(why_not(), "!CUSTOMER_ERASED");
}

TEST(HoldErasure, Rules) {
  CheckDecisions<ErasureModel, v1::HoldErasureRequest>({
      {"holds until a day",
       {kRequested},
       "reason: 'law suit' until_date { year: 2026 month: 3 day: 20 }",
       kHeld},
      {"holds without an end", {kRequested}, "reason: 'law suit'", Held("", "")},
      {"is quiet the second time",
       {kRequested, kHeld},
       "reason: 'law suit' until_date { year: 2026 month: 3 day: 20 }",
       ""},
      {"takes another end", {kRequested, kHeld}, "reason: 'law suit'", Held("", "")},
      {"needs a reason", {kRequested}, "", "!field:reason"},
      {"refuses yesterday",
       {kRequested},
       "reason: 'law suit' until_date { year: 2026 month: 3 day: 1 }",
       "!field:until_date"},
      {"refuses one that was approved",
       {kRequested, kApproved},
       "reason: 'law suit'",
       "!ERASURE_DECIDED"},
  });
}

TEST(ReleaseErasureHold, Rules) {
  CheckDecisions<ErasureModel, v1::ReleaseErasureHoldRequest>(
      {
          {"ends a hold before its day",
           {kRequested, Held("", "")},
           "reason: 'settled'",
           "hold_ended { due_date { year: 2026 month: 4 day: 1 } check_time { seconds: 1775088000 "
           "} " +
               Step("REQUESTED", "settled") + " }"},
          {"is quiet when nothing is held", {kRequested}, "reason: 'settled'", ""},
          {"refuses an approved one",
           {kRequested, kApproved},
           "reason: 'settled'",
           "!ERASURE_DECIDED"},
          {"needs a reason", {kRequested, kHeld}, "", "!field:reason"},
      },
      FixedContext<ErasureModel>(), ErasureModel::Days{});
}

TEST(ApproveErasure, Rules) {
  CheckDecisions<ErasureModel, v1::ApproveErasureRequest>({
      {"says so", {kRequested}, "note: 'checked'", kApproved},
      {"is quiet the second time", {kRequested, kApproved}, "", ""},
      {"refuses while it is held", {kRequested, kHeld}, "", "!ERASURE_HELD"},
      {"refuses a hold without end", {kRequested, Held("", "")}, "", "!ERASURE_HELD"},
      {"takes one whose hold has passed", {kRequested, kHoldPassed}, "note: 'checked'", kApproved},
  });
}

TEST(CheckErasure, Rules) {
  CheckDecisions<ErasureModel, v1::CheckErasureRequest>(
      {
          {"ends a hold and counts anew",
           {kRequested, kHoldPassed},
           "",
           "hold_ended { due_date { year: 2026 month: 4 day: 1 } check_time { seconds: 1775088000 "
           "} " +
               Step("REQUESTED") + " }"},
          {"is quiet while it is held", {kRequested, kHeld}, "", ""},
          {"is quiet before its day", {kRequested}, "", ""},
          {"says once that it is late",
           {kDuePassed},
           "",
           "became_overdue { due_date { year: 2026 month: 3 day: 1 } }"},
          {"says it of an approved one too",
           {kDuePassed, kApproved},
           "",
           "became_overdue { due_date { year: 2026 month: 3 day: 1 } }"},
          {"is quiet the second time", {kDuePassed, kLate}, "", ""},
      },
      FixedContext<ErasureModel>(), ErasureModel::Days{});
}

TEST(Erasure, EveryStateAndVerb) {
  const std::map<std::string, std::vector<std::string>> states = {
      {"REQUESTED", {kRequested}},
      {"HELD", {kRequested, kHeld}},
      {"APPROVED", {kRequested, kApproved}},
  };
  const std::map<std::pair<std::string, std::string>, std::string> expected = {
      {{"REQUESTED", "release"}, ""},
      {{"HELD", "release"}, "hold_ended"},
      {{"APPROVED", "release"}, "!ERASURE_DECIDED"},
      {{"REQUESTED", "hold"}, "held"},
      {{"REQUESTED", "approve"}, "approved"},
      {{"HELD", "hold"}, "held"},
      {{"HELD", "approve"}, "!ERASURE_HELD"},
      {{"APPROVED", "hold"}, "!ERASURE_DECIDED"},
      {{"APPROVED", "approve"}, ""},
  };
  const auto context = FixedContext<ErasureModel>();
  for (const auto& [name, facts] : states) {
    const v1::Erasure erasure = Given<ErasureModel>(facts);
    v1::HoldErasureRequest hold;
    hold.set_reason("tax audit");
    EXPECT_EQ(WordOf(ErasureModel::Decide(erasure, hold, context)), expected.at({name, "hold"}))
        << name;
    v1::ReleaseErasureHoldRequest release;
    release.set_reason("over");
    EXPECT_EQ(WordOf(ErasureModel::Decide(erasure, release, context, ErasureModel::Days{})),
              expected.at({name, "release"}))
        << name;
    EXPECT_EQ(WordOf(ErasureModel::Decide(erasure, v1::ApproveErasureRequest(), context)),
              expected.at({name, "approve"}))
        << name;
  }
}

TEST(Erasure, IsLookedAtWhenItIsLateOrItsHoldEnds) {
  EXPECT_EQ(ErasureModel::NextDue(Given<ErasureModel>({kRequested})),
            absl::FromUnixSeconds(1775088000));
  EXPECT_EQ(ErasureModel::NextDue(Given<ErasureModel>({kRequested, kHeld})),
            absl::FromUnixSeconds(1774051200));
  EXPECT_FALSE(ErasureModel::NextDue(Given<ErasureModel>({kRequested, Held("", "")})).has_value());
  EXPECT_FALSE(ErasureModel::NextDue(Given<ErasureModel>({kRequested, kLate})).has_value());
}

TEST(Erasure, RemembersALimitedNumberOfSteps) {
  std::vector<std::string> facts = {kRequested};
  for (int i = 0; i < kErasureStepsMax; ++i) facts.push_back(kHeld);
  const v1::Erasure erasure = Given<ErasureModel>(facts);
  EXPECT_EQ(erasure.steps_size(), kErasureStepsMax);
  EXPECT_EQ(erasure.steps(0).state(), v1::ERASURE_STATE_HELD);
}

}  // namespace
}  // namespace crm::customer
