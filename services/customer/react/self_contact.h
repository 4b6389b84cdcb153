// A person who is a customer is also somebody to talk to: one contact is made with it, of the same
// id, and its position at the customer. Name, numbers, addresses and language of the customer reach
// the contact when they change; what is said of the contact alone stays. The birthday stays with
// the customer, so that it comes once a year; a contact that has it, too, follows.
#pragma once

#include "crm/customer/v1/contact.pb.h"
#include "crm/customer/v1/customer_event.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// The position that a person has at the customer which they are.
inline constexpr char kSelfPosition[] = "self";

// A PERSON was made: its contact; it changed: what the contact follows, merged or not, so that it
// is right when that is taken back.
engine::Commands OnPerson(const engine::ForeignEvent<v1::CustomerEvent>& customer,
                          const engine::Snapshot& snapshot);

// The contact of a PERSON was made: its position. A merged one followed: so does the one that it
// was merged into, step by step. Only the contact itself knows at that moment whether it was
// merged: redirects may be behind, and what it had when it was merged the other one has already.
engine::Commands OnSelfContact(const engine::ForeignEvent<v1::ContactEvent>& contact,
                               const engine::Snapshot& snapshot);

}  // namespace crm::customer
