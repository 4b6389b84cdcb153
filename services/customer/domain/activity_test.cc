#include "services/customer/domain/activity.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "crm/customer/v1/reason.pb.h"
#include "libs/base/status.h"
#include "libs/base/timestamp.h"
#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/domain/interview.h"
#include "services/customer/read/activity_tables.h"
#include "services/customer/read/interview_tables.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;
using testing::Given;
using testing::ParseText;

// FixedContext is user:tester on Monday, 2026-03-02 10:00 UTC, second 1772445600.
constexpr char kNow[] = "reminded_time { seconds: 1772445600 } ";
// Friday of that week: its end.
constexpr char kFriday[] =
    "due_time { seconds: 1772841600 } due_date { year: 2026 month: 3 day: 6 } all_day: true ";
constexpr char kFridayGiven[] = "due_date { year: 2026 month: 3 day: 6 } ";
constexpr char kSubject[] = "personal { subject: 'call back' } ";

ActivityModel::Facts Of(const std::string& owner,
                        v1::CustomerStatus status = v1::CUSTOMER_STATUS_ACTIVE) {
  ActivityModel::Facts facts;
  facts.customer.emplace().set_name("customers/c1");
  facts.customer->set_status(status);
  facts.owner = owner;
  return facts;
}

std::string Planned(const std::string& more = "", const std::string& kind = "CALL") {
  return "planned { activity { kind: ACTIVITY_KIND_" + kind +
         " state: ACTIVITY_STATE_PLANNED customer: 'customers/c1' owner: 'ann' priority: "
         "ACTIVITY_PRIORITY_NORMAL " +
         kNow + kFriday + more + "} " + kSubject + "}";
}
std::string Ask(const std::string& more = "") {
  return "activity { kind: ACTIVITY_KIND_CALL customer: 'customers/c1' owner: 'ann' " +
         std::string(kFridayGiven) + kSubject + more + "}";
}

TEST(PlanActivity, Rules) {
  CheckDecisions<ActivityModel, v1::PlanActivityRequest>(
      {
          {"plans one for a whole day", {}, Ask(), Planned()},
          {"plans one for a time",
           {},
           "activity { kind: ACTIVITY_KIND_VISIT customer: 'customers/c1' due_time { seconds: "
           "1772791200 } duration_minutes: 90 priority: ACTIVITY_PRIORITY_URGENT reminder_minutes: "
           "60 contacts: 'contacts/k1' about: 'customers/c1/opportunities/o' " +
               std::string(kSubject) + "}",
           "planned { activity { kind: ACTIVITY_KIND_VISIT state: ACTIVITY_STATE_PLANNED customer: "
           "'customers/c1' owner: 'ann' due_time { seconds: 1772791200 } due_date { year: 2026 "
           "month: 3 day: 6 } duration_minutes: 90 priority: ACTIVITY_PRIORITY_URGENT "
           "reminder_minutes: 60 contacts: 'contacts/k1' about: 'customers/c1/opportunities/o' " +
               std::string(kNow) + "} " + kSubject + "}"},
          {"begins a series",
           {},
           Ask("repeat: 'FREQ=WEEKLY;BYDAY=FR'"),
           Planned("repeat: 'FREQ=WEEKLY;BYDAY=FR' repeat_basis: ACTIVITY_REPEAT_BASIS_SERIES "
                   "series: 'activities/activity-1' series_start_time { seconds: 1772755200 } "
                   "occurrence: 1 ")},
          {"begins one that ends on its day, said in small letters",
           {},
           Ask("repeat: 'freq=daily;until=20260306'"),
           Planned("repeat: 'freq=daily;until=20260306' repeat_basis: "
                   "ACTIVITY_REPEAT_BASIS_SERIES series: 'activities/activity-1' "
                   "series_start_time { seconds: 1772755200 } occurrence: 1 ")},
          {"plans one in the past, which is overdue at once",
           {},
           "activity { kind: ACTIVITY_KIND_TASK due_time { seconds: 1700000000 } " +
               std::string(kSubject) + "}",
           "planned { activity { kind: ACTIVITY_KIND_TASK state: ACTIVITY_STATE_PLANNED customer: "
           "'customers/c1' owner: 'ann' priority: ACTIVITY_PRIORITY_NORMAL due_time { seconds: "
           "1700000000 } due_date { year: 2023 month: 11 day: 14 } " +
               std::string(kNow) + "} " + kSubject + "}"},
      },
      FixedContext<ActivityModel>(), Of("ann"));
}

