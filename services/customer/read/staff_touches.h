// When each of us last had contact with which customer: what "untouched" is counted from. Contacts
// of campaigns do not count.
#pragma once

#include "libs/engine/model.h"
#include "services/customer/domain/touchpoint.h"

namespace crm::customer {

// A view on the customer's key. Cost: a touchpoint that is corrected reads all of its customer.
void ProjectStaffTouches(const engine::Change<TouchpointModel>& change, engine::Rows& rows);

}  // namespace crm::customer
