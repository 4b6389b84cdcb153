#include "services/customer/react/notifications.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "libs/base/date.h"
#include "libs/base/resource_name.h"
#include "libs/base/timestamp.h"
#include "services/customer/domain/notice.h"
#include "services/customer/domain/references.h"
#include "services/customer/read/care_tables.h"
#include "services/customer/read/notification_tables.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using engine::Commands;
using engine::EventMeta;
using engine::ForeignEvent;
using engine::Snapshot;

constexpr std::string_view kPerson = "user:", kOurselves = "service:customer",
                           kCustomersPrefix = "customers/";

// Positions of a contact that are looked at for the owners of their customers.
constexpr int kPositionsMax = 100;

// Who looks after a customer now, or after the one that it was merged into; empty: nobody.
std::string OwnerOf(const std::string& customer, const Snapshot& snapshot) {
  const auto found = snapshot.Get(kCustomers, SurvivorOf(customer, snapshot));
  return found.has_value() ? found->owner() : "";
}

// Who looks after the customers that a contact is or was at, by any of its names.
void AddOwnersAround(const std::string& contact, const Snapshot& snapshot,
                     std::set<std::string>& owners) {
  int positions = 0;
  for (const std::string& name : NamesOf(contact, snapshot)) {
    snapshot.Scan(
        kPositions, "by_contact",
        [&](const v1::Position& position) {
          owners.insert(OwnerOf(std::string(base::ParentOf(position.name())), snapshot));
          return ++positions < kPositionsMax;
        },
        name);
    if (positions == kPositionsMax) return;
  }
}

// Who looks after the customers that a contact is at on the day, by any of its names, each with one
// of these customers.
void AddOwnersAt(const std::string& contact, absl::CivilDay today, const Snapshot& snapshot,
                 std::map<std::string, std::string>& customers) {
  int positions = 0;
  for (const std::string& name : NamesOf(contact, snapshot)) {
    snapshot.Scan(
        kPositions, "by_contact",
        [&](const v1::Position& position) {
          const bool there =
              (!position.has_start_date() || base::DayOf(position.start_date()) <= today) &&
              (!position.has_end_date() || today <= base::DayOf(position.end_date()));
          if (there) {
            const std::string customer =
                SurvivorOf(std::string(base::ParentOf(position.name())), snapshot);
            customers.emplace(OwnerOf(customer, snapshot), customer);
          }
          return ++positions < kPositionsMax;
        },
        name);
    if (positions == kPositionsMax) return;
  }
}

// Whom a case concerns, each with one of their customers.
std::map<std::string, std::string> OwnersOf(const v1::MergeCase& merge_case, absl::CivilDay today,
                                            const Snapshot& snapshot) {
  std::map<std::string, std::string> customers;
  for (const std::string& customer : {merge_case.first_customer(), merge_case.second_customer()}) {
    if (!customer.empty()) customers.emplace(OwnerOf(customer, snapshot), customer);
  }
  for (const std::string& contact : {merge_case.first_contact(), merge_case.second_contact()}) {
    if (!contact.empty()) AddOwnersAt(contact, today, snapshot, customers);
  }
  customers.erase("");
  return customers;
}

void AddOwnerChange(const EventMeta& cause, const std::string& previous_owner,
                    const std::string& owner, const std::string& reason, Commands& commands) {
  if (previous_owner == owner) return;
  Notice notice{.staff = owner,
                .reason = v1::NOTIFICATION_REASON_CUSTOMER_GIVEN,
                .about = cause.name,
                .customer = cause.name,
                .note = reason};
  AddNotice(cause, notice, commands);
  notice.staff = previous_owner;
  notice.reason = v1::NOTIFICATION_REASON_CUSTOMER_TAKEN;
  AddNotice(cause, notice, commands);
}

void AddMerge(const EventMeta& cause, const std::string& owner, const std::string& about,
              Commands& commands) {
  AddNotice(cause,
            {.staff = owner,
             .reason = v1::NOTIFICATION_REASON_CUSTOMER_MERGED,
             .about = about,
             .customer = cause.name},
            commands);
}

// Imports are left out: thousands of rows would be thousands of notices.
void AddCreated(const EventMeta& cause, const v1::CustomerCreated& created, Commands& commands) {
  const bool by_hand = cause.actor.starts_with(kPerson) && !created.imported();
  if (by_hand) AddOwnerChange(cause, "", created.customer().owner(), "", commands);
}

void AddUpdated(const EventMeta& cause, const v1::CustomerUpdated& updated, Commands& commands) {
  const auto& paths = updated.changed().paths();
  if (updated.imported() || std::find(paths.begin(), paths.end(), "owner") == paths.end()) return;
  AddOwnerChange(cause, updated.previous_owner(), updated.customer().owner(),
                 updated.owner_reason(), commands);
}

