// Which customer stands above which. The parent lies on another key and is looked up in the local
// table, which may be behind: two changes at one moment can make a circle, which reads open.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "libs/engine/model.h"

namespace crm::customer {

// How many customers may stand above one another.
inline constexpr int kGroupLevelsMax = 20;
// How far is followed what stands above one another: merges can make that more than may be said.
inline constexpr int kParentsFollowedMax = 200;

// Why `customer` ("" for a new one) cannot stand below `parent`; OK: it can, or no parent is named.
// INVALID_ARGUMENT: not the name of a customer; PARENT_UNKNOWN, PARENT_CYCLE. Of a parent that was
// merged its survivor is meant. Cost: a row for each customer above.
absl::Status ParentRefusal(const std::string& customer, const std::string& parent,
                           const engine::Snapshot& snapshot);

// Whether `customer` is `parent` or stands above it. `apart` counts as one by itself, merged or
// not: as it was before a merge, and is after it. Cost: as above, and a row for each merge on the
// way.
bool LeadsTo(const std::string& customer, const std::string& parent, const std::string& apart,
             const engine::Snapshot& snapshot);

}  // namespace crm::customer
