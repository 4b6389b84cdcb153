// Who looked after which customer, and when: a view over the customers' own events.
#pragma once

#include "libs/engine/model.h"
#include "services/customer/domain/customer.h"

namespace crm::customer {

// Ends the term that goes on and begins the next one when the owner changed, by whatever verb.
void ProjectOwnerTerms(const engine::Change<CustomerModel>& change, engine::Rows& rows);

}  // namespace crm::customer
