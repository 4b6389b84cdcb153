#include "services/customer/domain/notification_policy.h"

#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/field_mask.h"
#include "libs/base/status.h"
#include "libs/engine/update.h"
#include "services/customer/read/notification_tables.h"

namespace crm::customer {
namespace {

using base::Invalid;
using Event = NotificationPolicyModel::Event;

constexpr int kDefaultUnreadHours = 24;
constexpr int kDefaultEscalations = 2;

struct SeedRule {
  v1::NotificationReason reason;
  int unread_hours;
};

constexpr SeedRule kSeedRules[] = {
    {v1::NOTIFICATION_REASON_COMPLAINT, 4},      {v1::NOTIFICATION_REASON_URGENT_TICKET, 2},
    {v1::NOTIFICATION_REASON_SIGNAL_OVERDUE, 8}, {v1::NOTIFICATION_REASON_LARGE_EXPORT, 4},
    {v1::NOTIFICATION_REASON_REMINDER, 0},       {v1::NOTIFICATION_REASON_ACTIVITY_REMINDER, 0},
    {v1::NOTIFICATION_REASON_CUSTOMER_TAKEN, 0}, {v1::NOTIFICATION_REASON_CUSTOMER_RECYCLED, 0},
    {v1::NOTIFICATION_REASON_PICK_REFUSED, 0},   {v1::NOTIFICATION_REASON_IMPORT_ENDED, 0},
    {v1::NOTIFICATION_REASON_EXPORT_ENDED, 0},
};

const v1::NotificationRule* RuleOf(const v1::NotificationPolicy& policy,
                                   v1::NotificationReason reason) {
  for (const v1::NotificationRule& rule : policy.rules()) {
    if (rule.reason() == reason) return &rule;
  }
  return nullptr;
}

absl::Status CheckHours(const std::string& field, int hours) {
  if (hours >= 0 && hours <= kUnreadHoursMax) return absl::OkStatus();
  return Invalid(field, "must be 0 to 8,760");
}

absl::Status CheckPolicy(const v1::NotificationPolicy& policy) {
  std::set<int> seen;
  for (int i = 0; i < policy.rules_size(); ++i) {
    const v1::NotificationRule& rule = policy.rules(i);
    const std::string field = absl::StrCat("notification_policy.rules[", i, "]");
    const bool known = v1::NotificationReason_IsValid(rule.reason()) &&
                       rule.reason() != v1::NOTIFICATION_REASON_UNSPECIFIED;
    if (!known || !seen.insert(rule.reason()).second)
      return Invalid(field + ".reason", "must be a reason, none twice");
    if (absl::Status s = CheckHours(field + ".unread_hours", rule.unread_hours()); !s.ok())
      return s;
    const bool asked_for = rule.reason() == v1::NOTIFICATION_REASON_REMINDER ||
                           rule.reason() == v1::NOTIFICATION_REASON_ESCALATION;
    if (rule.muted() && asked_for)
      return Invalid(field + ".muted", "must not be: somebody asked for these");
  }
  if (absl::Status s = CheckHours("notification_policy.unread_hours", policy.unread_hours());
      !s.ok())
    return s;
  if (policy.escalations_max() < 0 || policy.escalations_max() > kEscalationsMax)
    return Invalid("notification_policy.escalations_max", "must be 0 to 10");
  return absl::OkStatus();
}

}  // namespace

engine::Decision<NotificationPolicyModel> NotificationPolicyModel::Decide(
    const State&, const v1::CreateNotificationPolicyRequest& create,
    const engine::Context& context) {
  if (context.name != kStandardNotificationPolicy)
    return Invalid("notification_policy_id", "must be \"standard\"");
  if (absl::Status s = CheckPolicy(create.notification_policy()); !s.ok()) return s;
  Event event;
  *event.mutable_created()->mutable_notification_policy() = create.notification_policy();
  return event;
}

engine::Decision<NotificationPolicyModel> NotificationPolicyModel::Decide(
    const State& policy, const v1::UpdateNotificationPolicyRequest& update,
    const engine::Context&) {
  const auto changed =
      engine::ChangedFields(update.notification_policy(), update.update_mask(), policy);
  if (!changed.ok()) return changed.status();
  if (changed->paths().empty()) return std::nullopt;
  State next = policy;
  base::ApplyMask(*changed, update.notification_policy(), next);
  if (absl::Status s = CheckPolicy(next); !s.ok()) return s;
  Event event;
  auto& updated = *event.mutable_updated();
  *updated.mutable_changed() = *changed;
  base::ApplyMask(*changed, update.notification_policy(), *updated.mutable_notification_policy());
  return event;
}

void NotificationPolicyModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kCreated:
      state = event.created().notification_policy();
      return;
    case Event::kUpdated:
      base::ApplyMask(event.updated().changed(), event.updated().notification_policy(), state);
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

bool IsMuted(const v1::NotificationPolicy& policy, v1::NotificationReason reason) {
  const v1::NotificationRule* rule = RuleOf(policy, reason);
  return rule != nullptr && rule->muted();
}

std::optional<absl::Duration> UnreadLimit(const v1::NotificationPolicy& policy,
                                          v1::NotificationReason reason, int level) {
  const v1::NotificationRule* rule = RuleOf(policy, reason);
  const int hours = rule != nullptr ? rule->unread_hours() : policy.unread_hours();
  if (hours == 0 || level >= policy.escalations_max()) return std::nullopt;
  return absl::Hours(hours);
}

engine::Commands SeedNotificationPolicies() {
  auto command = std::make_unique<v1::CreateNotificationPolicyRequest>();
  command->set_notification_policy_id("standard");
  v1::NotificationPolicy& policy = *command->mutable_notification_policy();
  for (const SeedRule& seed : kSeedRules) {
    v1::NotificationRule& rule = *policy.add_rules();
    rule.set_reason(seed.reason);
    rule.set_unread_hours(seed.unread_hours);
  }
  policy.set_unread_hours(kDefaultUnreadHours);
  policy.set_escalations_max(kDefaultEscalations);
  engine::Commands commands;
  commands.push_back(std::move(command));
  return commands;
}

}  // namespace crm::customer
