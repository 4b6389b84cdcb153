// How a merge goes on: each step is an event, and what follows from it is the next command. A case
// that is confirmed freezes the absorbed customer or contact; that one's values go to the survivor;
// what the survivor says goes to the case, or, when it will not, back to the absorbed one first.
// Taking a merge back starts at the survivor.
#pragma once

#include "crm/customer/v1/contact.pb.h"
#include "crm/customer/v1/customer_event.pb.h"
#include "crm/customer/v1/merge_case.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// A case was confirmed, or is to be taken back: the first of the two is asked.
engine::Commands OnMergeCase(const engine::ForeignEvent<v1::MergeCaseEvent>& event,
                             const engine::Snapshot& snapshot);

// A customer took its step of a merge, or declined it: who is next is asked or told. An order of a
// merged customer activates the one that absorbed it, and so on from there.
engine::Commands OnCustomerMerge(const engine::ForeignEvent<v1::CustomerEvent>& event,
                                 const engine::Snapshot& snapshot);

// A contact took its step of a merge, or declined it.
engine::Commands OnContactMerge(const engine::ForeignEvent<v1::ContactEvent>& event,
                                const engine::Snapshot& snapshot);

}  // namespace crm::customer
