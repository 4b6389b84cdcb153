// NotificationPolicy: who is told of what, and what becomes of what nobody reads. There is one.
// Pure: no I/O, no clock, no randomness.
#pragma once

#include <optional>

#include "absl/time/time.h"
#include "crm/customer/v1/notification_policy.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

inline constexpr int kUnreadHoursMax = 8'760;
inline constexpr int kEscalationsMax = 10;

struct NotificationPolicyModel {
  using State = v1::NotificationPolicy;
  using Event = v1::NotificationPolicyEvent;

  // kInvalidArgument, naming the field: another id than the one, a rule that is none.
  static engine::Decision<NotificationPolicyModel> Decide(
      const State&, const v1::CreateNotificationPolicyRequest&, const engine::Context&);
  // The same. Nothing when nothing would change.
  static engine::Decision<NotificationPolicyModel> Decide(
      const State&, const v1::UpdateNotificationPolicyRequest&, const engine::Context&);

  static void Evolve(State& state, const Event& event);
};

// Nobody is told of this.
bool IsMuted(const v1::NotificationPolicy& policy, v1::NotificationReason reason);

// How long a notification may stay unread that has been escalated `level` times; nullopt: for ever.
std::optional<absl::Duration> UnreadLimit(const v1::NotificationPolicy& policy,
                                          v1::NotificationReason reason, int level);

// The policy that is set up at the first start: a day, for complaints and urgent tickets less; what
// only informs is not escalated.
engine::Commands SeedNotificationPolicies();

}  // namespace crm::customer
