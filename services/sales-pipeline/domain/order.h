// Order: what a customer ordered and what became of it; the money fact that value figures rest on.
// Pure: no I/O, no clock, no randomness.
//
// Every event that changes money carries the totals that hold from then on, so that other services
// add up orders from events alone.
#pragma once

#include <optional>
#include <string>

#include "crm/sales/v1/customer_ref.pb.h"
#include "crm/sales/v1/internal.pb.h"
#include "crm/sales/v1/opportunity.pb.h"
#include "crm/sales/v1/order.pb.h"
#include "libs/engine/model.h"

namespace crm::sales {

struct OrderModel {
  using State = v1::Order;
  using Event = v1::OrderEvent;

  // What is known of the customer of an imported order; nothing when its row has not come yet.
  using ImportFacts = std::optional<v1::CustomerRef>;

  // The opportunity that the order came from; exact, because it has the order's key.
  using Sale = std::optional<v1::Opportunity>;

  // Refusals: kInvalidArgument for what the order itself shows to be wrong and for a currency other
  // than the customer's; CUSTOMER_ERASED, OPPORTUNITY_UNKNOWN. A LOST customer may order: the order
  // wins it back.
  static Sale Gather(const v1::RecordOrderRequest&, const engine::Context&,
                     const engine::Snapshot&);
  static engine::Decision<OrderModel> Decide(const State&, const v1::RecordOrderRequest&,
                                             const engine::Context&, const Sale&,
                                             const v1::CustomerRef& customer);

  // An order made by winning an opportunity, which has checked customer and currency. Refusals:
  // OPPORTUNITY_REOPENED when the opportunity does not name it any more.
  static Sale Gather(const v1::RecordWonOrderRequest&, const engine::Context&,
                     const engine::Snapshot&);
  static engine::Decision<OrderModel> Decide(const State&, const v1::RecordWonOrderRequest&,
                                             const engine::Context&, const Sale&);

  // An imported order begins DELIVERED. Refusals as for RecordOrder, as far as the customer is
  // known.
  static ImportFacts Gather(const v1::ImportOrderRequest&, const engine::Context&,
                            const engine::Snapshot&);
  static engine::Decision<OrderModel> Decide(const State&, const v1::ImportOrderRequest&,
                                             const engine::Context&, const ImportFacts& customer);
  // Nothing when the order was imported from this very row; else ORDER_IMPORT_DIFFERS.
  static engine::Decision<OrderModel> Decide(const State&, const v1::ReimportOrderRequest&,
                                             const engine::Context&);

  // Refusals: ORDER_CANCELLED. Nothing when it is confirmed or further.
  static engine::Decision<OrderModel> Decide(const State&, const v1::ConfirmOrderRequest&,
                                             const engine::Context&);
  // Refusals: kInvalidArgument; ORDER_CANCELLED; ORDER_DELIVERED for products and quantities once
  // something is delivered; REFUND_EXCEEDED when less would be left than was refunded, or the cost
  // less than what came back of it.
  static engine::Decision<OrderModel> Decide(const State&, const v1::AmendOrderRequest&,
                                             const engine::Context&);
  // Refusals: kInvalidArgument; ORDER_DELIVERED. Nothing when it is cancelled.
  static engine::Decision<OrderModel> Decide(const State&, const v1::CancelOrderRequest&,
                                             const engine::Context&);
  // Refusals: kInvalidArgument; ORDER_NOT_CONFIRMED, ORDER_CANCELLED, ORDER_DELIVERED,
  // QUANTITY_EXCEEDED, ORDER_FULL, OPPORTUNITY_REOPENED.
  static Sale Gather(const v1::RecordDeliveryRequest&, const engine::Context&,
                     const engine::Snapshot&);
  static engine::Decision<OrderModel> Decide(const State&, const v1::RecordDeliveryRequest&,
                                             const engine::Context&, const Sale&);
  // Refusals: kInvalidArgument; ORDER_NOT_DELIVERED, QUANTITY_EXCEEDED, REFUND_EXCEEDED,
  // ORDER_FULL.
  static engine::Decision<OrderModel> Decide(const State&, const v1::RecordReturnRequest&,
                                             const engine::Context&);

  static void Evolve(State& state, const Event& event);
};

// Identifies the content of an imported order, whatever name and output fields came with it:
// SHA-256 in hexadecimal.
std::string ImportDigest(const v1::Order& order);

}  // namespace crm::sales
