#include "services/customer/react/activity_reactions.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "crm/customer/v1/activity_internal.pb.h"
#include "crm/customer/v1/notification.pb.h"
#include "crm/customer/v1/touchpoint.pb.h"
#include "libs/base/timestamp.h"
#include "libs/testing/fake_rows.h"
#include "libs/testing/matchers.h"
#include "services/customer/domain/interview.h"
#include "services/customer/read/activity_tables.h"
#include "services/customer/read/interview_tables.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/notification_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::FakeRows;
using ::testing::IsEmpty;
using testing::ParseText;

template <class Command>
Command At(const engine::Commands& commands, size_t i) {
  Command command;
  if (i >= commands.size() || commands[i]->GetDescriptor() != Command::descriptor()) {
    ADD_FAILURE() << "no " << Command::descriptor()->name() << " at " << i;
    return command;
  }
  command.CopyFrom(*commands[i]);
  return command;
}

class OnActivityTest : public ::testing::Test {
 protected:
  engine::Commands React(const std::string& event, const std::string& actor = "user:boss") {
    const auto fact = ParseText<v1::ActivityEvent>(event);
    const engine::EventMeta meta{
        .time = absl::FromUnixSeconds(100), .actor = actor, .name = "activities/a", .revision = 7};
    return OnActivity({fact, meta}, rows_);
  }
  void Row(const std::string& more) {
    rows_.Put(kActivities,
              ParseText<v1::Activity>("name: 'activities/a' kind: ACTIVITY_KIND_CALL owner: 'ann' "
                                      "customer: 'customers/c' due_date { year: 2026 month: 3 day: "
                                      "6 } " +
                                      more));
  }
  // The reason of the one notification; "": none.
  std::string Reason(const engine::Commands& commands) {
    if (commands.empty()) return "";
    const auto notify = At<v1::NotifyRequest>(commands, 0);
    EXPECT_EQ(commands.size(), 1u);
    EXPECT_EQ(notify.parent(), "staff/ann");
    EXPECT_EQ(notify.notification().about(), "activities/a");
    EXPECT_EQ(notify.notification().customer(), "customers/c");
    return v1::NotificationReason_Name(notify.notification().reason()).substr(20);
  }

  FakeRows rows_{kActivities, kCustomers, kInterviews, kRedirects, kStaff};
};

TEST_F(OnActivityTest, ItsOwnerIsToldWhatOthersGiveThem) {
  Row("");
  const std::string planned = "planned { activity { owner: 'ann' } }";
  const std::string given = "updated { changed { paths: 'owner' } activity { owner: 'ann' } }";
  EXPECT_EQ(Reason(React(planned)), "ACTIVITY_GIVEN");
  EXPECT_EQ(Reason(React(planned, "user:ann")), "");
  EXPECT_EQ(Reason(React(given)), "ACTIVITY_GIVEN");
  EXPECT_EQ(Reason(React(given, "user:ann")), "");
  EXPECT_EQ(Reason(React("updated { changed { paths: 'about' } }")), "");
  EXPECT_EQ(Reason(React("started {}")), "");
  Row("occurrence: 2 ");
  EXPECT_EQ(Reason(React(planned, "service:customer")), "");
}

TEST_F(OnActivityTest, WhoWasGivenItIsToldWhoeverHasItNow) {
  Row("");
  for (const char* event : {"planned { activity { owner: 'bob' } }",
                            "updated { changed { paths: 'owner' } activity { owner: 'bob' } }"})
    EXPECT_EQ(At<v1::NotifyRequest>(React(event), 0).parent(), "staff/bob");
}