TEST(PlanActivity, OnlyAServiceSaysWhy) {
  const std::string cause = "cause: ACTIVITY_CAUSE_SIGNAL_DUE ";
  engine::Context context = FixedContext<ActivityModel>();
  CheckDecisions<ActivityModel, v1::PlanActivityRequest>(
      {{"a person's is left out", {}, Ask(cause), Planned()}}, context, Of("ann"));
  context.actor = "service:customer";
  CheckDecisions<ActivityModel, v1::PlanActivityRequest>(
      {{"a service's is kept", {}, Ask(cause), Planned(cause)},
       {"plans one without words that has a cause",
        {},
        "activity { kind: ACTIVITY_KIND_CALL customer: 'customers/c1' cause: "
        "ACTIVITY_CAUSE_CONTACT_OVERDUE " +
            std::string(kFridayGiven) + "}",
        "planned { activity { kind: ACTIVITY_KIND_CALL state: ACTIVITY_STATE_PLANNED customer: "
        "'customers/c1' owner: 'ann' priority: ACTIVITY_PRIORITY_NORMAL cause: "
        "ACTIVITY_CAUSE_CONTACT_OVERDUE " +
            std::string(kNow) + kFriday + "} }"},
       {"refuses one that is none", {}, Ask("cause: 99 "), "!field:activity.cause"}},
      context, Of("ann"));
}

TEST(PlanActivity, RefusesWhoAndWhomItCannotBe) {
  const auto context = FixedContext<ActivityModel>();
  CheckDecisions<ActivityModel, v1::PlanActivityRequest>(
      {{"somebody erased", {}, Ask(), "!CUSTOMER_ERASED"}}, context,
      Of("ann", v1::CUSTOMER_STATUS_ERASED));
  ActivityModel::Facts unknown;
  unknown.owner = "ann";
  CheckDecisions<ActivityModel, v1::PlanActivityRequest>(
      {{"a customer that is not there", {}, Ask(), "!CUSTOMER_UNKNOWN"}}, context, unknown);
  engine::Context reaction = context;
  reaction.actor = "service:customer";
  CheckDecisions<ActivityModel, v1::PlanActivityRequest>(
      {{"but takes a reaction's word, for a table may be behind", {}, Ask(), Planned()}}, reaction,
      unknown);
  ActivityModel::Facts left = Of("ann");
  left.staff.emplace().set_status(v1::STAFF_STATUS_LEFT);
  CheckDecisions<ActivityModel, v1::PlanActivityRequest>(
      {{"staff that has left", {}, Ask(), "!STAFF_LEFT"}}, context, left);
  CheckDecisions<ActivityModel, v1::PlanActivityRequest>(
      {{"nobody", {}, Ask(), "!field:activity.owner"}}, context, Of(""));
}

TEST(Activity, NamesWhoIsKnown) {
  testing::FakeRows rows(kCustomers, kRedirects, kContacts, kStaff, kActivities);
  rows.Put(kContacts, ParseText<v1::Contact>("name: 'contacts/k1'"));
  rows.Put(kStaff, ParseText<v1::Staff>("name: 'staff/ann'"));
  rows.Put(kActivities, ParseText<v1::Activity>("name: 'activities/a' owner: 'old' contacts: "
                                                "'contacts/old'"));
  engine::Context context = FixedContext<ActivityModel>();
  const auto plan = [&](const std::string& fields) {
    return base::ReasonOf(
        ActivityModel::Gather(ParseText<v1::PlanActivityRequest>("activity { " + fields + " }"),
                              context, rows)
            .references);
  };
  const auto update = [&](const std::string& fields) {
    return base::ReasonOf(
        ActivityModel::Gather(ParseText<v1::UpdateActivityRequest>(
                                  "activity { name: 'activities/a' " + fields + " }"),
                              context, rows)
            .references);
  };
  const auto complete = [&](const std::string& fields) {
    return base::ReasonOf(
        ActivityModel::Gather(
            ParseText<v1::CompleteActivityRequest>("name: 'activities/a' " + fields), context, rows)
            .references);
  };
  EXPECT_EQ(plan("owner: 'ann' contacts: 'contacts/k1'"), "");
  EXPECT_EQ(plan(""), "");
  EXPECT_EQ(plan("owner: 'eve'"), "STAFF_UNKNOWN");
  EXPECT_EQ(plan("contacts: 'contacts/k2'"), "CONTACT_UNKNOWN");
  EXPECT_EQ(update("owner: 'old' contacts: 'contacts/old'"), "");
  EXPECT_EQ(update("owner: 'eve'"), "STAFF_UNKNOWN");
  EXPECT_EQ(update("contacts: 'contacts/k2'"), "CONTACT_UNKNOWN");
  EXPECT_EQ(complete("contacts: 'contacts/old'"), "");
  EXPECT_EQ(complete("contacts: 'contacts/k2'"), "CONTACT_UNKNOWN");
  context.actor = "service:customer";
  EXPECT_EQ(plan("owner: 'eve' contacts: 'contacts/k2'"), "") << "what services carry was recorded";
}

