// Who was not contacted for as long as the plan of their tier allows.
#pragma once

#include "absl/status/statusor.h"
#include "crm/customer/v1/contact_plan.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

inline constexpr int kOverduePageMax = 1'000;
inline constexpr int kOverduePageDefault = 50;
// Customers that are looked at for a page, those without an answer included.
inline constexpr int kOverdueLookedAtMax = 10'000;

// ContactPlanService.ListOverdueContacts. NOT_FOUND: no such staff. INVALID_ARGUMENT: a parent or
// page token of another form. Cost: the customers of the page, and those whose last contact was
// with a customer that they absorbed.
absl::StatusOr<v1::ListOverdueContactsResponse> QueryOverdueContacts(
    const v1::ListOverdueContactsRequest& request, const engine::Snapshot& snapshot,
    const engine::Context& context);

}  // namespace crm::customer
