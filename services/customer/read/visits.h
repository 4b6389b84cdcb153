// A view: when each customer was last visited.
#pragma once

#include "libs/engine/model.h"
#include "services/customer/domain/touchpoint.h"

namespace crm::customer {

void ProjectVisit(const engine::Change<TouchpointModel>& change, engine::Rows& rows);

}  // namespace crm::customer
