#include "services/customer/domain/notification.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>
#include <vector>

#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/read/notification_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;
using testing::Given;
using testing::ParseText;
using testing::WordOf;

// FixedContext is 2026-03-02 10:00 UTC.
constexpr char kNow[] = "occur_time { seconds: 1772445600 } ";
constexpr char kComplaint[] =
    "reason: NOTIFICATION_REASON_COMPLAINT about: 'customers/c1/tickets/t1' customer: "
    "'customers/c1' ";
constexpr char kOverdue[] = "escalate_time { seconds: 1772445600 } ";
constexpr char kInAnHour[] = "escalate_time { seconds: 1772449200 } ";

std::string Notification(const std::string& fields) { return "notification { " + fields + " }"; }
std::string Made(const std::string& more = "") {
  return "made { " + Notification(std::string(kComplaint) + kNow + more) + " }";
}
const std::string kRead = "acknowledged { time { seconds: 1772445600 } }";
const std::string kActed = "acknowledged { time { seconds: 1772445600 } acted: true }";
const std::string kEscalated = "escalated { time { seconds: 1772445600 } staff: 'staff/lead' }";

NotificationModel::NotifyFacts With(const std::string& policy, bool left = false) {
  return {ParseText<v1::NotificationPolicy>(policy), left};
}

TEST(Notify, Rules) {
  using Model = NotificationModel;
  const auto context = FixedContext<Model>();
  CheckDecisions<Model, v1::NotifyRequest>(
      {
          {"makes one", {}, Notification(kComplaint), Made()},
          {"takes the time that it is told",
           {},
           Notification(std::string(kComplaint) + "occur_time { seconds: 1769853600 }"),
           "made { " +
               Notification(std::string(kComplaint) + "occur_time { seconds: 1769853600 }") + " }"},
          {"refuses what came about more than thirty days ago",
           {},
           Notification(std::string(kComplaint) + "occur_time { seconds: 1769853599 }"),
           "!NOTIFICATION_TOO_LATE"},
          {"needs a reason", {}, Notification("about: 'x/y'"), "!field:notification.reason"},
          {"refuses a reason that is none",
           {},
           Notification("reason: 9999 about: 'x/y'"),
           "!field:notification.reason"},
          {"needs what it is about",
           {},
           Notification("reason: NOTIFICATION_REASON_COMPLAINT about: ' '"),
           "!field:notification.about"},
          {"refuses a customer by another name",
           {},
           Notification("reason: NOTIFICATION_REASON_COMPLAINT about: 'x/y' customer: 'c1'"),
           "!field:notification.customer"},
          {"refuses a time that is none",
           {},
           Notification(std::string(kComplaint) + "occur_time { nanos: -1 }"),
           "!field:notification.occur_time"},
          {"refuses a day that is none",
           {},
           Notification(std::string(kComplaint) + "due_date { year: 2026 }"),
           "!field:notification.due_date"},
      },
      context, Model::NotifyFacts{});
  const std::string policy = "etag: 'r1' escalations_max: 2 unread_hours: 1 ";
  CheckDecisions<Model, v1::NotifyRequest>(
      {{"is escalated after the hours of the policy",
        {},
        Notification(kComplaint),
        Made(std::string(kInAnHour) + "notification_policy_etag: 'r1'")},
       {"is not escalated further than the policy says",
        {},
        Notification(std::string(kComplaint) + "escalated { level: 2 }"),
        Made("escalated { level: 2 } notification_policy_etag: 'r1'")}},
      context, With(policy));
  CheckDecisions<Model, v1::NotifyRequest>(
      {{"is escalated at once when nobody is there to read it",
        {},
        Notification(kComplaint),
        Made(std::string(kOverdue) + "notification_policy_etag: 'r1'")}},
      context, With(policy, true));
  CheckDecisions<Model, v1::NotifyRequest>(
      {{"not when it never is escalated",
        {},
        Notification(kComplaint),
        Made("notification_policy_etag: 'r1'")}},
      context, With("etag: 'r1' escalations_max: 2 unread_hours: 0", true));
  CheckDecisions<Model, v1::NotifyRequest>(
      {{"refuses what nobody wants to know", {}, Notification(kComplaint), "!NOTIFICATION_MUTED"}},
      context, With("rules { reason: NOTIFICATION_REASON_COMPLAINT muted: true }"));
}

