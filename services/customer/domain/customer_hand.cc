// What a transfer gives on, and back: a customer, or a part in it.
#include "services/customer/domain/customer_hand.h"

#include <algorithm>
#include <string>

#include "crm/customer/v1/reason.pb.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "services/customer/domain/customer.h"
#include "services/customer/domain/customer_ownership.h"
#include "services/customer/domain/ownership.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using Event = CustomerModel::Event;

// As Customer.collaborators and Customer.collaboration_hands say.
constexpr int kCollaboratorsMax = 20, kHandsMax = 20;

absl::Status Changed(const v1::Customer& customer) {
  return base::Refused(v1::REASON_OWNER_CHANGED, "it is not the giver's any more",
                       {{"owner", customer.owner()}});
}

bool Has(const v1::Customer& customer, const std::string& staff) {
  const auto& parts = customer.collaborators();
  return std::find(parts.begin(), parts.end(), staff) != parts.end();
}

// Without `out`, whose place `in` takes; both may be empty.
Event Replace(const v1::Customer& customer, const std::string& out, const std::string& in) {
  Event event;
  auto& updated = *event.mutable_updated();
  updated.mutable_changed()->add_paths("collaborators");
  v1::Customer& changed = *updated.mutable_customer();
  for (const std::string& staff : customer.collaborators()) {
    if (staff != out) {
      changed.add_collaborators(staff);
    } else if (!in.empty()) {
      changed.add_collaborators(in);
    }
  }
  if (out.empty() && !in.empty()) changed.add_collaborators(in);
  return event;
}

// Who was put in makes way again; who was there before stays. Whoever looks after the customer by
// now has more than a part.
engine::Decision<CustomerModel> GiveBack(const v1::Customer& customer,
                                         const v1::HandCollaborationRequest& hand) {
  const v1::CollaborationHand given = HandOf(customer, hand.transfer());
  if (given.returned()) return std::nullopt;
  if (given.transfer().empty()) return Changed(customer);
  const std::string in = customer.owner() == hand.receiver() ? "" : hand.receiver();
  const bool is_one_more = !given.receiver_added() && !in.empty();
  if (is_one_more && customer.collaborators_size() >= kCollaboratorsMax)
    return base::Refused(v1::REASON_COLLABORATORS_FULL,
                         "as many have a part in it as there can be");
  Event event = Replace(customer, given.receiver_added() ? hand.giver() : "", in);
  v1::CollaborationHand& returned = *event.mutable_updated()->mutable_collaboration_hand();
  returned = given;
  returned.set_returned(true);
  return event;
}

// It has changed since: whose part it was has one again, or who has it now has none any more.
bool IsOver(const v1::CollaborationHand& hand, const v1::Customer& customer) {
  if (hand.returned()) return !Has(customer, hand.giver());
  return Has(customer, hand.giver()) || (hand.receiver_added() && !Has(customer, hand.receiver()));
}

}  // namespace

OwnerFacts CustomerModel::Gather(const v1::HandCustomerRequest& hand,
                                 const engine::Context& context, const engine::Snapshot& snapshot) {
  const auto customer = snapshot.Get(kCustomers, hand.name());
  if (!customer.has_value()) return {};
  return LookUpOwner(*customer, hand.receiver(), context, snapshot);
}

engine::Decision<CustomerModel> CustomerModel::Decide(const State& customer,
                                                      const v1::HandCustomerRequest& hand,
                                                      const engine::Context& context,
                                                      const OwnerFacts& facts) {
  if (absl::Status s = CheckOpen(customer); !s.ok()) return s;
  if (!base::IsResourceId(hand.receiver()))
    return base::Invalid("receiver", "must be an id of staff");
  OwnerWish wish{.owner = hand.receiver(), .reason = hand.transfer(), .transfer = hand.transfer()};
  if (hand.undoing()) wish.kind = v1::OWNER_REQUEST_KIND_RETURN;
  if (customer.has_owner_request()) {
    const v1::PendingOwner& request = customer.owner_request();
    if (request.transfer() == wish.transfer && request.kind() == wish.kind) return std::nullopt;
    return OwnerPending(customer);
  }
  const bool by_this = customer.ownership().transfer() == hand.transfer();
  if (customer.owner() == hand.receiver() && (by_this || !hand.undoing())) return std::nullopt;
  if (customer.owner() != hand.giver() || (hand.undoing() && !by_this)) return Changed(customer);
  // Who has left gets back what was theirs all the same.
  if (!hand.undoing() && !facts.refused.ok()) return facts.refused;
  return GiveTo(wish, customer, facts, context);
}

engine::Decision<CustomerModel> CustomerModel::Decide(const State& customer,
                                                      const v1::HandCollaborationRequest& hand,
                                                      const engine::Context&) {
  if (absl::Status s = CheckOpen(customer); !s.ok()) return s;
  if (!base::IsResourceId(hand.receiver()))
    return base::Invalid("receiver", "must be an id of staff");
  if (hand.undoing()) return GiveBack(customer, hand);
  if (!Has(customer, hand.giver())) return Changed(customer);
  const bool was_added = customer.owner() != hand.receiver() && !Has(customer, hand.receiver());
  Event event = Replace(customer, hand.giver(), was_added ? hand.receiver() : "");
  v1::CollaborationHand& given = *event.mutable_updated()->mutable_collaboration_hand();
  given.set_transfer(hand.transfer());
  given.set_giver(hand.giver());
  given.set_receiver(hand.receiver());
  given.set_receiver_added(was_added);
  return event;
}

v1::CollaborationHand HandOf(const v1::Customer& customer, const std::string& transfer) {
  for (const v1::CollaborationHand& hand : customer.collaboration_hands()) {
    if (hand.transfer() == transfer) return hand;
  }
  return {};
}

void FoldHands(const v1::CustomerUpdated& updated, v1::Customer& state) {
  auto& hands = *state.mutable_collaboration_hands();
  const v1::CollaborationHand& latest = updated.collaboration_hand();
  const auto goes = [&](const v1::CollaborationHand& hand) {
    return hand.transfer() == latest.transfer() || IsOver(hand, state);
  };
  hands.erase(std::remove_if(hands.begin(), hands.end(), goes), hands.end());
  if (updated.has_collaboration_hand()) *hands.Add() = latest;
  if (hands.size() > kHandsMax) hands.erase(hands.begin(), hands.end() - kHandsMax);
}

}  // namespace crm::customer