TEST_F(OnActivityTest, OfASignalTheInterviewSaysThatItIsLateToWhomItFalls) {
  const std::string interview = "customers/c/interviews/i";
  const auto late = [&](const std::string& cause, const std::string& owner,
                        const std::string& fact = "overdue_time { seconds: 10 }") {
    auto row = ParseText<v1::Activity>("customer: 'customers/c' " + cause);
    row.set_name("activities/" + SignalActivityId(interview, "1"));
    row.set_about(interview);
    row.set_owner(owner);
    rows_.Put(kActivities, row);
    const engine::EventMeta meta{.time = absl::FromUnixSeconds(100), .name = row.name()};
    return OnActivity({ParseText<v1::ActivityEvent>("fell_due { " + fact + " }"), meta}, rows_)
        .size();
  };
  const auto signal = [&](const std::string& more) {
    rows_.Put(kInterviews,
              ParseText<v1::Interview>("name: '" + interview + "' staff: 'bob' signals { id: '1' " +
                                       more + "}"));
  };
  const std::string cause = "cause: ACTIVITY_CAUSE_SIGNAL_DUE";
  rows_.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/c' owner: 'ann'"));
  EXPECT_EQ(late(cause, "ann"), 1u) << "no interview";
  signal("");
  EXPECT_EQ(late(cause, "ann"), 0u);
  EXPECT_EQ(late("", "ann"), 1u) << "not for a signal";
  EXPECT_EQ(late(cause, "bob"), 1u) << "the interview tells another";
  rows_.Put(kStaff, ParseText<v1::Staff>("name: 'staff/ann' status: STAFF_STATUS_LEFT"));
  EXPECT_EQ(late(cause, "bob"), 0u);
  rows_.Delete(kStaff, "staff/ann");
  signal("handle_time { seconds: 5 }");
  EXPECT_EQ(late(cause, "ann"), 1u) << "nothing waits any more";
  signal("handle_time { seconds: 105 }");
  EXPECT_EQ(late(cause, "ann", "overdue_time { seconds: 100 }"), 0u) << "it waited then";
}

TEST_F(OnActivityTest, ItsOwnerIsRemindedWhoeverSetTheTime) {
  Row("");
  EXPECT_EQ(Reason(React("reminded {}", "user:ann")), "ACTIVITY_REMINDER");
  EXPECT_EQ(Reason(React("fell_due {}", "user:ann")), "ACTIVITY_OVERDUE");
}

// Looked at again after a hand-over, it tells nobody else.
TEST_F(OnActivityTest, WhoseItWasThenIsToldWhoeverHasItNow) {
  Row("");
  for (const char* event : {"reminded { owner: 'bob' }", "fell_due { owner: 'bob' }"})
    EXPECT_EQ(At<v1::NotifyRequest>(React(event), 0).parent(), "staff/bob") << event;
}

TEST_F(OnActivityTest, DoneItIsATouchpoint) {
  Row("personal { subject: 's' notes: 'n' outcome: 'o' location: 'l' } ");
  const auto commands = React(
      "done { touch { touchpoint: 'customers/c/touchpoints/t' channel: CHANNEL_PHONE direction: "
      "DIRECTION_OUT occur_time { seconds: 9 } staff: 'ann' contacts: 'contacts/k' next_step: 'x' "
      "next_step_date { year: 2026 month: 4 day: 1 } device_time { seconds: 8 } } }");
  ASSERT_EQ(commands.size(), 1u);
  EXPECT_THAT(
      At<v1::RecordTouchpointRequest>(commands, 0),
      testing::EqualsProto(
          "parent: 'customers/c' touchpoint_id: 't' touchpoint { channel: CHANNEL_PHONE direction: "
          "DIRECTION_OUT occur_time { seconds: 9 } staff: 'ann' contacts: 'contacts/k' personal { "
          "subject: 's' notes: 'n' outcome: 'o' } next_step: 'x' next_step_date { year: 2026 "
          "month: 4 day: 1 } device_time { seconds: 8 } about: 'activities/a' }"));
  EXPECT_THAT(React("done {}"), IsEmpty());
}

TEST_F(OnActivityTest, ATouchpointHasASubjectInAnyCase) {
  const std::string done = "done { touch { touchpoint: 'customers/c/touchpoints/t' } }";
  const auto subject = [&] {
    return At<v1::RecordTouchpointRequest>(React(done), 0).touchpoint().personal().subject();
  };
  const std::string contact = "cause: ACTIVITY_CAUSE_CONTACT_OVERDUE ";
  Row(contact);
  const std::string otherwise = subject();
  for (const std::string& blank : {std::string(" "), std::string(250, ' ') + "x"}) {
    Row(contact + "personal { outcome: '" + blank + "' } ");
    EXPECT_EQ(subject(), otherwise);
  }
  Row("cause: ACTIVITY_CAUSE_CONTACT_OVERDUE personal { outcome: 'all is well' } ");
  EXPECT_EQ(At<v1::RecordTouchpointRequest>(React(done), 0).touchpoint().personal().subject(),
            "all is well");
  Row("cause: ACTIVITY_CAUSE_CONTACT_OVERDUE ");
  EXPECT_NE(At<v1::RecordTouchpointRequest>(React(done), 0).touchpoint().personal().subject(), "");
  Row("cause: ACTIVITY_CAUSE_OTHER personal { outcome: '" + std::string(300, 'x') + "' } ");
  EXPECT_EQ(
      At<v1::RecordTouchpointRequest>(React(done), 0).touchpoint().personal().subject().size(),
      200u);
}

