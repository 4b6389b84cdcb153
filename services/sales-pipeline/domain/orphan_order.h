// OrphanOrder: an imported row whose customer is not known here, kept until it appears.
// Pure: no I/O, no clock, no randomness.
#pragma once

#include "crm/sales/v1/internal.pb.h"
#include "crm/sales/v1/orphan_order.pb.h"
#include "libs/engine/model.h"

namespace crm::sales {

struct OrphanOrderModel {
  using State = v1::OrphanOrder;
  using Event = v1::OrphanOrderEvent;

  // kInvalidArgument: the order is not well formed, or the row does not name its customer in
  // exactly one way.
  static engine::Decision<OrphanOrderModel> Decide(const State&, const v1::KeepOrphanOrderRequest&,
                                                   const engine::Context&);
  // Nothing when it was kept from this very row; else ORDER_IMPORT_DIFFERS.
  static engine::Decision<OrphanOrderModel> Decide(const State&,
                                                   const v1::ReimportOrphanOrderRequest&,
                                                   const engine::Context&);
  // Refusals: what ImportOrder would refuse for this customer, so that no adopted row is without an
  // order; ORDER_IMPORT_DIFFERS: the row wants another customer; ORPHAN_ADOPTED: by another
  // customer. Nothing when this customer has adopted it.
  static engine::Decision<OrphanOrderModel> Decide(const State&, const v1::AdoptOrphanOrderRequest&,
                                                   const engine::Context&);

  static void Evolve(State& state, const Event& event);
};

}  // namespace crm::sales
