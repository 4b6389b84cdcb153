// InsightSheet: what we understand of a customer, or of one possible sale to it: five lists, and
// whether they are long enough. Pure: no I/O, no clock, no randomness.
#pragma once

#include <optional>

#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/follow_up_policy.pb.h"
#include "crm/customer/v1/insight_sheet.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

struct InsightSheetModel {
  using State = v1::InsightSheet;
  using Event = v1::InsightSheetEvent;

  // The customer it hangs on, on the same key, and the policy, which may be behind.
  struct Facts {
    std::optional<v1::Customer> customer;
    v1::FollowUpPolicy policy;
  };

  // NOT_FOUND: no such customer. Refuses CUSTOMER_ERASED.
  static Facts Gather(const v1::CreateInsightSheetRequest&, const engine::Context&,
                      const engine::Snapshot&);
  static engine::Decision<InsightSheetModel> Decide(const State&,
                                                    const v1::CreateInsightSheetRequest&,
                                                    const engine::Context&, const Facts&);
  // Refuses CUSTOMER_ERASED.
  static Facts Gather(const v1::UpdateInsightSheetRequest&, const engine::Context&,
                      const engine::Snapshot&);
  static engine::Decision<InsightSheetModel> Decide(const State&,
                                                    const v1::UpdateInsightSheetRequest&,
                                                    const engine::Context&, const Facts&);

  static void Evolve(State& state, const Event& event);
};

}  // namespace crm::customer
