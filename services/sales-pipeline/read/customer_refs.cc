#include "services/sales-pipeline/read/customer_refs.h"

#include "services/sales-pipeline/read/tables.h"

namespace crm::sales {
namespace {

using CustomerEvent = customer::v1::CustomerEvent;

void ApplyUpdate(const customer::v1::CustomerUpdated& updated, v1::CustomerRef& ref) {
  const customer::v1::Customer& now = updated.customer();
  for (const std::string& path : updated.changed().paths()) {
    if (path == "owner") ref.set_owner(now.owner());
    if (path == "team") ref.set_team(now.team());
    if (path == "branch") ref.set_branch(now.branch());
    if (path == "currency_code") ref.set_currency_code(now.currency_code());
    if (path == "external_ids") *ref.mutable_external_ids() = now.external_ids();
  }
}

// Folds an event into the row; false when it says nothing that the row keeps.
bool Fold(const CustomerEvent& event, v1::CustomerRef& ref) {
  switch (event.event_case()) {
    case CustomerEvent::kCreated:
      ref = CustomerRefOf(event.created().customer());
      return true;
    case CustomerEvent::kUpdated:
      ApplyUpdate(event.updated(), ref);
      return true;
    case CustomerEvent::kActivated:
      ref.set_status(customer::v1::CUSTOMER_STATUS_ACTIVE);
      return true;
    case CustomerEvent::kBecameInactive:
      ref.set_status(customer::v1::CUSTOMER_STATUS_INACTIVE);
      return true;
    case CustomerEvent::kQualified:
      ref.set_status(customer::v1::CUSTOMER_STATUS_PROSPECT);
      return true;
    case CustomerEvent::kLost:
      ref.set_status(customer::v1::CUSTOMER_STATUS_LOST);
      return true;
    case CustomerEvent::kTransferred:
      ref.set_owner(event.transferred().owner());
      return true;
    case CustomerEvent::kReleased:
      ref.clear_owner();
      return true;
    case CustomerEvent::kTierChanged:
      ref.set_tier(event.tier_changed().to());
      return true;
    case CustomerEvent::kVerified:
    case CustomerEvent::kOrderNoted:
    case CustomerEvent::EVENT_NOT_SET:
      return false;
  }
  return false;
}

}  // namespace

void ProjectCustomerRef(const engine::ForeignEvent<CustomerEvent>& event, engine::Rows& rows) {
  v1::CustomerRef ref =
      rows.Get(kCustomerRefs, event.meta.name).value_or(v1::CustomerRef::default_instance());
  if (!Fold(event.event, ref)) return;
  ref.set_name(event.meta.name);
  rows.Put(kCustomerRefs, ref);
}

v1::CustomerRef CustomerRefOf(const customer::v1::Customer& customer) {
  v1::CustomerRef ref;
  ref.set_name(customer.name());
  ref.set_status(customer.status());
  ref.set_currency_code(customer.currency_code());
  ref.set_owner(customer.owner());
  ref.set_team(customer.team());
  ref.set_branch(customer.branch());
  *ref.mutable_external_ids() = customer.external_ids();
  ref.set_tier(customer.tier());
  return ref;
}

std::vector<v1::CustomerRef> CustomersByExternalId(const engine::Snapshot& snapshot,
                                                   const common::v1::ExternalId& external_id) {
  std::vector<v1::CustomerRef> found;
  snapshot.Scan(
      kCustomerRefs, "by_external_id",
      [&](const v1::CustomerRef& ref) {
        if (found.empty() || found.back().name() != ref.name()) found.push_back(ref);
        return found.size() < 2;
      },
      external_id.system(), external_id.id());
  return found;
}

}  // namespace crm::sales
