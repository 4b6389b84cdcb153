// What a transfer gives on: a customer, or a part in it.
#include <algorithm>
#include <string>

#include "crm/customer/v1/reason.pb.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "services/customer/domain/checks.h"
#include "services/customer/domain/customer.h"
#include "services/customer/domain/customer_merge.h"
#include "services/customer/domain/ownership.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using Event = CustomerModel::Event;

// As Customer.collaborators says.
constexpr int kCollaboratorsMax = 20;

absl::Status CheckOpen(const v1::Customer& customer) {
  if (absl::Status s = CheckNotErased(customer.status()); !s.ok()) return s;
  return CheckNotMerged(customer);
}

absl::Status Changed(const std::string& owner) {
  return base::Refused(v1::REASON_OWNER_CHANGED, "it is not the giver's any more",
                       {{"owner", owner}});
}

v1::TransferCustomerRequest TransferOf(const v1::HandCustomerRequest& hand) {
  v1::TransferCustomerRequest transfer;
  transfer.set_name(hand.name());
  transfer.set_owner(hand.receiver());
  transfer.set_reason(hand.transfer());
  return transfer;
}

}  // namespace

OwnerFacts CustomerModel::Gather(const v1::HandCustomerRequest& hand,
                                 const engine::Context& context, const engine::Snapshot& snapshot) {
  return Gather(TransferOf(hand), context, snapshot);
}

engine::Decision<CustomerModel> CustomerModel::Decide(const State& customer,
                                                      const v1::HandCustomerRequest& hand,
                                                      const engine::Context& context,
                                                      const OwnerFacts& facts) {
  if (absl::Status s = CheckOpen(customer); !s.ok()) return s;
  if (!base::IsResourceId(hand.receiver()))
    return base::Invalid("receiver", "must be an id of staff");
  const bool settled = !customer.has_owner_request();
  if (settled && customer.owner() == hand.receiver()) return std::nullopt;
  if (settled && customer.owner() != hand.giver()) return Changed(customer.owner());
  if (!settled || !hand.undoing()) return Decide(customer, TransferOf(hand), context, facts);
  // It is as it was before: whoever had it needs no room for it.
  Event event;
  auto& transferred = *event.mutable_transferred();
  transferred.set_previous_owner(customer.owner());
  transferred.set_owner(hand.receiver());
  transferred.set_reason(hand.transfer());
  return event;
}

engine::Decision<CustomerModel> CustomerModel::Decide(const State& customer,
                                                      const v1::HandCollaborationRequest& hand,
                                                      const engine::Context&) {
  if (absl::Status s = CheckOpen(customer); !s.ok()) return s;
  if (!base::IsResourceId(hand.receiver()))
    return base::Invalid("receiver", "must be an id of staff");
  const auto& parts = customer.collaborators();
  const auto has = [&](const std::string& staff) {
    return std::find(parts.begin(), parts.end(), staff) != parts.end();
  };
  const bool wanted = customer.owner() != hand.receiver() && !has(hand.receiver());
  const bool gives = !hand.giver().empty();
  if (gives && !has(hand.giver())) return Changed(customer.owner());
  if (!gives && !wanted) return std::nullopt;
  if (!gives && parts.size() >= kCollaboratorsMax) return Changed(customer.owner());
  Event event;
  auto& updated = *event.mutable_updated();
  updated.mutable_changed()->add_paths("collaborators");
  for (const std::string& staff : parts) {
    if (staff != hand.giver()) {
      updated.mutable_customer()->add_collaborators(staff);
    } else if (wanted) {
      updated.mutable_customer()->add_collaborators(hand.receiver());
    }
  }
  if (!gives) updated.mutable_customer()->add_collaborators(hand.receiver());
  return event;
}

}  // namespace crm::customer
