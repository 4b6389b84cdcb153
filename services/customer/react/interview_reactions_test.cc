#include "services/customer/react/interview_reactions.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "crm/customer/v1/activity.pb.h"
#include "crm/customer/v1/notification.pb.h"
#include "crm/customer/v1/touchpoint.pb.h"
#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/domain/interview.h"
#include "services/customer/read/activity_tables.h"
#include "services/customer/read/follower.h"
#include "services/customer/read/interview_tables.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/programme_members.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using ::testing::ElementsAre;
using testing::EqualsProto;
using ::testing::IsEmpty;
using testing::ParseText;

constexpr char kInterview[] = "customers/c1/interviews/i1";

class OnInterviewTest : public ::testing::Test {
 protected:
  OnInterviewTest() {
    rows_.Put(kCustomers,
              ParseText<v1::Customer>("name: 'customers/c1' owner: 'ann' language_code: 'zh-CN'"));
    rows_.Put(kInterviewScripts,
              ParseText<v1::InterviewScript>("name: 'interviewScripts/standard' titles { "
                                             "language_code: 'zh-CN' text: '访谈' }"));
    rows_.Put(kInterviews, ParseText<v1::Interview>(
                               "name: 'customers/c1/interviews/i1' staff: 'bob' script: "
                               "'interviewScripts/standard' contact: 'contacts/k1' signals { id: "
                               "'1' } personal { signal_notes { note: 'may leave' } }"));
  }

  engine::Commands React(const std::string& event) {
    const engine::EventMeta meta{.time = absl::FromUnixSeconds(1772445600),
                                 .actor = "user:bob",
                                 .name = kInterview,
                                 .revision = 2};
    return OnInterview({ParseText<v1::InterviewEvent>(event), meta}, rows_);
  }
  static std::vector<std::string> Types(const engine::Commands& commands) {
    std::vector<std::string> types;
    for (const auto& command : commands) types.push_back(command->GetDescriptor()->name());
    return types;
  }

  testing::FakeRows rows_{kActivities,       kCustomers, kInterviews,
                          kInterviewScripts, kRedirects, kStaff};
};

const std::string kHeld =
    "held { held_time { seconds: 1772440000 } form: INTERVIEW_FORM_FACE_TO_FACE "
    "contact: 'contacts/k2' signals { id: '1' kind: SIGNAL_KIND_CHURN_RISK "
    "severity: SIGNAL_SEVERITY_CRITICAL due_time { seconds: 1772474400 } } "
    "personal { notes: 'hurried' signal_notes { note: 'may leave' } } }";

TEST_F(OnInterviewTest, OneThatWasHeldLeavesATouchpointAndAnActivityOfTheOwner) {
  const engine::Commands commands = React(kHeld);
  ASSERT_THAT(Types(commands), ElementsAre("RecordTouchpointRequest", "PlanActivityRequest"));
  v1::RecordTouchpointRequest record;
  record.CopyFrom(*commands[0]);
  EXPECT_EQ(record.parent(), "customers/c1");
  EXPECT_THAT(record.touchpoint(),
              EqualsProto("channel: CHANNEL_VISIT direction: DIRECTION_OUT occur_time { seconds: "
                          "1772440000 } staff: 'bob' contacts: 'contacts/k2' about: "
                          "'customers/c1/interviews/i1' personal { subject: '访谈' notes: "
                          "'hurried' }"));
  v1::PlanActivityRequest plan;
  plan.CopyFrom(*commands[1]);
  EXPECT_EQ(plan.activity_id(), SignalActivityId(kInterview, "1"));
  EXPECT_THAT(plan.activity(),
              EqualsProto("kind: ACTIVITY_KIND_CALL customer: 'customers/c1' contacts: "
                          "'contacts/k2' about: 'customers/c1/interviews/i1' owner: 'ann' personal "
                          "{ subject: 'may leave' notes: 'may leave' } due_time { seconds: "
                          "1772474400 } priority: ACTIVITY_PRIORITY_URGENT cause: "
                          "ACTIVITY_CAUSE_SIGNAL_DUE"));
  // The same event asks for the same.
  v1::RecordTouchpointRequest again;
  again.CopyFrom(*React(kHeld)[0]);
  EXPECT_EQ(again.touchpoint_id(), record.touchpoint_id());
}

TEST_F(OnInterviewTest, WithoutAnOwnerTheOneWhoAskedHasToSee) {
  rows_.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/c1'"));
  const engine::Commands commands = React(kHeld);
  ASSERT_THAT(Types(commands), ElementsAre("RecordTouchpointRequest", "PlanActivityRequest"));
  v1::PlanActivityRequest plan;
  plan.CopyFrom(*commands[1]);
  EXPECT_EQ(plan.activity().owner(), "bob");
  rows_.Put(kInterviews, ParseText<v1::Interview>("name: 'customers/c1/interviews/i1'"));
  EXPECT_THAT(Types(React(kHeld)), ElementsAre("RecordTouchpointRequest"));
}

