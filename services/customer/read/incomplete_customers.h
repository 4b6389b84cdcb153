// Of whom we do not know all that the policy wants to be known.
#pragma once

#include "absl/status/statusor.h"
#include "crm/customer/v1/completeness.pb.h"
#include "libs/engine/model.h"
#include "services/customer/domain/customer.h"

namespace crm::customer {

inline constexpr int kIncompletePageDefault = 50, kIncompletePageMax = 1'000;
// Different sets of filled fields that are looked at.
inline constexpr int kFilledWaysMax = 20'000;

// Keeps what is filled in of each customer that is there: neither erased nor merged.
void ProjectFilledCustomers(const engine::Change<CustomerModel>& change, engine::Rows& rows);

// CompletenessService.ListIncompleteCustomers, by the weights of now. INVALID_ARGUMENT: parent,
// page size or token, share, kind. NOT_FOUND: no such staff, no policy. Cost: a row for each way in
// which customers (of the owner) are filled in, and two for each in the answer.
absl::StatusOr<v1::ListIncompleteCustomersResponse> QueryIncompleteCustomers(
    const v1::ListIncompleteCustomersRequest& request, const engine::Snapshot& snapshot,
    const engine::Context& context);

}  // namespace crm::customer
