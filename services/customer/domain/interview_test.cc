#include "services/customer/domain/interview.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "crm/customer/v1/reason.pb.h"
#include "libs/base/status.h"
#include "libs/base/timestamp.h"
#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/domain/follow_up_policy.h"
#include "services/customer/read/interview_tables.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;
using testing::Given;
using testing::ParseText;

InterviewModel::Facts Of(v1::Tier tier, v1::CustomerStatus status = v1::CUSTOMER_STATUS_ACTIVE) {
  InterviewModel::Facts facts;
  facts.customer.emplace().set_status(status);
  facts.tier = tier;
  facts.policy = DefaultFollowUpPolicy();
  facts.policy.set_etag("7");
  facts.script = ParseText<v1::InterviewScript>(
      "etag: '3' questions: 'interviewQuestions/opening' questions: 'interviewQuestions/needs'");
  return facts;
}

// FixedContext is user:tester on Monday, 2026-03-02 10:00 UTC: 1772445600. Planned two days later;
// missed 48 hours after that.
constexpr char kWhen[] = "planned_time { seconds: 1772618400 } ";
constexpr char kForm[] = "form: INTERVIEW_FORM_PHONE ";
std::string Planned(const std::string& more = "staff: 'tester'") {
  return "planned { interview { status: INTERVIEW_STATUS_PLANNED script: "
         "'interviewScripts/standard' miss_time { seconds: 1772791200 } follow_up_policy_etag: '7' "
         "planned_time { seconds: 1772618400 } form: INTERVIEW_FORM_PHONE " +
         more + " } }";
}
const std::string kPlanned = Planned();
// Critical and of a gold customer: the same day at 18:00. The other: Thursday at 18:00.
const std::string kHeld =
    "held { held_time { seconds: 1772445600 } form: INTERVIEW_FORM_PHONE script_etag: '3' "
    "follow_up_policy_etag: '7' "
    "signals { id: '1' kind: SIGNAL_KIND_CHURN_RISK severity: SIGNAL_SEVERITY_CRITICAL "
    "due_time { seconds: 1772474400 } } "
    "signals { id: '2' kind: SIGNAL_KIND_NEED severity: SIGNAL_SEVERITY_LOW "
    "due_time { seconds: 1772733600 } } "
    "personal { answers { question: 'interviewQuestions/needs' text: 'more' } notes: 'hurried' "
    "signal_notes { note: 'may leave' } signal_notes { note: 'wants more' } } }";
const std::string kHeldQuietly =
    "held { held_time { seconds: 1772445600 } form: INTERVIEW_FORM_PHONE personal {} }";
const std::string kMissed = "missed { timed_out: true }";
const std::string kDeclined = "declined { personal { reason: 'no time' } }";
std::string Handled(const std::string& signal) {
  return "signal_handled { signal: '" + signal +
         "' handle_time { seconds: 1772445600 } handler: 'user:tester' channel: CHANNEL_PHONE "
         "personal { outcome: 'called' } }";
}

std::string Plan(const std::string& fields) {
  return "parent: 'customers/customer-1' interview { " + fields + " }";
}

TEST(PlanInterview, Rules) {
  const engine::Context context = FixedContext<InterviewModel>();
  CheckDecisions<InterviewModel, v1::PlanInterviewRequest>(
      {
          {"is planned by whoever says so", {}, Plan(std::string(kWhen) + kForm), kPlanned},
          {"takes what it is told",
           {},
           Plan(std::string(kWhen) + kForm + "staff: 'ann' contact: 'contacts/k1'"),
           Planned("staff: 'ann' contact: 'contacts/k1'")},
          {"needs a form", {}, Plan(kWhen), "!field:interview.form"},
          {"needs a time", {}, Plan(kForm), "!field:interview.planned_time"},
          {"refuses a time that is none",
           {},
           Plan(std::string(kForm) + "planned_time { nanos: -1 }"),
           "!field:interview.planned_time"},
          {"refuses a time before 1970",
           {},
           Plan(std::string(kForm) + "planned_time { seconds: -1 }"),
           "!field:interview.planned_time"},
          {"refuses a time nobody will see",
           {},
           Plan(std::string(kForm) + "planned_time { seconds: 7258118400 }"),
           "!field:interview.planned_time"},
          {"refuses staff by another name than their id",
           {},
           Plan(std::string(kWhen) + kForm + "staff: 'staff/ann'"),
           "!field:interview.staff"},
          {"refuses what is no contact",
           {},
           Plan(std::string(kWhen) + kForm + "contact: 'k1'"),
           "!field:interview.contact"},
          {"refuses what is no script",
           {},
           Plan(std::string(kWhen) + kForm + "script: 'k1'"),
           "!field:interview.script"},
      },
      context, Of(v1::TIER_TOP));
}