TEST(Activity, RefusesWhoIsNotKnown) {
  const auto context = FixedContext<ActivityModel>();
  ActivityModel::Facts facts = Of("ann");
  facts.references = base::Refused(v1::REASON_STAFF_UNKNOWN, "as the test wants");
  CheckDecisions<ActivityModel, v1::PlanActivityRequest>(
      {{"in a plan", {}, Ask(), "!STAFF_UNKNOWN"}}, context, facts);
  CheckDecisions<ActivityModel, v1::UpdateActivityRequest>(
      {{"in a change of the owner", {Planned()}, "activity { owner: 'eve' }", "!STAFF_UNKNOWN"},
       {"not in one of other fields",
        {Planned()},
        "activity { about: 'customers/c1/tickets/t' }",
        "updated { changed { paths: 'about' } activity { about: 'customers/c1/tickets/t' } }"}},
      context, facts);
  CheckDecisions<ActivityModel, v1::CompleteActivityRequest>(
      {{"in a completion", {Planned()}, "contacts: 'contacts/k2'", "!STAFF_UNKNOWN"}}, context,
      facts);
}

TEST(PlanActivity, RefusesBadShapesByTheirField) {
  const std::string day = kFridayGiven, subject = kSubject;
  const std::string call = "kind: ACTIVITY_KIND_CALL ";
  std::vector<testing::DecisionRow> rows;
  const auto refuse = [&](const std::string& activity, const std::string& field) {
    rows.push_back(
        {field + ": " + activity, {}, "activity { " + activity + "}", "!field:activity." + field});
  };
  refuse(day + subject, "kind");
  refuse("kind: 99 " + day + subject, "kind");
  refuse(call + subject, "due_time");
  refuse(call + subject + day + "due_time { seconds: 1 }", "due_date");
  refuse(call + subject + "due_date { year: 2026 }", "due_date");
  refuse(call + subject + "due_time { nanos: -1 }", "due_time");
  refuse(call + subject + "due_time { seconds: -1 }", "due_time");
  refuse(call + subject + "due_time { seconds: 7258118400 }", "due_time");
  refuse(call + day, "personal.subject");
  refuse(call + day + "personal { subject: ' ' } cause: ACTIVITY_CAUSE_OTHER ", "personal.subject");
  refuse(call + day + subject + "customer: 'c1' ", "customer");
  refuse(call + day + subject + "contacts: 'k1' ", "contacts[0]");
  refuse(call + day + subject + "contacts: 'contacts/k' contacts: 'contacts/k' ", "contacts[1]");
  refuse(call + day + subject + "priority: 9 ", "priority");
  refuse(call + day + subject + "repeat: 'FREQ=DAILY' repeat_basis: 9 ", "repeat_basis");
  refuse(call + day + subject + "repeat: 'weekly' ", "repeat");
  refuse(call + day + subject + "repeat: 'FREQ=DAILY;UNTIL=20260305' ", "repeat");
  refuse(call + subject +
             "due_time { seconds: 1772791200 } repeat: " + "'FREQ=DAILY;UNTIL=20260306T095959' ",
         "repeat");
  refuse(call + day + subject + "duration_minutes: 10081 ", "duration_minutes");
  refuse(call + day + subject + "duration_minutes: -1 ", "duration_minutes");
  refuse(call + day + subject + "reminder_minutes: 40321 ", "reminder_minutes[0]");
  refuse(call + day + subject + "reminder_minutes: 5 reminder_minutes: 5 ", "reminder_minutes[1]");
  CheckDecisions<ActivityModel, v1::PlanActivityRequest>(rows, FixedContext<ActivityModel>(),
                                                         Of("ann"));
  CheckDecisions<ActivityModel, v1::PlanActivityRequest>(
      {{"an owner that is no id", {}, Ask(), "!field:activity.owner"}},
      FixedContext<ActivityModel>(), Of("staff/ann"));
}

