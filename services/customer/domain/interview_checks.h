// The shape of what comes in with interviews: INVALID_ARGUMENT that names the field.
#pragma once

#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "crm/customer/v1/interview.pb.h"
#include "crm/customer/v1/interview_script.pb.h"

namespace crm::customer {

// What every interview must be, planned or changed.
absl::Status CheckInterview(const v1::Interview& interview);
absl::Status CheckHeld(const v1::HoldInterviewRequest& hold, absl::Time now);
absl::Status CheckFollowUp(const v1::FollowUpSignalRequest& follow_up);

// Refuses QUESTION_UNKNOWN: an answer to what the script does not ask.
absl::Status CheckAnswered(const v1::HoldInterviewRequest& hold,
                           const std::optional<v1::InterviewScript>& script);

// SCRIPT_UNKNOWN.
absl::Status ScriptUnknown(std::string_view name);

}  // namespace crm::customer
