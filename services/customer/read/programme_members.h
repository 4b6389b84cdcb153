// The customers of interview programmes as they were drawn: a view of the programmes' events.
#pragma once

#include <string>

#include "absl/time/civil_time.h"
#include "crm/customer/v1/interview_programme.pb.h"
#include "libs/engine/model.h"
#include "services/customer/domain/interview_programme.h"

namespace crm::customer {

void ProjectProgrammeMembers(const engine::Change<InterviewProgrammeModel>& change,
                             engine::Rows& rows);

// The id of the interview that a programme has with a customer: one ever.
std::string ProgrammeInterviewId(const std::string& programme, const std::string& customer);

// Whether a programme that is neither over on that day nor cancelled has the customer as control.
// On another key, so it may be behind. Cost: a row for each programme of the customer.
bool IsControl(const std::string& customer, absl::CivilDay today, const engine::Snapshot& snapshot);

// Whether the customer was drawn into a programme, other than `but`, that shares days with the
// period and was not cancelled.
bool IsDrawnElsewhere(const std::string& customer, const common::v1::Period& period,
                      const std::string& but, const engine::Snapshot& snapshot);

}  // namespace crm::customer
