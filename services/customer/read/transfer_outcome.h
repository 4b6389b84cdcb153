// What became of an item of a transfer, as the rows of other keys show it.
#pragma once

#include <string>

#include "crm/customer/v1/transfer.pb.h"
#include "crm/customer/v1/transfer_event.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// What a result says of an item besides what became of it.
v1::TransferItemResult ResultOf(const v1::TransferItem& item);

// Whether a moved item is WAITING, MOVED or REFUSED; `refusal`: why, as the log says it, or empty.
v1::TransferItemResult OutcomeOfMove(const v1::Transfer& transfer, const v1::TransferItem& item,
                                     const std::string& refusal, const engine::Snapshot& snapshot);

// Whether an item that was to be given back is RETURNED or KEPT.
v1::TransferItemResult OutcomeOfReturn(const v1::Transfer& transfer, const v1::TransferItem& item,
                                       const std::string& refusal,
                                       const engine::Snapshot& snapshot);

// Whether a customer is its receiver's by this transfer, and nobody has changed that since.
bool IsStillMoved(const v1::Transfer& transfer, const v1::TransferItem& item,
                  const v1::Customer& customer, const engine::Snapshot& snapshot);

}  // namespace crm::customer
