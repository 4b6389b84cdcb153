// How many items of a transfer there are, and what became of them: one count for each kind.
#pragma once

#include "crm/customer/v1/transfer.pb.h"
#include "crm/customer/v1/transfer_event.pb.h"

namespace crm::customer {

// One entry for each kind that is transferred, all zero.
void ClearCounts(v1::Transfer& transfer);
// Counts an item that was listed.
void CountItem(const v1::TransferItem& item, v1::Transfer& transfer);
// Moves an item from its state before to the one it has now.
void FoldResult(const v1::TransferItemResult& result, v1::Transfer& transfer);
// Takes what is meant for each receiver; their scopes stay.
void FoldMeant(const v1::TransferItemsListed& listed, v1::Transfer& transfer);
// All kinds together.
v1::TransferCounts SumOf(const v1::Transfer& transfer);

}  // namespace crm::customer
