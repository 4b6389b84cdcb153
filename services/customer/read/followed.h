// What is open with a customer, and what it is worth: parts of the answers about one customer. Each
// takes the names of a customer and of those that were merged into it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "crm/customer/v1/followed.pb.h"
#include "crm/customer/v1/touchpoint.pb.h"
#include "libs/engine/model.h"
#include "services/customer/read/order_facts.h"

namespace crm::customer {

// Further ones are not counted.
inline constexpr int kFollowedCountMax = 1'000;

// The first of some rows, and how many there are.
template <class Row>
struct Followed {
  std::vector<Row> rows;
  int count = 0;      // At most kFollowedCountMax.
  bool more = false;  // Than are given, or than were counted.
};

// The most urgent first, then the oldest. Cost: a row for each that is counted.
Followed<v1::FollowedTicket> OpenTickets(const engine::Snapshot& snapshot,
                                         const std::vector<std::string>& customers, size_t max);
// Those that close first at the beginning, those without a day last. Cost: as above.
Followed<v1::FollowedOpportunity> OpenOpportunities(const engine::Snapshot& snapshot,
                                                    const std::vector<std::string>& customers,
                                                    size_t max);
// Whether it is the same business again.
bool IsRenewal(const v1::FollowedOpportunity& opportunity);
// Those of the open opportunities that are, the same way.
Followed<v1::FollowedOpportunity> OpenRenewals(const engine::Snapshot& snapshot,
                                               const std::vector<std::string>& customers,
                                               size_t max);
// Newest first. Cost: as above.
Followed<v1::FollowedOrder> LatestOrders(const engine::Snapshot& snapshot,
                                         const std::vector<std::string>& customers, size_t max);
// Of the opportunities the campaigns that led to them, by name. Cost: a row for each opportunity,
// up to kFollowedCountMax, and one for each campaign.
Followed<v1::FollowedCampaign> CampaignsOf(const engine::Snapshot& snapshot,
                                           const std::vector<std::string>& customers, size_t max);

// Touchpoints, newest first, at most `max`. Cost: two rows for each.
std::vector<v1::Touchpoint> LatestTouchpoints(const engine::Snapshot& snapshot,
                                              const std::vector<std::string>& customers,
                                              size_t max);
// Of those, newest first, the ones whose next step is still to be done, what is due first at the
// beginning: it is due today or later; or its day has passed and nobody met the customer since; or
// it has no day and is of the last meeting.
std::vector<v1::Touchpoint> NextStepsOf(const std::vector<v1::Touchpoint>& newest_first,
                                        const engine::Context& context);

// What they ordered in the period, or ever. FAILED_PRECONDITION as SumOrdersOf.
absl::StatusOr<v1::OrderValue> ValueOf(const engine::Snapshot& snapshot,
                                       const std::vector<std::string>& customers,
                                       const std::optional<OrderPeriod>& period);
// The twelve months up to today, and the same `years_before`.
OrderPeriod TwelveMonths(absl::CivilDay today, int years_before = 0);

}  // namespace crm::customer
