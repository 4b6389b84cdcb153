// ImportOrders, row by row.
#pragma once

#include <vector>

#include "crm/sales/v1/order.pb.h"
#include "libs/engine/model.h"

namespace crm::sales {

// What each row asks for:
//
//   its order is here                     ReimportOrderRequest: quiet for the same row
//   its customer is here                  ImportOrderRequest
//   so is an orphan order that waits      AdoptOrphanOrderRequest
//   its customer is not here              KeepOrphanOrderRequest
//   but an orphan order of the row is     ReimportOrphanOrderRequest: quiet for the same row
//
// or a refusal: kInvalidArgument for a row without a customer or external id, or whose external id
// means two customers; ORDER_IMPORT_DIFFERS when the order is not this customer's, the orphan order
// is another row, or an earlier row of the call says otherwise. Request ids are made of the row, so
// that a row said twice, also to a replica that is behind, has one effect. Cost: three index reads
// a row.
std::vector<engine::BatchItem> SplitImportOrders(const v1::ImportOrdersRequest& request,
                                                 const engine::Snapshot& snapshot);

}  // namespace crm::sales
