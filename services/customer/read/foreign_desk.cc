#include "services/customer/read/foreign_desk.h"

#include "libs/base/timestamp.h"
#include "services/customer/read/timeline_entry.h"
#include "services/customer/read/timeline_tables.h"

namespace crm::customer {
namespace {

using servicedesk::v1::TicketEvent;

void Enter(servicedesk::v1::TicketState state, v1::FollowedTicket& row) {
  row.set_ticket_state(ShortName(state));
  row.set_open(state != servicedesk::v1::TICKET_STATE_RESOLVED &&
               state != servicedesk::v1::TICKET_STATE_CLOSED);
}

v1::FollowedTicket OpenedRow(const servicedesk::v1::Ticket& opened, const engine::EventMeta& meta) {
  v1::FollowedTicket row;
  Enter(opened.state(), row);
  row.set_type(ShortName(opened.type()));
  row.set_priority(ShortName(opened.priority()));
  row.set_priority_rank(opened.priority());
  row.set_contact(opened.contact());
  row.set_product(opened.product());
  row.set_queue(opened.queue());
  row.set_channel(opened.channel());
  *row.mutable_open_time() = base::TimestampOf(meta.time);
  return row;
}

// What the event made of it. False: it is newer than this reader.
bool Fold(const TicketEvent& event, const engine::EventMeta& meta, v1::FollowedTicket& row) {
  switch (event.event_case()) {
    case TicketEvent::kOpened:
      row = OpenedRow(event.opened().ticket(), meta);
      return true;
    case TicketEvent::kAssigned:
      Enter(event.assigned().state(), row);
      row.set_assignee(event.assigned().assignee());
      row.set_queue(event.assigned().queue());
      return true;
    case TicketEvent::kStarted:
    case TicketEvent::kResumed:
      Enter(servicedesk::v1::TICKET_STATE_IN_PROGRESS, row);
      return true;
    case TicketEvent::kPaused:
      Enter(event.paused().waiting_for() == servicedesk::v1::WAITING_FOR_CUSTOMER
                ? servicedesk::v1::TICKET_STATE_PENDING_CUSTOMER
                : servicedesk::v1::TICKET_STATE_PENDING_THIRD_PARTY,
            row);
      return true;
    case TicketEvent::kResolved:
      Enter(servicedesk::v1::TICKET_STATE_RESOLVED, row);
      return true;
    case TicketEvent::kReopened:
      Enter(servicedesk::v1::TICKET_STATE_REOPENED, row);
      return true;
    case TicketEvent::kClosed:
      Enter(servicedesk::v1::TICKET_STATE_CLOSED, row);
      return true;
    case TicketEvent::kNoted:
      return true;
    case TicketEvent::EVENT_NOT_SET:
      return false;
  }
  return false;
}

// Unspecified: nothing that belongs on a timeline.
v1::TimelineAction ActionOf(const TicketEvent& event) {
  switch (event.event_case()) {
    case TicketEvent::kOpened:
      return v1::TIMELINE_ACTION_OPENED;
    case TicketEvent::kAssigned:
      return v1::TIMELINE_ACTION_ASSIGNED;
    case TicketEvent::kResolved:
      return v1::TIMELINE_ACTION_RESOLVED;
    case TicketEvent::kReopened:
      return v1::TIMELINE_ACTION_REOPENED;
    case TicketEvent::kClosed:
      return v1::TIMELINE_ACTION_CLOSED;
    case TicketEvent::kStarted:
    case TicketEvent::kPaused:
    case TicketEvent::kResumed:
    case TicketEvent::kNoted:
    case TicketEvent::EVENT_NOT_SET:
      break;
  }
  return v1::TIMELINE_ACTION_UNSPECIFIED;
}

}  // namespace

void FollowTicket(const engine::ForeignEvent<TicketEvent>& ticket, engine::Rows& rows) {
  const engine::EventMeta& meta = ticket.meta;
  v1::FollowedTicket row = rows.Get(kFollowedTickets, meta.name).value_or(v1::FollowedTicket());
  if (!Fold(ticket.event, meta, row)) return;
  row.set_name(meta.name);
  row.set_customer(CustomerOf(meta.name));
  *row.mutable_change_time() = base::TimestampOf(meta.time);
  rows.Put(kFollowedTickets, row);
  const v1::TimelineAction action = ActionOf(ticket.event);
  if (action == v1::TIMELINE_ACTION_UNSPECIFIED) return;
  v1::TimelineEntry entry = EntryOf(meta, v1::TIMELINE_KIND_TICKET, action);
  entry.set_channel(row.channel());
  entry.set_staff(row.assignee());
  entry.set_after(row.type());
  if (ticket.event.has_resolved()) entry.set_reason(ticket.event.resolved().resolution_code());
  rows.Put(kTimeline, entry);
}

}  // namespace crm::customer
