// What one of us has to do with: what somebody else has to take over when they leave.
#pragma once

#include <functional>
#include <string>

#include "absl/time/time.h"
#include "crm/customer/v1/staff_holdings.pb.h"
#include "crm/customer/v1/transfer_parts.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// For how many days after its day a next step still waits, as the agenda has it.
inline constexpr int kHeldStepDaysMax = 30;

// One thing that somebody has to do with.
struct Holding {
  std::string target;    // The resource.
  std::string customer;  // The customer it concerns; empty: none.
  std::string etag{};    // Of a next step: its touchpoint's.
};

// Rows of a kind that are looked at to say how much there is: of a kind with more it is that at
// least.
inline constexpr int kHoldingsRowsMax = 10'000;

// Visits what `staff` ("staff/{staff}") has of a kind, in no order; false ends. Next steps count
// from `today`, whose days are those of `zone`. Customers that were merged or erased are among
// them. False: there are more than `rows_max` rows to look at, and the others were left out. Cost:
// a row for each, at most `rows_max` and one.
bool VisitHoldings(v1::TransferKind kind, const std::string& staff, absl::CivilDay today,
                   absl::TimeZone zone, const engine::Snapshot& snapshot, int rows_max,
                   const std::function<bool(const Holding&)>& visit);

// How much of what. Cost: a row for each, at most kHoldingsRowsMax of a kind.
v1::StaffHoldings HoldingsOf(const std::string& staff, absl::CivilDay today, absl::TimeZone zone,
                             const engine::Snapshot& snapshot);

}  // namespace crm::customer