TEST(PlanActivity, TheOwnerIsWhoIsNamedElseTheCallerElseTheCustomers) {
  testing::FakeRows rows(kCustomers, kStaff, kRedirects);
  rows.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/c1' owner: 'eve'"));
  auto plan = ParseText<v1::PlanActivityRequest>("activity { customer: 'customers/c1' }");
  engine::Context context = FixedContext<ActivityModel>();
  EXPECT_EQ(ActivityModel::Gather(plan, context, rows).owner, "tester");
  context.actor = "service:customer";
  EXPECT_EQ(ActivityModel::Gather(plan, context, rows).owner, "eve");
  plan.mutable_activity()->set_owner("ann");
  EXPECT_EQ(ActivityModel::Gather(plan, context, rows).owner, "ann");
}

TEST(PlanActivity, IsForTheCustomerThatStandsForAMergedOne) {
  testing::FakeRows rows(kCustomers, kStaff, kRedirects);
  rows.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/c2' owner: 'eve'"));
  rows.Put(kRedirects,
           ParseText<v1::Redirect>("customer: 'customers/c1' survivor: 'customers/c2'"));
  rows.Put(kStaff, ParseText<v1::Staff>("name: 'staff/ann'"));
  const auto plan = ParseText<v1::PlanActivityRequest>(Ask());
  const auto context = FixedContext<ActivityModel>();
  const auto decided =
      ActivityModel::Decide({}, plan, context, ActivityModel::Gather(plan, context, rows));
  ASSERT_TRUE(decided.ok());
  EXPECT_EQ((*decided)->planned().activity().customer(), "customers/c2");
}

TEST(PlanNextActivity, GoesOnWithTheSeries) {
  CheckDecisions<ActivityModel, v1::PlanNextActivityRequest>(
      {{"as it was",
        {},
        Ask("repeat: 'FREQ=WEEKLY' repeat_basis: ACTIVITY_REPEAT_BASIS_SERIES") +
            " series: 'activities/first' series_start_time { seconds: 5 } occurrence: 3",
        Planned("repeat: 'FREQ=WEEKLY' repeat_basis: ACTIVITY_REPEAT_BASIS_SERIES series: "
                "'activities/first' series_start_time { seconds: 5 } occurrence: 3 ")}},
      FixedContext<ActivityModel>(), Of("ann"));
}

TEST(PlanNextActivity, OfOneWhoLeftTheSeriesGoesOn) {
  ActivityModel::Facts left = Of("ann");
  left.staff.emplace().set_status(v1::STAFF_STATUS_LEFT);
  CheckDecisions<ActivityModel, v1::PlanNextActivityRequest>(
      {{"until another takes it over",
        {},
        Ask("repeat: 'FREQ=WEEKLY' repeat_basis: ACTIVITY_REPEAT_BASIS_SERIES") +
            " series: 'activities/first' series_start_time { seconds: 5 } occurrence: 3",
        Planned("repeat: 'FREQ=WEEKLY' repeat_basis: ACTIVITY_REPEAT_BASIS_SERIES series: "
                "'activities/first' series_start_time { seconds: 5 } occurrence: 3 ")}},
      FixedContext<ActivityModel>(), left);
}

TEST(UpdateActivity, MovedToWhatHasPassedItIsOverdueAndWaitsForNothing) {
  const std::string past =
      "activity { due_time { seconds: 1772400000 } } update_mask { paths: 'due_time' }";
  const std::vector<std::string> facts = {Planned(),
                                          "fell_due { overdue_time { seconds: 1772900000 } }"};
  const auto moved =
      ActivityModel::Decide(Given<ActivityModel>(facts), ParseText<v1::UpdateActivityRequest>(past),
                            FixedContext<ActivityModel>(), Of("ann"));
  ASSERT_TRUE(moved.ok());
  EXPECT_EQ((*moved)->updated().activity().overdue_time().seconds(), 1772445600);
  v1::Activity state = Given<ActivityModel>(facts);
  ActivityModel::Evolve(state, **moved);
  EXPECT_EQ(ActivityModel::NextDue(state), std::nullopt);
}

