#include "services/customer/read/leavers.h"

#include <algorithm>
#include <string>

#include "libs/base/date.h"
#include "libs/base/status.h"
#include "services/customer/domain/references.h"
#include "services/customer/read/holdings.h"
#include "services/customer/read/tables.h"
#include "services/customer/read/transfer_tables.h"

namespace crm::customer {
namespace {

constexpr int kTransfersMax = 100;
constexpr int kAheadDaysMax = 365;
constexpr int kPageDefault = 20, kPageMax = 100;
// Staff, and things of those who leave, that one page looks at: the others come with the next one.
constexpr int kStaffMax = 10'000, kThingsMax = 100'000;

int SumOf(const v1::StaffHoldings& holdings) {
  return holdings.customer_count() + holdings.collaboration_count() + holdings.activity_count() +
         holdings.next_step_count() + holdings.interview_count() + holdings.notification_count();
}

bool IsOver(const v1::Transfer& transfer) {
  return transfer.state() == v1::TRANSFER_STATE_DONE ||
         transfer.state() == v1::TRANSFER_STATE_UNDONE ||
         transfer.state() == v1::TRANSFER_STATE_CANCELLED;
}

}  // namespace

absl::StatusOr<v1::GetStaffHoldingsResponse> QueryStaffHoldings(
    const v1::GetStaffHoldingsRequest& get, const engine::Snapshot& snapshot,
    const engine::Context& context) {
  if (get.name().empty()) return base::Invalid("name", "must be given");
  if (absl::Status s = CheckName("name", "staff", get.name()); !s.ok()) return s;
  v1::GetStaffHoldingsResponse response;
  *response.mutable_holdings() =
      HoldingsOf(get.name(), context.business_date, context.zone, snapshot);
  snapshot.Scan(
      kTransfers, "by_giver",
      [&](const v1::Transfer& transfer) {
        if (!IsOver(transfer)) response.add_transfers(transfer.name());
        return response.transfers_size() < kTransfersMax;
      },
      get.name());
  return response;
}

absl::StatusOr<v1::SearchLeaversResponse> QueryLeavers(const v1::SearchLeaversRequest& search,
                                                       const engine::Snapshot& snapshot,
                                                       const engine::Context& context) {
  if (search.ahead_days() < 0 || search.ahead_days() > kAheadDaysMax)
    return base::Invalid("ahead_days", "must be 0 to 365");
  if (search.page_size() < 0) return base::Invalid("page_size", "must not be negative");
  if (absl::Status s = CheckName("page_token", "staff", search.page_token()); !s.ok()) return s;
  const int page = search.page_size() == 0 ? kPageDefault : std::min(search.page_size(), kPageMax);
  const absl::CivilDay until = context.business_date + search.ahead_days();
  v1::SearchLeaversResponse response;
  v1::Staff last;
  last.set_name(search.page_token());
  int staff_seen = 0, things = 0;
  bool more = false;
  snapshot.ScanAfter(kStaff, "", last, [&](const v1::Staff& staff) {
    more = response.leavers_size() == page || staff_seen == kStaffMax || things >= kThingsMax;
    if (more) return false;
    ++staff_seen;
    last.set_name(staff.name());
    if (!staff.has_leave_date()) return true;
    const bool leaves = staff.status() == v1::STAFF_STATUS_LEFT ||
                        (search.ahead_days() > 0 && base::DayOf(staff.leave_date()) <= until);
    if (!leaves) return true;
    const v1::StaffHoldings holdings =
        HoldingsOf(staff.name(), context.business_date, context.zone, snapshot);
    // Whoever has nothing was looked for in each table, too.
    things += SumOf(holdings) + v1::StaffHoldings::descriptor()->field_count();
    if (holdings.ByteSizeLong() == 0) return true;
    v1::Leaver& leaver = *response.add_leavers();
    leaver.set_staff(staff.name());
    *leaver.mutable_leave_date() = staff.leave_date();
    *leaver.mutable_holdings() = holdings;
    return true;
  });
  if (more) response.set_next_page_token(last.name());
  return response;
}

}  // namespace crm::customer
