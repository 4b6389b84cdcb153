// A person who is a customer is also somebody to talk to: one contact is made with it, of the same
// id, and its position at the customer. Later changes of one do not touch the other; the birthday
// stays with the customer, so that it comes once a year.
#pragma once

#include "crm/customer/v1/contact.pb.h"
#include "crm/customer/v1/customer_event.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// The position that a person has at the customer which they are.
inline constexpr char kSelfPosition[] = "self";

// A PERSON was made: its contact.
engine::Commands OnPerson(const engine::ForeignEvent<v1::CustomerEvent>& customer,
                          const engine::Snapshot& snapshot);

// The contact of a PERSON was made: its position.
engine::Commands OnSelfContact(const engine::ForeignEvent<v1::ContactEvent>& contact,
                               const engine::Snapshot& snapshot);

}  // namespace crm::customer
