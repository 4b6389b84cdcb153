// A look at items of a transfer that wait: an answer may never come, and what an item rests on may
// not have shown when it was asked for.
#pragma once

#include <map>
#include <vector>

#include "absl/time/time.h"
#include "crm/customer/v1/transfer.pb.h"
#include "crm/customer/v1/transfer_event.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// Most of one stretch of a look: items of which something is said, and items that are looked at.
struct TransferStretchMax {
  int said = 0;
  int items = 0;
};

// What one stretch finds.
struct TransferLook {
  std::map<int, v1::TransferItem> items;      // Those of which something is said, by number.
  std::vector<v1::TransferItemResult> found;  // What became of them.
  std::vector<int> ask_again;                 // Those that can be asked for only now.
  int through = 0;                            // The last that was looked at; 0: all were.
};

// The next stretch from where the transfer's look has come to. Of what nothing was ever heard in
// kTransferAnswerMax, as when it changed twice within moments, nothing comes any more. Cost: at
// most `max.items` items, with a few rows for each.
TransferLook LookAtWaiting(const v1::Transfer& transfer, const TransferStretchMax& max,
                           absl::Time time, const engine::Snapshot& snapshot);

}  // namespace crm::customer
