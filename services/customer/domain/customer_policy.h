// CustomerPolicy: what the company has decided about all its customers. There is one.
// Pure: no I/O, no clock, no randomness.
#pragma once

#include <optional>
#include <string_view>

#include "crm/customer/v1/customer_policy.pb.h"
#include "crm/customer/v1/staleness.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

struct CustomerPolicyModel {
  using State = v1::CustomerPolicy;
  using Event = v1::CustomerPolicyEvent;
  using Due = v1::CheckStalenessRequest;

  // kInvalidArgument, naming the field: another id than the one, loss reasons or weights that make
  // no policy.
  static engine::Decision<CustomerPolicyModel> Decide(const State&,
                                                      const v1::CreateCustomerPolicyRequest&,
                                                      const engine::Context&);
  // The same. Nothing when nothing would change.
  static engine::Decision<CustomerPolicyModel> Decide(const State&,
                                                      const v1::UpdateCustomerPolicyRequest&,
                                                      const engine::Context&);

  // The daily look for stale data, and how it goes on. Nothing when it is not time, or a newer look
  // has begun.
  static engine::Decision<CustomerPolicyModel> Decide(const State&,
                                                      const v1::CheckStalenessRequest&,
                                                      const engine::Context&);
  static engine::Decision<CustomerPolicyModel> Decide(const State&,
                                                      const v1::ContinueStaleCheckRequest&,
                                                      const engine::Context&);

  // When the service next looks for stale data.
  static std::optional<absl::Time> NextDue(const State& state);

  static void Evolve(State& state, const Event& event);
};

// The loss reason that asks for a note.
inline constexpr std::string_view kOtherLossReason = "other";

}  // namespace crm::customer
