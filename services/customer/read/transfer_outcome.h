// What became of an item of a transfer, as the rows of other keys show it.
//
// These rows may be behind: another replica may have asked, and ours may not show yet what came of
// it. So nothing follows from whose a thing is. It is done or refused only where something says so
// of this transfer: the mark that it leaves, what the log says of the command, the book's answer,
// an end that nothing comes after. Everything else is WAITING.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "crm/customer/v1/reason.pb.h"
#include "crm/customer/v1/touchpoint.pb.h"
#include "crm/customer/v1/transfer.pb.h"
#include "crm/customer/v1/transfer_event.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// As a refusal names a reason: without the prefix of the enum.
std::string RefusalWord(v1::Reason reason);

// Whether what became of the item is still to be said.
bool IsUnsettled(const v1::TransferItem& item, bool undoing);

// What a result says of an item besides what became of it.
v1::TransferItemResult ResultOf(const v1::TransferItem& item);

// The resource that the command for an item is sent to.
std::string AskedOf(const v1::TransferItem& item);

// Why what the transfer's event of that revision asked for was not done, as the log says, by the
// resource that was asked; empty: it was so already. Cost: a row for each.
using PassedByTarget = std::map<std::string, std::string>;
PassedByTarget PassedOf(const std::string& transfer, int64_t revision,
                        const engine::Snapshot& snapshot);

// The touchpoint of a next step, if it shows here at least as it was when the item was listed.
std::optional<v1::Touchpoint> ShownNextStep(const v1::TransferItem& item,
                                            const engine::Snapshot& snapshot);

// Whether a moved item is WAITING, MOVED or REFUSED; `passed`: of the event that asked for it.
v1::TransferItemResult OutcomeOfMove(const v1::Transfer& transfer, const v1::TransferItem& item,
                                     const PassedByTarget& passed,
                                     const engine::Snapshot& snapshot);

// Whether an item that was to be given back is WAITING, RETURNED or KEPT.
v1::TransferItemResult OutcomeOfReturn(const v1::Transfer& transfer, const v1::TransferItem& item,
                                       const PassedByTarget& passed,
                                       const engine::Snapshot& snapshot);

// Whether a book is being asked for the item by this transfer.
bool IsAsked(const v1::Transfer& transfer, const v1::TransferItem& item,
             const engine::Snapshot& snapshot);

}  // namespace crm::customer
