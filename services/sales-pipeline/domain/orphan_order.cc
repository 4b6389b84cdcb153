#include "services/sales-pipeline/domain/orphan_order.h"

#include "crm/sales/v1/reason.pb.h"
#include "libs/base/check.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "services/sales-pipeline/domain/order.h"
#include "services/sales-pipeline/domain/order_shape.h"

namespace crm::sales {

using base::Invalid;
using engine::Context;
using engine::Decision;

Decision<OrphanOrderModel> OrphanOrderModel::Decide(const State&,
                                                    const v1::KeepOrphanOrderRequest& keep,
                                                    const Context&) {
  const v1::OrphanOrder& row = keep.orphan_order();
  if (row.wanted_customer().empty() == !row.has_wanted_external_id()) {
    return Invalid("orphan_order.wanted_customer", "must be given, or else the external id");
  }
  if (!row.order().has_external_id()) return Invalid("order.external_id", "must be given");
  if (absl::Status s = CheckOrder(row.order(), row.wanted_customer()); !s.ok()) return s;
  Event event;
  v1::OrphanOrder& kept = *event.mutable_kept()->mutable_orphan_order();
  kept = row;
  ClearOutput(*kept.mutable_order());
  return event;
}

Decision<OrphanOrderModel> OrphanOrderModel::Decide(const State& orphan,
                                                    const v1::ReimportOrphanOrderRequest& import,
                                                    const Context&) {
  const v1::OrphanOrder& row = import.orphan_order();
  const common::v1::ExternalId& wanted = orphan.wanted_external_id();
  if (row.wanted_customer() == orphan.wanted_customer() &&
      row.wanted_external_id().system() == wanted.system() &&
      row.wanted_external_id().id() == wanted.id() &&
      ImportDigest(row.order()) == ImportDigest(orphan.order())) {
    return std::nullopt;
  }
  return base::Refused(v1::REASON_ORDER_IMPORT_DIFFERS, "the row is kept with other content");
}

Decision<OrphanOrderModel> OrphanOrderModel::Decide(const State& orphan,
                                                    const v1::AdoptOrphanOrderRequest& adopt,
                                                    const Context&) {
  const auto customers = base::NamePattern::Parse("customers/{customer}");
  if (!customers->Matches(adopt.customer())) {
    return Invalid("customer", "must be the name of a customer");
  }
  if (orphan.adopted()) {
    if (orphan.customer() == adopt.customer()) return std::nullopt;
    return base::Refused(v1::REASON_ORPHAN_ADOPTED, "the order was given to another customer");
  }
  if (absl::Status s = CheckOrderCurrency(orphan.order(), adopt.currency_code()); !s.ok()) return s;
  Event event;
  event.mutable_adopted()->set_customer(adopt.customer());
  *event.mutable_adopted()->mutable_order() = orphan.order();
  return event;
}

void OrphanOrderModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kKept:
      state = event.kept().orphan_order();
      return;
    case Event::kAdopted:
      state.set_adopted(true);
      state.set_customer(event.adopted().customer());
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

}  // namespace crm::sales
