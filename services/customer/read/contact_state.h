// A view: when each customer was last contacted. What a campaign sent is no contact.
#pragma once

#include "crm/customer/v1/agenda_tables.pb.h"
#include "libs/engine/model.h"
#include "services/customer/domain/customer.h"
#include "services/customer/domain/touchpoint.h"

namespace crm::customer {

// Whether a contact counts: not what went out for a campaign.
bool IsContact(const v1::Touchpoint& touchpoint);

// With the last contact of those that were merged into the customer, if that was later.
v1::ContactState WithAbsorbed(v1::ContactState state, const v1::Customer& customer,
                              const engine::Snapshot& snapshot);

void ProjectContactOfCustomer(const engine::Change<CustomerModel>& change, engine::Rows& rows);
void ProjectContactOfTouchpoint(const engine::Change<TouchpointModel>& change, engine::Rows& rows);

}  // namespace crm::customer