TEST(PlanInterview, AsksWhatElseIsKnown) {
  const engine::Context context = FixedContext<InterviewModel>();
  const std::string plan = Plan(std::string(kWhen) + kForm);
  CheckDecisions<InterviewModel, v1::PlanInterviewRequest>(
      {{"refuses one with somebody erased", {}, plan, "!CUSTOMER_ERASED"}}, context,
      Of(v1::TIER_TOP, v1::CUSTOMER_STATUS_ERASED));
  InterviewModel::Facts facts = Of(v1::TIER_TOP);
  facts.script.reset();
  CheckDecisions<InterviewModel, v1::PlanInterviewRequest>(
      {{"refuses a script that is not known", {}, plan, "!SCRIPT_UNKNOWN"}}, context, facts);
  facts = Of(v1::TIER_TOP);
  facts.contact = base::Refused(v1::REASON_CONTACT_UNKNOWN, "as the test wants");
  CheckDecisions<InterviewModel, v1::PlanInterviewRequest>(
      {{"refuses a contact that is not known", {}, plan, "!CONTACT_UNKNOWN"}}, context, facts);
  CheckDecisions<InterviewModel, v1::UpdateInterviewRequest>(
      {{"refuses one also later",
        {kPlanned},
        "interview { contact: 'contacts/k2' }",
        "!CONTACT_UNKNOWN"}},
      context, facts);
  CheckDecisions<InterviewModel, v1::HoldInterviewRequest>(
      {{"and who was asked in the end", {kPlanned}, "contact: 'contacts/k2'", "!CONTACT_UNKNOWN"}},
      context, facts);
  facts = Of(v1::TIER_TOP);
  facts.staff = base::Refused(v1::REASON_STAFF_UNKNOWN, "as the test wants");
  CheckDecisions<InterviewModel, v1::PlanInterviewRequest>(
      {{"refuses staff that is not known", {}, plan, "!STAFF_UNKNOWN"}}, context, facts);
  CheckDecisions<InterviewModel, v1::UpdateInterviewRequest>(
      {{"also later", {kPlanned}, "interview { staff: 'bob' }", "!STAFF_UNKNOWN"},
       {"not where it stays",
        {kPlanned},
        "interview { staff: 'tester' form: INTERVIEW_FORM_PHONE }",
        {}}},
      context, facts);
  facts = Of(v1::TIER_TOP);
  facts.control = true;
  CheckDecisions<InterviewModel, v1::PlanInterviewRequest>(
      {{"refuses one with a customer of a control group", {}, plan, "!CONTROL_GROUP"}}, context,
      facts);
  CheckDecisions<InterviewModel, v1::PlanProgrammeInterviewRequest>(
      {
          {"a programme knows its own",
           {},
           Plan(std::string(kWhen) + kForm + "staff: 'ann'") + " programme: "
                                                               "'interviewProgrammes/p1'",
           Planned("staff: 'ann' programme: 'interviewProgrammes/p1'")},
          {"needs a form", {}, Plan(kWhen), "!field:interview.form"},
      },
      context, facts);
  InterviewModel::Facts elsewhere = Of(v1::TIER_TOP);
  elsewhere.asked_elsewhere = true;
  CheckDecisions<InterviewModel, v1::PlanProgrammeInterviewRequest>(
      {{"is quiet when another programme asks", {}, plan, {}}}, context, elsewhere);
  CheckDecisions<InterviewModel, v1::PlanProgrammeInterviewRequest>(
      {{"nor has a programme one with somebody erased", {}, plan, "!CUSTOMER_ERASED"}}, context,
      Of(v1::TIER_TOP, v1::CUSTOMER_STATUS_ERASED));
}

TEST(PlanInterview, NeedsItsCustomer) {
  const auto plan = ParseText<v1::PlanInterviewRequest>(Plan(std::string(kWhen) + kForm));
  const testing::FakeRows rows(kCustomers, kFollowUpPolicies, kInterviewScripts, kProgrammeMembers,
                               kRedirects);
  const engine::Context context = FixedContext<InterviewModel>();
  const auto facts = InterviewModel::Gather(plan, context, rows);
  EXPECT_TRUE(absl::IsNotFound(InterviewModel::Decide({}, plan, context, facts).status()));
}

