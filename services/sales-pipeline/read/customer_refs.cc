#include "services/sales-pipeline/read/customer_refs.h"

#include <algorithm>
#include <map>
#include <utility>

#include "services/sales-pipeline/read/tables.h"

namespace crm::sales {
namespace {

using CustomerEvent = customer::v1::CustomerEvent;

void ApplyFields(const google::protobuf::FieldMask& changed, const customer::v1::Customer& now,
                 v1::CustomerRef& ref) {
  for (const std::string& path : changed.paths()) {
    if (path == "status") ref.set_status(now.status());
    if (path == "owner") ref.set_owner(now.owner());
    if (path == "team") ref.set_team(now.team());
    if (path == "branch") ref.set_branch(now.branch());
    if (path == "currency_code") ref.set_currency_code(now.currency_code());
    if (path == "external_ids") *ref.mutable_external_ids() = now.external_ids();
  }
}

void RemoveAbsorbed(const std::string& name, v1::CustomerRef& ref) {
  auto& absorbed = *ref.mutable_absorbed_customers();
  absorbed.erase(std::remove(absorbed.begin(), absorbed.end(), name), absorbed.end());
}

// Folds an event into the row; false when it says nothing that the row keeps.
bool Fold(const CustomerEvent& event, v1::CustomerRef& ref) {
  switch (event.event_case()) {
    case CustomerEvent::kCreated:
      ref = CustomerRefOf(event.created().customer());
      return true;
    case CustomerEvent::kUpdated:
      ApplyFields(event.updated().changed(), event.updated().customer(), ref);
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
    case CustomerEvent::kRecycled:
      ref.clear_owner();
      return true;
    case CustomerEvent::kOwnerGranted:
      ref.set_owner(event.owner_granted().owner_request().owner());
      return true;
    case CustomerEvent::kTierChanged:
      ref.set_tier(event.tier_changed().to());
      return true;
    case CustomerEvent::kMerged:
      ref.set_merged_into(event.merged().survivor());
      return true;
    case CustomerEvent::kUnmerged:
      ref.clear_merged_into();
      return true;
    case CustomerEvent::kAbsorbed:
      ApplyFields(event.absorbed().changed(), event.absorbed().customer(), ref);
      ref.add_absorbed_customers(event.absorbed().absorbed());
      return true;
    case CustomerEvent::kMergeReversed:
      ApplyFields(event.merge_reversed().changed(), event.merge_reversed().customer(), ref);
      RemoveAbsorbed(event.merge_reversed().absorbed(), ref);
      return true;
    case CustomerEvent::kMergeDeclined:
    case CustomerEvent::kVerified:
    case CustomerEvent::kConsentRecorded:
    case CustomerEvent::kBecameStale:
    case CustomerEvent::kStaleEnded:
    case CustomerEvent::kOrderNoted:
    case CustomerEvent::kOwnerRequested:
    case CustomerEvent::kOwnerRefused:
    case CustomerEvent::EVENT_NOT_SET:
      return false;
  }
  return false;
}

// The customer that a customer was merged into in the end, and over how many steps.
std::pair<size_t, v1::CustomerRef> LastOf(v1::CustomerRef customer,
                                          const engine::Snapshot& snapshot) {
  size_t steps = 0;
  for (; steps < kNamesMax && !customer.merged_into().empty(); ++steps) {
    auto next = snapshot.Get(kCustomerRefs, customer.merged_into());
    if (!next.has_value()) break;
    customer = *std::move(next);
  }
  return {steps, std::move(customer)};
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
  ref.set_merged_into(customer.merged_into());
  *ref.mutable_absorbed_customers() = customer.absorbed_customers();
  *ref.mutable_external_ids() = customer.external_ids();
  ref.set_tier(customer.tier());
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

v1::CustomerRef StandsFor(v1::CustomerRef customer, const engine::Snapshot& snapshot) {
  return LastOf(std::move(customer), snapshot).second;
}

std::vector<v1::CustomerRef> CustomersByExternalId(const engine::Snapshot& snapshot,
                                                   const common::v1::ExternalId& external_id) {
  // By who stands for them.
  std::map<std::string, std::pair<size_t, v1::CustomerRef>> found;
  size_t looked_at = 0;
  snapshot.Scan(
      kCustomerRefs, "by_external_id",
      [&](const v1::CustomerRef& ref) {
        const auto [steps, last] = LastOf(ref, snapshot);
        const auto [at, added] = found.try_emplace(last.name(), steps, ref);
        const bool before = steps > at->second.first ||
                            (steps == at->second.first && ref.name() < at->second.second.name());
        if (!added && before) at->second = {steps, ref};
        return found.size() < 2 && ++looked_at < kNamesMax;
      },
      external_id.system(), external_id.id());
  std::vector<v1::CustomerRef> customers;
  for (auto& [name, customer] : found) customers.push_back(std::move(customer.second));
  return customers;
}

}  // namespace crm::sales
