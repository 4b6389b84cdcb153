// This service's copy of the customers, and how an imported row finds its customer in it.
#pragma once

#include <string>
#include <vector>

#include "crm/common/v1/types.pb.h"
#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/customer_event.pb.h"
#include "crm/sales/v1/customer_ref.pb.h"
#include "libs/engine/model.h"

namespace crm::sales {

// Keeps one row a customer, without anything personal.
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

// The customer that it was merged into, and so on to the last; itself when it was not.
v1::CustomerRef StandsFor(v1::CustomerRef customer, const engine::Snapshot& snapshot);

// The customers with this name in another system, at most two: two is one too many to choose. One
// and those that were merged into it are one: the one that was merged furthest, which had the name
// before the others took it over; among equal ones the first by name.
std::vector<v1::CustomerRef> CustomersByExternalId(const engine::Snapshot& snapshot,
                                                   const common::v1::ExternalId& external_id);

}  // namespace crm::sales
