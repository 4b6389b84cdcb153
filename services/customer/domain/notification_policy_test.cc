#include "services/customer/domain/notification_policy.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/testing/decisions.h"
#include "services/customer/read/notification_tables.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;
using testing::ParseText;

engine::Context OfTheOne() {
  auto context = FixedContext<NotificationPolicyModel>();
  context.name = kStandardNotificationPolicy;
  return context;
}

std::string Policy(const std::string& fields) { return "notification_policy { " + fields + " }"; }
std::string Rule(const std::string& fields) { return Policy("rules { " + fields + " }"); }

constexpr char kComplaint[] = "reason: NOTIFICATION_REASON_COMPLAINT ";

TEST(CreateNotificationPolicy, Rules) {
  const std::string first = "!field:notification_policy.rules[0].";
  const std::string complaint = kComplaint;
  CheckDecisions<NotificationPolicyModel, v1::CreateNotificationPolicyRequest>(
      {
          {"creates",
           {},
           Rule(complaint + "unread_hours: 8760 muted: true"),
           "created { " + Rule(complaint + "unread_hours: 8760 muted: true") + " }"},
          {"takes one that says nothing", {}, Policy(""), "created { " + Policy("") + " }"},
          {"needs a reason", {}, Rule("unread_hours: 1"), first + "reason"},
          {"refuses a reason that is none", {}, Rule("reason: 9999"), first + "reason"},
          {"refuses a reason twice",
           {},
           Policy("rules { " + complaint + "} rules { " + complaint + "}"),
           "!field:notification_policy.rules[1].reason"},
          {"refuses hours below none",
           {},
           Rule(complaint + "unread_hours: -1"),
           first + "unread_hours"},
          {"refuses more than a year",
           {},
           Rule(complaint + "unread_hours: 8761"),
           first + "unread_hours"},
          {"refuses to mute reminders",
           {},
           Rule("reason: NOTIFICATION_REASON_REMINDER muted: true"),
           first + "muted"},
          {"refuses to mute escalations",
           {},
           Rule("reason: NOTIFICATION_REASON_ESCALATION muted: true"),
           first + "muted"},
          {"refuses hours of others that are none",
           {},
           Policy("unread_hours: 8761"),
           "!field:notification_policy.unread_hours"},
          {"refuses escalations below none",
           {},
           Policy("escalations_max: -1"),
           "!field:notification_policy.escalations_max"},
          {"refuses too many escalations",
           {},
           Policy("escalations_max: 11"),
           "!field:notification_policy.escalations_max"},
      },
      OfTheOne());
  CheckDecisions<NotificationPolicyModel, v1::CreateNotificationPolicyRequest>(
      {{"refuses another one", {}, Policy(""), "!field:notification_policy_id"}});
}

TEST(UpdateNotificationPolicy, Rules) {
  const std::string made = "created { " + Policy("unread_hours: 24") + " }";
  const auto to = [](const std::string& fields) {
    return Policy(fields) + " update_mask { paths: 'unread_hours' }";
  };
  CheckDecisions<NotificationPolicyModel, v1::UpdateNotificationPolicyRequest>(
      {
          {"changes what the mask says",
           {made},
           to("unread_hours: 8 escalations_max: 3"),
           "updated { changed { paths: 'unread_hours' } " + Policy("unread_hours: 8") + " }"},
          {"is quiet when it is so", {made}, to("unread_hours: 24"), ""},
          {"refuses what makes no policy",
           {made},
           to("unread_hours: -1"),
           "!field:notification_policy.unread_hours"},
      },
      OfTheOne());
}

TEST(UnreadLimit, IsThatOfTheRuleOrElseOfThePolicy) {
  const auto policy = ParseText<v1::NotificationPolicy>(
      "rules { reason: NOTIFICATION_REASON_COMPLAINT unread_hours: 4 } "
      "rules { reason: NOTIFICATION_REASON_REMINDER } unread_hours: 24 escalations_max: 2");
  const auto limit = [&](v1::NotificationReason reason, int level) {
    return UnreadLimit(policy, reason, level).value_or(absl::ZeroDuration());
  };
  EXPECT_EQ(limit(v1::NOTIFICATION_REASON_COMPLAINT, 0), absl::Hours(4));
  EXPECT_EQ(limit(v1::NOTIFICATION_REASON_CUSTOMER_LOST, 1), absl::Hours(24));
  EXPECT_EQ(limit(v1::NOTIFICATION_REASON_CUSTOMER_LOST, 2), absl::ZeroDuration());
  EXPECT_EQ(limit(v1::NOTIFICATION_REASON_REMINDER, 0), absl::ZeroDuration());
}

TEST(SeedNotificationPolicies, IsAPolicy) {
  const engine::Commands commands = SeedNotificationPolicies();
  ASSERT_EQ(commands.size(), 1u);
  v1::CreateNotificationPolicyRequest create;
  create.CopyFrom(*commands[0]);
  EXPECT_TRUE(NotificationPolicyModel::Decide({}, create, OfTheOne()).ok());
}

}  // namespace
}  // namespace crm::customer
