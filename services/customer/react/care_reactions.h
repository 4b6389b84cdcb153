// Stale data: the policy's daily look marks them, and whoever looks after the customer is asked to
// check them.
#pragma once

#include <cstddef>

#include "crm/customer/v1/customer_event.pb.h"
#include "crm/customer/v1/customer_policy.pb.h"
#include "crm/customer/v1/erasure.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// Customers that are marked at once, and rows that are looked at for that.
inline constexpr size_t kStaleCommandsMax = 10'000;
inline constexpr size_t kStaleRowsMax = 50'000;

// A look began, or goes on: one command for each customer that it finds.
engine::Commands OnCustomerPolicy(const engine::ForeignEvent<v1::CustomerPolicyEvent>& policy,
                                  const engine::Snapshot& snapshot);

// A customer's data have become stale: an activity for its owner, one ever for that day. They were
// checked: it is done; they are not stale any more: it is cancelled; also what was asked of those
// that were merged into it. Somebody else looks after it: where none is open they are asked, once
// for each staleness. One was merged into it: one activity for both at most; that was taken back:
// one for each whose data are stale.
engine::Commands OnStaleCustomer(const engine::ForeignEvent<v1::CustomerEvent>& customer,
                                 const engine::Snapshot& snapshot);

// Somebody else looks after a customer: the open check of its data goes on to them from whoever
// looked after it before, also when it comes from a pool, but not from whom people gave it to. A
// reaction of its own, as OnStaleCustomer may ask for the very one that does not show here yet: if
// it is there it is handed on, else asked for, in whatever order.
engine::Commands OnNewOwner(const engine::ForeignEvent<v1::CustomerEvent>& customer,
                            const engine::Snapshot& snapshot);

// A customer that was merged opted out: so does the one that stands for it.
engine::Commands OnOptOut(const engine::ForeignEvent<v1::CustomerEvent>& customer,
                          const engine::Snapshot& snapshot);

}  // namespace crm::customer
