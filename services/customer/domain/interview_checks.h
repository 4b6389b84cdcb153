// The shape of what comes in with interviews: INVALID_ARGUMENT that names the field; and how a
// signal is answered.
#pragma once

#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "crm/common/v1/types.pb.h"
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

// Refuses ANSWER_NOT_WRITTEN: the customer is to be answered in writing, and this channel is not.
absl::Status CheckWritten(const v1::InterviewSignal& signal, common::v1::Channel channel);
// The signal for which an activity was planned; nullptr: for none of this interview.
const v1::InterviewSignal* SignalOf(const v1::Interview& interview, std::string_view activity);

// SCRIPT_UNKNOWN.
absl::Status ScriptUnknown(std::string_view name);

}  // namespace crm::customer
