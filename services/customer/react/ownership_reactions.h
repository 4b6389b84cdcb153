// What follows from a change of ownership: books are asked and told, customers hear what books
// said, and pools call back what was left alone. The engine gives each command its request_id and
// remembers what was done.
#pragma once

#include <cstddef>
#include <string>

#include "crm/customer/v1/customer_event.pb.h"
#include "crm/customer/v1/owner_book.pb.h"
#include "crm/customer/v1/pool.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// Customers that are called back at once.
inline constexpr size_t kRecycleCommandsMax = 1'000;
// Customers that one stretch of a sweep looks at.
inline constexpr size_t kSweepRowsMax = 10'000;
struct SweepStretch {
  size_t commands_max = kRecycleCommandsMax;
  size_t rows_max = kSweepRowsMax;
};

// Asks the book of who is wanted; gives back the slot of a term that has ended, by whatever verb,
// and of a customer that was merged.
engine::Commands OnOwnerChange(const engine::ForeignEvent<v1::CustomerEvent>& customer,
                               const engine::Snapshot& snapshot);

// Tells the customer what the book said.
engine::Commands OnOwnerSlot(const engine::ForeignEvent<v1::OwnerSlotEvent>& slot,
                             const engine::Snapshot& snapshot);

// A sweep, or its next stretch: one command for each customer that a rule calls back, and when
// there are more than a stretch has one that goes on behind them.
engine::Commands OnPool(const engine::ForeignEvent<v1::PoolEvent>& pool,
                        const engine::Snapshot& snapshot);

// The same for one stretch. Cost: a row for each customer, two more for each that has an owner.
engine::Commands Recycle(const v1::PoolSweep& sweep, const std::string& pool,
                         const SweepStretch& stretch, const engine::Snapshot& snapshot);

// Tells staff what became of their customers by a book or a rule; what people do by hand is told
// with the other events of customers.
engine::Commands OnOwnerNews(const engine::ForeignEvent<v1::CustomerEvent>& customer,
                             const engine::Snapshot& snapshot);

}  // namespace crm::customer
