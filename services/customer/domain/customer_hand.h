// What a customer remembers of the parts in it that transfers gave on.
#pragma once

#include <string>

#include "crm/customer/v1/customer_event.pb.h"
#include "crm/customer/v1/customer_resource.pb.h"

namespace crm::customer {

// The part in it that `transfer` gave on, or back; empty: none, or that has changed since.
v1::CollaborationHand HandOf(const v1::Customer& customer, const std::string& transfer);

// Takes what `updated` gave on, and forgets what it changed: whose part it was has one again, or
// who has it now has none any more.
void FoldHands(const v1::CustomerUpdated& updated, v1::Customer& state);

}  // namespace crm::customer
