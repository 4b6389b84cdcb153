// Views of transfers: their items, and what was asked for and not done.
#pragma once

#include "libs/engine/model.h"
#include "services/customer/domain/transfer.h"

namespace crm::customer {

// The name of the reaction that moves items, in the log for ever.
inline constexpr char kOnTransfer[] = "OnTransfer";

void ProjectTransfer(const engine::Change<TransferModel>& change, engine::Rows& rows);

// Each refusal of an item by its target, and where nothing was to be changed.
void ProjectTransferRefusal(const engine::Passed& passed, engine::Rows& rows);

}  // namespace crm::customer
