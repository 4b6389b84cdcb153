#include "services/sales-pipeline/domain/orphan_order.h"

#include <algorithm>

#include "crm/sales/v1/reason.pb.h"
#include "libs/base/check.h"
#include "libs/base/external_id.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "services/sales-pipeline/domain/order.h"
#include "services/sales-pipeline/domain/order_shape.h"

namespace crm::sales {

using base::Invalid;
using engine::Context;
using engine::Decision;
namespace {

// Whether the row names this customer.
bool Wants(const v1::OrphanOrder& orphan, const v1::CustomerRef& customer) {
  if (!orphan.has_wanted_external_id()) return orphan.wanted_customer() == customer.name();
  return std::any_of(
      customer.external_ids().begin(), customer.external_ids().end(),
      [&](const auto& id) { return base::SameExternalId(id, orphan.wanted_external_id()); });
}

}  // namespace

Decision<OrphanOrderModel> OrphanOrderModel::Decide(const State&,
                                                    const v1::KeepOrphanOrderRequest& keep,
                                                    const Context& context) {
  const v1::OrphanOrder& row = keep.orphan_order();
  if (row.wanted_customer().empty() == !row.has_wanted_external_id()) {
    return Invalid("orphan_order.wanted_customer", "must be given, or else the external id");
  }
  if (!row.order().has_external_id()) return Invalid("order.external_id", "must be given");
  if (absl::Status s = CheckOrder(row.order(), row.wanted_customer(), context.business_date);
      !s.ok())
    return s;
  if (absl::Status s = CheckOrderCurrency(row.order(), "", context); !s.ok()) return s;
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
  if (row.wanted_customer() == orphan.wanted_customer() &&
      base::SameExternalId(row.wanted_external_id(), orphan.wanted_external_id()) &&
      ImportDigest(row.order()) == ImportDigest(orphan.order())) {
    return std::nullopt;
  }
  return base::Refused(v1::REASON_ORDER_IMPORT_DIFFERS, "the row is kept with other content");
}

Decision<OrphanOrderModel> OrphanOrderModel::Decide(const State& orphan,
                                                    const v1::AdoptOrphanOrderRequest& adopt,
                                                    const Context& context) {
  const v1::CustomerRef& customer = adopt.customer();
  const auto customers = base::NamePattern::Parse("customers/{customer}");
  if (!customers->Matches(customer.name())) {
    return Invalid("customer.name", "must be the name of a customer");
  }
  if (orphan.adopted()) {
    if (orphan.customer() == customer.name()) return std::nullopt;
    return base::Refused(v1::REASON_ORPHAN_ADOPTED, "the order was given to another customer");
  }
  if (!Wants(orphan, customer)) {
    return base::Refused(v1::REASON_ORDER_IMPORT_DIFFERS, "the row is for another customer");
  }
  if (absl::Status s = CheckOrder(orphan.order(), customer.name(), context.business_date); !s.ok())
    return s;
  if (absl::Status s = CheckBuyer(orphan.order(), customer, context); !s.ok()) return s;
  Event event;
  event.mutable_adopted()->set_customer(customer.name());
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