TEST(PlanInterview, WhoIsNamedByHandIsKnown) {
  testing::FakeRows rows(kCustomers, kFollowUpPolicies, kInterviewScripts, kInterviewProgrammes,
                         kProgrammeMembers, kRedirects, kInterviews, kStaff);
  rows.Put(kStaff, ParseText<v1::Staff>("name: 'staff/ann'"));
  rows.Put(kInterviews, ParseText<v1::Interview>("name: 'customers/c/interviews/i' staff: 'old'"));
  engine::Context context = FixedContext<InterviewModel>();
  const auto plan = [&](const std::string& staff) {
    const auto request =
        ParseText<v1::PlanInterviewRequest>("parent: 'customers/c' interview { " + staff + " }");
    return testing::WordOf(InterviewModel::Gather(request, context, rows).staff, nullptr);
  };
  const auto update = [&](const std::string& staff) {
    const auto request = ParseText<v1::UpdateInterviewRequest>(
        "interview { name: 'customers/c/interviews/i' " + staff + " }");
    return testing::WordOf(InterviewModel::Gather(request, context, rows).staff, nullptr);
  };
  EXPECT_EQ(plan("staff: 'ann'"), "");
  EXPECT_EQ(plan(""), "");
  EXPECT_EQ(plan("staff: 'ghost'"), "!STAFF_UNKNOWN");
  EXPECT_EQ(update("staff: 'old'"), "") << "it stays";
  EXPECT_EQ(update("staff: 'ghost'"), "!STAFF_UNKNOWN");
  context.actor = "service:customer";
  EXPECT_EQ(plan("staff: 'ghost'"), "") << "it was recorded elsewhere";
  EXPECT_EQ(update("staff: 'ghost'"), "");
}

TEST(PlanInterview, WhatWasMergedInIsStillControl) {
  testing::FakeRows rows(kCustomers, kFollowUpPolicies, kInterviewScripts, kInterviewProgrammes,
                         kProgrammeMembers, kRedirects);
  rows.Put(kInterviewProgrammes,
           ParseText<v1::InterviewProgramme>("name: 'interviewProgrammes/p' period { end { year: "
                                             "2027 month: 1 day: 1 } }"));
  rows.Put(kProgrammeMembers,
           ParseText<v1::ProgrammeMember>("name: 'interviewProgrammes/p/programmeMembers/old' "
                                          "customer: 'customers/old' group: "
                                          "PROGRAMME_GROUP_CONTROL"));
  const auto plan = ParseText<v1::PlanInterviewRequest>("parent: 'customers/new'");
  const engine::Context context = FixedContext<InterviewModel>();
  EXPECT_FALSE(InterviewModel::Gather(plan, context, rows).control);
  rows.Put(kRedirects,
           ParseText<v1::Redirect>("customer: 'customers/old' survivor: 'customers/new'"));
  EXPECT_TRUE(InterviewModel::Gather(plan, context, rows).control);
}

TEST(PlanProgrammeInterview, SeesWhatAnotherPlannedInItsPeriod) {
  testing::FakeRows rows(kCustomers, kFollowUpPolicies, kInterviewScripts, kInterviewProgrammes,
                         kInterviews, kRedirects);
  rows.Put(kInterviewProgrammes,
           ParseText<v1::InterviewProgramme>(
               "name: 'interviewProgrammes/p' period { start { year: 2026 month: 3 day: 4 } end { "
               "year: 2026 month: 3 day: 5 } }"));
  const auto plan = ParseText<v1::PlanProgrammeInterviewRequest>(
      "parent: 'customers/c' programme: 'interviewProgrammes/p'");
  const auto elsewhere = [&](const std::string& interview) {
    rows.Put(kInterviews,
             ParseText<v1::Interview>("name: 'customers/c/interviews/i' " + interview));
    return InterviewModel::Gather(plan, FixedContext<InterviewModel>(), rows).asked_elsewhere;
  };
  const std::string planned = "status: INTERVIEW_STATUS_PLANNED ";
  const std::string other = "programme: 'interviewProgrammes/q' ";
  EXPECT_TRUE(elsewhere(planned + other + kWhen));
  EXPECT_FALSE(elsewhere(other + "status: INTERVIEW_STATUS_MISSED " + kWhen));
  EXPECT_FALSE(elsewhere(planned + kWhen)) << "of none";
  rows.Put(kRedirects,
           ParseText<v1::Redirect>("customer: 'customers/old' survivor: 'customers/c'"));
  rows.Put(kInterviews, ParseText<v1::Interview>("name: 'customers/old/interviews/i' " + planned +
                                                 other + kWhen));
  EXPECT_TRUE(elsewhere(planned + kWhen)) << "asked as one who was merged in";
  rows.Delete(kInterviews, "customers/old/interviews/i");
  EXPECT_FALSE(elsewhere(planned + "programme: 'interviewProgrammes/p' " + kWhen));
  EXPECT_FALSE(elsewhere(planned + other + "planned_time { seconds: 1772704800 }")) << "later";
}

