// What follows from each step of a transfer: items are listed, tried in stretches, and looked after
// until what became of each is known. The engine gives each command its request_id and remembers
// what was done; a server that stops goes on where it was.
#pragma once

#include "crm/customer/v1/customer_event.pb.h"
#include "crm/customer/v1/transfer_event.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// The next items are asked for when what became of those before shows in the tables, as the engine
// takes the events of a transfer one after another.
engine::Commands OnTransfer(const engine::ForeignEvent<v1::TransferEvent>& event,
                            const engine::Snapshot& snapshot);

// Tells the transfer that asked what a book said; nothing when none did.
engine::Commands OnTransferredCustomer(const engine::ForeignEvent<v1::CustomerEvent>& event,
                                       const engine::Snapshot& snapshot);

}  // namespace crm::customer
