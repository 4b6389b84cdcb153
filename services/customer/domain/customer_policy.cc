#include "services/customer/domain/customer_policy.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/field_mask.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/engine/update.h"
#include "services/customer/domain/completeness.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using base::Invalid;
using Event = CustomerPolicyModel::Event;

constexpr int kWeightMax = 1'000;

absl::Status CheckLossReasons(const v1::CustomerPolicy& policy) {
  if (policy.loss_reasons().empty())
    return Invalid("customer_policy.loss_reasons", "must be at least one");
  std::set<std::string> seen;
  for (int i = 0; i < policy.loss_reasons_size(); ++i) {
    const v1::CustomerLossReason& reason = policy.loss_reasons(i);
    const std::string field = absl::StrCat("customer_policy.loss_reasons[", i, "]");
    if (!base::IsResourceId(reason.id()))
      return Invalid(field + ".id", "must be 1 to 63 characters of a-z, 0-9 and -");
    if (!seen.insert(reason.id()).second) return Invalid(field + ".id", "must be unique");
    if (base::IsBlank(reason.display_name()))
      return Invalid(field + ".display_name", "must be given");
  }
  return absl::OkStatus();
}

absl::Status CheckWeight(const std::string& field, const v1::CompletenessWeight& weight) {
  if (!CanBeFilledIn(weight.field()))
    return Invalid(field + ".field", "must be a field of a customer that people fill in");
  if (weight.weight() < 1 || weight.weight() > kWeightMax)
    return Invalid(field + ".weight", "must be 1 to 1,000");
  std::set<int> seen;
  for (int i = 0; i < weight.kinds_size(); ++i) {
    const v1::CustomerKind kind = weight.kinds(i);
    const bool known = v1::CustomerKind_IsValid(kind) && kind != v1::CUSTOMER_KIND_UNSPECIFIED;
    if (!known || !seen.insert(kind).second)
      return Invalid(absl::StrCat(field, ".kinds[", i, "]"), "must be a kind, none twice");
  }
  return absl::OkStatus();
}

absl::Status CheckPolicy(const v1::CustomerPolicy& policy) {
  if (absl::Status s = CheckLossReasons(policy); !s.ok()) return s;
  std::set<std::string> seen;
  for (int i = 0; i < policy.completeness_weights_size(); ++i) {
    const v1::CompletenessWeight& weight = policy.completeness_weights(i);
    const std::string field = absl::StrCat("customer_policy.completeness_weights[", i, "]");
    if (absl::Status s = CheckWeight(field, weight); !s.ok()) return s;
    if (!seen.insert(weight.field()).second) return Invalid(field + ".field", "must be unique");
  }
  return absl::OkStatus();
}

}  // namespace

engine::Decision<CustomerPolicyModel> CustomerPolicyModel::Decide(
    const State&, const v1::CreateCustomerPolicyRequest& create, const engine::Context& context) {
  if (context.name != kStandardCustomerPolicy)
    return Invalid("customer_policy_id", "must be \"standard\"");
  if (absl::Status s = CheckPolicy(create.customer_policy()); !s.ok()) return s;
  Event event;
  *event.mutable_created()->mutable_customer_policy() = create.customer_policy();
  return event;
}

engine::Decision<CustomerPolicyModel> CustomerPolicyModel::Decide(
    const State& policy, const v1::UpdateCustomerPolicyRequest& update, const engine::Context&) {
  const auto changed =
      engine::ChangedFields(update.customer_policy(), update.update_mask(), policy);
  if (!changed.ok()) return changed.status();
  if (changed->paths().empty()) return std::nullopt;
  State next = policy;
  base::ApplyMask(*changed, update.customer_policy(), next);
  if (absl::Status s = CheckPolicy(next); !s.ok()) return s;
  Event event;
  auto& updated = *event.mutable_updated();
  *updated.mutable_changed() = *changed;
  base::ApplyMask(*changed, update.customer_policy(), *updated.mutable_customer_policy());
  return event;
}

void CustomerPolicyModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kCreated:
      state = event.created().customer_policy();
      return;
    case Event::kUpdated:
      base::ApplyMask(event.updated().changed(), event.updated().customer_policy(), state);
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

}  // namespace crm::customer