TEST(PlanInterview, OneThatIsNotedAfterwardsHasItsTimeToBeReported) {
  const auto plan = ParseText<v1::PlanInterviewRequest>(
      Plan(std::string(kForm) + "planned_time { seconds: 1700000000 }"));
  const engine::Context context = FixedContext<InterviewModel>();
  const auto event = InterviewModel::Decide({}, plan, context, Of(v1::TIER_TOP));
  EXPECT_EQ(base::TimeOf((*event)->planned().interview().miss_time()),
            context.time + absl::Hours(48));
}

TEST(UpdateInterview, Rules) {
  const engine::Context context = FixedContext<InterviewModel>();
  CheckDecisions<InterviewModel, v1::UpdateInterviewRequest>(
      {
          {"moves it, and when it is missed",
           {kPlanned},
           "interview { planned_time { seconds: 1772622000 } }",
           "updated { changed { paths: 'planned_time' } interview { planned_time { seconds: "
           "1772622000 } } miss_time { seconds: 1772794800 } follow_up_policy_etag: '7' }"},
          {"moves nothing when another thing changes",
           {"planned { interview { status: INTERVIEW_STATUS_PLANNED form: INTERVIEW_FORM_PHONE "
            "script: 'interviewScripts/standard' planned_time { seconds: 1 } miss_time { seconds: "
            "5 "
            "} follow_up_policy_etag: '6' } }"},
           "interview { staff: 'ann' }",
           "updated { changed { paths: 'staff' } interview { staff: 'ann' } miss_time { seconds: 5 "
           "} follow_up_policy_etag: '6' }"},
          {"is quiet when it is so", {kPlanned}, "interview { " + std::string(kForm) + "}", {}},
          {"is quiet when it is so, also when it is over",
           {kPlanned, kMissed},
           "interview { " + std::string(kForm) + "}",
           {}},
          {"refuses a form that is none",
           {kPlanned},
           "interview {} update_mask { paths: 'form' }",
           "!field:interview.form"},
      },
      context, Of(v1::TIER_TOP));
  CheckDecisions<InterviewModel, v1::UpdateInterviewRequest>(
      {{"refuses one with somebody erased", {kPlanned}, "interview {}", "!CUSTOMER_ERASED"}},
      context, Of(v1::TIER_TOP, v1::CUSTOMER_STATUS_ERASED));
  InterviewModel::Facts facts = Of(v1::TIER_TOP);
  facts.script.reset();
  CheckDecisions<InterviewModel, v1::UpdateInterviewRequest>(
      {{"refuses a script that is not known",
        {kPlanned},
        "interview { script: 'interviewScripts/x' }",
        "!SCRIPT_UNKNOWN"}},
      context, facts);
}

constexpr char kHeard[] =
    "answers { question: 'interviewQuestions/needs' text: 'more' } notes: 'hurried' "
    "signals { kind: SIGNAL_KIND_CHURN_RISK severity: SIGNAL_SEVERITY_CRITICAL note: 'may leave' } "
    "signals { kind: SIGNAL_KIND_NEED severity: SIGNAL_SEVERITY_LOW note: 'wants more' } ";

TEST(HoldInterview, Rules) {
  const engine::Context context = FixedContext<InterviewModel>();
  CheckDecisions<InterviewModel, v1::HoldInterviewRequest>(
      {
          {"gives each signal its time", {kPlanned}, kHeard, kHeld},
          {"counts from when it was held, and takes how",
           {kPlanned},
           "held_time { seconds: 1772182800 } form: INTERVIEW_FORM_WEB contact: 'contacts/k2' "
           "signals { kind: SIGNAL_KIND_NEED severity: SIGNAL_SEVERITY_CRITICAL note: 'x' }",
           "held { held_time { seconds: 1772182800 } form: INTERVIEW_FORM_WEB contact: "
           "'contacts/k2' script_etag: '3' follow_up_policy_etag: '7' signals { id: '1' kind: "
           "SIGNAL_KIND_NEED severity: SIGNAL_SEVERITY_CRITICAL due_time { seconds: 1772215200 } } "
           "personal { signal_notes { note: 'x' } } }"},
          {"refuses the future",
           {kPlanned},
           "held_time { seconds: 1772445601 }",
           "!field:held_time"},
          {"refuses a time before 1970",
           {kPlanned},
           "held_time { seconds: -1 }",
           "!field:held_time"},
          {"refuses a form that is none", {kPlanned}, "form: 77", "!field:form"},
          {"refuses what is no contact", {kPlanned}, "contact: 'k'", "!field:contact"},
          {"is never quiet: what was said is not said again",
           {kPlanned, kHeld},
           kHeard,
           "!INTERVIEW_CLOSED"},
      },
      context, Of(v1::TIER_TOP));
  CheckDecisions<InterviewModel, v1::HoldInterviewRequest>(
      {{"answers the small in writing, in three days",
        {kPlanned},
        "signals { kind: SIGNAL_KIND_NEED severity: SIGNAL_SEVERITY_CRITICAL note: 'x' }",
        "held { held_time { seconds: 1772445600 } form: INTERVIEW_FORM_PHONE script_etag: '3' "
        "follow_up_policy_etag: '7' signals { id: '1' kind: SIGNAL_KIND_NEED severity: "
        "SIGNAL_SEVERITY_CRITICAL due_time { seconds: 1772733600 } written: true } "
        "personal { signal_notes { note: 'x' } } }"}},
      context, Of(v1::TIER_SMALL));
  CheckDecisions<InterviewModel, v1::HoldInterviewRequest>(
      {{"refuses one with somebody erased", {kPlanned}, "", "!CUSTOMER_ERASED"}}, context,
      Of(v1::TIER_TOP, v1::CUSTOMER_STATUS_ERASED));
}

