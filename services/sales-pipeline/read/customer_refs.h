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

// The customers with this name in another system, at most two: two is one too many to choose.
std::vector<v1::CustomerRef> CustomersByExternalId(const engine::Snapshot& snapshot,
                                                   const common::v1::ExternalId& external_id);

}  // namespace crm::sales
