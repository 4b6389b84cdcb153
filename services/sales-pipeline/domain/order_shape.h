// What makes an order well formed, and what it counts for. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "crm/sales/v1/customer_ref.pb.h"
#include "crm/sales/v1/opportunity.pb.h"
#include "crm/sales/v1/order.pb.h"
#include "libs/base/money.h"
#include "libs/engine/model.h"

namespace crm::sales {

// The most a line may hold, and the most deliveries and the most returns an order may have.
inline constexpr int64_t kQuantityMilliMax = 1'000'000'000'000;
inline constexpr int kDeliveriesMax = 100;
inline constexpr int kReturnsMax = 100;

// kInvalidArgument naming the field ("order.lines[2].net") unless the order, of the customer with
// this name, is well formed: a date that exists and is not after `today` (base::CheckPastDate),
// exact and non-negative amounts of one currency, lines that add up to the revenue, cost or margin
// but not both, an opportunity of the same customer.
absl::Status CheckOrder(const v1::Order& order, std::string_view customer, absl::CivilDay today);

// kInvalidArgument naming the field unless amounts are in the company's reporting currency and in
// the customer's; an empty one is the reporting currency.
absl::Status CheckOrderCurrency(const v1::Order& order, std::string_view customer_currency,
                                const engine::Context& context);

// Whether the customer may order this: CUSTOMER_ERASED, or kInvalidArgument for another currency.
absl::Status CheckBuyer(const v1::Order& order, const v1::CustomerRef& customer,
                        const engine::Context& context);

// OPPORTUNITY_REOPENED when the order of this name was made by a win that does not stand: its
// opportunity was reopened since, and the order is about to be cancelled.
absl::Status CheckSaleStands(const std::optional<v1::Opportunity>& sale, std::string_view order);

// What the goods cost less what came back of them; nullopt when the cost is not known.
std::optional<base::Nanos> CostLeft(const v1::Order& order);

// What the order counts for: revenue and margin after returns, nothing when it is cancelled.
v1::OrderTotals TotalsOf(const v1::Order& order, std::string_view customer);

// Takes off everything that a caller may not set.
void ClearOutput(v1::Order& order);

}  // namespace crm::sales