TEST(HoldInterview, AnAbsorbedCustomersSignalsHaveTheTimeOfTheOneThatStandsForIt) {
  testing::FakeRows rows(kCustomers, kFollowUpPolicies, kInterviewScripts, kInterviews, kRedirects);
  rows.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/a' merged_into: 'customers/b' "
                                               "tier: TIER_SMALL"));
  rows.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/b' tier: TIER_TOP"));
  rows.Put(kRedirects, ParseText<v1::Redirect>("customer: 'customers/a' survivor: 'customers/b'"));
  const engine::Context context = FixedContext<InterviewModel>();
  const auto held = [&](const std::string& customer) {
    const auto hold = ParseText<v1::HoldInterviewRequest>(
        "name: '" + customer +
        "/interviews/i' signals { kind: SIGNAL_KIND_CHURN_RISK severity: "
        "SIGNAL_SEVERITY_CRITICAL note: 'may leave' }");
    const auto decision = InterviewModel::Decide(Given<InterviewModel>({kPlanned}), hold, context,
                                                 InterviewModel::Gather(hold, context, rows));
    EXPECT_TRUE(decision.ok() && decision->has_value()) << decision.status();
    return decision.ok() && decision->has_value() ? (*decision)->held() : v1::InterviewHeld();
  };
  for (const char* customer : {"customers/a", "customers/b"}) {
    const v1::InterviewHeld event = held(customer);
    ASSERT_EQ(event.signals_size(), 1) << customer;
    EXPECT_EQ(event.signals(0).due_time().seconds(), 1772474400) << customer << ": the same day";
    EXPECT_FALSE(event.signals(0).written()) << customer;
  }
}

TEST(HoldInterview, RefusesAnswersAndSignalsThatAreNone) {
  CheckDecisions<InterviewModel, v1::HoldInterviewRequest>(
      {
          {"refuses an answer to nothing",
           {kPlanned},
           "answers { text: 'x' }",
           "!field:answers[0].question"},
          {"refuses what is no question",
           {kPlanned},
           "answers { question: 'x' text: 'x' }",
           "!field:answers[0].question"},
          {"refuses two answers to one question",
           {kPlanned},
           "answers { question: 'interviewQuestions/needs' text: 'x' } "
           "answers { question: 'interviewQuestions/needs' text: 'y' }",
           "!field:answers[1].question"},
          {"refuses no answer",
           {kPlanned},
           "answers { question: 'interviewQuestions/needs' text: ' ' }",
           "!field:answers[0].text"},
          {"refuses an answer to what the script does not ask",
           {kPlanned},
           "answers { question: 'interviewQuestions/closing' text: 'x' }",
           "!QUESTION_UNKNOWN"},
          {"needs the kind of a signal",
           {kPlanned},
           "signals { severity: SIGNAL_SEVERITY_LOW note: 'x' }",
           "!field:signals[0].kind"},
          {"needs its severity",
           {kPlanned},
           "signals { kind: SIGNAL_KIND_NEED note: 'x' }",
           "!field:signals[0].severity"},
          {"needs what was said",
           {kPlanned},
           "signals { kind: SIGNAL_KIND_NEED severity: SIGNAL_SEVERITY_LOW }",
           "!field:signals[0].note"},
      },
      FixedContext<InterviewModel>(), Of(v1::TIER_TOP));
}

std::string FollowUp(const std::string& signal, const std::string& channel = "CHANNEL_PHONE") {
  return "signal: '" + signal + "' channel: " + channel + " outcome: 'called'";
}

