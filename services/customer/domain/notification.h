// Notification: what one of us should know, from made to read or acted upon.
//
// Made by reactions only, with an id derived from the cause, so that one cause is said once. What
// nobody reads is escalated once, to who stands in, the team's lead or the manager; that one's
// notification may be escalated in its turn. Pure: no I/O, no clock, no randomness.
#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "crm/customer/v1/notification.pb.h"
#include "crm/customer/v1/notification_policy.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// Nobody is told any more of what came about longer ago: reactions that run again from the
// beginning of the log would tell everybody of everything.
inline constexpr absl::Duration kCauseAgeMax = absl::Hours(24 * 30);

struct NotificationModel {
  using State = v1::Notification;
  using Event = v1::NotificationEvent;
  using Due = v1::EscalateNotificationRequest;

  struct NotifyFacts {
    // Read from the local table; none: nothing is muted, and nothing is escalated.
    std::optional<v1::NotificationPolicy> policy;
    bool left = false;  // Whoever is to be told has left: somebody else is told at once.
  };
  // Somebody who is not recorded as staff can be notified: owners may be named before they are.
  static NotifyFacts Gather(const v1::NotifyRequest&, const engine::Context&,
                            const engine::Snapshot&);
  // kInvalidArgument. Refuses NOTIFICATION_MUTED, NOTIFICATION_TOO_LATE.
  static engine::Decision<NotificationModel> Decide(const State&, const v1::NotifyRequest&,
                                                    const engine::Context&, const NotifyFacts&);

  // Nothing when it was said to be read, or acted upon, before.
  static engine::Decision<NotificationModel> Decide(const State&,
                                                    const v1::AcknowledgeNotificationRequest&,
                                                    const engine::Context&);

  struct EscalateFacts {
    std::string staff;  // "staff/{staff}" who is told instead; empty: there is nobody.
  };
  static EscalateFacts Gather(const v1::EscalateNotificationRequest&, const engine::Context&,
                              const engine::Snapshot&);
  // Nothing before its time, or when it was read or escalated.
  static engine::Decision<NotificationModel> Decide(const State&,
                                                    const v1::EscalateNotificationRequest&,
                                                    const engine::Context&, const EscalateFacts&);

  // When it is escalated.
  static std::optional<absl::Time> NextDue(const State& state);

  static void Evolve(State& state, const Event& event);
};

// Who is told instead of `name` ("staff/{staff}"): who stands in today, else the lead of the team,
// else the manager; of these the first who works for us. Empty: nobody.
std::string StandInOf(const std::string& name, absl::CivilDay today,
                      const engine::Snapshot& snapshot);

// Whether a new watch begins with it.
bool IsUnread(const v1::Notification& notification);

}  // namespace crm::customer
