// Who takes part in an interview programme, in which group, and when each interview is. Pure:
// chance is the programme's recorded seed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/follow_up_policy.pb.h"
#include "crm/customer/v1/interview_programme.pb.h"
#include "crm/customer/v1/interview_programme_event.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

struct Candidate {
  std::string customer;
  v1::Tier tier = v1::TIER_UNSPECIFIED;
};

// How many customers a manager has; counting ends at `most`.
int BookSize(const std::string& staff, int most, const engine::Snapshot& snapshot);

// The customers of one manager who fit the programme and can be asked in some form, by name.
std::vector<Candidate> CandidatesOf(const v1::InterviewProgramme& programme,
                                    const std::string& staff, const engine::Context& context,
                                    const engine::Snapshot& snapshot);

// How many of so many that take part are control: the share, a half rounded down; but somebody is
// always interviewed, and of two or more somebody is control where a share is asked for.
int ControlCount(int members, int control_share_bps);

struct Groups {
  std::vector<Candidate> treated;  // In the order in which chance put them.
  std::vector<Candidate> control;
};
// Chance is SHA-256 over (seed, what for, customer): whoever has the seed can draw again.
Groups DrawGroups(const v1::InterviewProgramme& programme, int quota, const std::string& seed,
                  std::vector<Candidate> candidates);

// The days on which a manager can hold interviews, and how many more on each: working days of the
// policy in the period and behind the business date, without absences, less the interviews that are
// planned; never more than the business hours of the day have room for.
struct FreeDay {
  absl::CivilDay day;
  int free = 0;
  std::vector<std::pair<int, int>> taken;  // Minutes of the day, from and to.
};
std::vector<FreeDay> FreeDaysOf(const v1::InterviewProgramme& programme, const std::string& staff,
                                const v1::FollowUpPolicy& policy, const engine::Context& context,
                                const engine::Snapshot& snapshot);

// How a customer is interviewed: who there is asked, in which form, and in which minutes of the day
// they like it (an empty span: any).
struct Wish {
  std::string contact;
  v1::InterviewForm form = v1::INTERVIEW_FORM_UNSPECIFIED;
  int start_minute = 0;
  int end_minute = 0;
};
// As the contact prefers it, else as the policy says for the tier, else in writing. nullopt: the
// customer has opted out of the channels of all of these that the contact can be reached by.
std::optional<Wish> WishOf(const Candidate& candidate, const v1::FollowUpPolicy& policy,
                           const engine::Context& context, const engine::Snapshot& snapshot);

// One manager's book, drawn: groups, and the interviews spread evenly over the free days.
v1::ProgrammeBookDrawn DrawBook(const v1::InterviewProgramme& programme, int book,
                                const engine::Context& context, const engine::Snapshot& snapshot);

}  // namespace crm::customer
