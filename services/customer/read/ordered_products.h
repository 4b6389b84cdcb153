// A foreign table from the sales service's log: which products are in which orders that count, and
// how many different ones each customer orders.
#pragma once

#include "crm/sales/v1/order.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

void ProjectOrderedProducts(const engine::ForeignEvent<sales::v1::OrderEvent>& order,
                            engine::Rows& rows);

}  // namespace crm::customer