TEST_F(OnInterviewTest, AnOwnerWhoLeftIsNone) {
  rows_.Put(kStaff, ParseText<v1::Staff>("name: 'staff/ann' status: STAFF_STATUS_LEFT"));
  v1::PlanActivityRequest plan;
  plan.CopyFrom(*React(kHeld)[1]);
  EXPECT_EQ(plan.activity().owner(), "bob");
  EXPECT_EQ(FollowerOf(*rows_.Get(kInterviews, kInterview), rows_), "bob");
}

TEST_F(OnInterviewTest, WhatIsAnsweredInWritingIsWrittenDown) {
  v1::PlanActivityRequest plan;
  plan.CopyFrom(*React("held { signals { id: '1' written: true } personal {} }")[1]);
  EXPECT_EQ(plan.activity().kind(), v1::ACTIVITY_KIND_EMAIL);
}

TEST_F(OnInterviewTest, WithoutSignalsThereIsOnlyATouchpoint) {
  EXPECT_THAT(Types(React("held { form: INTERVIEW_FORM_WEB personal {} }")),
              ElementsAre("RecordTouchpointRequest"));
}

TEST_F(OnInterviewTest, WhatIsLateOrMissedIsSaid) {
  const auto reason = [&](const std::string& event) {
    const engine::Commands commands = React(event);
    if (commands.size() != 1) return std::string("?");
    v1::NotifyRequest notify;
    notify.CopyFrom(*commands[0]);
    EXPECT_EQ(notify.parent(), "staff/ann");
    EXPECT_EQ(notify.notification().about(), kInterview);
    EXPECT_EQ(notify.notification().customer(), "customers/c1");
    return v1::NotificationReason_Name(notify.notification().reason());
  };
  EXPECT_EQ(reason("missed { timed_out: true }"), "NOTIFICATION_REASON_INTERVIEW_MISSED");
  EXPECT_EQ(reason("signals_overdue { signals: '1' }"), "NOTIFICATION_REASON_SIGNAL_OVERDUE");
  EXPECT_THAT(React("planned {}"), IsEmpty());
  EXPECT_THAT(React("updated {}"), IsEmpty());
  EXPECT_THAT(React("declined {}"), IsEmpty());
  EXPECT_THAT(React(""), IsEmpty());
}

// Looked at again after a hand-over, it tells nobody else.
TEST_F(OnInterviewTest, WhoFollowedThenIsToldWhoeverFollowsNow) {
  for (const char* event : {"missed { follower: 'eve' }", "signals_overdue { follower: 'eve' }"}) {
    const engine::Commands commands = React(event);
    ASSERT_THAT(Types(commands), ElementsAre("NotifyRequest")) << event;
    v1::NotifyRequest notify;
    notify.CopyFrom(*commands[0]);
    EXPECT_EQ(notify.parent(), "staff/eve") << event;
  }
}

// Looked at again after a merge, it leaves no second touchpoint with the survivor.
TEST_F(OnInterviewTest, ATouchpointStaysWithTheCustomerOfItsInterview) {
  const std::string handled = "signal_handled { signal: '1' handler: 'user:eve' }";
  const auto parent = [&](const std::string& event) {
    v1::RecordTouchpointRequest record;
    record.CopyFrom(*React(event)[0]);
    return record.parent();
  };
  rows_.Put(kRedirects,
            ParseText<v1::Redirect>("customer: 'customers/c1' survivor: 'customers/c2'"));
  rows_.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/c2' owner: 'eve'"));
  EXPECT_EQ(parent(kHeld), "customers/c1");
  EXPECT_EQ(parent(handled), "customers/c1");
  v1::PlanActivityRequest plan;
  plan.CopyFrom(*React(kHeld)[1]);
  EXPECT_EQ(plan.activity().customer(), "customers/c2");
  EXPECT_EQ(plan.activity().owner(), "eve");
}

TEST_F(OnInterviewTest, AFollowUpLeavesATouchpointAndItsActivityIsDone) {
  const engine::Commands commands = React(
      "signal_handled { signal: '1' handle_time { seconds: 1772450000 } handler: 'user:eve' "
      "channel: CHANNEL_EMAIL personal { outcome: 'offered' } }");
  ASSERT_THAT(Types(commands), ElementsAre("RecordTouchpointRequest", "CompleteActivityRequest"));
  v1::RecordTouchpointRequest record;
  record.CopyFrom(*commands[0]);
  EXPECT_THAT(record.touchpoint(),
              EqualsProto("channel: CHANNEL_EMAIL direction: DIRECTION_OUT occur_time { seconds: "
                          "1772450000 } staff: 'eve' contacts: 'contacts/k1' about: "
                          "'customers/c1/interviews/i1' personal { subject: 'may leave' outcome: "
                          "'offered' }"));
  v1::CompleteActivityRequest complete;
  complete.CopyFrom(*commands[1]);
  EXPECT_EQ(complete.name(), "activities/" + SignalActivityId(kInterview, "1"));
  EXPECT_TRUE(complete.skip_touchpoint());
}

