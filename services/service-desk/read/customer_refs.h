// This service's copy of the customers: who they are to us, and where they stand in the pyramid.
#pragma once

#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/customer_event.pb.h"
#include "crm/servicedesk/v1/customer_ref.pb.h"
#include "libs/engine/model.h"

namespace crm::servicedesk {

// Keeps one row a customer, without anything personal. Its etag is that of the last event that
// changed the row: an event about something else writes nothing.
void ProjectCustomerRef(const engine::ForeignEvent<customer::v1::CustomerEvent>& event,
                        engine::Rows& rows);

// The customer as the customer service's resource says it: for an answer that was asked for.
v1::CustomerRef CustomerRefOf(const customer::v1::Customer& customer);

}  // namespace crm::servicedesk
