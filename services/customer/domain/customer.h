// Customer: who may buy, buys or bought from us.
//
// SUSPECT or PROSPECT when made; an order makes it ACTIVE; without an order for the window (of the
// tier plan, 12 months by default) time makes it INACTIVE; somebody may say that it is LOST, until
// it orders; the tier plan gives it its standing tier. Pure: no I/O, no clock, no randomness. Time,
// actor and names arrive in Context.
#pragma once

#include <optional>
#include <string>

#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/customer_event.pb.h"
#include "crm/customer/v1/customer_internal.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// For how long an order keeps a customer ACTIVE, and which version of the tier plan says so.
struct ActivityWindow {
  int months = 12;
  std::string tier_plan_etag;
};

// The policy's loss reason that a command names.
struct LossReasonFacts {
  bool known = false;
  std::string customer_policy_etag;
};

struct CustomerModel {
  using State = v1::Customer;
  using Event = v1::CustomerEvent;
  using Due = v1::CheckActivityRequest;

  static engine::Decision<CustomerModel> Decide(const State&, const v1::CreateCustomerRequest&,
                                                const engine::Context&);
  // Refuses CURRENCY_FIXED.
  static engine::Decision<CustomerModel> Decide(const State&, const v1::UpdateCustomerRequest&,
                                                const engine::Context&);
  // Sets what the row has; external ids, tags and relations are added to. Refuses CURRENCY_FIXED.
  static engine::Decision<CustomerModel> Decide(const State&, const v1::ReimportCustomerRequest&,
                                                const engine::Context&);
  // Refuses NOTHING_TO_VERIFY.
  static engine::Decision<CustomerModel> Decide(const State&, const v1::VerifyCustomerRequest&,
                                                const engine::Context&);
  // Refuses NOT_A_SUSPECT.
  static engine::Decision<CustomerModel> Decide(const State&, const v1::QualifyCustomerRequest&,
                                                const engine::Context&);
  // The reason in the policy; it is configuration, and may be behind.
  static LossReasonFacts Gather(const v1::MarkLostRequest&, const engine::Context&,
                                const engine::Snapshot&);
  // Refuses CUSTOMER_ERASED.
  static engine::Decision<CustomerModel> Decide(const State&, const v1::MarkLostRequest&,
                                                const engine::Context&,
                                                const LossReasonFacts& reason);
  // Refuses CUSTOMER_ERASED.
  static engine::Decision<CustomerModel> Decide(const State&, const v1::TransferCustomerRequest&,
                                                const engine::Context&);
  // Refuses CUSTOMER_ERASED.
  static engine::Decision<CustomerModel> Decide(const State&, const v1::ReleaseCustomerRequest&,
                                                const engine::Context&);
  // The window of the tier plan; it is configuration, and may be behind.
  static ActivityWindow Gather(const v1::ActivateCustomerRequest&, const engine::Context&,
                               const engine::Snapshot&);
  static engine::Decision<CustomerModel> Decide(const State&, const v1::ActivateCustomerRequest&,
                                                const engine::Context&,
                                                const ActivityWindow& window);
  static engine::Decision<CustomerModel> Decide(const State&, const v1::CheckActivityRequest&,
                                                const engine::Context&);
  static engine::Decision<CustomerModel> Decide(const State&, const v1::AssignTierRequest&,
                                                const engine::Context&);

  // When an ACTIVE customer is next looked at.
  static std::optional<absl::Time> NextDue(const State& state);

  static void Evolve(State& state, const Event& event);
};

}  // namespace crm::customer
