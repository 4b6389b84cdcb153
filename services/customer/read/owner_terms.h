// Who looked after which customer, and when: a view over the customers' own events.
#pragma once

#include "absl/status/statusor.h"
#include "crm/customer/v1/owner_term.pb.h"
#include "libs/engine/model.h"
#include "services/customer/domain/customer.h"

namespace crm::customer {

// Ends the term that goes on and begins the next one when the owner changed, by whatever verb. A
// merge ends that of the absorbed customer, and one that is taken back begins another.
void ProjectOwnerTerms(const engine::Change<CustomerModel>& change, engine::Rows& rows);

// OwnerTermService.GetOwner. NOT_FOUND: no such customer. INVALID_ARGUMENT: as_of, known_at. Cost:
// a row for each term of the customer.
absl::StatusOr<v1::GetOwnerResponse> QueryOwner(const v1::GetOwnerRequest& request,
                                                const engine::Snapshot& snapshot,
                                                const engine::Context& context);

}  // namespace crm::customer
