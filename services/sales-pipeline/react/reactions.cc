#include "services/sales-pipeline/react/reactions.h"

#include <string>
#include <utility>

#include "crm/sales/v1/internal.pb.h"
#include "libs/base/field_mask.h"
#include "libs/base/resource_name.h"
#include "services/sales-pipeline/read/customer_refs.h"
#include "services/sales-pipeline/read/tables.h"

namespace crm::sales {
namespace {

using customer::v1::CustomerEvent;
using engine::Commands;
using engine::ForeignEvent;
using engine::Snapshot;

std::unique_ptr<v1::AdoptOrphanOrderRequest> Adopt(const std::string& orphan,
                                                   const v1::CustomerRef& customer) {
  auto command = std::make_unique<v1::AdoptOrphanOrderRequest>();
  command->set_name(orphan);
  *command->mutable_customer() = customer;
  return command;
}

// Orphan orders that wait for a customer of this name or with these external ids, none twice.
Commands AdoptAll(const v1::CustomerRef& customer, const Snapshot& snapshot) {
  Commands commands;
  const auto adopt = [&](const v1::OrphanOrder& orphan) {
    commands.push_back(Adopt(orphan.name(), customer));
    return commands.size() < kAdoptionsMax;
  };
  constexpr bool kWaiting = false;
  snapshot.Scan(kOrphanOrders, "by_wanted_customer", adopt, customer.name(), kWaiting);
  for (const common::v1::ExternalId& external_id : customer.external_ids()) {
    if (commands.size() >= kAdoptionsMax) break;
    snapshot.Scan(kOrphanOrders, "by_wanted_external_id", adopt, external_id.system(),
                  external_id.id(), kWaiting);
  }
  return commands;
}

std::optional<v1::CustomerRef> WantedCustomer(const v1::OrphanOrder& orphan,
                                              const Snapshot& snapshot) {
  if (!orphan.wanted_customer().empty()) {
    return snapshot.Get(kCustomerRefs, orphan.wanted_customer());
  }
  std::vector<v1::CustomerRef> found = CustomersByExternalId(snapshot, orphan.wanted_external_id());
  if (found.size() != 1) return std::nullopt;
  return std::move(found.front());
}

Commands One(std::unique_ptr<google::protobuf::Message> command) {
  Commands commands;
  commands.push_back(std::move(command));
  return commands;
}

Commands RecordWon(const std::string& opportunity, const v1::OpportunityWon& won) {
  if (won.order().empty()) return {};
  auto command = std::make_unique<v1::RecordWonOrderRequest>();
  command->set_parent(std::string(base::ParentOf(won.order())));
  command->set_order_id(std::string(base::LastIdOf(won.order())));
  v1::Order& order = *command->mutable_order();
  *order.mutable_order_date() = won.close_date();
  *order.mutable_revenue() = won.amount();
  order.set_opportunity(opportunity);
  order.set_branch(won.branch());
  return One(std::move(command));
}

Commands CancelWon(const v1::OpportunityReopened& reopened) {
  if (reopened.order().empty()) return {};
  auto command = std::make_unique<v1::CancelOrderRequest>();
  command->set_name(reopened.order());
  command->set_reason("the opportunity was reopened");
  return One(std::move(command));
}

}  // namespace

Commands OnCustomer(const ForeignEvent<CustomerEvent>& event, const Snapshot& snapshot) {
  const CustomerEvent& fact = event.event;
  if (!fact.has_created() &&
      !(fact.has_updated() && base::MaskTouches(fact.updated().changed(), "external_ids"))) {
    return {};
  }
  const std::optional<v1::CustomerRef> customer = snapshot.Get(kCustomerRefs, event.meta.name);
  return customer.has_value() ? AdoptAll(*customer, snapshot) : Commands();
}

Commands OnOrphanOrder(const ForeignEvent<v1::OrphanOrderEvent>& event, const Snapshot& snapshot) {
  if (event.event.has_kept()) {
    const auto customer = WantedCustomer(event.event.kept().orphan_order(), snapshot);
    if (!customer.has_value()) return {};
    return One(Adopt(event.meta.name, *customer));
  }
  if (!event.event.has_adopted()) return {};
  auto command = std::make_unique<v1::ImportOrderRequest>();
  command->set_parent(event.event.adopted().customer());
  command->set_order_id(std::string(base::LastIdOf(event.meta.name)));
  *command->mutable_order() = event.event.adopted().order();
  return One(std::move(command));
}

Commands OnOpportunity(const ForeignEvent<v1::OpportunityEvent>& event, const Snapshot&) {
  if (event.event.has_won()) return RecordWon(event.meta.name, event.event.won());
  if (event.event.has_reopened()) return CancelWon(event.event.reopened());
  return {};
}

}  // namespace crm::sales
