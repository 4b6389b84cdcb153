#include "services/sales-pipeline/domain/order_shape.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "crm/sales/v1/reason.pb.h"
#include "libs/base/date.h"
#include "libs/base/external_id.h"
#include "libs/base/money.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/engine/update.h"

namespace crm::sales {
namespace {

using base::Invalid;
using google::type::Money;

// An amount of the order's currency, at least 0.
absl::Status CheckAmount(std::string_view field, const Money& money, const Money& revenue) {
  if (absl::Status s = base::CheckNotNegative(field, money); !s.ok()) return s;
  return base::CheckCurrency(field, money, revenue.currency_code());
}

absl::Status CheckLines(const v1::Order& order) {
  base::Nanos sum = 0;
  for (int i = 0; i < order.lines_size(); ++i) {
    const v1::OrderLine& line = order.lines(i);
    const std::string field = absl::StrCat("order.lines[", i, "]");
    if (base::IsBlank(line.product())) return Invalid(field + ".product", "must be given");
    if (line.quantity_milli() < 1 || line.quantity_milli() > kQuantityMilliMax) {
      return Invalid(field + ".quantity_milli", "must be 1 to 10^12");
    }
    absl::Status s = CheckAmount(field + ".net", line.net(), order.revenue());
    if (!s.ok()) return s;
    sum += base::NanosOf(line.net());
  }
  if (!order.lines().empty() && sum != base::NanosOf(order.revenue())) {
    return Invalid("order.revenue", "must be the sum of the net amounts of the lines");
  }
  return absl::OkStatus();
}

absl::Status CheckCosts(const v1::Order& order) {
  if (order.has_cost() && order.has_margin()) {
    return Invalid("order.margin", "must not be given together with the cost");
  }
  if (order.has_cost()) {
    absl::Status s = CheckAmount("order.cost", order.cost(), order.revenue());
    if (!s.ok()) return s;
  }
  if (order.has_margin()) {
    if (absl::Status s = base::CheckMoney("order.margin", order.margin()); !s.ok()) return s;
    absl::Status s =
        base::CheckCurrency("order.margin", order.margin(), order.revenue().currency_code());
    if (!s.ok()) return s;
    if (base::NanosOf(order.margin()) > base::NanosOf(order.revenue())) {
      return Invalid("order.margin", "must not be more than the revenue");
    }
  }
  if (order.has_cost_to_serve()) {
    return CheckAmount("order.cost_to_serve", order.cost_to_serve(), order.revenue());
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckOrder(const v1::Order& order, std::string_view customer, absl::CivilDay today) {
  absl::Status date = base::CheckPastDate("order.order_date", order.order_date(), today);
  if (!date.ok()) return date;
  if (!order.has_revenue()) return Invalid("order.revenue", "must be given");
  if (absl::Status s = base::CheckNotNegative("order.revenue", order.revenue()); !s.ok()) return s;
  if (absl::Status s = CheckLines(order); !s.ok()) return s;
  if (absl::Status s = CheckCosts(order); !s.ok()) return s;
  if (!common::v1::Channel_IsValid(order.channel())) {
    return Invalid("order.channel", "must be a channel");
  }
  if (order.has_external_id()) {
    if (absl::Status s = base::CheckExternalId("order.external_id", order.external_id()); !s.ok())
      return s;
  }
  if (!order.opportunity().empty()) {
    const auto pattern =
        base::NamePattern::Parse("customers/{customer}/opportunities/{opportunity}");
    if (!pattern->Matches(order.opportunity()) ||
        (!customer.empty() && base::ParentOf(order.opportunity()) != customer)) {
      return Invalid("order.opportunity", "must be the name of an opportunity of the customer");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckOrderCurrency(const v1::Order& order, std::string_view customer_currency,
                                const engine::Context& context) {
  const bool others = !customer_currency.empty() && customer_currency != context.reporting_currency;
  if (others || order.revenue().currency_code() != context.reporting_currency) {
    return Invalid("order.revenue.currency_code",
                   "must be the customer's, and the company's reporting currency");
  }
  return absl::OkStatus();
}

absl::Status CheckBuyer(const v1::Order& order, const v1::CustomerRef& customer,
                        const engine::Context& context) {
  if (customer.status() == customer::v1::CUSTOMER_STATUS_ERASED) {
    return base::Refused(v1::REASON_CUSTOMER_ERASED, "the customer was erased");
  }
  return CheckOrderCurrency(order, customer.currency_code(), context);
}

absl::Status CheckSaleStands(const std::optional<v1::Opportunity>& sale, std::string_view order) {
  if (!sale.has_value() || sale->order() == order) return absl::OkStatus();
  return base::Refused(v1::REASON_OPPORTUNITY_REOPENED, "the win of this order was taken back");
}

std::optional<base::Nanos> CostLeft(const v1::Order& order) {
  if (!order.has_cost() && !order.has_margin()) return std::nullopt;
  base::Nanos left = order.has_cost()
                         ? base::NanosOf(order.cost())
                         : base::NanosOf(order.revenue()) - base::NanosOf(order.margin());
  for (const v1::Return& returned : order.returns()) {
    left -= base::NanosOf(returned.recovered_cost());
  }
  return left;
}

v1::OrderTotals TotalsOf(const v1::Order& order, std::string_view customer) {
  v1::OrderTotals totals;
  totals.set_customer(std::string(customer));
  *totals.mutable_order_date() = order.order_date();
  const std::string& currency = order.revenue().currency_code();
  if (order.status() == v1::ORDER_STATUS_CANCELLED) {
    totals.set_cancelled(true);
    *totals.mutable_revenue() = base::MoneyOf(0, currency);
    if (order.has_cost() || order.has_margin())
      *totals.mutable_margin() = base::MoneyOf(0, currency);
    if (order.has_cost_to_serve()) *totals.mutable_cost_to_serve() = base::MoneyOf(0, currency);
    return totals;
  }
  base::Nanos revenue = base::NanosOf(order.revenue());
  for (const v1::Return& returned : order.returns()) revenue -= base::NanosOf(returned.refund());
  *totals.mutable_revenue() = base::MoneyOf(revenue, currency);
  if (const std::optional<base::Nanos> cost = CostLeft(order)) {
    *totals.mutable_margin() = base::MoneyOf(revenue - *cost, currency);
  }
  if (order.has_cost_to_serve()) *totals.mutable_cost_to_serve() = order.cost_to_serve();
  return totals;
}

void ClearOutput(v1::Order& order) {
  engine::ClearStamps(order);
  order.clear_totals();
  order.clear_status();
  order.clear_deliveries();
  order.clear_returns();
  order.clear_origin();
  order.clear_import_digest();
  order.clear_cancel_reason();
  order.clear_confirm_date();
  order.clear_cancel_date();
  for (v1::OrderLine& line : *order.mutable_lines()) {
    line.clear_delivered_milli();
    line.clear_returned_milli();
    line.clear_refunded();
  }
}

}  // namespace crm::sales
