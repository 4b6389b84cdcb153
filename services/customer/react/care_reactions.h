// Stale data: the policy's daily look marks them, and whoever looks after the customer is asked to
// check them.
#pragma once

#include <cstddef>

#include "crm/customer/v1/customer_event.pb.h"
#include "crm/customer/v1/customer_policy.pb.h"
#include "crm/customer/v1/erasure.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// Customers that are marked at once.
inline constexpr size_t kStaleCommandsMax = 10'000;

// A look began, or goes on: one command for each customer that it finds.
engine::Commands OnCustomerPolicy(const engine::ForeignEvent<v1::CustomerPolicyEvent>& policy,
                                  const engine::Snapshot& snapshot);

// A customer's data have become stale: an activity for its owner, one ever for that day. They were
// checked: it is done; they are not stale any more: it is cancelled.
engine::Commands OnStaleCustomer(const engine::ForeignEvent<v1::CustomerEvent>& customer,
                                 const engine::Snapshot& snapshot);

// A customer that was merged opted out: so does the one that stands for it.
engine::Commands OnOptOut(const engine::ForeignEvent<v1::CustomerEvent>& customer,
                          const engine::Snapshot& snapshot);

}  // namespace crm::customer
