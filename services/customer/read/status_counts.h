// How many customers have which status.
#pragma once

#include "crm/customer/v1/customer.pb.h"
#include "libs/engine/model.h"
#include "services/customer/domain/customer.h"

namespace crm::customer {

// How many customers of each partition have which status.
void ProjectStatusCounts(const engine::Change<CustomerModel>& change, engine::Rows& rows);

// The same of all partitions.
int64_t CountStatus(const engine::Snapshot& snapshot, v1::CustomerStatus status);

}  // namespace crm::customer
