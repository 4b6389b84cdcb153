// Interview: a customer is asked about its needs, and what it lets us know is followed up in time.
//
// PLANNED -> HELD -> FOLLOWED_UP | MISSED | DECLINED; FOLLOWED_UP at once when no signal was heard.
// MISSED by timer when nobody reports, and a signal is late by timer. Pure: no I/O, no clock, no
// randomness.
#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "crm/common/v1/types.pb.h"
#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/follow_up_policy.pb.h"
#include "crm/customer/v1/interview.pb.h"
#include "crm/customer/v1/interview_event.pb.h"
#include "crm/customer/v1/interview_script.pb.h"
#include "crm/customer/v1/transfer_internal.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// To whom what was not done falls, an id of staff; empty: to nobody. From other keys, so it may be
// behind.
struct InterviewFollower {
  std::string staff;
};

struct InterviewModel {
  using State = v1::Interview;
  using Event = v1::InterviewEvent;
  using Due = v1::CheckInterviewRequest;

  // The customer and the interview's own row lie on the same key, so they are exact. Policy, script
  // and programmes may be behind; the event records the versions. So may the tier, where another
  // customer stands for this one; the event records what follows from it.
  struct Facts {
    std::optional<v1::Customer> customer;
    v1::Tier tier = v1::TIER_UNSPECIFIED;  // Of the one that stands for the customer.
    v1::FollowUpPolicy policy{};
    std::optional<v1::InterviewScript> script{};
    bool control = false;  // A programme that is not over compares others with this customer.
    bool asked_elsewhere = false;  // By another programme, in the period of this one.
    absl::Status contact = {};     // Why the one cannot be who is named, by hand, anew.
    absl::Status staff = {};       // The same of who is to ask.
  };

  // NOT_FOUND: no such customer. Refusals: kInvalidArgument, CUSTOMER_ERASED, CONTACT_UNKNOWN,
  // CONTROL_GROUP, SCRIPT_UNKNOWN, STAFF_UNKNOWN.
  static Facts Gather(const v1::PlanInterviewRequest&, const engine::Context&,
                      const engine::Snapshot&);
  static engine::Decision<InterviewModel> Decide(const State&, const v1::PlanInterviewRequest&,
                                                 const engine::Context&, const Facts&);
  // The same for a member of a programme, who is asked whatever the tables here know of it; quiet
  // when another programme asks them in its period.
  static Facts Gather(const v1::PlanProgrammeInterviewRequest&, const engine::Context&,
                      const engine::Snapshot&);
  static engine::Decision<InterviewModel> Decide(const State&,
                                                 const v1::PlanProgrammeInterviewRequest&,
                                                 const engine::Context&, const Facts&);
  // Refusals: kInvalidArgument, CUSTOMER_ERASED, CONTACT_UNKNOWN, INTERVIEW_CLOSED, SCRIPT_UNKNOWN,
  // STAFF_UNKNOWN.
  static Facts Gather(const v1::UpdateInterviewRequest&, const engine::Context&,
                      const engine::Snapshot&);
  static engine::Decision<InterviewModel> Decide(const State&, const v1::UpdateInterviewRequest&,
                                                 const engine::Context&, const Facts&);
  // Refusals: kInvalidArgument, CUSTOMER_ERASED, CONTACT_UNKNOWN, INTERVIEW_CLOSED,
  // QUESTION_UNKNOWN.
  static Facts Gather(const v1::HoldInterviewRequest&, const engine::Context&,
                      const engine::Snapshot&);
  static engine::Decision<InterviewModel> Decide(const State&, const v1::HoldInterviewRequest&,
                                                 const engine::Context&, const Facts&);
  // Refuses INTERVIEW_CLOSED.
  static engine::Decision<InterviewModel> Decide(const State&, const v1::DeclineInterviewRequest&,
                                                 const engine::Context&);
  static InterviewFollower Gather(const v1::MissInterviewRequest&, const engine::Context&,
                                  const engine::Snapshot&);
  static engine::Decision<InterviewModel> Decide(const State&, const v1::MissInterviewRequest&,
                                                 const engine::Context&,
                                                 const InterviewFollower& = {});
  // Refusals: kInvalidArgument, CUSTOMER_ERASED, INTERVIEW_NOT_HELD, SIGNAL_UNKNOWN,
  // SIGNAL_HANDLED, ANSWER_NOT_WRITTEN.
  static Facts Gather(const v1::FollowUpSignalRequest&, const engine::Context&,
                      const engine::Snapshot&);
  static engine::Decision<InterviewModel> Decide(const State&, const v1::FollowUpSignalRequest&,
                                                 const engine::Context&, const Facts&);
  // The same of a signal whose activity was done; nothing when the signal was handled. One that was
  // answered by telephone, and should be in writing, stays due.
  static Facts Gather(const v1::HandleSignalRequest&, const engine::Context&,
                      const engine::Snapshot&);
  static engine::Decision<InterviewModel> Decide(const State&, const v1::HandleSignalRequest&,
                                                 const engine::Context&, const Facts&);
  static InterviewFollower Gather(const v1::CheckInterviewRequest&, const engine::Context&,
                                  const engine::Snapshot&);
  static engine::Decision<InterviewModel> Decide(const State&, const v1::CheckInterviewRequest&,
                                                 const engine::Context&,
                                                 const InterviewFollower& = {});
  // What a transfer gives on and back (interview_hand.cc). Refuses INTERVIEW_CLOSED, OWNER_CHANGED.
  static engine::Decision<InterviewModel> Decide(const State&, const v1::HandInterviewRequest&,
                                                 const engine::Context&);

  // When it is missed, or the next signal is late.
  static std::optional<absl::Time> NextDue(const State& state);

  static void Evolve(State& state, const Event& event);
};

// The way in which an interview of this form meets the customer.
common::v1::Channel ChannelOf(v1::InterviewForm form);

// The id of the activity for a signal: one ever.
std::string SignalActivityId(const std::string& interview, const std::string& signal);

}  // namespace crm::customer