TEST(FollowUpSignal, Rules) {
  const engine::Context context = FixedContext<InterviewModel>();
  CheckDecisions<InterviewModel, v1::FollowUpSignalRequest>(
      {
          {"handles a signal", {kPlanned, kHeld}, FollowUp("2"), Handled("2")},
          {"is quiet when the same was said", {kPlanned, kHeld, Handled("2")}, FollowUp("2"), {}},
          {"is quiet when the same was said, also when all is done",
           {kPlanned, kHeld, Handled("2"), Handled("1")},
           FollowUp("2"),
           {}},
          {"refuses another word",
           {kPlanned, kHeld, Handled("2")},
           FollowUp("2", "CHANNEL_VISIT"),
           "!SIGNAL_HANDLED"},
          {"handles one that is late",
           {kPlanned, kHeld,
            "signals_overdue { signals: '1' overdue_time { seconds: 1772474400 } }"},
           FollowUp("1"),
           Handled("1")},
          {"refuses a signal that is none", {kPlanned, kHeld}, FollowUp("3"), "!SIGNAL_UNKNOWN"},
          {"needs a signal", {kPlanned, kHeld}, FollowUp(""), "!field:signal"},
          {"needs a channel",
           {kPlanned, kHeld},
           FollowUp("1", "CHANNEL_UNSPECIFIED"),
           "!field:channel"},
          {"needs an outcome",
           {kPlanned, kHeld},
           "signal: '1' channel: CHANNEL_PHONE",
           "!field:outcome"},
      },
      context, Of(v1::TIER_TOP));
  const std::string written =
      "held { signals { id: '1' written: true due_time { seconds: 1 } } personal { signal_notes {} "
      "} }";
  std::vector<testing::DecisionRow> rows;
  for (const char* channel : {"CHANNEL_VISIT", "CHANNEL_PHONE", "CHANNEL_EVENT"})
    rows.push_back({channel, {kPlanned, written}, FollowUp("1", channel), "!ANSWER_NOT_WRITTEN"});
  rows.push_back({"takes an answer in writing",
                  {kPlanned, written},
                  FollowUp("1", "CHANNEL_EMAIL"),
                  "signal_handled { signal: '1' handle_time { seconds: 1772445600 } handler: "
                  "'user:tester' channel: CHANNEL_EMAIL personal { outcome: 'called' } }"});
  CheckDecisions<InterviewModel, v1::FollowUpSignalRequest>(rows, context, Of(v1::TIER_SMALL));
  CheckDecisions<InterviewModel, v1::FollowUpSignalRequest>(
      {{"refuses one of somebody erased", {kPlanned, kHeld}, FollowUp("1"), "!CUSTOMER_ERASED"}},
      context, Of(v1::TIER_TOP, v1::CUSTOMER_STATUS_ERASED));
}

TEST(HandleSignal, Rules) {
  const std::string handle =
      "signal: '2' channel: CHANNEL_PHONE outcome: 'called' activity: 'activities/a' ";
  const std::string written =
      "held { signals { id: '2' written: true } personal { signal_notes {} } }";
  CheckDecisions<InterviewModel, v1::HandleSignalRequest>(
      {
          {"says who did it, and by which activity",
           {kPlanned, kHeld},
           handle + "staff: 'eve'",
           "signal_handled { signal: '2' handle_time { seconds: 1772445600 } handler: 'user:eve' "
           "channel: CHANNEL_PHONE personal { outcome: 'called' } activity: 'activities/a' }"},
          {"is quiet when it was handled", {kPlanned, kHeld, Handled("2")}, handle, {}},
          {"says it also without words",
           {kPlanned, written},
           "signal: '2' channel: CHANNEL_LETTER activity: 'activities/a'",
           "signal_handled { signal: '2' handle_time { seconds: 1772445600 } handler: "
           "'user:tester' channel: CHANNEL_LETTER personal {} activity: 'activities/a' }"},
          {"keeps one due that was spoken and should be written",
           {kPlanned, written},
           handle,
           "!ANSWER_NOT_WRITTEN"},
          {"refuses a signal that is none", {kPlanned, kHeldQuietly}, handle, "!SIGNAL_UNKNOWN"},
          {"refuses before it was held", {kPlanned}, handle, "!INTERVIEW_NOT_HELD"},
      },
      FixedContext<InterviewModel>(), Of(v1::TIER_TOP));
}

TEST(DeclineAndMiss, Rules) {
  CheckDecisions<InterviewModel, v1::DeclineInterviewRequest>({
      {"the customer does not want it", {kPlanned}, "reason: 'no time'", kDeclined},
      {"is quiet when it was said", {kPlanned, kDeclined}, "reason: 'other'", {}},
      {"refuses one that was held", {kPlanned, kHeld}, "", "!INTERVIEW_CLOSED"},
  });
  CheckDecisions<InterviewModel, v1::MissInterviewRequest>({
      {"it did not take place",
       {kPlanned},
       "reason: 'ill'",
       "missed { personal { reason: 'ill' } }"},
      {"is quiet when it is known", {kPlanned, kMissed}, "", {}},
      {"refuses one that was held", {kPlanned, kHeld}, "", "!INTERVIEW_CLOSED"},
  });
}