// Each once, whoever looked after both.
void AddAbsorbed(const EventMeta& cause, const v1::CustomerAbsorbed& absorbed, Commands& commands) {
  AddMerge(cause, absorbed.owner(), cause.name, commands);
  if (absorbed.absorbed_owner() != absorbed.owner())
    AddMerge(cause, absorbed.absorbed_owner(), absorbed.absorbed(), commands);
}

// The notice, unless they have been told: of a search's thousandth pair nothing is asked any more.
void AddOnce(const EventMeta& cause, const Notice& notice, const Snapshot& snapshot,
             Commands& commands) {
  Commands asked;
  AddNotice(cause, notice, asked);
  for (auto& command : asked) {
    const auto& notify = static_cast<const v1::NotifyRequest&>(*command);
    const std::string name = notify.parent() + "/notifications/" + notify.notification_id();
    if (!snapshot.Get(kNotifications, name).has_value()) commands.push_back(std::move(command));
  }
}

v1::NotificationReason ReasonOf(const servicedesk::v1::Ticket& ticket) {
  if (ticket.type() == servicedesk::v1::TICKET_TYPE_COMPLAINT)
    return v1::NOTIFICATION_REASON_COMPLAINT;
  if (ticket.priority() == servicedesk::v1::PRIORITY_URGENT)
    return v1::NOTIFICATION_REASON_URGENT_TICKET;
  return v1::NOTIFICATION_REASON_UNSPECIFIED;
}

}  // namespace

Commands NotifyOfCustomer(const ForeignEvent<v1::CustomerEvent>& event, const Snapshot&) {
  const EventMeta& meta = event.meta;
  Commands commands;
  if (event.event.has_transferred()) {
    const auto& transferred = event.event.transferred();
    // A transfer tells each receiver once, when it has ended.
    if (!transferred.transfer().empty()) return commands;
    AddOwnerChange(meta, transferred.previous_owner(), transferred.owner(), transferred.reason(),
                   commands);
  } else if (event.event.has_released()) {
    const auto& released = event.event.released();
    AddOwnerChange(meta, released.previous_owner(), "", released.reason(), commands);
  } else if (event.event.has_created()) {
    AddCreated(meta, event.event.created(), commands);
  } else if (event.event.has_updated()) {
    AddUpdated(meta, event.event.updated(), commands);
  } else if (event.event.has_absorbed()) {
    AddAbsorbed(meta, event.event.absorbed(), commands);
  } else if (event.event.has_merge_reversed()) {
    AddMerge(meta, event.event.merge_reversed().owner(), meta.name, commands);
  } else if (event.event.has_unmerged()) {
    const auto& unmerged = event.event.unmerged();
    if (unmerged.decline_reason() == v1::REASON_UNSPECIFIED)
      AddMerge(meta, unmerged.owner(), meta.name, commands);
  } else if (event.event.has_lost()) {
    AddNotice(meta,
              {.staff = event.event.lost().owner(),
               .reason = v1::NOTIFICATION_REASON_CUSTOMER_LOST,
               .about = meta.name,
               .customer = meta.name,
               .note = event.event.lost().loss().loss_reason()},
              commands);
  }
  return commands;
}

Commands NotifyOfTouchpoint(const ForeignEvent<v1::TouchpointEvent>& event,
                            const Snapshot& snapshot) {
  Commands commands;
  if (!event.event.has_recorded()) return commands;
  const v1::Touchpoint& touchpoint = event.event.recorded().touchpoint();
  if (touchpoint.next_step().empty()) return commands;
  const std::string customer(base::ParentOf(event.meta.name));
  // Events from before name no owner.
  const std::string& owner = event.event.recorded().owner();
  Notice notice{.staff = owner.empty() ? OwnerOf(customer, snapshot) : owner,
                .reason = v1::NOTIFICATION_REASON_NEXT_STEP,
                .about = event.meta.name,
                .customer = customer,
                .note = touchpoint.next_step()};
  // Who was there knows.
  if (notice.staff == touchpoint.staff()) return commands;
  if (touchpoint.has_next_step_date()) notice.due = base::DayOf(touchpoint.next_step_date());
  AddNotice(event.meta, notice, commands);
  return commands;
}

Commands NotifyOfStaff(const ForeignEvent<v1::StaffEvent>& event, const Snapshot& snapshot) {
  Commands commands;
  const bool planned = event.event.has_leave_planned();
  const bool at_once = event.event.has_left() && event.meta.actor.starts_with(kPerson);
  if (!planned && !at_once) return commands;
  // Events from before name no manager.
  std::string manager =
      planned ? event.event.leave_planned().manager() : event.event.left().manager();
  if (manager.empty())
    manager = snapshot.Get(kStaff, event.meta.name).value_or(v1::Staff()).manager();
  const auto& day =
      planned ? event.event.leave_planned().leave_date() : event.event.left().leave_date();
  AddNotice(event.meta,
            {.staff = manager,
             .reason = v1::NOTIFICATION_REASON_STAFF_LEAVES,
             .about = event.meta.name,
             .due = base::DayOf(day)},
            commands);
  return commands;
}

