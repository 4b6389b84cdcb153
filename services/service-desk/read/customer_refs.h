// This service's copy of the customers: who they are to us, and where they stand in the pyramid.
#pragma once

#include <string>
#include <vector>

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

// Names that a customer can have; more are left out.
inline constexpr size_t kNamesMax = 1'000;

// `parent` first, then, when it is a customer, those into which it was merged and all that were
// merged into any of these: what hangs on them is listed with what hangs on it, whichever of their
// names is said. Cost: a row for each.
std::vector<std::string> ParentsOf(const std::string& parent, const engine::Snapshot& snapshot);

}  // namespace crm::servicedesk
