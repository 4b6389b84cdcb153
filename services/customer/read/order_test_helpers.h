// For tests of this room: order events as the sales service writes them.
#pragma once

#include <string>

#include "crm/sales/v1/order.pb.h"
#include "libs/base/date.h"
#include "libs/base/money.h"
#include "libs/engine/model.h"
#include "services/customer/read/order_facts.h"

namespace crm::customer {

// An order of customers/<customer> that counts `cents`; `margin_cents` < 0: its margin is not
// known.
inline sales::v1::OrderTotals Totals(const std::string& customer, absl::CivilDay day, int64_t cents,
                                     int64_t margin_cents = -1,
                                     const std::string& currency = "USD") {
  constexpr base::Nanos kCent = 10'000'000;
  sales::v1::OrderTotals totals;
  totals.set_customer("customers/" + customer);
  *totals.mutable_order_date() = base::DateOf(day);
  *totals.mutable_revenue() = base::MoneyOf(cents * kCent, currency);
  if (margin_cents >= 0) *totals.mutable_margin() = base::MoneyOf(margin_cents * kCent, currency);
  return totals;
}

inline sales::v1::OrderEvent Recorded(const sales::v1::OrderTotals& totals) {
  sales::v1::OrderEvent event;
  *event.mutable_recorded()->mutable_totals() = totals;
  return event;
}

inline engine::EventMeta MetaOf(const sales::v1::OrderTotals& totals, const std::string& order) {
  return {.name = totals.customer() + "/orders/" + order, .revision = 1};
}

inline void Record(const sales::v1::OrderTotals& totals, const std::string& order,
                   engine::Rows& rows) {
  const sales::v1::OrderEvent event = Recorded(totals);
  const engine::EventMeta meta = MetaOf(totals, order);
  ProjectOrder({event, meta}, rows);
}

}  // namespace crm::customer
