// Touchpoint: one contact between us and a customer, in any channel. A record of what was: it can
// be corrected, and has no life of its own. Pure: no I/O, no clock, no randomness.
#pragma once

#include <optional>

#include "absl/time/time.h"
#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/touchpoint.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// How far a device's clock, or a time zone, may be ahead of us.
inline constexpr absl::Duration kTouchpointAheadMax = absl::Hours(24);

struct TouchpointModel {
  using State = v1::Touchpoint;
  using Event = v1::TouchpointEvent;

  // The customer it hangs on, which has the same key, so this is exact; nothing when there is none.
  // Contacts and staff lie on other keys, which may be behind.
  struct Facts {
    std::optional<v1::Customer> customer;
    absl::Status references = {};  // Why those cannot be who are named, by hand, anew.
  };

  static Facts Gather(const v1::RecordTouchpointRequest&, const engine::Context&,
                      const engine::Snapshot&);
  // NOT_FOUND: no such customer. Refuses CUSTOMER_ERASED, CONTACT_UNKNOWN, STAFF_UNKNOWN,
  // LEADS_NOT_AVAILABLE. What is asked for with it is opened by the service desk's reaction.
  static engine::Decision<TouchpointModel> Decide(const State&, const v1::RecordTouchpointRequest&,
                                                  const engine::Context&, const Facts&);
  static Facts Gather(const v1::UpdateTouchpointRequest&, const engine::Context&,
                      const engine::Snapshot&);
  // Refuses CUSTOMER_ERASED, CONTACT_UNKNOWN, STAFF_UNKNOWN.
  static engine::Decision<TouchpointModel> Decide(const State&, const v1::UpdateTouchpointRequest&,
                                                  const engine::Context&, const Facts&);

  static void Evolve(State& state, const Event& event);
};

}  // namespace crm::customer
