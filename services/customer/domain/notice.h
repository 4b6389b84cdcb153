// Telling one of us what happened: how a reaction asks for a notification.
//
//   engine::Commands OnLoss(const engine::ForeignEvent<v1::CustomerEvent>& lost,
//                           const engine::Snapshot& snapshot) {
//     engine::Commands commands;
//     AddNotice(lost.meta, {.staff = owner, .reason = v1::NOTIFICATION_REASON_CUSTOMER_LOST,
//                           .about = lost.meta.name, .customer = lost.meta.name}, commands);
//     return commands;
//   }
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/civil_time.h"
#include "crm/customer/v1/notification.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// What somebody is to be told.
struct Notice {
  std::string staff;  // An id of staff, as in Customer.owner, or "staff/{staff}".
  v1::NotificationReason reason = v1::NOTIFICATION_REASON_UNSPECIFIED;
  std::string about;                    // A resource name, at most 256 bytes.
  std::string customer;                 // "customers/{customer}", or empty.
  std::string note;                     // Without personal data, at most 500 bytes.
  std::optional<absl::CivilDay> due{};  // By when something is to be done.
  bool also_own_acts = false;           // Tells also who did it.
  std::string actor{};                  // Who did it; empty: the actor of the event.
  std::string once_for{};  // What it is said of once ever, a resource name; empty: of the event.
};

// The id of the notification for an event and a reason: one ever.
std::string NoticeId(const engine::EventMeta& cause, v1::NotificationReason reason);

// Asks for the notification that the event `cause` makes: one ever for an event (or what it is said
// of once), reason and member of staff, at the time of the event. Nothing is added when
// `notice.staff` is empty, or is who brought the event about ("user:{staff}") unless they want to
// know that, too. At most one notice for each member of staff may be added to the commands of one
// event.
void AddNotice(const engine::EventMeta& cause, const Notice& notice, engine::Commands& commands);

}  // namespace crm::customer
