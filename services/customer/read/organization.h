// The organization as of a day: branches, departments and teams as one tree, with leads and counts.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "crm/customer/v1/organization.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// Most units, and most staff, that are looked at for one answer.
inline constexpr int kOrganizationUnitsMax = 10'000;
inline constexpr int kOrganizationStaffMax = 100'000;

// A unit of the day. `node` has unit, kind, display name and lead.
struct UnitOfDay {
  v1::OrganizationNode node;
  std::vector<std::string> superiors;  // What it is in, the nearest first; empty names are none.
};

// The units that somebody employed that day is in, the smallest first; empty names are none.
using PlacesOfDay = std::vector<std::string>;

// Nodes and counts of the answer. Safe for units that belong, over others, to themselves: of each
// such circle the first stands at the top. Cost: n log n.
v1::GetOrganizationResponse OrganizationOf(std::vector<UnitOfDay> units,
                                           const std::vector<PlacesOfDay>& staff);

// OrganizationService.GetOrganization. INVALID_ARGUMENT: as_of, known_at.
absl::StatusOr<v1::GetOrganizationResponse> QueryOrganization(
    const v1::GetOrganizationRequest& request, const engine::Snapshot& snapshot,
    const engine::Context& context);

}  // namespace crm::customer