Commands NotifyOfTicket(const ForeignEvent<servicedesk::v1::TicketEvent>& event, const Snapshot&) {
  Commands commands;
  if (!event.event.has_opened()) return commands;
  const servicedesk::v1::Ticket& ticket = event.event.opened().ticket();
  const v1::NotificationReason reason = ReasonOf(ticket);
  if (reason == v1::NOTIFICATION_REASON_UNSPECIFIED) return commands;
  AddNotice(event.meta,
            {.staff = ticket.owner(),
             .reason = reason,
             .about = event.meta.name,
             .customer = std::string(base::ParentOf(event.meta.name))},
            commands);
  return commands;
}

Commands NotifyOfErasure(const ForeignEvent<v1::ErasureEvent>& event, const Snapshot& snapshot) {
  Commands commands;
  if (!event.event.has_became_overdue()) return commands;
  const auto erasure = snapshot.Get(kErasures, event.meta.name);
  if (!erasure.has_value()) return commands;
  const bool customer = erasure->subject().starts_with(kCustomersPrefix);
  std::set<std::string> staff;
  if (!erasure->steps().empty()) staff.insert(StaffOfActor(erasure->steps(0).actor()));
  if (customer) {
    staff.insert(OwnerOf(erasure->subject(), snapshot));
  } else {
    AddOwnersAround(erasure->subject(), snapshot, staff);
  }
  if (const auto policy = snapshot.Get(kCustomerPolicies, kStandardCustomerPolicy);
      policy.has_value())
    staff.insert(policy->erasure_staff().begin(), policy->erasure_staff().end());
  for (const std::string& one : staff) {
    AddNotice(event.meta,
              {.staff = one,
               .reason = v1::NOTIFICATION_REASON_ERASURE_OVERDUE,
               .about = event.meta.name,
               .customer = customer ? erasure->subject() : "",
               .due = base::DayOf(event.event.became_overdue().due_date())},
              commands);
  }
  return commands;
}

Commands NotifyOfMergeCase(const ForeignEvent<v1::MergeCaseEvent>& event,
                           const Snapshot& snapshot) {
  Commands commands;
  if (!event.event.has_opened()) return commands;
  const v1::MergeCase& opened = event.event.opened().merge_case();
  // A case by hand can name any source, and is news each time.
  const bool of_scan = event.meta.actor == kOurselves && !opened.source().empty() &&
                       CheckName("source", "duplicateScans", opened.source()).ok();
  const absl::CivilDay today = absl::ToCivilDay(event.meta.time, absl::UTCTimeZone());
  for (const auto& [owner, customer] : OwnersOf(opened, today, snapshot)) {
    AddOnce(event.meta,
            {.staff = owner,
             .reason = v1::NOTIFICATION_REASON_MERGE_SUGGESTED,
             .about = event.meta.name,
             .customer = customer,
             .once_for = of_scan ? opened.source() : ""},
            snapshot, commands);
  }
  return commands;
}

Commands NotifyOfReminder(const ForeignEvent<v1::ReminderEvent>& event, const Snapshot&) {
  Commands commands;
  if (!event.event.has_fired()) return commands;
  const v1::Reminder& reminder = event.event.fired().reminder();
  AddNotice(event.meta,
            {.staff = std::string(base::ParentOf(event.meta.name)),
             .reason = v1::NOTIFICATION_REASON_REMINDER,
             .about = reminder.about().empty() ? event.meta.name : reminder.about(),
             .customer = reminder.customer(),
             .note = reminder.note(),
             .also_own_acts = true,
             .actor = reminder.setter()},
            commands);
  return commands;
}

Commands NotifyOfNotification(const ForeignEvent<v1::NotificationEvent>& event, const Snapshot&) {
  Commands commands;
  if (!event.event.has_escalated() || event.event.escalated().staff().empty()) return commands;
  const v1::NotificationEscalated& escalated = event.event.escalated();
  auto notify = std::make_unique<v1::NotifyRequest>();
  notify->set_parent(escalated.staff());
  notify->set_notification_id(NoticeId(event.meta, v1::NOTIFICATION_REASON_ESCALATION));
  *notify->mutable_notification() = escalated.notification();
  *notify->mutable_notification()->mutable_occur_time() = escalated.time();
  commands.push_back(std::move(notify));
  return commands;
}

}  // namespace crm::customer