TEST_F(OnActivityTest, ClosedItHasTheNextOfItsSeries) {
  Row("personal { subject: 's' notes: 'n' outcome: 'o' } repeat: 'FREQ=DAILY' repeat_basis: "
      "ACTIVITY_REPEAT_BASIS_SERIES series: 'activities/first' series_start_time { seconds: 4 } "
      "occurrence: 2 priority: ACTIVITY_PRIORITY_HIGH reminder_minutes: 5 duration_minutes: 10 ");
  const std::string next =
      "next { name: 'activities/b' due_time { seconds: 50 } due_date { year: 2026 month: 3 day: 7 "
      "} occurrence: 3 }";
  const char planned[] =
      "activity_id: 'b' series: 'activities/first' series_start_time { seconds: 4 } occurrence: 3 "
      "activity { kind: ACTIVITY_KIND_CALL customer: 'customers/c' owner: 'ann' personal { "
      "subject: 's' } due_time { seconds: 50 } duration_minutes: 10 priority: "
      "ACTIVITY_PRIORITY_HIGH repeat: 'FREQ=DAILY' repeat_basis: ACTIVITY_REPEAT_BASIS_SERIES "
      "reminder_minutes: 5 }";
  for (const std::string verb : {"done", "cancelled"}) {
    EXPECT_THAT(At<v1::PlanNextActivityRequest>(React(verb + " { " + next + "}"), 0),
                testing::EqualsProto(planned));
  }
  EXPECT_THAT(React("cancelled {}"), IsEmpty());
  EXPECT_EQ(React("done { touch { touchpoint: 'customers/c/touchpoints/t' } " + next + "}").size(),
            2u);
}

class OnContactPlanTest : public ::testing::Test {
 protected:
  void Plan(const std::string& action) {
    rows_.Put(kContactPlans,
              ParseText<v1::ContactPlan>("name: 'contactPlans/top' tier: TIER_TOP activity_kind: "
                                         "ACTIVITY_KIND_VISIT lapse_action: CONTACT_LAPSE_ACTION_" +
                                         action));
  }
  void Customer(const std::string& id, int64_t last_contact, const std::string& owner = "ann") {
    v1::Customer customer;
    customer.set_name("customers/" + id);
    rows_.Put(kCustomers, customer);
    v1::ContactState state;
    state.set_customer(customer.name());
    state.set_planned(true);
    state.set_tier(v1::TIER_TOP);
    state.set_owner(owner);
    state.mutable_last_contact_time()->set_seconds(last_contact);
    rows_.Put(kContactStates, state);
  }
  v1::ContactPlanEvent Look() {
    return ParseText<v1::ContactPlanEvent>(
        "checked { check { number: 3 cutoff_time { seconds: 1000 } check_time { seconds: 2000 } "
        "activity_due_date { year: 2026 month: 3 day: 4 } } }");
  }
  engine::Commands React(const v1::ContactPlanEvent& event) {
    const engine::EventMeta meta{.name = "contactPlans/top"};
    return OnContactPlan({event, meta}, rows_);
  }

  FakeRows rows_{kActivities,    kContactPlans,         kContactStates, kCustomers,
                 kNotifications, kNotificationPolicies, kStaff,         kRedirects};
};

TEST_F(OnContactPlanTest, ALapseIsAnActivityOfTheOwnerOnce) {
  Plan("ACTIVITY");
  Customer("late", 999);
  Customer("in-time", 1000);
  Customer("nobodys", 10, "");
  Customer("left", 10, "eve");
  rows_.Put(kStaff, ParseText<v1::Staff>("name: 'staff/eve' status: STAFF_STATUS_LEFT"));
  const engine::Commands commands = React(Look());
  ASSERT_EQ(commands.size(), 1u);
  auto plan = At<v1::PlanActivityRequest>(commands, 0);
  v1::Activity made;
  made.set_name("activities/" + plan.activity_id());
  plan.clear_activity_id();
  EXPECT_THAT(plan, testing::EqualsProto(
                        "activity { kind: ACTIVITY_KIND_VISIT customer: 'customers/late' about: "
                        "'contactPlans/top' owner: 'ann' cause: ACTIVITY_CAUSE_CONTACT_OVERDUE "
                        "due_date { year: 2026 month: 3 day: 4 } }"));
  rows_.Put(kActivities, made);
  EXPECT_THAT(React(Look()), IsEmpty());
  // Another contact, another lapse.
  Customer("late", 998);
  EXPECT_EQ(React(Look()).size(), 1u);
}

