#include "services/service-desk/react/reactions.h"

#include <memory>
#include <string>
#include <utility>

#include "crm/servicedesk/v1/ticket.pb.h"
#include "libs/base/resource_name.h"
#include "libs/base/utf8.h"

namespace crm::servicedesk {
namespace {

// As TicketPersonal says.
constexpr size_t kDescriptionBytesMax = 4'000;

v1::TicketType TypeOf(customer::v1::TicketWishKind kind) {
  switch (kind) {
    case customer::v1::TICKET_WISH_KIND_ORDER_REQUEST:
      return v1::TICKET_TYPE_ORDER_REQUEST;
    case customer::v1::TICKET_WISH_KIND_COMPLAINT:
      return v1::TICKET_TYPE_COMPLAINT;
    case customer::v1::TICKET_WISH_KIND_REPAIR:
      return v1::TICKET_TYPE_REPAIR;
    case customer::v1::TICKET_WISH_KIND_FAULT:
      return v1::TICKET_TYPE_FAULT;
    case customer::v1::TICKET_WISH_KIND_PROBLEM:
      return v1::TICKET_TYPE_PROBLEM;
    case customer::v1::TICKET_WISH_KIND_SUGGESTION:
      return v1::TICKET_TYPE_SUGGESTION;
    default:
      return v1::TICKET_TYPE_QUESTION;
  }
}

}  // namespace

engine::Commands OnTouchpoint(const engine::ForeignEvent<customer::v1::TouchpointEvent>& event,
                              const engine::Snapshot&) {
  engine::Commands commands;
  if (!event.event.has_recorded() || !event.event.recorded().has_ticket_wish()) return commands;
  const customer::v1::TouchpointRecorded& recorded = event.event.recorded();
  const customer::v1::Touchpoint& touchpoint = recorded.touchpoint();
  const customer::v1::TicketWish& wish = recorded.ticket_wish();
  auto open = std::make_unique<v1::OpenTicketRequest>();
  open->set_parent(std::string(base::ParentOf(event.meta.name)));
  open->set_ticket_id(std::string(base::LastIdOf(touchpoint.ticket())));
  v1::Ticket& ticket = *open->mutable_ticket();
  ticket.set_type(TypeOf(wish.kind()));
  ticket.set_channel(touchpoint.channel());
  ticket.set_impact(wish.impact());
  ticket.set_urgency(wish.urgency());
  ticket.set_queue(wish.queue());
  ticket.set_product(wish.product());
  if (touchpoint.contacts_size() > 0) ticket.set_contact(touchpoint.contacts(0));
  ticket.mutable_personal()->set_subject(recorded.personal().subject());
  ticket.mutable_personal()->set_description(
      base::ToUtf8(recorded.personal().notes(), kDescriptionBytesMax));
  commands.push_back(std::move(open));
  return commands;
}

}  // namespace crm::servicedesk
