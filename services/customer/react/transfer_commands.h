// The command that moves an item of a transfer, or gives it back.
#pragma once

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "crm/customer/v1/transfer.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

using MessagePtr = std::unique_ptr<google::protobuf::Message>;

// Asks for an item. nullptr: there is nothing to ask, as it is not the giver's any more.
MessagePtr MoveItem(const v1::Transfer& transfer, const v1::TransferItem& item, absl::Time time,
                    const engine::Snapshot& snapshot);

// Gives a moved item back. nullptr: it stays, as it has changed since or was only told.
MessagePtr ReturnItem(const v1::Transfer& transfer, const v1::TransferItem& item,
                      const engine::Snapshot& snapshot);

// The resource that the command for an item is sent to.
std::string AskedOf(const v1::TransferItem& item);

}  // namespace crm::customer