TEST_F(OnContactPlanTest, OrANotificationOnce) {
  Plan("NOTIFICATION");
  Customer("late", 999);
  const engine::Commands commands = React(Look());
  ASSERT_EQ(commands.size(), 1u);
  auto notify = At<v1::NotifyRequest>(commands, 0);
  v1::Notification made;
  made.set_name("staff/ann/notifications/" + notify.notification_id());
  notify.clear_notification_id();
  EXPECT_THAT(notify, testing::EqualsProto(
                          "parent: 'staff/ann' notification { reason: "
                          "NOTIFICATION_REASON_CONTACT_OVERDUE about: 'customers/late' customer: "
                          "'customers/late' occur_time { seconds: 2000 } }"));
  rows_.Put(kNotifications, made);
  EXPECT_THAT(React(Look()), IsEmpty());
}

TEST_F(OnContactPlanTest, NobodyIsAskedForWhomNobodyIsTold) {
  Plan("NOTIFICATION");
  Customer("late", 999);
  rows_.Put(kNotificationPolicies,
            ParseText<v1::NotificationPolicy>("name: 'notificationPolicies/standard' rules { "
                                              "reason: NOTIFICATION_REASON_CONTACT_OVERDUE muted: "
                                              "true }"));
  EXPECT_THAT(React(Look()), IsEmpty());
  Plan("ACTIVITY");
  EXPECT_EQ(React(Look()).size(), 1u) << "an activity is no notification";
}

TEST_F(OnContactPlanTest, AStretchEndsAlsoWhenNothingIsAskedFor) {
  Plan("ACTIVITY");
  for (const char* id : {"a", "b", "c"}) Customer(id, id[0], "");
  const engine::Commands commands =
      AskForContacts(*rows_.Get(kContactPlans, "contactPlans/top"), Look().checked().check(),
                     nullptr, {.looked_at = 2}, rows_);
  ASSERT_EQ(commands.size(), 1u);
  EXPECT_EQ(At<v1::ContinueContactCheckRequest>(commands, 0).after_customer(), "customers/b");
}

TEST_F(OnContactPlanTest, OrNothing) {
  Plan("NONE");
  Customer("late", 999);
  EXPECT_THAT(React(Look()), IsEmpty());
  Plan("ACTIVITY");
  EXPECT_THAT(React(v1::ContactPlanEvent()), IsEmpty());
}

TEST_F(OnContactPlanTest, ManyAreAskedForInStretches) {
  Plan("ACTIVITY");
  for (const char* id : {"e", "b", "d", "a", "c"}) Customer(id, id[0]);
  const auto plan = *rows_.Get(kContactPlans, "contactPlans/top");
  const v1::ContactCheck check = Look().checked().check();
  v1::ContactCheckPlace place;
  std::string asked;
  for (int stretch = 0; stretch < 3; ++stretch) {
    const engine::Commands commands =
        AskForContacts(plan, check, stretch == 0 ? nullptr : &place, {.commands = 2}, rows_);
    for (const auto& command : commands) {
      if (const auto* more = dynamic_cast<const v1::ContinueContactCheckRequest*>(command.get())) {
        EXPECT_EQ(more->name(), "contactPlans/top");
        EXPECT_EQ(more->check_number(), 3);
        place.set_customer(more->after_customer());
        *place.mutable_contact_time() = more->after_contact_time();
        asked += "|";
        continue;
      }
      const auto& planned = dynamic_cast<const v1::PlanActivityRequest&>(*command);
      asked += planned.activity().customer().substr(std::string("customers/").size());
    }
  }
  EXPECT_EQ(asked, "ab|cd|e");
}

TEST_F(OnContactPlanTest, ALookGoesOnWhereItStopped) {
  Plan("ACTIVITY");
  Customer("a", 5);
  Customer("b", 5);
  Customer("c", 6);
  v1::ContactPlanEvent event;
  *event.mutable_check_continued()->mutable_check() = Look().checked().check();
  event.mutable_check_continued()->mutable_place()->set_customer("customers/a");
  event.mutable_check_continued()->mutable_place()->mutable_contact_time()->set_seconds(5);
  EXPECT_EQ(React(event).size(), 2u);
}

}  // namespace
}  // namespace crm::customer
