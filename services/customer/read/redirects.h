// Merged customers and contacts: who stands for whom. An absorbed one keeps its row and what hangs
// on it, and redirects to its survivor; that one may have been merged further.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "absl/time/time.h"
#include "libs/engine/model.h"

namespace crm::customer {

// How many merges lead from a name to the one that stands for it, and how many names one can have:
// more are left out. A merge is declined long before.
inline constexpr int kRedirectsMax = 100;
inline constexpr size_t kNamesMax = 1'000;

// The one that now stands for `customer`, or for a contact: itself unless it was merged. A name
// that is not known stands for itself. Cost: a row for each merge on the way, and one that is not
// there.
std::string SurvivorOf(const std::string& customer, const engine::Snapshot& snapshot);

// The customer that stood for `customer` by what had been recorded at `known_at`. Cost: a version
// for each merge on the way.
std::string SurvivorAt(const std::string& customer, absl::Time known_at,
                       const engine::Snapshot& snapshot);

// `customer`, or a contact, first, then all that were merged into it, directly or through others:
// reads of it include what hangs on these. Cost: a row for each.
std::vector<std::string> NamesOf(const std::string& customer, const engine::Snapshot& snapshot);

// The parents whose children are listed with those of `parent`, itself first: all names of the one
// that now stands for a customer, so that a merged one lists the same; of anything else only
// itself. Cost: as SurvivorOf and NamesOf.
std::vector<std::string> ParentsOf(const std::string& parent, const engine::Snapshot& snapshot);

// All that were merged, and who stands for them. Cost: a row for each.
std::unordered_map<std::string, std::string> Redirects(const engine::Snapshot& snapshot);

}  // namespace crm::customer