TEST(UpdateActivity, Rules) {
  const std::string reminded = std::string("reminded { reminded_time { seconds: 1772500000 } }");
  CheckDecisions<ActivityModel, v1::UpdateActivityRequest>(
      {
          {"changes what is said",
           {Planned()},
           "activity { personal { notes: 'x' } priority: ACTIVITY_PRIORITY_HIGH } update_mask { "
           "paths: 'personal.notes' paths: 'priority' }",
           "updated { changed { paths: 'personal.notes' paths: 'priority' } activity { priority: "
           "ACTIVITY_PRIORITY_HIGH } personal { notes: 'x' } }"},
          {"is quiet when it is so",
           {Planned()},
           "activity { owner: 'ann' } update_mask { paths: 'owner' }",
           ""},
          {"moves it to a time, so that it may be overdue again",
           {Planned(), "fell_due { overdue_time { seconds: 1772900000 } }"},
           "activity { due_time { seconds: 1773000000 } } update_mask { paths: 'due_time' }",
           "updated { changed { paths: 'due_time' paths: 'due_date' paths: 'all_day' paths: "
           "'reminded_time' paths: 'overdue_time' } activity { due_time { seconds: 1773000000 } "
           "due_date { year: 2026 month: 3 day: 8 } reminded_time { seconds: 1772445600 } } }"},
          {"moves it to a day",
           {Planned()},
           "activity { due_date { year: 2026 month: 3 day: 9 } } update_mask { paths: 'due_date' }",
           "updated { changed { paths: 'due_date' paths: 'due_time' } activity { due_date { year: "
           "2026 month: 3 day: 9 } due_time { seconds: 1773100800 } } }"},
          {"makes a series of it",
           {Planned()},
           "activity { repeat: 'FREQ=DAILY' } update_mask { paths: 'repeat' }",
           "updated { changed { paths: 'repeat' paths: 'repeat_basis' paths: 'series' paths: "
           "'series_start_time' paths: 'occurrence' } activity { repeat: 'FREQ=DAILY' "
           "repeat_basis: ACTIVITY_REPEAT_BASIS_SERIES series: 'activities/activity-1' "
           "series_start_time { seconds: 1772755200 } occurrence: 1 } }"},
          {"new reminders leave out those that have passed",
           {Planned(), reminded},
           "activity { reminder_minutes: 10 } update_mask { paths: 'reminder_minutes' }",
           "updated { changed { paths: 'reminder_minutes' paths: 'reminded_time' } activity { "
           "reminder_minutes: 10 reminded_time { seconds: 1772445600 } } }"},
          {"refuses two times",
           {Planned()},
           "activity { due_time { seconds: 5 } due_date { year: 2026 month: 3 day: 9 } } "
           "update_mask { paths: 'due_time' paths: 'due_date' }",
           "!field:activity.due_date"},
          {"refuses no time",
           {Planned()},
           "activity {} update_mask { paths: 'due_time' }",
           "!field:activity.due_time"},
          {"refuses no day",
           {Planned()},
           "activity {} update_mask { paths: 'due_date' }",
           "!field:activity.due_date"},
          {"refuses nobody",
           {Planned()},
           "activity {} update_mask { paths: 'owner' }",
           "!field:activity.owner"},
          {"refuses another cause",
           {Planned()},
           "activity { cause: ACTIVITY_CAUSE_OTHER } update_mask { paths: 'cause' }",
           "!field:cause"},
      },
      FixedContext<ActivityModel>(), Of("ann"));
}

TEST(UpdateActivity, TakesNoRuleOrTimeThatMakesNoSense) {
  CheckDecisions<ActivityModel, v1::UpdateActivityRequest>(
      {
          {"refuses a rule that is none",
           {Planned()},
           "activity { repeat: 'FREQ=X' } update_mask { paths: 'repeat' }",
           "!field:activity.repeat"},
          {"refuses a rule that is over",
           {Planned()},
           "activity { repeat: 'FREQ=DAILY;UNTIL=20260305' } update_mask { paths: 'repeat' }",
           "!field:activity.repeat"},
          {"refuses a time before 1970",
           {Planned()},
           "activity { due_time { seconds: -1 } } update_mask { paths: 'due_time' }",
           "!field:activity.due_time"},
          {"moves the last of a series behind its end",
           {Planned("repeat: 'FREQ=DAILY;UNTIL=20260306' repeat_basis: "
                    "ACTIVITY_REPEAT_BASIS_SERIES series: 'activities/activity-1' occurrence: 1 "
                    "series_start_time { seconds: 1772755200 } ")},
           "activity { due_date { year: 2026 month: 3 day: 9 } } update_mask { paths: 'due_date' }",
           "updated { changed { paths: 'due_date' paths: 'due_time' } activity { due_date { year: "
           "2026 month: 3 day: 9 } due_time { seconds: 1773100800 } } }"},
      },
      FixedContext<ActivityModel>(), Of("ann"));
}

