// Merging customers, as each of the two sees it. The absorbed one is frozen first and says what it
// was; then the survivor takes that over, or says that it will not; then the case is told. Taking
// it back goes the other way round. Each step is an event, so that a merge that was begun comes to
// an end, whoever stops in between.
#pragma once

#include "absl/status/status.h"
#include "crm/customer/v1/customer_event.pb.h"
#include "crm/customer/v1/customer_resource.pb.h"
#include "libs/engine/model.h"
#include "services/customer/domain/customer.h"
#include "services/customer/domain/merge_steps.h"

namespace crm::customer {

// CUSTOMER_MERGED, naming the survivor, for one that redirects.
absl::Status CheckNotMerged(const v1::Customer& customer);

// Why the two cannot be one customer: MERGE_KINDS_DIFFER, MERGE_CURRENCIES_DIFFER.
v1::Reason WhyNotOne(const v1::Customer& a, const v1::Customer& b,
                     const std::string& reporting_currency);

// Folds a fact of a merge: merged, absorbed, unmerged, merge_reversed, merge_declined.
void FoldMerge(const v1::CustomerEvent& event, v1::Customer& state);

// A view: where merged customers redirect to, and what merges changed of their survivors.
void ProjectMerges(const engine::Change<CustomerModel>& change, engine::Rows& rows);

}  // namespace crm::customer
