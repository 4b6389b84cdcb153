#include "services/service-desk/domain/ticket.h"

#include <string>

#include "crm/servicedesk/v1/reason.pb.h"
#include "libs/base/check.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/base/timestamp.h"

namespace crm::servicedesk {
namespace {

using base::Invalid;
using base::Refused;
using engine::Context;
using engine::Decision;
using Event = TicketModel::Event;

bool Pending(const v1::Ticket& ticket) {
  return ticket.state() == v1::TICKET_STATE_PENDING_CUSTOMER ||
         ticket.state() == v1::TICKET_STATE_PENDING_THIRD_PARTY;
}

v1::TicketState PendingState(v1::WaitingFor waiting_for) {
  return waiting_for == v1::WAITING_FOR_CUSTOMER ? v1::TICKET_STATE_PENDING_CUSTOMER
                                                 : v1::TICKET_STATE_PENDING_THIRD_PARTY;
}

absl::Status Closed() { return Refused(v1::REASON_TICKET_CLOSED, "open a new ticket instead"); }

// Refuses what is resolved or closed.
absl::Status CheckOpen(const v1::Ticket& ticket) {
  if (ticket.state() == v1::TICKET_STATE_CLOSED) return Closed();
  if (ticket.state() == v1::TICKET_STATE_RESOLVED) {
    return Refused(v1::REASON_TICKET_RESOLVED, "reopen the ticket first");
  }
  return absl::OkStatus();
}

absl::Status NotStarted() {
  return Refused(v1::REASON_TICKET_NOT_STARTED, "start the ticket first");
}

bool SamePause(const v1::Ticket& ticket, const v1::SetPendingRequest& pending) {
  return ticket.state() == PendingState(pending.waiting_for()) &&
         base::TimeOf(ticket.pending_until()) == base::TimeOf(pending.until()) &&
         ticket.personal().pending_reason() == pending.reason();
}

absl::Status CheckPending(const v1::SetPendingRequest& pending) {
  if (pending.waiting_for() == v1::WAITING_FOR_UNSPECIFIED ||
      !v1::WaitingFor_IsValid(pending.waiting_for())) {
    return Invalid("waiting_for", "must be the customer or a third party");
  }
  if (base::IsBlank(pending.reason())) return Invalid("reason", "must be given");
  const int nanos = pending.until().nanos();
  if (!pending.has_until() || nanos < 0 || nanos > 999'999'999) {
    return Invalid("until", "must be a moment");
  }
  return absl::OkStatus();
}

// Enters a state; what belongs to another one is cleared.
void Enter(v1::TicketState to, const google::protobuf::Timestamp& time, v1::Ticket& ticket) {
  ticket.set_state(to);
  *ticket.mutable_state_time() = time;
  ticket.clear_pending_until();
  ticket.mutable_personal()->clear_pending_reason();
  ticket.clear_reopen_until();
}

void FoldAssigned(const v1::TicketAssigned& assigned, v1::Ticket& ticket) {
  ticket.set_assignee(assigned.assignee());
  ticket.set_queue(assigned.queue());
  if (ticket.state() != assigned.state()) Enter(assigned.state(), assigned.time(), ticket);
}

void FoldPaused(const v1::TicketPaused& paused, v1::Ticket& ticket) {
  Enter(PendingState(paused.waiting_for()), paused.time(), ticket);
  *ticket.mutable_pending_until() = paused.until();
  ticket.mutable_personal()->set_pending_reason(paused.reason().text());
}

void FoldResolved(const v1::TicketResolved& resolved, v1::Ticket& ticket) {
  Enter(v1::TICKET_STATE_RESOLVED, resolved.time(), ticket);
  ticket.set_resolution_code(resolved.resolution_code());
  ticket.mutable_personal()->set_resolution_note(resolved.note().text());
  *ticket.mutable_reopen_until() = resolved.reopen_until();
}

void FoldReopened(const v1::TicketReopened& reopened, v1::Ticket& ticket) {
  Enter(v1::TICKET_STATE_REOPENED, reopened.time(), ticket);
  ticket.clear_resolution_code();
  ticket.mutable_personal()->clear_resolution_note();
  ticket.mutable_personal()->set_reopen_reason(reopened.reason().text());
  ticket.set_reopened_count(ticket.reopened_count() + 1);
}

void FoldNoted(const v1::TicketNoted& noted, v1::Ticket& ticket) {
  v1::TicketNote& note = *ticket.mutable_personal()->add_notes();
  note.set_text(noted.note().text());
  note.set_author(noted.author());
  *note.mutable_time() = noted.time();
}

// Work that has begun, or waits, is handed over as it is.
Decision<TicketModel> Assign(const v1::Ticket& ticket, const std::string& assignee,
                             const std::string& queue, const Context& context) {
  if (absl::Status s = CheckOpen(ticket); !s.ok()) return s;
  const bool waits =
      ticket.state() == v1::TICKET_STATE_NEW || ticket.state() == v1::TICKET_STATE_REOPENED;
  if (!waits && assignee == ticket.assignee() && queue == ticket.queue()) return std::nullopt;
  v1::TicketEvent event;
  v1::TicketAssigned& assigned = *event.mutable_assigned();
  *assigned.mutable_time() = base::TimestampOf(context.time);
  assigned.set_assignee(assignee);
  assigned.set_queue(queue);
  assigned.set_state(waits ? v1::TICKET_STATE_ASSIGNED : ticket.state());
  return event;
}

}  // namespace

Decision<TicketModel> TicketModel::Decide(const State& ticket,
                                          const v1::AssignTicketRequest& assign,
                                          const Context& context) {
  if (base::IsBlank(assign.assignee())) return Invalid("assignee", "must be given");
  if (!assign.queue().empty() && !base::IsResourceId(assign.queue())) {
    return Invalid("queue", "must be 1 to 63 characters of a-z, 0-9 and -");
  }
  return Assign(ticket, assign.assignee(), assign.queue().empty() ? ticket.queue() : assign.queue(),
                context);
}

Decision<TicketModel> TicketModel::Decide(const State& ticket, const v1::ClaimTicketRequest&,
                                          const Context& context) {
  constexpr std::string_view kPerson = "user:";
  const std::string& caller = context.actor;
  if (!caller.starts_with(kPerson) || caller.size() > kPerson.size() + kStaffIdBytesMax) {
    return Invalid("crm-actor", "must be one of us, user:<id of staff of at most 63 bytes>");
  }
  return Assign(ticket, caller.substr(kPerson.size()), ticket.queue(), context);
}

Decision<TicketModel> TicketModel::Decide(const State& ticket, const v1::StartTicketRequest&,
                                          const Context& context) {
  if (absl::Status s = CheckOpen(ticket); !s.ok()) return s;
  if (ticket.state() == v1::TICKET_STATE_NEW) {
    return Refused(v1::REASON_TICKET_NOT_ASSIGNED, "assign the ticket first");
  }
  if (ticket.state() == v1::TICKET_STATE_IN_PROGRESS) return std::nullopt;
  Event event;
  if (Pending(ticket)) {
    *event.mutable_resumed()->mutable_time() = base::TimestampOf(context.time);
  } else {
    *event.mutable_started()->mutable_time() = base::TimestampOf(context.time);
  }
  return event;
}

Decision<TicketModel> TicketModel::Decide(const State& ticket, const v1::SetPendingRequest& pending,
                                          const Context& context) {
  if (absl::Status s = CheckPending(pending); !s.ok()) return s;
  if (SamePause(ticket, pending)) return std::nullopt;
  const absl::Time until = base::TimeOf(pending.until());
  if (until <= context.time) return Invalid("until", "must be later than now");
  if (until > context.time + kPendingMax)
    return Invalid("until", "must be at most 7 days from now");
  if (absl::Status s = CheckOpen(ticket); !s.ok()) return s;
  if (Pending(ticket)) {
    return Refused(v1::REASON_TICKET_PENDING, "the ticket waits already: start it first");
  }
  if (ticket.state() != v1::TICKET_STATE_IN_PROGRESS) return NotStarted();
  Event event;
  v1::TicketPaused& paused = *event.mutable_paused();
  *paused.mutable_time() = base::TimestampOf(context.time);
  paused.set_waiting_for(pending.waiting_for());
  *paused.mutable_until() = pending.until();
  paused.mutable_reason()->set_text(pending.reason());
  return event;
}

Decision<TicketModel> TicketModel::Decide(const State& ticket,
                                          const v1::ResolveTicketRequest& resolve,
                                          const Context& context) {
  if (!base::IsResourceId(resolve.resolution_code())) {
    return Invalid("resolution_code", "must be 1 to 63 characters of a-z, 0-9 and -");
  }
  if (ticket.state() == v1::TICKET_STATE_RESOLVED &&
      ticket.resolution_code() == resolve.resolution_code() &&
      ticket.personal().resolution_note() == resolve.note()) {
    return std::nullopt;
  }
  if (absl::Status s = CheckOpen(ticket); !s.ok()) return s;
  if (ticket.state() != v1::TICKET_STATE_IN_PROGRESS && !Pending(ticket)) return NotStarted();
  Event event;
  v1::TicketResolved& resolved = *event.mutable_resolved();
  *resolved.mutable_time() = base::TimestampOf(context.time);
  resolved.set_resolution_code(resolve.resolution_code());
  *resolved.mutable_reopen_until() = base::TimestampOf(context.time + kReopenWindow);
  if (!resolve.note().empty()) resolved.mutable_note()->set_text(resolve.note());
  return event;
}

Decision<TicketModel> TicketModel::Decide(const State& ticket, const v1::CloseTicketRequest&,
                                          const Context& context) {
  if (ticket.state() == v1::TICKET_STATE_CLOSED) return std::nullopt;
  if (ticket.state() != v1::TICKET_STATE_RESOLVED) {
    return Refused(v1::REASON_TICKET_NOT_RESOLVED, "resolve the ticket first");
  }
  Event event;
  *event.mutable_closed()->mutable_time() = base::TimestampOf(context.time);
  return event;
}

Decision<TicketModel> TicketModel::Decide(const State& ticket,
                                          const v1::ReopenTicketRequest& reopen,
                                          const Context& context) {
  if (base::IsBlank(reopen.reason())) return Invalid("reason", "must be given");
  if (ticket.state() == v1::TICKET_STATE_CLOSED) return Closed();
  if (ticket.state() != v1::TICKET_STATE_RESOLVED) {
    return Refused(v1::REASON_TICKET_OPEN, "the ticket is not resolved");
  }
  // The timer that closes the ticket may be a moment late.
  if (context.time >= base::TimeOf(ticket.reopen_until())) {
    return Refused(v1::REASON_REOPEN_WINDOW_OVER, "open a new ticket instead");
  }
  Event event;
  *event.mutable_reopened()->mutable_time() = base::TimestampOf(context.time);
  event.mutable_reopened()->mutable_reason()->set_text(reopen.reason());
  return event;
}

Decision<TicketModel> TicketModel::Decide(const State& ticket, const v1::AddNoteRequest& add,
                                          const Context& context) {
  if (base::IsBlank(add.text())) return Invalid("text", "must be given");
  if (ticket.state() == v1::TICKET_STATE_CLOSED) return Closed();
  if (ticket.personal().notes_size() >= kNotesMax) {
    return Refused(v1::REASON_TICKET_FULL, "the ticket has 100 notes");
  }
  Event event;
  v1::TicketNoted& noted = *event.mutable_noted();
  *noted.mutable_time() = base::TimestampOf(context.time);
  noted.set_author(context.actor);
  noted.mutable_note()->set_text(add.text());
  return event;
}

Decision<TicketModel> TicketModel::Decide(const State& ticket, const v1::WakeTicketRequest&,
                                          const Context& context) {
  const std::optional<absl::Time> due = NextDue(ticket);
  if (!due.has_value() || context.time < *due) return std::nullopt;
  Event event;
  if (ticket.state() == v1::TICKET_STATE_RESOLVED) {
    *event.mutable_closed()->mutable_time() = base::TimestampOf(context.time);
    event.mutable_closed()->set_by_timer(true);
  } else {
    *event.mutable_resumed()->mutable_time() = base::TimestampOf(context.time);
    event.mutable_resumed()->set_by_timer(true);
  }
  return event;
}

std::optional<absl::Time> TicketModel::NextDue(const State& state) {
  if (Pending(state)) return base::TimeOf(state.pending_until());
  if (state.state() == v1::TICKET_STATE_RESOLVED) return base::TimeOf(state.reopen_until());
  return std::nullopt;
}

void TicketModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kOpened:
      state = event.opened().ticket();
      *state.mutable_personal() = event.opened().personal();
      return;
    case Event::kAssigned:
      FoldAssigned(event.assigned(), state);
      return;
    case Event::kStarted:
      Enter(v1::TICKET_STATE_IN_PROGRESS, event.started().time(), state);
      return;
    case Event::kPaused:
      FoldPaused(event.paused(), state);
      return;
    case Event::kResumed:
      Enter(v1::TICKET_STATE_IN_PROGRESS, event.resumed().time(), state);
      return;
    case Event::kResolved:
      FoldResolved(event.resolved(), state);
      return;
    case Event::kReopened:
      FoldReopened(event.reopened(), state);
      return;
    case Event::kClosed:
      Enter(v1::TICKET_STATE_CLOSED, event.closed().time(), state);
      return;
    case Event::kNoted:
      FoldNoted(event.noted(), state);
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

}  // namespace crm::servicedesk
