// Which customer stands above which. The parent lies on another key and is looked up in the local
// table, which may be behind: two changes at one moment can make a circle, which reads open.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "libs/engine/model.h"

namespace crm::customer {

// How many customers may stand above one another.
inline constexpr int kGroupLevelsMax = 20;

// Why `customer` ("" for a new one) cannot stand below `parent`; OK: it can, or no parent is named.
// INVALID_ARGUMENT: not the name of a customer; PARENT_UNKNOWN, PARENT_CYCLE. Of a parent that was
// merged its survivor is meant. Cost: a row for each customer above.
absl::Status ParentRefusal(const std::string& customer, const std::string& parent,
                           const engine::Snapshot& snapshot);

}  // namespace crm::customer