TEST(UpdateActivity, LooksAtNewCustomersAndOwners) {
  ActivityModel::Facts facts;
  facts.staff.emplace().set_status(v1::STAFF_STATUS_LEFT);
  CheckDecisions<ActivityModel, v1::UpdateActivityRequest>(
      {{"an unknown customer",
        {Planned()},
        "activity { customer: 'customers/c9' } update_mask { paths: 'customer' }",
        "!CUSTOMER_UNKNOWN"},
       {"staff that has left",
        {Planned()},
        "activity { owner: 'bob' } update_mask { paths: 'owner' }",
        "!STAFF_LEFT"},
       {"neither when they stay",
        {Planned()},
        "activity { duration_minutes: 0 } update_mask { paths: 'duration_minutes' }",
        ""}},
      FixedContext<ActivityModel>(), facts);
}

std::string Done(const std::string& touch, const std::string& more = "") {
  return "done { close_time { seconds: 1772445600 } " +
         (touch.empty() ? "" : "touch { " + touch + "} ") + more + "}";
}
// The id is derived from the activity's name, for ever.
std::string TouchName() {
  const auto decided =
      ActivityModel::Decide(Given<ActivityModel>({Planned()}), v1::CompleteActivityRequest(),
                            FixedContext<ActivityModel>(), Of("ann"));
  return (*decided)->done().touch().touchpoint();
}
std::string Touch(const std::string& more) {
  return "touchpoint: '" + TouchName() +
         "' direction: DIRECTION_OUT occur_time { seconds: 1772445600 } staff: 'ann' " + more;
}

TEST(CompleteActivity, Rules) {
  CheckDecisions<ActivityModel, v1::CompleteActivityRequest>(
      {
          {"a call was by telephone",
           {Planned()},
           "outcome: 'will buy'",
           Done(Touch("channel: CHANNEL_PHONE "), "personal { outcome: 'will buy' } ")},
          {"a visit that was begun, with all that is to be said",
           {Planned("contacts: 'contacts/k1' ", "VISIT"), "started { start_time { seconds: 9 } }"},
           "outcome: 'x' notes: 'long' occur_time { seconds: 1772440000 } direction: DIRECTION_IN "
           "contacts: 'contacts/k2' next_step: 'offer' next_step_date { year: 2026 month: 3 day: "
           "20 } device_time { seconds: 1772440001 }",
           "done { close_time { seconds: 1772445600 } touch { touchpoint: '" + TouchName() +
               "' channel: CHANNEL_VISIT direction: DIRECTION_IN occur_time { seconds: 1772440000 "
               "} staff: 'ann' contacts: 'contacts/k2' next_step: 'offer' next_step_date { year: "
               "2026 month: 3 day: 20 } device_time { seconds: 1772440001 } } personal { outcome: "
               "'x' notes: 'long' } }"},
          {"takes the contacts that were planned",
           {Planned("contacts: 'contacts/k1' ", "EMAIL")},
           "",
           Done(Touch("channel: CHANNEL_EMAIL contacts: 'contacts/k1' "))},
          {"a task is no contact", {Planned("", "TASK")}, "", Done("")},
          {"unless it is said how it was one",
           {Planned("", "TASK")},
           "channel: CHANNEL_WECHAT",
           Done(Touch("channel: CHANNEL_WECHAT "))},
          {"nobody was met", {Planned()}, "skip_touchpoint: true", Done("")},
          {"is quiet the second time",
           {Planned(), Done("", "personal { outcome: 'x' } ")},
           "outcome: 'x'",
           ""},
          {"refuses another outcome",
           {Planned(), Done("", "personal { outcome: 'x' } ")},
           "outcome: 'y'",
           "!ACTIVITY_CLOSED"},
          {"refuses the future",
           {Planned()},
           "occur_time { seconds: 1772600000 }",
           "!field:occur_time"},
          {"refuses a time before 1970",
           {Planned()},
           "occur_time { seconds: -1 }",
           "!field:occur_time"},
          {"refuses a time that is none",
           {Planned()},
           "device_time { nanos: -1 }",
           "!field:device_time"},
          {"refuses a channel that is none", {Planned()}, "channel: 99", "!field:channel"},
          {"refuses a direction that is none", {Planned()}, "direction: 9", "!field:direction"},
          {"refuses what is no contact", {Planned()}, "contacts: 'k'", "!field:contacts[0]"},
          {"refuses a date of nothing",
           {Planned()},
           "next_step_date { year: 2026 month: 3 day: 9 }",
           "!field:next_step_date"},
      },
      FixedContext<ActivityModel>(), Of("ann"));
}

