#include "services/sales-pipeline/domain/order.h"

#include "crm/sales/v1/reason.pb.h"
#include "libs/base/check.h"
#include "libs/base/date.h"
#include "libs/base/field_mask.h"
#include "libs/base/hash.h"
#include "libs/base/money.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/engine/update.h"
#include "services/sales-pipeline/domain/order_shape.h"
#include "services/sales-pipeline/read/tables.h"

namespace crm::sales {
namespace {

using base::Invalid;
using base::Refused;
using engine::Context;
using engine::Decision;

// The event that begins an order: what the caller gave, and how it starts.
Decision<OrderModel> Begin(const v1::Order& given, v1::OrderStatus status, v1::OrderOrigin origin,
                           const Context& context) {
  const std::string_view customer = base::ParentOf(context.name);
  if (absl::Status s = CheckOrder(given, customer, context.business_date); !s.ok()) return s;
  OrderModel::Event event;
  v1::Order& order = *event.mutable_recorded()->mutable_order();
  order = given;
  ClearOutput(order);
  order.set_status(status);
  order.set_origin(origin);
  if (status == v1::ORDER_STATUS_DELIVERED) {
    for (v1::OrderLine& line : *order.mutable_lines()) {
      line.set_delivered_milli(line.quantity_milli());
    }
  }
  *event.mutable_recorded()->mutable_totals() = TotalsOf(order, customer);
  return event;
}

bool SomethingDelivered(const v1::Order& order) {
  return order.status() == v1::ORDER_STATUS_PARTLY_DELIVERED ||
         order.status() == v1::ORDER_STATUS_DELIVERED;
}

// Carries what was delivered and returned over to the lines of an amendment, in `after`; false when
// these are not the same goods.
bool KeepProgress(const v1::Order& before, v1::Order& after) {
  if (before.lines_size() != after.lines_size()) return false;
  for (int i = 0; i < before.lines_size(); ++i) {
    const v1::OrderLine& was = before.lines(i);
    v1::OrderLine& line = *after.mutable_lines(i);
    if (was.product() != line.product() || was.quantity_milli() != line.quantity_milli()) {
      return false;
    }
    line.set_delivered_milli(was.delivered_milli());
    line.set_returned_milli(was.returned_milli());
    if (was.has_refunded()) *line.mutable_refunded() = was.refunded();
  }
  return true;
}

// What came back must still fit the amended order.
absl::Status CheckRefundsFit(const v1::Order& after) {
  for (const v1::OrderLine& line : after.lines()) {
    if (base::NanosOf(line.refunded()) > base::NanosOf(line.net())) {
      return Refused(v1::REASON_REFUND_EXCEEDED, "less than was refunded would be left of a line");
    }
  }
  base::Nanos refunded = 0;
  for (const v1::Return& returned : after.returns()) {
    refunded += base::NanosOf(returned.refund());
  }
  if (refunded > base::NanosOf(after.revenue())) {
    return Refused(v1::REASON_REFUND_EXCEEDED, "less than was refunded would be left of the order");
  }
  // Else the margin would grow by goods that cost less than what came back of them.
  if (CostLeft(after).value_or(0) < 0) {
    return Refused(v1::REASON_REFUND_EXCEEDED, "the cost would be less than what came back of it");
  }
  return absl::OkStatus();
}

absl::Status CheckDatesFit(const v1::Order& after) {
  const absl::CivilDay day = base::DayOf(after.order_date());
  for (const v1::Delivery& delivery : after.deliveries()) {
    if (base::DayOf(delivery.delivery_date()) < day) {
      return Invalid("order.order_date", "must not be after a delivery");
    }
  }
  for (const v1::Return& returned : after.returns()) {
    if (base::DayOf(returned.return_date()) < day) {
      return Invalid("order.order_date", "must not be after a return");
    }
  }
  return absl::OkStatus();
}

// The order with the masked fields replaced; what was delivered and returned stays.
absl::StatusOr<v1::Order> Amended(const v1::Order& order, const v1::AmendOrderRequest& amend,
                                  absl::CivilDay today) {
  const absl::StatusOr<google::protobuf::FieldMask> changed =
      engine::ChangedFields(amend.order(), amend.update_mask(), order);
  if (!changed.ok()) return changed.status();
  v1::Order after = order;
  base::ApplyMask(*changed, amend.order(), after);
  const bool cost = base::MaskTouches(*changed, "cost") && after.has_cost();
  const bool margin = base::MaskTouches(*changed, "margin") && after.has_margin();
  // A new cost takes the place of a margin that the caller does not speak of, and the other way
  // round.
  if (cost && !base::MaskTouches(amend.update_mask(), "margin") && !amend.order().has_margin()) {
    after.clear_margin();
  }
  if (margin && !base::MaskTouches(amend.update_mask(), "cost") && !amend.order().has_cost()) {
    after.clear_cost();
  }
  const bool same_goods = KeepProgress(order, after);
  if (!same_goods && SomethingDelivered(order)) {
    return Refused(v1::REASON_ORDER_DELIVERED, "products and quantities were delivered");
  }
  if (absl::Status s = CheckOrder(after, base::ParentOf(order.name()), today); !s.ok()) return s;
  if (absl::Status s =
          base::CheckCurrency("order.revenue", after.revenue(), order.revenue().currency_code());
      !s.ok()) {
    return s;
  }
  if (absl::Status s = CheckDatesFit(after); !s.ok()) return s;
  if (absl::Status s = CheckRefundsFit(after); !s.ok()) return s;
  return after;
}

}  // namespace

OrderModel::Sale OrderModel::Gather(const v1::RecordOrderRequest& record, const Context&,
                                    const engine::Snapshot& snapshot) {
  return snapshot.Get(kOpportunities, record.order().opportunity());
}

Decision<OrderModel> OrderModel::Decide(const State&, const v1::RecordOrderRequest& record,
                                        const Context& context, const Sale& sale,
                                        const v1::CustomerRef& customer) {
  if (record.order().has_external_id()) {
    return Invalid("order.external_id", "must not be given: orders of other systems are imported");
  }
  Decision<OrderModel> event =
      Begin(record.order(), v1::ORDER_STATUS_PLACED, v1::ORDER_ORIGIN_RECORDED, context);
  if (!event.ok()) return event;
  if (absl::Status s = CheckBuyer(record.order(), customer, context); !s.ok()) return s;
  if (!customer.merged_into().empty()) {
    return Refused(v1::REASON_CUSTOMER_MERGED, "the customer was merged into another one",
                   {{"survivor", customer.merged_into()}});
  }
  if (!record.order().opportunity().empty() && !sale.has_value()) {
    return Refused(v1::REASON_OPPORTUNITY_UNKNOWN, "the opportunity does not exist");
  }
  return event;
}

OrderModel::Sale OrderModel::Gather(const v1::RecordWonOrderRequest& record, const Context&,
                                    const engine::Snapshot& snapshot) {
  return snapshot.Get(kOpportunities, record.order().opportunity());
}

Decision<OrderModel> OrderModel::Decide(const State&, const v1::RecordWonOrderRequest& record,
                                        const Context& context, const Sale& sale) {
  if (absl::Status s = CheckSaleStands(sale, context.name); !s.ok()) return s;
  return Begin(record.order(), v1::ORDER_STATUS_PLACED, v1::ORDER_ORIGIN_OPPORTUNITY, context);
}

OrderModel::ImportFacts OrderModel::Gather(const v1::ImportOrderRequest& import, const Context&,
                                           const engine::Snapshot& snapshot) {
  return snapshot.Get(kCustomerRefs, import.parent());
}

Decision<OrderModel> OrderModel::Decide(const State&, const v1::ImportOrderRequest& import,
                                        const Context& context, const ImportFacts& customer) {
  if (!import.order().has_external_id()) return Invalid("order.external_id", "must be given");
  Decision<OrderModel> event =
      Begin(import.order(), v1::ORDER_STATUS_DELIVERED, v1::ORDER_ORIGIN_IMPORTED, context);
  if (!event.ok()) return event;
  if (customer.has_value()) {
    if (absl::Status s = CheckBuyer(import.order(), *customer, context); !s.ok()) return s;
  }
  (*event)->mutable_recorded()->mutable_order()->set_import_digest(ImportDigest(import.order()));
  return event;
}

Decision<OrderModel> OrderModel::Decide(const State& order, const v1::ReimportOrderRequest& import,
                                        const Context&) {
  if (order.import_digest() == ImportDigest(import.order())) return std::nullopt;
  return Refused(v1::REASON_ORDER_IMPORT_DIFFERS, "the order is there with other content");
}

Decision<OrderModel> OrderModel::Decide(const State& order, const v1::ConfirmOrderRequest&,
                                        const Context& context) {
  if (order.status() == v1::ORDER_STATUS_CANCELLED) {
    return Refused(v1::REASON_ORDER_CANCELLED, "a cancelled order cannot be confirmed");
  }
  if (order.status() != v1::ORDER_STATUS_PLACED) return std::nullopt;
  Event event;
  *event.mutable_confirmed()->mutable_confirm_date() = base::DateOf(context.business_date);
  return event;
}

Decision<OrderModel> OrderModel::Decide(const State& order, const v1::AmendOrderRequest& amend,
                                        const Context& context) {
  if (order.status() == v1::ORDER_STATUS_CANCELLED) {
    return Refused(v1::REASON_ORDER_CANCELLED, "a cancelled order cannot be amended");
  }
  absl::StatusOr<v1::Order> after = Amended(order, amend, context.business_date);
  if (!after.ok()) return after.status();
  const v1::OrderTotals totals = TotalsOf(*after, base::ParentOf(order.name()));
  *after->mutable_totals() = totals;
  if (after->SerializeAsString() == order.SerializeAsString()) return std::nullopt;
  engine::ClearStamps(*after);
  after->clear_totals();  // Events carry them beside the order.
  Event event;
  v1::OrderAmended& amended = *event.mutable_amended();
  *amended.mutable_order() = *std::move(after);
  *amended.mutable_totals() = totals;
  amended.set_reason(amend.reason());
  return event;
}

Decision<OrderModel> OrderModel::Decide(const State& order, const v1::CancelOrderRequest& cancel,
                                        const Context& context) {
  if (base::IsBlank(cancel.reason())) return Invalid("reason", "must be given");
  if (order.status() == v1::ORDER_STATUS_CANCELLED) return std::nullopt;
  if (SomethingDelivered(order)) {
    return Refused(v1::REASON_ORDER_DELIVERED, "a delivered order can only be returned");
  }
  Event event;
  v1::OrderCancelled& cancelled = *event.mutable_cancelled();
  cancelled.set_reason(cancel.reason());
  *cancelled.mutable_cancel_date() = base::DateOf(context.business_date);
  State after = order;
  after.set_status(v1::ORDER_STATUS_CANCELLED);
  *cancelled.mutable_totals() = TotalsOf(after, base::ParentOf(order.name()));
  return event;
}

std::string ImportDigest(const v1::Order& order) {
  v1::Order content = order;
  ClearOutput(content);
  return base::Sha256Hex(content.SerializeAsString());
}

}  // namespace crm::sales