TEST(WhatWasNotDone, FallsToWhoLooksAfterTheCustomerThen) {
  testing::FakeRows rows(kCustomers, kInterviews, kRedirects, kStaff);
  rows.Put(kInterviews, ParseText<v1::Interview>("name: 'customers/c/interviews/i' staff: 'bob'"));
  rows.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/c' owner: 'ann'"));
  const engine::Context context = FixedContext<InterviewModel>();
  engine::Context later = context;
  later.time = absl::FromUnixSeconds(1772733600);
  v1::MissInterviewRequest miss;
  miss.set_name("customers/c/interviews/i");
  CheckDecisions<InterviewModel, v1::MissInterviewRequest>(
      {{"who missed it", {kPlanned}, "", "missed { follower: 'ann' personal {} }"}}, context,
      InterviewModel::Gather(miss, context, rows));
  v1::CheckInterviewRequest check;
  check.set_name(miss.name());
  const auto ann = InterviewModel::Gather(check, later, rows);
  CheckDecisions<InterviewModel, v1::CheckInterviewRequest>(
      {{"signals are late",
        {kPlanned, kHeld},
        "",
        "signals_overdue { signals: '1' signals: '2' overdue_time { seconds: 1772733600 } "
        "follower: 'ann' }"}},
      later, ann);
  later.time = absl::FromUnixSeconds(1772791200);
  CheckDecisions<InterviewModel, v1::CheckInterviewRequest>(
      {{"nobody reported it", {kPlanned}, "", "missed { timed_out: true follower: 'ann' }"}}, later,
      ann);
  rows.Put(kStaff, ParseText<v1::Staff>("name: 'staff/ann' status: STAFF_STATUS_LEFT"));
  EXPECT_EQ(InterviewModel::Gather(check, later, rows).staff, "bob");
  check.set_name("customers/c/interviews/none");
  EXPECT_EQ(InterviewModel::Gather(check, later, rows).staff, "");
}

// Every state and every verb.
TEST(CheckInterview, Rules) {
  // On Thursday at 18:00: both signals are late.
  engine::Context later = FixedContext<InterviewModel>();
  later.time = absl::FromUnixSeconds(1772733600);
  CheckDecisions<InterviewModel, v1::CheckInterviewRequest>(
      {
          {"says which signals are late",
           {kPlanned, kHeld},
           "",
           "signals_overdue { signals: '1' signals: '2' overdue_time { seconds: 1772733600 } }"},
          {"not those that were handled",
           {kPlanned, kHeld, Handled("1")},
           "",
           "signals_overdue { signals: '2' overdue_time { seconds: 1772733600 } }"},
          {"is quiet when they were said",
           {kPlanned, kHeld, "signals_overdue { signals: '1' signals: '2' overdue_time {} }"},
           "",
           ""},
          {"is quiet before it counts as missed", {kPlanned}, "", ""},
          {"is quiet when it was declined", {kPlanned, kDeclined}, "", ""},
      },
      later);
  later.time = absl::FromUnixSeconds(1772791200);
  CheckDecisions<InterviewModel, v1::CheckInterviewRequest>(
      {{"nobody reported it", {kPlanned}, "", kMissed}}, later);
}

TEST(Interview, EveryStateTakesOnlyWhatIsListed) {
  const engine::Context context = FixedContext<InterviewModel>();
  const std::map<std::string, std::vector<std::string>> states = {
      {"PLANNED", {kPlanned}},
      {"HELD", {kPlanned, kHeld}},
      {"FOLLOWED_UP", {kPlanned, kHeldQuietly}},
      {"MISSED", {kPlanned, kMissed}},
      {"DECLINED", {kPlanned, kDeclined}},
  };
  const InterviewModel::Facts facts = Of(v1::TIER_TOP);
  std::map<std::string, std::string> words;
  for (const auto& [name, given] : states) {
    const auto state = Given<InterviewModel>(given);
    EXPECT_EQ(v1::InterviewStatus_Name(state.status()), "INTERVIEW_STATUS_" + name);
    std::string& word = words[name];
    const auto add = [&](const engine::Decision<InterviewModel>& decision) {
      const std::string said = testing::WordOf(decision);
      word += (said.empty() ? "-" : said) + " ";
    };
    v1::UpdateInterviewRequest update;
    *update.mutable_interview() = state;
    update.mutable_interview()->set_staff("other");
    update.mutable_update_mask()->add_paths("staff");
    add(InterviewModel::Decide(state, update, context, facts));
    add(InterviewModel::Decide(state, v1::HoldInterviewRequest(), context, facts));
    add(InterviewModel::Decide(state, v1::DeclineInterviewRequest(), context));
    add(InterviewModel::Decide(state, v1::MissInterviewRequest(), context));
    add(InterviewModel::Decide(state, ParseText<v1::FollowUpSignalRequest>(FollowUp("1")), context,
                               facts));
    engine::Context later = context;
    later.time += absl::Hours(24 * 30);
    add(InterviewModel::Decide(state, v1::CheckInterviewRequest(), later));
  }
  const std::string closed =
      "!INTERVIEW_CLOSED !INTERVIEW_CLOSED !INTERVIEW_CLOSED !INTERVIEW_CLOSED ";
  EXPECT_EQ(words["PLANNED"], "updated held declined missed !INTERVIEW_NOT_HELD missed ");
  EXPECT_EQ(words["HELD"], closed + "signal_handled signals_overdue ");
  EXPECT_EQ(words["FOLLOWED_UP"], closed + "!SIGNAL_UNKNOWN - ");
  EXPECT_EQ(words["MISSED"],
            "!INTERVIEW_CLOSED !INTERVIEW_CLOSED !INTERVIEW_CLOSED - !INTERVIEW_NOT_HELD - ");
  EXPECT_EQ(words["DECLINED"],
            "!INTERVIEW_CLOSED !INTERVIEW_CLOSED - !INTERVIEW_CLOSED !INTERVIEW_NOT_HELD - ");
}

