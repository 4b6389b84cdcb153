// Who leaves something behind: queries of transfers.
#pragma once

#include "crm/customer/v1/transfer.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// TransferService.GetStaffHoldings. kInvalidArgument. Cost: see HoldingsOf.
absl::StatusOr<v1::GetStaffHoldingsResponse> QueryStaffHoldings(
    const v1::GetStaffHoldingsRequest& get, const engine::Snapshot& snapshot,
    const engine::Context& context);

// TransferService.SearchLeavers. kInvalidArgument. Cost: a row for each of the staff, and for each
// thing that those have who leave; a page ends early behind 10,000 of the staff, or 100,000 things.
absl::StatusOr<v1::SearchLeaversResponse> QueryLeavers(const v1::SearchLeaversRequest& search,
                                                       const engine::Snapshot& snapshot,
                                                       const engine::Context& context);

}  // namespace crm::customer
