// Ticket: one thing that a customer asks of us, from the first word to the last.
//
//   NEW -> ASSIGNED -> IN_PROGRESS <-> PENDING_CUSTOMER | PENDING_THIRD_PARTY
//   IN_PROGRESS, PENDING_* -> RESOLVED -> CLOSED (by hand, or when the reopen window is over)
//   RESOLVED -> REOPENED (in the window) -> ASSIGNED | IN_PROGRESS
//
// Pure: no I/O, no clock, no randomness. Time, actor and new names arrive in Context.
#pragma once

#include <optional>

#include "absl/time/time.h"
#include "crm/servicedesk/v1/customer_ref.pb.h"
#include "crm/servicedesk/v1/priority_policy.pb.h"
#include "crm/servicedesk/v1/ticket.pb.h"
#include "libs/engine/model.h"

namespace crm::servicedesk {

// How long a resolved ticket can be reopened; then it closes by itself.
inline constexpr absl::Duration kReopenWindow = absl::Hours(14 * 24);
// How long a ticket may wait at a time.
inline constexpr absl::Duration kPendingMax = absl::Hours(7 * 24);
inline constexpr int kNotesMax = 100;
inline constexpr size_t kStaffIdBytesMax = 63;
// How many open complaints of a customer are counted at most.
inline constexpr int kOpenComplaintsMax = 100;

struct TicketModel {
  using State = v1::Ticket;
  using Event = v1::TicketEvent;
  using Due = v1::WakeTicketRequest;

  // What opening a ticket needs to know. The policy lies on another key, so it may be a moment old;
  // the ticket records the etag of the one used. The complaints are exact: they have the ticket's
  // key.
  struct Facts {
    std::optional<v1::PriorityPolicy> policy;  // Nothing when it is not known here.
    int open_complaints = 0;                   // Of the customer, at most kOpenComplaintsMax.
  };

  // Refusals: kInvalidArgument; CUSTOMER_ERASED, PRIORITY_POLICY_UNKNOWN.
  static Facts Gather(const v1::OpenTicketRequest&, const engine::Context&,
                      const engine::Snapshot&);
  static engine::Decision<TicketModel> Decide(const State&, const v1::OpenTicketRequest&,
                                              const engine::Context&, const Facts&,
                                              const v1::CustomerRef& customer);

  // Refusals: kInvalidArgument; TICKET_RESOLVED, TICKET_CLOSED.
  static engine::Decision<TicketModel> Decide(const State&, const v1::AssignTicketRequest&,
                                              const engine::Context&);
  // Refusals: kInvalidArgument; TICKET_RESOLVED, TICKET_CLOSED.
  static engine::Decision<TicketModel> Decide(const State&, const v1::ClaimTicketRequest&,
                                              const engine::Context&);
  // Refusals: TICKET_NOT_ASSIGNED, TICKET_RESOLVED, TICKET_CLOSED.
  static engine::Decision<TicketModel> Decide(const State&, const v1::StartTicketRequest&,
                                              const engine::Context&);
  // Refusals: kInvalidArgument; TICKET_NOT_STARTED, TICKET_PENDING, TICKET_RESOLVED, TICKET_CLOSED.
  static engine::Decision<TicketModel> Decide(const State&, const v1::SetPendingRequest&,
                                              const engine::Context&);
  // Refusals: kInvalidArgument; TICKET_NOT_STARTED, TICKET_RESOLVED, TICKET_CLOSED.
  static engine::Decision<TicketModel> Decide(const State&, const v1::ResolveTicketRequest&,
                                              const engine::Context&);
  // Refusals: TICKET_NOT_RESOLVED.
  static engine::Decision<TicketModel> Decide(const State&, const v1::CloseTicketRequest&,
                                              const engine::Context&);
  // Refusals: kInvalidArgument; TICKET_OPEN, TICKET_CLOSED, REOPEN_WINDOW_OVER.
  static engine::Decision<TicketModel> Decide(const State&, const v1::ReopenTicketRequest&,
                                              const engine::Context&);
  // Refusals: kInvalidArgument; TICKET_CLOSED, TICKET_FULL.
  static engine::Decision<TicketModel> Decide(const State&, const v1::AddNoteRequest&,
                                              const engine::Context&);
  // Quiet before its time, and when there is nothing to wake for.
  static engine::Decision<TicketModel> Decide(const State&, const v1::WakeTicketRequest&,
                                              const engine::Context&);

  // When a pending ticket goes on, and when a resolved one closes.
  static std::optional<absl::Time> NextDue(const State& state);

  static void Evolve(State& state, const Event& event);
};

}  // namespace crm::servicedesk
