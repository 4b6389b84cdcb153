#include "services/customer/domain/seed.h"

#include <initializer_list>
#include <memory>
#include <utility>

#include "crm/customer/v1/customer_policy.pb.h"
#include "crm/customer/v1/pool.pb.h"
#include "crm/customer/v1/value.pb.h"

namespace crm::customer {
namespace {

constexpr const char* kLossReasons[][2] = {
    {"price", "Price"},       {"competitor", "Competitor"},
    {"no-need", "No need"},   {"dissatisfied", "Dissatisfied"},
    {"moved", "Moved away"},  {"closed", "Closed down"},
    {"bad-debt", "Bad debt"}, {"not-a-customer", "Never was one"},
    {"other", "Other"},
};

struct WeightRow {
  const char* field;
  int weight;
  std::initializer_list<v1::CustomerKind> kinds;  // None: all.
};

const WeightRow kWeights[] = {
    {"personal.phones", 20, {}},
    {"personal.emails", 15, {}},
    {"personal.addresses", 15, {}},
    {"owner", 10, {}},
    {"region", 10, {}},
    {"source", 5, {}},
    {"language_code", 5, {}},
    {"industry", 10, {v1::CUSTOMER_KIND_COMPANY}},
    {"size_band", 5, {v1::CUSTOMER_KIND_COMPANY}},
    {"website", 5, {v1::CUSTOMER_KIND_COMPANY, v1::CUSTOMER_KIND_GOVERNMENT}},
    {"personal.tax_id", 10, {v1::CUSTOMER_KIND_COMPANY}},
    {"personal.birth_date", 10, {v1::CUSTOMER_KIND_PERSON}},
};

}  // namespace

engine::Commands SeedTierPlans() {
  auto plan = std::make_unique<v1::CreateTierPlanRequest>();
  plan->set_tier_plan_id("standard");
  plan->mutable_tier_plan()->set_measure(v1::MEASURE_REVENUE);
  engine::Commands commands;
  commands.push_back(std::move(plan));
  return commands;
}

engine::Commands SeedCustomerPolicies() {
  auto command = std::make_unique<v1::CreateCustomerPolicyRequest>();
  command->set_customer_policy_id("standard");
  v1::CustomerPolicy& policy = *command->mutable_customer_policy();
  for (const auto& [id, display_name] : kLossReasons) {
    v1::CustomerLossReason& reason = *policy.add_loss_reasons();
    reason.set_id(id);
    reason.set_display_name(display_name);
  }
  for (const WeightRow& row : kWeights) {
    v1::CompletenessWeight& weight = *policy.add_completeness_weights();
    weight.set_field(row.field);
    weight.set_weight(row.weight);
    for (const v1::CustomerKind kind : row.kinds) weight.add_kinds(kind);
  }
  engine::Commands commands;
  commands.push_back(std::move(command));
  return commands;
}

engine::Commands SeedPools() {
  auto command = std::make_unique<v1::CreatePoolRequest>();
  command->set_pool_id("standard");
  v1::Pool& pool = *command->mutable_pool();
  pool.set_display_name("Standard");
  pool.set_rank(1'000);
  pool.mutable_pick_rule()->set_daily_limit(20);
  pool.mutable_pick_rule()->set_former_owner_days(30);
  // Nobody loses a customer before somebody wants that.
  v1::RecycleRule& rule = *pool.add_recycle_rules();
  rule.set_id("untouched");
  rule.set_display_name("Untouched");
  rule.set_untouched_days(30);
  rule.set_created_days(30);
  rule.set_disabled(true);
  for (const char* field : {"personal.phones", "personal.emails"}) pool.add_hidden_fields(field);
  pool.set_takes_unowned(true);
  pool.set_sweep_hour(3);
  engine::Commands commands;
  commands.push_back(std::move(command));
  return commands;
}

}  // namespace crm::customer
