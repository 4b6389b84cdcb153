#include "services/service-desk/read/customer_refs.h"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <string>

#include "libs/engine/update.h"
#include "services/service-desk/read/tables.h"

namespace crm::servicedesk {
namespace {

using CustomerEvent = customer::v1::CustomerEvent;

void ApplyFields(const google::protobuf::FieldMask& changed, const customer::v1::Customer& now,
                 v1::CustomerRef& ref) {
  for (const std::string& path : changed.paths()) {
    if (path == "status") ref.set_status(now.status());
    if (path == "owner") ref.set_owner(now.owner());
    if (path == "team") ref.set_team(now.team());
    if (path == "branch") ref.set_branch(now.branch());
  }
}

void RemoveAbsorbed(const std::string& name, v1::CustomerRef& ref) {
  auto& absorbed = *ref.mutable_absorbed_customers();
  absorbed.erase(std::remove(absorbed.begin(), absorbed.end(), name), absorbed.end());
}

void Fold(const CustomerEvent& event, v1::CustomerRef& ref) {
  switch (event.event_case()) {
    case CustomerEvent::kCreated:
      ref = CustomerRefOf(event.created().customer());
      return;
    case CustomerEvent::kUpdated:
      ApplyFields(event.updated().changed(), event.updated().customer(), ref);
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
    case CustomerEvent::kRecycled:
      ref.clear_owner();
      return;
    case CustomerEvent::kOwnerGranted:
      ref.set_owner(event.owner_granted().owner_request().owner());
      return;
    case CustomerEvent::kTierChanged:
      ref.set_tier(event.tier_changed().to());
      return;
    case CustomerEvent::kMerged:
      ref.set_merged_into(event.merged().survivor());
      return;
    case CustomerEvent::kUnmerged:
      ref.clear_merged_into();
      return;
    case CustomerEvent::kAbsorbed:
      ApplyFields(event.absorbed().changed(), event.absorbed().customer(), ref);
      ref.add_absorbed_customers(event.absorbed().absorbed());
      return;
    case CustomerEvent::kMergeReversed:
      ApplyFields(event.merge_reversed().changed(), event.merge_reversed().customer(), ref);
      RemoveAbsorbed(event.merge_reversed().absorbed(), ref);
      return;
    case CustomerEvent::kMergeDeclined:
    case CustomerEvent::kVerified:
    case CustomerEvent::kConsentRecorded:
    case CustomerEvent::kBecameStale:
    case CustomerEvent::kStaleEnded:
    case CustomerEvent::kOrderNoted:
    case CustomerEvent::kOwnerRequested:
    case CustomerEvent::kOwnerRefused:
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
  ref.set_merged_into(customer.merged_into());
  *ref.mutable_absorbed_customers() = customer.absorbed_customers();
  return ref;
}

std::vector<std::string> ParentsOf(const std::string& parent, const engine::Snapshot& snapshot) {
  std::vector<std::string> names{parent};
  for (size_t i = 0; i < names.size() && names.size() < kNamesMax; ++i) {
    const auto ref = snapshot.Get(kCustomerRefs, names[i]);
    if (!ref.has_value()) continue;
    const auto add = [&](const std::string& name) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    };
    if (!ref->merged_into().empty()) add(ref->merged_into());
    for (const std::string& absorbed : ref->absorbed_customers()) add(absorbed);
  }
  return names;
}

}  // namespace crm::servicedesk