TEST(AcknowledgeNotification, Rules) {
  CheckDecisions<NotificationModel, v1::AcknowledgeNotificationRequest>({
      {"is read", {Made()}, "", kRead},
      {"is acted upon without having been read", {Made()}, "acted: true", kActed},
      {"is acted upon after it was read", {Made(), kRead}, "acted: true", kActed},
      {"is quiet the second time", {Made(), kRead}, "", ""},
      {"is quiet when it was acted upon", {Made(), kActed}, "acted: true", ""},
      {"is read after it was acted upon: quiet", {Made(), kActed}, "", ""},
      {"is read after it was escalated", {Made(), kEscalated}, "", kRead},
  });
}

TEST(EscalateNotification, Rules) {
  using Model = NotificationModel;
  const auto context = FixedContext<Model>();
  const std::string told =
      "reason: NOTIFICATION_REASON_ESCALATION about: 'customers/c1/tickets/t1' customer: "
      "'customers/c1' escalated { notification: 'staff/staff-1/notifications/notification-1' ";
  const std::string to_lead = "escalated { time { seconds: 1772445600 } staff: 'staff/lead' ";
  CheckDecisions<Model, v1::EscalateNotificationRequest>(
      {
          {"tells who stands in",
           {Made(kOverdue)},
           "",
           to_lead + Notification(told + "reason: NOTIFICATION_REASON_COMPLAINT level: 1 }") +
               " }"},
          {"tells the next one of what it was at first",
           {Made(std::string(kOverdue) +
                 "escalated { reason: NOTIFICATION_REASON_NEXT_STEP level: 1 }")},
           "",
           to_lead + Notification(told + "reason: NOTIFICATION_REASON_NEXT_STEP level: 2 }") +
               " }"},
          {"is quiet before its time", {Made(kInAnHour)}, "", ""},
          {"is quiet when it never is", {Made()}, "", ""},
          {"is quiet when it was read", {Made(kOverdue), kRead}, "", ""},
          {"is quiet when it was acted upon", {Made(kOverdue), kActed}, "", ""},
          {"is quiet when it was done", {Made(kOverdue), kEscalated}, "", ""},
      },
      context, Model::EscalateFacts{"staff/lead"});
  CheckDecisions<Model, v1::EscalateNotificationRequest>(
      {{"says that there is nobody",
        {Made(kOverdue)},
        "",
        "escalated { time { seconds: 1772445600 } }"}},
      context, Model::EscalateFacts{});
}

// Every state and verb.
TEST(Notification, EveryStateAndVerb) {
  using Model = NotificationModel;
  const std::map<std::string, std::vector<std::string>> states = {
      {"unread", {Made(kOverdue)}},
      {"escalated", {Made(kOverdue), kEscalated}},
      {"read", {Made(kOverdue), kRead}},
      {"acted", {Made(kOverdue), kActed}},
  };
  const auto context = FixedContext<Model>();
  const std::map<std::string, std::array<std::string, 3>> expected = {
      // read, act, escalate
      {"unread", {"acknowledged", "acknowledged", "escalated"}},
      {"escalated", {"acknowledged", "acknowledged", ""}},
      {"read", {"", "acknowledged", ""}},
      {"acted", {"", "", ""}},
  };
  for (const auto& [name, facts] : states) {
    SCOPED_TRACE(name);
    const auto state = Given<Model>(facts);
    v1::AcknowledgeNotificationRequest read, act;
    act.set_acted(true);
    const auto& verbs = expected.at(name);
    EXPECT_EQ(WordOf(Model::Decide(state, read, context)), verbs[0]);
    EXPECT_EQ(WordOf(Model::Decide(state, act, context)), verbs[1]);
    EXPECT_EQ(WordOf(Model::Decide(state, v1::EscalateNotificationRequest(), context,
                                   Model::EscalateFacts{"staff/lead"})),
              verbs[2]);
  }
}

