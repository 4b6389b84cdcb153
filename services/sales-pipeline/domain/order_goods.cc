// The goods of an order: deliveries and returns, and how every fact folds into the order.
#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "crm/sales/v1/reason.pb.h"
#include "libs/base/check.h"
#include "libs/base/date.h"
#include "libs/base/money.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "services/sales-pipeline/domain/order.h"
#include "services/sales-pipeline/domain/order_shape.h"
#include "services/sales-pipeline/read/tables.h"

namespace crm::sales {
namespace {

using base::Invalid;
using base::Refused;
using engine::Context;
using engine::Decision;
using google::type::Money;

std::string Path(int row, const char* part) { return absl::StrCat("lines[", row, "]", part); }

// A line number that the order has and that was not named before, and a quantity.
absl::Status CheckLineQuantity(int row, const v1::Order& order, int line, int64_t quantity_milli,
                               std::set<int>& seen) {
  if (line < 1 || line > order.lines_size()) {
    return Invalid(Path(row, ".line"), "must be the number of a line of the order, from 1");
  }
  if (!seen.insert(line).second) return Invalid(Path(row, ".line"), "must not be named twice");
  if (quantity_milli < 1 || quantity_milli > kQuantityMilliMax) {
    return Invalid(Path(row, ".quantity_milli"), "must be 1 to 10^12");
  }
  return absl::OkStatus();
}

absl::Status CheckDay(const char* field, const google::type::Date& date, const v1::Order& order,
                      absl::CivilDay today) {
  if (absl::Status s = base::CheckPastDate(field, date, today); !s.ok()) return s;
  if (base::DayOf(date) < base::DayOf(order.order_date())) {
    return Invalid(field, "must not be before the order");
  }
  return absl::OkStatus();
}

absl::Status CheckDelivery(const v1::Order& order, const v1::RecordDeliveryRequest& delivery,
                           absl::CivilDay today) {
  if (absl::Status s = CheckDay("delivery_date", delivery.delivery_date(), order, today); !s.ok())
    return s;
  std::set<int> seen;
  for (int i = 0; i < delivery.lines_size(); ++i) {
    const v1::LineQuantity& row = delivery.lines(i);
    absl::Status s = CheckLineQuantity(i, order, row.line(), row.quantity_milli(), seen);
    if (!s.ok()) return s;
  }
  switch (order.status()) {
    case v1::ORDER_STATUS_CONFIRMED:
    case v1::ORDER_STATUS_PARTLY_DELIVERED:
      break;
    case v1::ORDER_STATUS_DELIVERED:
      return Refused(v1::REASON_ORDER_DELIVERED, "all of the order was delivered");
    case v1::ORDER_STATUS_CANCELLED:
      return Refused(v1::REASON_ORDER_CANCELLED, "a cancelled order cannot be delivered");
    default:
      return Refused(v1::REASON_ORDER_NOT_CONFIRMED, "confirm the order first");
  }
  if (order.deliveries_size() >= kDeliveriesMax) {
    return Refused(v1::REASON_ORDER_FULL, "the order has as many deliveries as it can have");
  }
  return absl::OkStatus();
}

// The net amount of the first so many thousandths of a line, so that pieces add up to all of it.
base::Nanos ShareOf(const v1::OrderLine& line, int64_t quantity_milli) {
  if (quantity_milli == line.quantity_milli()) return base::NanosOf(line.net());
  return base::NanosOf(base::ShareOf(line.net(), quantity_milli, line.quantity_milli()));
}

// The share of what comes back now, whatever was agreed for earlier pieces; at most what is left.
Money DefaultRefund(const v1::OrderLine& line, int64_t quantity_milli) {
  const base::Nanos share =
      ShareOf(line, line.returned_milli() + quantity_milli) - ShareOf(line, line.returned_milli());
  const base::Nanos left = base::NanosOf(line.net()) - base::NanosOf(line.refunded());
  return base::MoneyOf(std::min(share, left), line.net().currency_code());
}

// What comes back of one line, with its refund.
absl::StatusOr<v1::ReturnedLine> ReturnLine(int i, const v1::Order& order,
                                            const v1::ReturnedLine& row) {
  const v1::OrderLine& line = order.lines(row.line() - 1);
  if (row.quantity_milli() > line.delivered_milli() - line.returned_milli()) {
    return Refused(v1::REASON_QUANTITY_EXCEEDED, "more would come back than was delivered",
                   {{"line", absl::StrCat(row.line())}});
  }
  v1::ReturnedLine result = row;
  if (!row.has_refund()) {
    *result.mutable_refund() = DefaultRefund(line, row.quantity_milli());
    return result;
  }
  const std::string field = Path(i, ".refund");
  if (absl::Status s = base::CheckNotNegative(field, row.refund()); !s.ok()) return s;
  absl::Status s = base::CheckCurrency(field, row.refund(), order.revenue().currency_code());
  if (!s.ok()) return s;
  if (base::NanosOf(row.refund()) > base::NanosOf(line.net()) - base::NanosOf(line.refunded())) {
    return Refused(v1::REASON_REFUND_EXCEEDED, "more would be refunded than is left of the line",
                   {{"line", absl::StrCat(row.line())}});
  }
  return result;
}

// Of an order that has only a sum.
absl::Status ReturnWithoutLines(const v1::Order& order, const v1::RecordReturnRequest& request,
                                v1::Return& returned) {
  if (!request.has_refund()) return Invalid("refund", "must be given for an order without lines");
  if (absl::Status s = base::CheckNotNegative("refund", request.refund()); !s.ok()) return s;
  absl::Status s = base::CheckCurrency("refund", request.refund(), order.revenue().currency_code());
  if (!s.ok()) return s;
  if (base::NanosOf(request.refund()) > base::NanosOf(order.totals().revenue())) {
    return Refused(v1::REASON_REFUND_EXCEEDED, "more would be refunded than is left of the order");
  }
  *returned.mutable_refund() = request.refund();
  return absl::OkStatus();
}

absl::Status ReturnLines(const v1::Order& order, const v1::RecordReturnRequest& request,
                         v1::Return& returned) {
  if (request.has_refund()) {
    return Invalid("refund", "must be given with each line of an order that has lines");
  }
  if (request.lines().empty()) return Invalid("lines", "must be given");
  base::Nanos refund = 0;
  for (int i = 0; i < request.lines_size(); ++i) {
    absl::StatusOr<v1::ReturnedLine> line = ReturnLine(i, order, request.lines(i));
    if (!line.ok()) return line.status();
    refund += base::NanosOf(line->refund());
    *returned.add_lines() = *std::move(line);
  }
  *returned.mutable_refund() = base::MoneyOf(refund, order.revenue().currency_code());
  return absl::OkStatus();
}

absl::Status CheckRecoveredCost(const v1::Order& order, const Money& recovered) {
  if (absl::Status s = base::CheckNotNegative("recovered_cost", recovered); !s.ok()) return s;
  absl::Status s =
      base::CheckCurrency("recovered_cost", recovered, order.revenue().currency_code());
  if (!s.ok()) return s;
  const std::optional<base::Nanos> left = CostLeft(order);
  if (left.has_value() && base::NanosOf(recovered) > *left) {
    return Refused(v1::REASON_REFUND_EXCEEDED, "more cost would come back than the order had");
  }
  return absl::OkStatus();
}

absl::Status CheckReturn(const v1::Order& order, const v1::RecordReturnRequest& request,
                         absl::CivilDay today) {
  if (absl::Status s = CheckDay("return_date", request.return_date(), order, today); !s.ok())
    return s;
  std::set<int> seen;
  for (int i = 0; i < request.lines_size(); ++i) {
    const v1::ReturnedLine& row = request.lines(i);
    absl::Status s = CheckLineQuantity(i, order, row.line(), row.quantity_milli(), seen);
    if (!s.ok()) return s;
  }
  if (order.status() != v1::ORDER_STATUS_PARTLY_DELIVERED &&
      order.status() != v1::ORDER_STATUS_DELIVERED) {
    return Refused(v1::REASON_ORDER_NOT_DELIVERED, "nothing was delivered that could come back");
  }
  if (order.returns_size() >= kReturnsMax) {
    return Refused(v1::REASON_ORDER_FULL, "the order has as many returns as it can have");
  }
  return absl::OkStatus();
}

// A fold is total: Decide records neither lines that the order does not have nor sums that do not
// fit, but whatever a log holds comes to something. nullptr: there is no such line.
v1::OrderLine* LineOf(v1::Order& order, int line) {
  return line >= 1 && line <= order.lines_size() ? order.mutable_lines(line - 1) : nullptr;
}

int64_t Sum(int64_t a, int64_t b) {
  int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return a < 0 ? std::numeric_limits<int64_t>::min() : std::numeric_limits<int64_t>::max();
}

Money Sum(const Money& a, const Money& b) {
  constexpr base::Nanos kMost = base::Nanos{std::numeric_limits<int64_t>::max()} * 1'000'000'000;
  const base::Nanos sum = std::clamp(base::NanosOf(a) + base::NanosOf(b), -kMost, kMost);
  return base::MoneyOf(sum, b.currency_code());
}

void FoldDelivery(v1::Order& order, const v1::OrderDelivered& delivered) {
  for (const v1::LineQuantity& row : delivered.delivery().lines()) {
    v1::OrderLine* line = LineOf(order, row.line());
    if (line == nullptr) continue;
    line->set_delivered_milli(Sum(line->delivered_milli(), row.quantity_milli()));
  }
  *order.add_deliveries() = delivered.delivery();
  order.set_status(delivered.status());
}

void FoldReturn(v1::Order& order, const v1::OrderReturned& returned) {
  for (const v1::ReturnedLine& row : returned.returned().lines()) {
    v1::OrderLine* line = LineOf(order, row.line());
    if (line == nullptr) continue;
    line->set_returned_milli(Sum(line->returned_milli(), row.quantity_milli()));
    *line->mutable_refunded() = Sum(line->refunded(), row.refund());
  }
  *order.add_returns() = returned.returned();
  *order.mutable_totals() = returned.totals();
}

// The whole order as an event carries it, under the name and age it has.
void Replace(v1::Order& order, const v1::Order& with, const v1::OrderTotals& totals) {
  const v1::Order before = std::move(order);
  order = with;
  order.set_name(before.name());
  if (before.has_create_time()) *order.mutable_create_time() = before.create_time();
  *order.mutable_totals() = totals;
}

}  // namespace

OrderModel::Sale OrderModel::Gather(const v1::RecordDeliveryRequest& request, const Context&,
                                    const engine::Snapshot& snapshot) {
  const std::optional<v1::Order> order = snapshot.Get(kOrders, request.name());
  if (!order.has_value() || order->origin() != v1::ORDER_ORIGIN_OPPORTUNITY) return std::nullopt;
  return snapshot.Get(kOpportunities, order->opportunity());
}

Decision<OrderModel> OrderModel::Decide(const State& order,
                                        const v1::RecordDeliveryRequest& request,
                                        const Context& context, const Sale& sale) {
  if (absl::Status s = CheckDelivery(order, request, context.business_date); !s.ok()) return s;
  if (absl::Status s = CheckSaleStands(sale, order.name()); !s.ok()) return s;
  std::vector<int64_t> left;
  for (const v1::OrderLine& line : order.lines()) {
    left.push_back(line.quantity_milli() - line.delivered_milli());
  }
  Event event;
  v1::Delivery& delivery = *event.mutable_delivered()->mutable_delivery();
  *delivery.mutable_delivery_date() = request.delivery_date();
  delivery.set_document(request.document());
  if (request.lines().empty()) {
    for (size_t i = 0; i < left.size(); ++i) {
      if (left[i] == 0) continue;
      v1::LineQuantity& row = *delivery.add_lines();
      row.set_line(static_cast<int>(i) + 1);
      row.set_quantity_milli(left[i]);
    }
  } else {
    *delivery.mutable_lines() = request.lines();
  }
  bool all = true;
  for (const v1::LineQuantity& row : delivery.lines()) {
    int64_t& rest = left[row.line() - 1];
    rest -= row.quantity_milli();
    if (rest < 0) {
      return Refused(v1::REASON_QUANTITY_EXCEEDED, "more would be delivered than was ordered",
                     {{"line", absl::StrCat(row.line())}});
    }
  }
  for (const int64_t rest : left) all = all && rest == 0;
  event.mutable_delivered()->set_status(all ? v1::ORDER_STATUS_DELIVERED
                                            : v1::ORDER_STATUS_PARTLY_DELIVERED);
  return event;
}

Decision<OrderModel> OrderModel::Decide(const State& order, const v1::RecordReturnRequest& request,
                                        const Context& context) {
  if (absl::Status s = CheckReturn(order, request, context.business_date); !s.ok()) return s;
  Event event;
  v1::Return& returned = *event.mutable_returned()->mutable_returned();
  *returned.mutable_return_date() = request.return_date();
  returned.set_reason(request.reason());
  absl::Status s = order.lines().empty() ? ReturnWithoutLines(order, request, returned)
                                         : ReturnLines(order, request, returned);
  if (!s.ok()) return s;
  if (request.has_recovered_cost()) {
    s = CheckRecoveredCost(order, request.recovered_cost());
    if (!s.ok()) return s;
    *returned.mutable_recovered_cost() = request.recovered_cost();
  }
  State after = order;
  *after.add_returns() = returned;
  *event.mutable_returned()->mutable_totals() = TotalsOf(after, base::ParentOf(order.name()));
  return event;
}

void OrderModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kRecorded:
      Replace(state, event.recorded().order(), event.recorded().totals());
      return;
    case Event::kConfirmed:
      state.set_status(v1::ORDER_STATUS_CONFIRMED);
      *state.mutable_confirm_date() = event.confirmed().confirm_date();
      return;
    case Event::kAmended:
      Replace(state, event.amended().order(), event.amended().totals());
      return;
    case Event::kCancelled:
      state.set_status(v1::ORDER_STATUS_CANCELLED);
      state.set_cancel_reason(event.cancelled().reason());
      *state.mutable_cancel_date() = event.cancelled().cancel_date();
      *state.mutable_totals() = event.cancelled().totals();
      return;
    case Event::kDelivered:
      FoldDelivery(state, event.delivered());
      return;
    case Event::kReturned:
      FoldReturn(state, event.returned());
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

}  // namespace crm::sales