TEST(Interview, IsWokenWhenItIsMissedAndForEachSignalThatIsLate) {
  const auto check = [](const v1::Interview& state, absl::Time time) {
    engine::Context context = FixedContext<InterviewModel>();
    context.time = time;
    return InterviewModel::Decide(state, v1::CheckInterviewRequest(), context);
  };
  v1::Interview state = Given<InterviewModel>({kPlanned});
  const absl::Time miss = absl::FromUnixSeconds(1772791200);
  EXPECT_EQ(InterviewModel::NextDue(state), miss);
  EXPECT_FALSE(check(state, miss - absl::Seconds(1))->has_value());
  EXPECT_TRUE((*check(state, miss))->missed().timed_out());

  state = Given<InterviewModel>({kPlanned, kHeld});
  const absl::Time first = absl::FromUnixSeconds(1772474400);
  const absl::Time second = absl::FromUnixSeconds(1772733600);
  EXPECT_EQ(InterviewModel::NextDue(state), first);
  EXPECT_EQ(base::TimeOf(state.signal_due_time()), first);
  const auto late = check(state, first);
  ASSERT_EQ((*late)->signals_overdue().signals_size(), 1);
  InterviewModel::Evolve(state, **late);
  EXPECT_EQ(state.status(), v1::INTERVIEW_STATUS_HELD);
  EXPECT_EQ(InterviewModel::NextDue(state), second) << "the first is said once";
  EXPECT_EQ(base::TimeOf(state.signal_due_time()), first) << "it still waits";
  EXPECT_EQ((*check(state, second))->signals_overdue().signals(0), "2");
  // Both at once, when nobody looked in between.
  EXPECT_EQ(
      (*check(Given<InterviewModel>({kPlanned, kHeld}), second))->signals_overdue().signals_size(),
      2);

  InterviewModel::Evolve(state, ParseText<v1::InterviewEvent>(Handled("2")));
  EXPECT_FALSE(InterviewModel::NextDue(state).has_value());
  InterviewModel::Evolve(state, ParseText<v1::InterviewEvent>(Handled("1")));
  EXPECT_EQ(state.status(), v1::INTERVIEW_STATUS_FOLLOWED_UP);
  EXPECT_FALSE(state.has_signal_due_time());
  EXPECT_EQ(state.personal().signal_notes(0).note(), "may leave");
  EXPECT_EQ(state.personal().signal_notes(0).outcome(), "called");
}

TEST(Interview, NothingToDoMeansFollowedUp) {
  const auto state = Given<InterviewModel>({kPlanned, kHeldQuietly});
  EXPECT_EQ(state.status(), v1::INTERVIEW_STATUS_FOLLOWED_UP);
  EXPECT_FALSE(InterviewModel::NextDue(state).has_value());
  EXPECT_FALSE(state.has_miss_time());
  EXPECT_FALSE(InterviewModel::NextDue(Given<InterviewModel>({kPlanned, kMissed})).has_value());
}

// What was said stands in one part of each fact, so that it can be encrypted.
TEST(Interview, NothingPersonalStandsElsewhere) {
  v1::InterviewEvent event = ParseText<v1::InterviewEvent>(kHeld);
  event.mutable_held()->clear_personal();
  EXPECT_EQ(event.DebugString().find("leave"), std::string::npos);
  event = ParseText<v1::InterviewEvent>(Handled("1"));
  event.mutable_signal_handled()->clear_personal();
  EXPECT_EQ(event.DebugString().find("called"), std::string::npos);
}

}  // namespace
}  // namespace crm::customer
