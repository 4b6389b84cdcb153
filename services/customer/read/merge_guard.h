// What a merged customer or contact takes no more.
#pragma once

#include "absl/status/status.h"
#include "libs/engine/model.h"

namespace crm::customer {

// CUSTOMER_MERGED or CONTACT_MERGED, naming the survivor, for every command on one that was merged
// into another, and for everything new that would hang on it. Not for the steps of a merge; not for
// orders' activity, which is the customer's own when the merge is taken back; not for what a
// contact follows of the person that it is, for the same reason; not for who opts out; not for what
// hangs on it already; and not for what our own reactions make of that.
absl::Status AdmitUnlessMerged(const engine::Guarded& guarded, const engine::Snapshot& snapshot);

}  // namespace crm::customer
