// The command that moves an item of a transfer, or gives it back.
#pragma once

#include <memory>

#include "absl/time/time.h"
#include "crm/customer/v1/transfer.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

using MessagePtr = std::unique_ptr<google::protobuf::Message>;

// Asks for an item. nullptr: nobody is to have it, or what it rests on does not show here: a next
// step or a notification, which is asked for once more when it does.
MessagePtr MoveItem(const v1::Transfer& transfer, const v1::TransferItem& item, absl::Time time,
                    const engine::Snapshot& snapshot);

// Gives a moved item back. nullptr: it stays, as it was only told.
MessagePtr ReturnItem(const v1::Transfer& transfer, const v1::TransferItem& item);

}  // namespace crm::customer