TEST(Notification, KeepsWhenItWasFirstReadAndIsNotEscalatedAnyMore) {
  const auto state =
      Given<NotificationModel>({Made(kOverdue), "acknowledged { time { seconds: 5 } }",
                                "acknowledged { time { seconds: 9 } acted: true }"});
  EXPECT_EQ(state.state(), v1::NOTIFICATION_STATE_ACTED);
  EXPECT_EQ(state.read_time().seconds(), 5);
  EXPECT_EQ(state.acted_time().seconds(), 9);
  EXPECT_FALSE(NotificationModel::NextDue(state).has_value());
  EXPECT_FALSE(IsUnread(state));
}

class StandIn : public ::testing::Test {
 protected:
  void Put(const std::string& id, const std::string& fields,
           v1::StaffStatus status = v1::STAFF_STATUS_ACTIVE) {
    auto staff = ParseText<v1::Staff>(fields);
    staff.set_name("staff/" + id);
    staff.set_status(status);
    rows_.Put(kStaff, staff);
  }
  void Lead(const std::string& lead) {
    v1::Team team;
    team.set_name("teams/red");
    team.set_lead(lead);
    rows_.Put(kTeams, team);
  }
  std::string Of(const std::string& id) {
    return StandInOf("staff/" + id, absl::CivilDay(2026, 3, 2), rows_);
  }

  testing::FakeRows rows_{kStaff, kTeams, kNotificationPolicies};
};

TEST_F(StandIn, IsTheDeputyTheLeadOrTheManager) {
  const std::string red = "team: 'teams/red' manager: 'staff/boss' ";
  const auto away = [](int start, int end) {
    return "absences { deputy: 'staff/deputy' period { start { year: 2026 month: 3 day: " +
           std::to_string(start) + " } end { year: 2026 month: 3 day: " + std::to_string(end) +
           " } } }";
  };
  Put("ann", red);
  EXPECT_EQ(Of("ann"), "");
  Put("boss", "");
  EXPECT_EQ(Of("ann"), "staff/boss");
  Lead("staff/lead");
  EXPECT_EQ(Of("ann"), "staff/boss");
  Put("lead", "");
  EXPECT_EQ(Of("ann"), "staff/lead");
  Put("ann", red + away(1, 2));
  Put("deputy", "");
  EXPECT_EQ(Of("ann"), "staff/lead");
  Put("ann", red + away(2, 3));
  EXPECT_EQ(Of("ann"), "staff/deputy");
  Put("deputy", "", v1::STAFF_STATUS_LEFT);
  EXPECT_EQ(Of("ann"), "staff/lead");
  Lead("staff/ann");
  EXPECT_EQ(Of("ann"), "staff/boss");
  Put("boss", "", v1::STAFF_STATUS_LEFT);
  EXPECT_EQ(Of("ann"), "");
  EXPECT_EQ(Of("unknown"), "");
}

TEST_F(StandIn, IsGatheredAsOfTheBusinessDay) {
  Put("staff-1", "manager: 'staff/boss'");
  Put("boss", "");
  v1::EscalateNotificationRequest escalate;
  const auto context = FixedContext<NotificationModel>();
  escalate.set_name(context.name);
  EXPECT_EQ(NotificationModel::Gather(escalate, context, rows_).staff, "staff/boss");
}

TEST_F(StandIn, WhoHasLeftIsKnownWhenNotified) {
  v1::NotifyRequest notify;
  notify.set_parent("staff/ann");
  const auto context = FixedContext<NotificationModel>();
  EXPECT_FALSE(NotificationModel::Gather(notify, context, rows_).left);
  EXPECT_FALSE(NotificationModel::Gather(notify, context, rows_).policy.has_value());
  Put("ann", "", v1::STAFF_STATUS_LEFT);
  v1::NotificationPolicy policy;
  policy.set_name(kStandardNotificationPolicy);
  rows_.Put(kNotificationPolicies, policy);
  EXPECT_TRUE(NotificationModel::Gather(notify, context, rows_).left);
  EXPECT_TRUE(NotificationModel::Gather(notify, context, rows_).policy.has_value());
}

}  // namespace
}  // namespace crm::customer
