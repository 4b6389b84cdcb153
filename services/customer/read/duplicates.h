// Who is like a customer, or a contact.
#pragma once

#include "absl/status/statusor.h"
#include "crm/customer/v1/duplicate.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// DuplicateService.CheckDuplicates. INVALID_ARGUMENT: nothing to find anybody by, or a number
// that is none; NOT_FOUND: no such existing customer; FAILED_PRECONDITION: LINKAGE_MODEL_MISSING.
// Cost: a scan for each key, and at most kComparedMax customers.
absl::StatusOr<v1::CheckDuplicatesResponse> QueryDuplicates(
    const v1::CheckDuplicatesRequest& request, const engine::Snapshot& snapshot,
    const engine::Context& context);

// DuplicateService.CheckContactDuplicates. The same of contacts; NOT_FOUND also: a customer.
absl::StatusOr<v1::CheckContactDuplicatesResponse> QueryContactDuplicates(
    const v1::CheckContactDuplicatesRequest& request, const engine::Snapshot& snapshot,
    const engine::Context& context);

}  // namespace crm::customer
