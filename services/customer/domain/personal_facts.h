// Personal data stand apart in an event, so that they can be encrypted and erased.
#pragma once

#include "crm/customer/v1/customer_event.pb.h"
#include "crm/customer/v1/customer_resource.pb.h"

namespace crm::customer {

// Moves what is personal out of the customer.
void MovePersonal(v1::Customer& customer, v1::PersonalFacts& personal);

// The customer with what is personal.
v1::Customer Joined(const v1::Customer& customer, const v1::PersonalFacts& personal);

}  // namespace crm::customer
