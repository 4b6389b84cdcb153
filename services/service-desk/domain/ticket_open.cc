// How a ticket begins: what is checked, what it takes from its customer, and its priority.
#include <set>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "crm/servicedesk/v1/reason.pb.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/base/timestamp.h"
#include "services/service-desk/domain/priority.h"
#include "services/service-desk/domain/seed.h"
#include "services/service-desk/domain/ticket.h"
#include "services/service-desk/read/tables.h"

namespace crm::servicedesk {
namespace {

using base::Invalid;
using base::Refused;
using engine::Context;
using engine::Decision;
using engine::Snapshot;

constexpr std::string_view kContacts = "contacts/";
constexpr v1::TicketState kOpenStates[] = {v1::TICKET_STATE_NEW,
                                           v1::TICKET_STATE_ASSIGNED,
                                           v1::TICKET_STATE_IN_PROGRESS,
                                           v1::TICKET_STATE_PENDING_CUSTOMER,
                                           v1::TICKET_STATE_PENDING_THIRD_PARTY,
                                           v1::TICKET_STATE_REOPENED};

absl::Status CheckTags(const v1::Ticket& ticket) {
  std::set<std::string_view> seen;
  for (int i = 0; i < ticket.tags_size(); ++i) {
    const std::string field = absl::StrCat("ticket.tags[", i, "]");
    if (base::IsBlank(ticket.tags(i))) return Invalid(field, "must be given");
    if (!seen.insert(ticket.tags(i)).second) return Invalid(field, "must be unique");
  }
  return absl::OkStatus();
}

absl::Status CheckIds(const v1::Ticket& ticket) {
  const std::string_view contact = ticket.contact();
  if (!contact.empty() &&
      (!contact.starts_with(kContacts) || !base::IsResourceId(contact.substr(kContacts.size())))) {
    return Invalid("ticket.contact", "must be the name of a contact");
  }
  if (!ticket.queue().empty() && !base::IsResourceId(ticket.queue())) {
    return Invalid("ticket.queue", "must be 1 to 63 characters of a-z, 0-9 and -");
  }
  return absl::OkStatus();
}

absl::Status CheckOpen(const v1::Ticket& ticket) {
  if (ticket.type() == v1::TICKET_TYPE_UNSPECIFIED || !v1::TicketType_IsValid(ticket.type())) {
    return Invalid("ticket.type", "must be a type of ticket");
  }
  if (!common::v1::Channel_IsValid(ticket.channel())) {
    return Invalid("ticket.channel", "must be a channel");
  }
  if (base::IsBlank(ticket.personal().subject())) {
    return Invalid("ticket.personal.subject", "must be given");
  }
  if (ticket.impact() < 1 || ticket.impact() > kPointsMax) {
    return Invalid("ticket.impact", "must be 1 to 4");
  }
  if (ticket.urgency() < 1 || ticket.urgency() > kPointsMax) {
    return Invalid("ticket.urgency", "must be 1 to 4");
  }
  if (absl::Status s = CheckIds(ticket); !s.ok()) return s;
  return CheckTags(ticket);
}

// Fills in what the caller left to the customer.
void Complete(const v1::CustomerRef& customer, v1::Ticket& ticket) {
  if (ticket.priority_policy().empty()) ticket.set_priority_policy(kStandardPriorityPolicy);
  ticket.set_owner(customer.owner());
  if (ticket.team().empty()) ticket.set_team(customer.team());
  if (ticket.branch().empty()) ticket.set_branch(customer.branch());
}

void Prioritise(const TicketModel::Facts& facts, const v1::CustomerRef& customer,
                v1::Ticket& ticket) {
  const ScoredPriority scored =
      ScorePriority(*facts.policy, {.impact = ticket.impact(),
                                    .urgency = ticket.urgency(),
                                    .tier = customer.tier(),
                                    .complaint = ticket.type() == v1::TICKET_TYPE_COMPLAINT,
                                    .open_complaints = facts.open_complaints});
  ticket.set_priority(scored.priority);
  *ticket.mutable_priority_basis() = scored.basis;
  ticket.mutable_priority_basis()->set_customer_etag(customer.etag());
}

}  // namespace

TicketModel::Facts TicketModel::Gather(const v1::OpenTicketRequest& open, const Context&,
                                       const Snapshot& snapshot) {
  Facts facts;
  const std::string& policy = open.ticket().priority_policy();
  facts.policy = snapshot.Get(kPriorityPolicies,
                              policy.empty() ? std::string(kStandardPriorityPolicy) : policy);
  for (const v1::TicketState state : kOpenStates) {
    if (facts.open_complaints == kOpenComplaintsMax) break;
    snapshot.Scan(
        kTickets, "by_customer_type",
        [&](const v1::Ticket&) { return ++facts.open_complaints < kOpenComplaintsMax; },
        base::KeyOf(open.parent()), v1::TICKET_TYPE_COMPLAINT, state);
  }
  return facts;
}

Decision<TicketModel> TicketModel::Decide(const State&, const v1::OpenTicketRequest& open,
                                          const Context& context, const Facts& facts,
                                          const v1::CustomerRef& customer) {
  if (absl::Status s = CheckOpen(open.ticket()); !s.ok()) return s;
  if (customer.status() == customer::v1::CUSTOMER_STATUS_ERASED) {
    return Refused(v1::REASON_CUSTOMER_ERASED, "the customer was erased");
  }
  // A touchpoint of a merged customer keeps its name, and asks for the ticket where it is.
  const bool reaction = std::string_view(context.actor).starts_with("service:");
  if (!customer.merged_into().empty() && !reaction) {
    return Refused(v1::REASON_CUSTOMER_MERGED, "the customer was merged into another one",
                   {{"survivor", customer.merged_into()}});
  }
  if (!facts.policy.has_value()) {
    return Refused(v1::REASON_PRIORITY_POLICY_UNKNOWN, "the priority policy is not known here");
  }
  Event event;
  v1::Ticket& ticket = *event.mutable_opened()->mutable_ticket();
  ticket = open.ticket();
  // Personal data stand apart in an event, so that they can be encrypted and erased.
  event.mutable_opened()->mutable_personal()->Swap(ticket.mutable_personal());
  ticket.clear_personal();
  Complete(customer, ticket);
  Prioritise(facts, customer, ticket);
  ticket.set_state(v1::TICKET_STATE_NEW);
  *ticket.mutable_state_time() = base::TimestampOf(context.time);
  return event;
}

}  // namespace crm::servicedesk
