#include "services/service-desk/read/customer_refs.h"

#include <google/protobuf/util/message_differencer.h>

#include <string>

#include "libs/engine/update.h"
#include "services/service-desk/read/tables.h"

namespace crm::servicedesk {
namespace {

using CustomerEvent = customer::v1::CustomerEvent;

void ApplyUpdate(const customer::v1::CustomerUpdated& updated, v1::CustomerRef& ref) {
  const customer::v1::Customer& now = updated.customer();
  for (const std::string& path : updated.changed().paths()) {
    if (path == "owner") ref.set_owner(now.owner());
    if (path == "team") ref.set_team(now.team());
    if (path == "branch") ref.set_branch(now.branch());
  }
}

void Fold(const CustomerEvent& event, v1::CustomerRef& ref) {
  switch (event.event_case()) {
    case CustomerEvent::kCreated:
      ref = CustomerRefOf(event.created().customer());
      return;
    case CustomerEvent::kUpdated:
      ApplyUpdate(event.updated(), ref);
      return;
    case CustomerEvent::kActivated:
      ref.set_status(customer::v1::CUSTOMER_STATUS_ACTIVE);
      return;
    case CustomerEvent::kBecameInactive:
      ref.set_status(customer::v1::CUSTOMER_STATUS_INACTIVE);
      return;
    case CustomerEvent::kQualified:
      ref.set_status(customer::v1::CUSTOMER_STATUS_PROSPECT);
      return;
    case CustomerEvent::kLost:
      ref.set_status(customer::v1::CUSTOMER_STATUS_LOST);
      return;
    case CustomerEvent::kTransferred:
      ref.set_owner(event.transferred().owner());
      return;
    case CustomerEvent::kReleased:
      ref.clear_owner();
      return;
    case CustomerEvent::kTierChanged:
      ref.set_tier(event.tier_changed().to());
      return;
    case CustomerEvent::kVerified:
    case CustomerEvent::kOrderNoted:
    case CustomerEvent::EVENT_NOT_SET:
      return;
  }
}

}  // namespace

void ProjectCustomerRef(const engine::ForeignEvent<CustomerEvent>& event, engine::Rows& rows) {
  const v1::CustomerRef before =
      rows.Get(kCustomerRefs, event.meta.name).value_or(v1::CustomerRef::default_instance());
  v1::CustomerRef after = before;
  Fold(event.event, after);
  after.set_name(before.name());
  after.set_etag(before.etag());
  if (google::protobuf::util::MessageDifferencer::Equals(before, after)) return;
  after.set_name(event.meta.name);
  after.set_etag(engine::EtagOf(event.meta.revision));
  rows.Put(kCustomerRefs, after);
}

v1::CustomerRef CustomerRefOf(const customer::v1::Customer& customer) {
  v1::CustomerRef ref;
  ref.set_name(customer.name());
  ref.set_etag(customer.etag());
  ref.set_status(customer.status());
  ref.set_tier(customer.tier());
  ref.set_owner(customer.owner());
  ref.set_team(customer.team());
  ref.set_branch(customer.branch());
  return ref;
}

}  // namespace crm::servicedesk