TEST_F(OnInterviewTest, AFollowUpByItsActivityHasItsTouchpoint) {
  EXPECT_THAT(React("signal_handled { signal: '1' activity: 'activities/a' }"), IsEmpty());
}

TEST_F(OnInterviewTest, AnActivityThatWasDoneWithTheCustomerHandlesItsSignal) {
  const std::string id = SignalActivityId(kInterview, "1");
  const auto react = [&](const std::string& event) {
    const engine::EventMeta meta{.name = "activities/" + id};
    return OnSignalActivity({ParseText<v1::ActivityEvent>(event), meta}, rows_);
  };
  const auto activity = [&](const std::string& more) {
    rows_.Put(kActivities, ParseText<v1::Activity>("name: 'activities/" + id +
                                                   "' personal { subject: 'may leave' } " + more));
  };
  const std::string signal = "cause: ACTIVITY_CAUSE_SIGNAL_DUE about: 'customers/c1/interviews/i1'";
  activity(signal);
  const engine::Commands commands = react(
      "done { touch { channel: CHANNEL_PHONE staff: 'eve' } personal { outcome: 'called' } }");
  ASSERT_EQ(commands.size(), 1u);
  EXPECT_THAT(*commands[0], EqualsProto("name: 'customers/c1/interviews/i1' signal: '1' channel: "
                                        "CHANNEL_PHONE outcome: 'called' staff: 'eve' activity: "
                                        "'activities/" +
                                        id + "'"));
  EXPECT_THAT(react("done { personal { outcome: 'thought about it' } }"), IsEmpty());
  EXPECT_THAT(react("started {}"), IsEmpty());
  const std::string done = "done { touch { channel: CHANNEL_PHONE } }";
  activity("about: 'customers/c1/interviews/i1'");
  EXPECT_THAT(react(done), IsEmpty()) << "not for a signal";
  activity("cause: ACTIVITY_CAUSE_SIGNAL_DUE about: 'customers/c1/interviews/none'");
  EXPECT_THAT(react(done), IsEmpty());
  rows_.Delete(kActivities, "activities/" + id);
  EXPECT_THAT(react(done), IsEmpty());
}

TEST(OnInterviewProgramme, PlansABookAndDrawsTheNext) {
  const engine::EventMeta meta{.name = "interviewProgrammes/p1"};
  const testing::FakeRows rows(kCustomers);
  const auto react = [&](const std::string& event) {
    return OnInterviewProgramme({ParseText<v1::InterviewProgrammeEvent>(event), meta}, rows);
  };
  engine::Commands commands = react("draw_begun {}");
  ASSERT_EQ(commands.size(), 1u);
  EXPECT_THAT(*commands[0], EqualsProto("name: 'interviewProgrammes/p1'"));
  const std::string drawn =
      "book: 1 staff: 'ann' script: 'interviewScripts/s' "
      "customers { customer: 'customers/a' group: PROGRAMME_GROUP_TREATED planned_time { seconds: "
      "9 } form: INTERVIEW_FORM_WEB contact: 'contacts/k' } "
      "customers { customer: 'customers/b' group: PROGRAMME_GROUP_CONTROL } "
      "customers { customer: 'customers/c' group: PROGRAMME_GROUP_TREATED } ";
  commands = react("book_drawn { " + drawn + "}");
  ASSERT_EQ(commands.size(), 2u);
  v1::PlanProgrammeInterviewRequest plan;
  plan.CopyFrom(*commands[0]);
  EXPECT_EQ(plan.interview_id(), ProgrammeInterviewId("interviewProgrammes/p1", "customers/a"));
  plan.clear_interview_id();
  EXPECT_THAT(plan, EqualsProto("parent: 'customers/a' programme: 'interviewProgrammes/p1' "
                                "interview { form: INTERVIEW_FORM_WEB contact: 'contacts/k' staff: "
                                "'ann' script: 'interviewScripts/s' planned_time { seconds: 9 } "
                                "}"));
  EXPECT_THAT(*commands[1], EqualsProto("name: 'interviewProgrammes/p1' book: 2"));
  EXPECT_EQ(react("book_drawn { last: true " + drawn + "}").size(), 1u);
  EXPECT_THAT(react("created {}"), IsEmpty());
  EXPECT_THAT(react("cancelled {}"), IsEmpty());
}

}  // namespace
}  // namespace crm::customer
