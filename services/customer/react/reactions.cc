#include "services/customer/react/reactions.h"

#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/customer_internal.pb.h"
#include "libs/base/date.h"
#include "libs/base/timestamp.h"
#include "services/customer/read/order_facts.h"
#include "services/customer/read/ranking.h"
#include "services/customer/read/redirects.h"
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
          // Another one stands for it, and has the tier of both.
          if (customer.merged_into().empty()) tiers.emplace(customer.name(), tier);
          return true;
        },
        tier);
  }
  return tiers;
}

}  // namespace

engine::Commands OnOrder(const engine::ForeignEvent<OrderEvent>& order,
                         const engine::Snapshot& snapshot) {
  engine::Commands commands;
  const sales::v1::OrderTotals* totals = NewTotals(order.event);
  if (totals == nullptr || totals->cancelled()) return commands;
  auto activate = std::make_unique<v1::ActivateCustomerRequest>();
  activate->set_name(totals->customer());
  activate->set_order(order.meta.name);
  *activate->mutable_order_date() = totals->order_date();
  commands.push_back(std::move(activate));
  if (!IsImport(order.event)) return commands;
  const auto plan = snapshot.Get(kTierPlans, kStandardTierPlan);
  if (!plan.has_value() || plan->has_outdated_time()) return commands;
  // Reactions may come long after the orders: these were counted.
  const absl::Time computed = base::TimeOf(plan->last_computation().compute_time());
  if (order.meta.time + kImportQuiet <= computed) return commands;
  auto note = std::make_unique<v1::NoteOrderImportRequest>();
  note->set_name(plan->name());
  commands.push_back(std::move(note));
  return commands;
}

engine::Commands OnOpportunity(const engine::ForeignEvent<sales::v1::OpportunityEvent>& opportunity,
                               const engine::Snapshot& snapshot) {
  engine::Commands commands;
  if (!opportunity.event.has_opened()) return commands;
  const std::string& name = opportunity.meta.name;
  const std::string customer = SurvivorOf(name.substr(0, name.find("/opportunities/")), snapshot);
  const auto row = snapshot.Get(kCustomers, customer);
  if (row.has_value() && row->status() != v1::CUSTOMER_STATUS_SUSPECT) return commands;
  auto qualify = std::make_unique<v1::QualifyCustomerRequest>();
  qualify->set_name(customer);
  commands.push_back(std::move(qualify));
  return commands;
}

engine::Commands OnTierPlan(const engine::ForeignEvent<v1::TierPlanEvent>& plan,
                            const engine::Snapshot& snapshot) {
  if (plan.event.has_computed()) {
    return AssignTiers(plan.event.computed().computation(), plan.meta.name, "", kTierCommandsMax,
                       snapshot);
  }
  if (plan.event.has_assignment_continued()) {
    const v1::TierAssignmentContinued& continued = plan.event.assignment_continued();
    return AssignTiers(continued.computation(), plan.meta.name, continued.after_customer(),
                       kTierCommandsMax, snapshot);
  }
  return {};
}

engine::Commands AssignTiers(const v1::TierComputation& computation, const std::string& tier_plan,
                             const std::string& after, size_t commands_max,
                             const engine::Snapshot& snapshot) {
  const auto sums = SumOrders(snapshot, base::DayOf(computation.period().start()),
                              base::DayOf(computation.period().end()));
  // What came in since cannot be added up; the next computation will say so by name.
  if (!sums.ok()) return {};

  // The first behind `after`, and one more that tells whether it has to go on.
  std::map<std::string, v1::Tier> changed;
  const auto change = [&](const std::string& customer, v1::Tier tier) {
    if (customer <= after) return;
    if (changed.size() > commands_max) {
      if (customer > changed.rbegin()->first) return;
      changed.erase(std::prev(changed.end()));
    }
    changed.emplace(customer, tier);
  };
  std::unordered_map<std::string, v1::Tier> standing = StandingTiers(snapshot);
  const std::vector<v1::TierBound> bounds(computation.bounds().begin(), computation.bounds().end());
  for (const auto& [customer, of_customer] : sums->customers) {
    const v1::Tier tier = TierBy(bounds, ValueOf(of_customer, computation.measure()), customer);
    const auto found = standing.find(customer);
    if (found == standing.end() || found->second != tier) change(customer, tier);
    if (found != standing.end()) standing.erase(found);
  }
  for (const auto& [customer, tier] : standing) change(customer, v1::TIER_UNSPECIFIED);

  engine::Commands commands;
  std::string last;
  for (const auto& [customer, tier] : changed) {
    if (commands.size() == commands_max) {
      auto more = std::make_unique<v1::ContinueTierAssignmentRequest>();
      more->set_name(tier_plan);
      more->set_computation_number(computation.number());
      more->set_after_customer(last);
      commands.push_back(std::move(more));
      break;
    }
    auto assign = std::make_unique<v1::AssignTierRequest>();
    assign->set_name(customer);
    assign->set_tier(tier);
    *assign->mutable_business_date() = computation.period().end();
    assign->set_tier_plan(tier_plan);
    commands.push_back(std::move(assign));
    last = customer;
  }
  return commands;
}

}  // namespace crm::customer
