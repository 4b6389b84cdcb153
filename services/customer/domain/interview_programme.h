// InterviewProgramme: a run of interviews by several account managers, and the control group that
// tells what came of it.
//
// DRAFT -> PLANNING -> PLANNED; any -> CANCELLED. Planning records a seed, and then one fact for
// each manager's book: who takes part, in which group, and when the interviews are. The same seed
// and books give the same groups. The interviews are the customers' own facts, by reactions. Pure:
// no I/O, no clock, no randomness but what the seed says.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "crm/customer/v1/interview_programme.pb.h"
#include "crm/customer/v1/interview_programme_event.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

inline constexpr int kDailyInterviewsDefault = 4;
inline constexpr int kProgrammeDaysMax = 1'100;
// Customers of all managers that are looked at when a programme is planned.
inline constexpr int kProgrammeCustomersMax = 20'000;

struct InterviewProgrammeModel {
  using State = v1::InterviewProgramme;
  using Event = v1::InterviewProgrammeEvent;

  // What planning looks at: other keys, which may be behind; the facts record what they gave.
  struct PlanFacts {
    // STAFF_UNKNOWN, STAFF_LEFT, SCRIPT_UNKNOWN, PROGRAMME_TOO_LARGE, PROGRAMME_TOO_TIGHT.
    absl::Status refusal;
    std::vector<v1::ProgrammeManager> managers;
  };

  // Why somebody cannot be a manager who is named, by hand, anew: of other keys, too.
  struct ManagerFacts {
    absl::Status staff;
  };

  // Refusals: kInvalidArgument, STAFF_UNKNOWN.
  static ManagerFacts Gather(const v1::CreateInterviewProgrammeRequest&, const engine::Context&,
                             const engine::Snapshot&);
  static engine::Decision<InterviewProgrammeModel> Decide(
      const State&, const v1::CreateInterviewProgrammeRequest&, const engine::Context&,
      const ManagerFacts& = {});
  // The same, and PROGRAMME_CLOSED.
  static ManagerFacts Gather(const v1::UpdateInterviewProgrammeRequest&, const engine::Context&,
                             const engine::Snapshot&);
  static engine::Decision<InterviewProgrammeModel> Decide(
      const State&, const v1::UpdateInterviewProgrammeRequest&, const engine::Context&,
      const ManagerFacts& = {});
  // Refusals: kInvalidArgument, PROGRAMME_CLOSED, those of PlanFacts, PROGRAMME_EMPTY. Cost: a row
  // for each customer of the managers, and some for each of those that fit.
  static PlanFacts Gather(const v1::PlanInterviewsRequest&, const engine::Context&,
                          const engine::Snapshot&);
  static engine::Decision<InterviewProgrammeModel> Decide(const State&,
                                                          const v1::PlanInterviewsRequest&,
                                                          const engine::Context&, const PlanFacts&);
  // The next book; nothing when it was drawn, or the programme was cancelled.
  static v1::ProgrammeBookDrawn Gather(const v1::DrawBookRequest&, const engine::Context&,
                                       const engine::Snapshot&);
  static engine::Decision<InterviewProgrammeModel> Decide(const State&, const v1::DrawBookRequest&,
                                                          const engine::Context&,
                                                          const v1::ProgrammeBookDrawn&);
  static engine::Decision<InterviewProgrammeModel> Decide(
      const State&, const v1::CancelInterviewProgrammeRequest&, const engine::Context&);

  static void Evolve(State& state, const Event& event);
};

}  // namespace crm::customer
