// What follows from interviews and programmes: our own commands.
#pragma once

#include "crm/customer/v1/activity.pb.h"
#include "crm/customer/v1/interview_event.pb.h"
#include "crm/customer/v1/interview_programme_event.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// One that was held leaves a touchpoint, and for each signal an activity of the customer's owner,
// who is told of it as of any activity; one that was missed, or a signal that is late, word to the
// owner. A signal that was handled leaves a touchpoint, and its activity is done, unless it came
// about that way.
engine::Commands OnInterview(const engine::ForeignEvent<v1::InterviewEvent>& interview,
                             const engine::Snapshot& snapshot);

// A signal whose activity was done with the customer is handled; one that was done without the
// customer has answered nobody.
engine::Commands OnSignalActivity(const engine::ForeignEvent<v1::ActivityEvent>& activity,
                                  const engine::Snapshot& snapshot);

// The draw goes on book by book; each book's interviews are planned, at most 1,000 at once.
engine::Commands OnInterviewProgramme(
    const engine::ForeignEvent<v1::InterviewProgrammeEvent>& programme,
    const engine::Snapshot& snapshot);

}  // namespace crm::customer
