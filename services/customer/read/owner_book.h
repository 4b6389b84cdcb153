// Books: what the slots of one of us add up to, and whose customers they were at a moment.
#pragma once

#include "crm/customer/v1/owner_book.pb.h"
#include "libs/engine/model.h"
#include "services/customer/domain/owner_slot.h"

namespace crm::customer {

// A view: a slot that is given or given back changes its book. It has the slots' key, and whoever
// decides on a slot reads it.
void ProjectOwnerBook(const engine::Change<OwnerSlotModel>& change, engine::Rows& rows);

// A book with the limits and the picks of today, also of staff who never had a slot. NOT_FOUND for
// others. Cost: a row for each of the owner's customers.
absl::StatusOr<v1::OwnerBook> QueryOwnerBook(const v1::GetOwnerBookRequest& get,
                                             const engine::Snapshot& snapshot,
                                             const engine::Context& context);

// Whose customers they were. Terms are recorded when they begin and end, so that what was known at
// a moment is what had been recorded by then. Cost: a row for each term that the owner ever had.
absl::StatusOr<v1::GetOwnedCustomersResponse> QueryOwnedCustomers(
    const v1::GetOwnedCustomersRequest& get, const engine::Snapshot& snapshot,
    const engine::Context& context);

}  // namespace crm::customer
