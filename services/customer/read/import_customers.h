// ImportCustomers, row by row.
#pragma once

#include <vector>

#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/customer_internal.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// What each row asks for:
//
//   a customer has one of its external ids             ReimportCustomerRequest
//   its first external id was made into a customer     the same
//   neither                                            CreateCustomerRequest
//
// or a refusal: kInvalidArgument for a row without an external id, with one that stood in an
// earlier row, or whose external ids are those of several customers. Cost: an index read for each
// external id.
std::vector<engine::BatchItem> SplitImportCustomers(const v1::ImportCustomersRequest& request,
                                                    const engine::Snapshot& snapshot);

}  // namespace crm::customer
