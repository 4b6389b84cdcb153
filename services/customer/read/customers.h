// Small reads over customers: counts by status, and an import cut into commands.
#pragma once

#include <vector>

#include "crm/customer/v1/customer.pb.h"
#include "libs/engine/model.h"
#include "services/customer/domain/customer.h"

namespace crm::customer {

// How many customers of each partition have which status.
void ProjectStatusCounts(const engine::Change<CustomerModel>& change, engine::Rows& rows);

// CustomerService.ImportCustomers, row by row: a create for a customer that is not here, else an
// update of the fields that the row has. A create's request_id is made of the row, so that a
// replica that is behind makes nothing twice.
std::vector<engine::BatchItem> SplitImportCustomers(const v1::ImportCustomersRequest& request,
                                                    const engine::Snapshot& snapshot);

}  // namespace crm::customer
