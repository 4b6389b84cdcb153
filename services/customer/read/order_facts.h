// What customers ordered: a foreign table from the sales service's log, and sums over any period of
// it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "crm/sales/v1/order.pb.h"
#include "libs/base/money.h"
#include "libs/engine/model.h"

namespace crm::customer {

// Keeps the newest totals of each order, and each customer's months. An amendment, a return or a
// cancellation moves the difference; an order that does not count is kept, so that what comes later
// finds it.
void ProjectOrder(const engine::ForeignEvent<sales::v1::OrderEvent>& order, engine::Rows& rows);

// An order that another system keeps came in.
bool IsImport(const sales::v1::OrderEvent& event);

// What one customer ordered.
struct OrderSums {
  int64_t order_count = 0;
  base::Nanos revenue = 0;
  int64_t margin_order_count = 0;  // Orders whose margin is known.
  base::Nanos margin = 0;          // Of those.
  base::Nanos margin_revenue = 0;  // Of those.
};

struct PeriodSums {
  // With at least one order that counts. Orders of a merged customer are its survivor's.
  std::unordered_map<std::string, OrderSums> customers;
  std::string currency_code;  // Of all of them; empty without any.
};

// Sums of the orders from `start` to before `end`. Whole months come from the months' rows, the
// days at both ends from the orders. FAILED_PRECONDITION: CURRENCIES_MIXED when the orders are not
// all in one currency, SUM_TOO_LARGE when no Money could hold all of them, so that every part of
// the sums fits one. Cost: one row for each customer and month, and one for each order of the days
// at the ends.
absl::StatusOr<PeriodSums> SumOrders(const engine::Snapshot& snapshot, absl::CivilDay start,
                                     absl::CivilDay end);

// The same of one customer, or of one and those that were merged into it, whose names these are;
// without a period of all its orders. Cost: one row for each of their months, and one for each
// order of the days at the ends.
struct OrderPeriod {
  absl::CivilDay start, end;  // The end is excluded.
};
absl::StatusOr<PeriodSums> SumOrdersOf(const engine::Snapshot& snapshot,
                                       const std::vector<std::string>& customers,
                                       const std::optional<OrderPeriod>& period);

// An import is in when no order was imported for so long.
inline constexpr absl::Duration kImportQuiet = absl::Seconds(3);

// When the last imported order was recorded; nullopt when none was. Cost: a row a partition.
std::optional<absl::Time> LastOrderImport(const engine::Snapshot& snapshot);

// Customers with an order before `day`. Cost: as above, from the first order on.
std::unordered_set<std::string> OrderedBefore(const engine::Snapshot& snapshot, absl::CivilDay day);

}  // namespace crm::customer