TEST(CompleteActivity, AnswersInWritingWhomThatIsFor) {
  const std::string id = "activities/" + SignalActivityId("customers/c1/interviews/i", "1");
  testing::FakeRows rows(kActivities, kCustomers, kContacts, kInterviews, kRedirects);
  v1::Activity activity = Given<ActivityModel>({Planned("", "EMAIL")});
  activity.set_name(id);
  activity.set_about("customers/c1/interviews/i");
  activity.set_cause(v1::ACTIVITY_CAUSE_SIGNAL_DUE);
  rows.Put(kActivities, activity);
  const auto interview = [&](const std::string& signal) {
    rows.Put(kInterviews, ParseText<v1::Interview>(
                              "name: 'customers/c1/interviews/i' signals { id: '2' written: true "
                              "} signals { id: '1' " +
                              signal + " }"));
  };
  const auto complete = [&](const std::string& more) {
    const auto request =
        ParseText<v1::CompleteActivityRequest>("name: '" + id + "' outcome: 'said' " + more);
    const engine::Context context = FixedContext<ActivityModel>();
    return testing::WordOf(ActivityModel::Decide(activity, request, context,
                                                 ActivityModel::Gather(request, context, rows)));
  };
  const std::string spoken = "channel: CHANNEL_PHONE";
  EXPECT_EQ(complete(spoken), "done") << "the interview does not show yet";
  interview("written: true");
  EXPECT_EQ(complete(spoken), "!ANSWER_NOT_WRITTEN");
  EXPECT_EQ(complete("channel: CHANNEL_VISIT"), "!ANSWER_NOT_WRITTEN");
  EXPECT_EQ(complete(""), "done") << "by e-mail, as it is planned";
  EXPECT_EQ(complete("skip_touchpoint: true " + spoken), "done") << "that answers nobody";
  interview("written: true handle_time { seconds: 1 }");
  EXPECT_EQ(complete(spoken), "done") << "it was answered otherwise";
  interview("");
  EXPECT_EQ(complete(spoken), "done") << "it may be spoken";
}

TEST(CompleteActivity, WithoutACustomerThereIsNoTouchpoint) {
  CheckDecisions<ActivityModel, v1::CompleteActivityRequest>(
      {{"none",
        {Planned(), "updated { changed { paths: 'customer' } activity {} }"},
        "",
        Done("")}},
      FixedContext<ActivityModel>(), ActivityModel::Facts());
}

TEST(CompleteActivity, HasATouchpointAlsoWhereTheTableOfCustomersIsBehind) {
  CheckDecisions<ActivityModel, v1::CompleteActivityRequest>(
      {{"with the customer that it names",
        {Planned()},
        "",
        Done(Touch("channel: CHANNEL_PHONE "))}},
      FixedContext<ActivityModel>(), ActivityModel::Facts());
}

TEST(CancelActivity, Rules) {
  const std::string cancelled =
      "cancelled { close_time { seconds: 1772445600 } cancel_reason: 'moved away' }";
  CheckDecisions<ActivityModel, v1::CancelActivityRequest>({
      {"cancels", {Planned()}, "cancel_reason: 'moved away'", cancelled},
      {"is quiet the second time", {Planned(), cancelled}, "cancel_reason: 'moved away'", ""},
      {"refuses another reason", {Planned(), cancelled}, "cancel_reason: 'x'", "!ACTIVITY_CLOSED"},
      {"needs a reason", {Planned()}, "cancel_reason: ' '", "!field:cancel_reason"},
      {"ends a series when told so",
       {Planned("repeat: 'FREQ=DAILY' series: 'activities/a' occurrence: 1 "
                "series_start_time { seconds: 1772755200 } ")},
       "cancel_reason: 'moved away' end_series: true",
       cancelled},
  });
}

}  // namespace
}  // namespace crm::customer
