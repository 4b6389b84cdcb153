// Whom and what of ours a customer names: territory, branch, team and collaborators.
#pragma once

#include <google/protobuf/field_mask.pb.h>

#include <string_view>

#include "crm/customer/v1/customer_resource.pb.h"
#include "libs/engine/model.h"
#include "services/customer/domain/references.h"

namespace crm::customer {

// INVALID_ARGUMENT naming the first of territory, branch and team that `next` has otherwise than
// `before` and that is no id.
absl::Status CheckPlaces(const v1::Customer& before, const v1::Customer& next);

// What `values` names otherwise than `before`: STAFF_UNKNOWN, STAFF_LEFT for a collaborator,
// UNIT_UNKNOWN for branch and team; a closed one may keep its customers. Cost: a row for each that
// is new.
RefusedReferences RefusedReferencesOf(const v1::Customer& before, const v1::Customer& values,
                                      const engine::Context& context,
                                      const engine::Snapshot& snapshot);

}  // namespace crm::customer
