#include "services/customer/domain/customer_references.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

absl::Status CheckId(std::string_view field, const std::string& before, const std::string& next) {
  if (next == before || next.empty() || base::IsResourceId(next)) return absl::OkStatus();
  return base::Invalid(absl::StrCat("customer.", std::string(field)),
                       "must be 1 to 63 characters of a-z, 0-9 and -");
}

}  // namespace

absl::Status CheckPlaces(const v1::Customer& before, const v1::Customer& next) {
  absl::Status s = CheckId("territory", before.territory(), next.territory());
  if (s.ok()) s = CheckId("branch", before.branch(), next.branch());
  if (s.ok()) s = CheckId("team", before.team(), next.team());
  return s;
}

RefusedReferences RefusedReferencesOf(const v1::Customer& before, const v1::Customer& values,
                                      const engine::Context& context,
                                      const engine::Snapshot& snapshot) {
  RefusedReferences refused;
  const auto& there = before.collaborators();
  for (const std::string& id : values.collaborators()) {
    if (std::find(there.begin(), there.end(), id) != there.end()) continue;
    NoteStaff("collaborators", "staff/" + id, context.business_date, snapshot, refused);
  }
  const std::string branch = "branches/" + values.branch(), team = "teams/" + values.team();
  if (!values.branch().empty() && values.branch() != before.branch() &&
      !snapshot.Get(kBranches, branch).has_value())
    refused.emplace("branch", UnitUnknown(branch));
  if (!values.team().empty() && values.team() != before.team() &&
      !snapshot.Get(kTeams, team).has_value())
    refused.emplace("team", UnitUnknown(team));
  return refused;
}

}  // namespace crm::customer
