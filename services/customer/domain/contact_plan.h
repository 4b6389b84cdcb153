// ContactPlan: how often the customers of a tier are contacted, how, and what happens when they are
// not. There is one for each tier: "contactPlans/top", "big", "medium", "small".
//
// Every day the plan looks who was not contacted in time. It looks at many customers at once, so it
// is the plan's own fact, which says up to which last contact they are overdue; what follows for a
// customer is asked for by a reaction. Pure: no I/O, no clock, no randomness.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "crm/customer/v1/activity_internal.pb.h"
#include "crm/customer/v1/contact_plan.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// The tier whose plan has this id; unspecified: none has.
v1::Tier TierOfPlan(std::string_view id);
// "contactPlans/top" for TOP; the small one's for a customer without a tier.
std::string PlanOfTier(v1::Tier tier);

// Customers whose last contact was before this are overdue today.
absl::Time ContactCutoff(const v1::ContactPlan& plan, absl::CivilDay today, absl::TimeZone zone);

struct ContactPlanModel {
  using State = v1::ContactPlan;
  using Event = v1::ContactPlanEvent;
  using Due = v1::ContactPlanDueRequest;

  static engine::Decision<ContactPlanModel> Decide(const State&,
                                                   const v1::CreateContactPlanRequest&,
                                                   const engine::Context&);
  static engine::Decision<ContactPlanModel> Decide(const State&,
                                                   const v1::UpdateContactPlanRequest&,
                                                   const engine::Context&);
  static engine::Decision<ContactPlanModel> Decide(const State&, const v1::ContactPlanDueRequest&,
                                                   const engine::Context&);
  static engine::Decision<ContactPlanModel> Decide(const State&,
                                                   const v1::ContinueContactCheckRequest&,
                                                   const engine::Context&);

  // When it next looks.
  static std::optional<absl::Time> NextDue(const State& state);

  static void Evolve(State& state, const Event& event);
};

// The four plans with their defaults, for the first start.
engine::Commands SeedContactPlans();

}  // namespace crm::customer
