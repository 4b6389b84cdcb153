// Activity: what one of us is to do, by when, and what came of it. PLANNED -> IN_PROGRESS -> DONE,
// or CANCELLED from any open state; done at once counts as begun and done. Pure: no I/O, no clock,
// no randomness.
#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "crm/customer/v1/activity.pb.h"
#include "crm/customer/v1/activity_internal.pb.h"
#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/interview.pb.h"
#include "crm/customer/v1/staff.pb.h"
#include "crm/customer/v1/transfer_internal.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

struct ActivityModel {
  using State = v1::Activity;
  using Event = v1::ActivityEvent;
  using Due = v1::ActivityDueRequest;

  // What lies on other keys, as the local tables have it.
  struct Facts {
    std::optional<v1::Customer> customer;  // The one that stands for it, if it was merged.
    std::string owner;  // Who is to do it, an id of staff: as asked for, or as nothing was said.
    std::optional<v1::Staff> staff;  // That one; nothing: not recorded here.
    absl::Status references = {};    // Why those cannot be who are named, by hand, anew.
    std::optional<v1::InterviewSignal> signal = {};  // What it answers, while that waits.
  };

  static Facts Gather(const v1::PlanActivityRequest&, const engine::Context&,
                      const engine::Snapshot&);
  // Refuses CUSTOMER_UNKNOWN, CUSTOMER_ERASED, CONTACT_UNKNOWN, STAFF_UNKNOWN, STAFF_LEFT.
  static engine::Decision<ActivityModel> Decide(const State&, const v1::PlanActivityRequest&,
                                                const engine::Context&, const Facts&);
  static Facts Gather(const v1::PlanNextActivityRequest&, const engine::Context&,
                      const engine::Snapshot&);
  // Refuses the first two: a series of one who left goes on until another takes it over.
  static engine::Decision<ActivityModel> Decide(const State&, const v1::PlanNextActivityRequest&,
                                                const engine::Context&, const Facts&);
  static Facts Gather(const v1::UpdateActivityRequest&, const engine::Context&,
                      const engine::Snapshot&);
  // Refuses ACTIVITY_CLOSED, and the same where customer, contacts or owner change.
  static engine::Decision<ActivityModel> Decide(const State&, const v1::UpdateActivityRequest&,
                                                const engine::Context&, const Facts&);
  // These refuse ACTIVITY_CLOSED; completing also CONTACT_UNKNOWN and ANSWER_NOT_WRITTEN. The
  // interview may not show yet: its own rule keeps a signal due that was answered by telephone.
  static engine::Decision<ActivityModel> Decide(const State&, const v1::StartActivityRequest&,
                                                const engine::Context&);
  static Facts Gather(const v1::CompleteActivityRequest&, const engine::Context&,
                      const engine::Snapshot&);
  static engine::Decision<ActivityModel> Decide(const State&, const v1::CompleteActivityRequest&,
                                                const engine::Context&, const Facts&);
  static engine::Decision<ActivityModel> Decide(const State&, const v1::CancelActivityRequest&,
                                                const engine::Context&);
  static engine::Decision<ActivityModel> Decide(const State&, const v1::ActivityDueRequest&,
                                                const engine::Context&);
  // What a transfer gives on, and back (activity_hand.cc). Refuses ACTIVITY_CLOSED, OWNER_CHANGED.
  static engine::Decision<ActivityModel> Decide(const State&, const v1::HandActivityRequest&,
                                                const engine::Context&);
  // The same, of what a transfer had planned, as long as nobody has changed it.
  static engine::Decision<ActivityModel> Decide(const State&, const v1::TakeBackActivityRequest&,
                                                const engine::Context&);

  // The next reminder, or when it is overdue, whichever comes first.
  static std::optional<absl::Time> NextDue(const State& state);

  static void Evolve(State& state, const Event& event);
};

}  // namespace crm::customer
