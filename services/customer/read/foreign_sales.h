// What this service follows of the sales service: opportunities and orders as they are now, and
// what happened with them on the customers' timelines.
#pragma once

#include "crm/sales/v1/opportunity.pb.h"
#include "crm/sales/v1/order.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

void FollowOpportunity(const engine::ForeignEvent<sales::v1::OpportunityEvent>& opportunity,
                       engine::Rows& rows);
void FollowOrder(const engine::ForeignEvent<sales::v1::OrderEvent>& order, engine::Rows& rows);

}  // namespace crm::customer
