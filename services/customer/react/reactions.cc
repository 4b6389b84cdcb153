#include "services/customer/react/reactions.h"

#include <algorithm>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "libs/base/date.h"
#include "services/customer/read/order_facts.h"
#include "services/customer/read/ranking.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using sales::v1::OrderEvent;

const sales::v1::OrderTotals* NewTotals(const OrderEvent& event) {
  if (event.has_recorded()) return &event.recorded().totals();
  if (event.has_amended()) return &event.amended().totals();
  return nullptr;
}

// Every customer with a tier, and it.
std::unordered_map<std::string, v1::Tier> StandingTiers(const engine::Snapshot& snapshot) {
  std::unordered_map<std::string, v1::Tier> tiers;
  for (const v1::Tier tier : kTiers) {
    snapshot.Scan(
        kCustomers, "by_tier",
        [&](const v1::Customer& customer) {
          tiers.emplace(customer.name(), tier);
          return true;
        },
        tier);
  }
  return tiers;
}

}  // namespace

engine::Commands OnOrder(const engine::ForeignEvent<OrderEvent>& order, const engine::Snapshot&) {
  engine::Commands commands;
  const sales::v1::OrderTotals* totals = NewTotals(order.event);
  if (totals == nullptr || totals->cancelled()) return commands;
  auto activate = std::make_unique<v1::ActivateCustomerRequest>();
  activate->set_name(totals->customer());
  activate->set_order(order.meta.name);
  *activate->mutable_order_date() = totals->order_date();
  commands.push_back(std::move(activate));
  return commands;
}

engine::Commands OnTierPlanComputed(const engine::ForeignEvent<v1::TierPlanEvent>& plan,
                                    const engine::Snapshot& snapshot) {
  engine::Commands commands;
  if (!plan.event.has_computed()) return commands;
  const v1::TierComputation& computation = plan.event.computed().computation();
  const auto sums = SumOrders(snapshot, base::DayOf(computation.period().start()),
                              base::DayOf(computation.period().end()));
  // Another currency came in since; the next computation will say so by name.
  if (!sums.ok()) return commands;

  std::unordered_map<std::string, v1::Tier> standing = StandingTiers(snapshot);
  const std::vector<v1::TierBound> bounds(computation.bounds().begin(), computation.bounds().end());
  std::vector<std::pair<std::string, v1::Tier>> assigned;
  for (const auto& [customer, of_customer] : sums->customers) {
    const v1::Tier tier = TierBy(bounds, ValueOf(of_customer, computation.measure()), customer);
    const auto found = standing.find(customer);
    if (found == standing.end() || found->second != tier) assigned.emplace_back(customer, tier);
    if (found != standing.end()) standing.erase(found);
  }
  for (const auto& [customer, tier] : standing)
    assigned.emplace_back(customer, v1::TIER_UNSPECIFIED);
  std::sort(assigned.begin(), assigned.end());

  for (const auto& [customer, tier] : assigned) {
    auto assign = std::make_unique<v1::AssignTierRequest>();
    assign->set_name(customer);
    assign->set_tier(tier);
    *assign->mutable_business_date() = computation.period().end();
    assign->set_tier_plan(plan.meta.name);
    commands.push_back(std::move(assign));
  }
  return commands;
}

}  // namespace crm::customer
