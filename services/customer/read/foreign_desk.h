// What this service follows of the service desk: tickets as they are now, without what was said in
// them, and what happened with them on the customers' timelines.
#pragma once

#include "crm/servicedesk/v1/ticket.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

void FollowTicket(const engine::ForeignEvent<servicedesk::v1::TicketEvent>& ticket,
                  engine::Rows& rows);

}  // namespace crm::customer
