#include "services/customer/domain/interview_checks.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/reason.pb.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/base/timestamp.h"
#include "services/customer/domain/interview.h"
#include "services/customer/domain/references.h"

namespace crm::customer {
namespace {

using base::Invalid;

bool IsForm(v1::InterviewForm form) {
  return form != v1::INTERVIEW_FORM_UNSPECIFIED && v1::InterviewForm_IsValid(form);
}

absl::Status CheckAnswers(const v1::HoldInterviewRequest& hold) {
  std::set<std::string_view> seen;
  for (int i = 0; i < hold.answers_size(); ++i) {
    const v1::InterviewAnswer& answer = hold.answers(i);
    const std::string field = absl::StrCat("answers[", i, "]");
    if (answer.question().empty()) return Invalid(field + ".question", "must be given");
    absl::Status s = CheckName(field + ".question", "interviewQuestions", answer.question());
    if (!s.ok()) return s;
    if (!seen.insert(answer.question()).second)
      return Invalid(field + ".question", "must be unique");
    if (base::IsBlank(answer.text())) return Invalid(field + ".text", "must be given");
  }
  return absl::OkStatus();
}

absl::Status CheckSignals(const v1::HoldInterviewRequest& hold) {
  for (int i = 0; i < hold.signals_size(); ++i) {
    const v1::HeardSignal& signal = hold.signals(i);
    const std::string field = absl::StrCat("signals[", i, "]");
    if (signal.kind() == v1::SIGNAL_KIND_UNSPECIFIED || !v1::SignalKind_IsValid(signal.kind()))
      return Invalid(field + ".kind", "must be a kind of signals");
    if (signal.severity() == v1::SIGNAL_SEVERITY_UNSPECIFIED ||
        !v1::SignalSeverity_IsValid(signal.severity()))
      return Invalid(field + ".severity", "must be a severity");
    if (base::IsBlank(signal.note())) return Invalid(field + ".note", "must be given");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckInterview(const v1::Interview& interview) {
  if (!IsForm(interview.form())) return Invalid("interview.form", "must be a form of interviews");
  absl::Status s = CheckName("interview.contact", "contacts", interview.contact());
  if (s.ok()) s = CheckName("interview.script", "interviewScripts", interview.script());
  if (!s.ok()) return s;
  if (!interview.staff().empty() && !base::IsResourceId(interview.staff()))
    return Invalid("interview.staff", "must be an id of staff");
  if (!interview.has_planned_time()) return Invalid("interview.planned_time", "must be given");
  return base::CheckModernTime("interview.planned_time", interview.planned_time());
}

absl::Status CheckHeld(const v1::HoldInterviewRequest& hold, absl::Time now) {
  if (hold.has_held_time()) {
    if (absl::Status s = base::CheckModernTime("held_time", hold.held_time()); !s.ok()) return s;
    if (base::TimeOf(hold.held_time()) > now)
      return Invalid("held_time", "must not lie in the future");
  }
  if (hold.form() != v1::INTERVIEW_FORM_UNSPECIFIED && !IsForm(hold.form()))
    return Invalid("form", "must be a form of interviews");
  absl::Status s = CheckName("contact", "contacts", hold.contact());
  if (s.ok()) s = CheckAnswers(hold);
  if (s.ok()) s = CheckSignals(hold);
  return s;
}

absl::Status CheckFollowUp(const v1::FollowUpSignalRequest& follow_up) {
  if (follow_up.signal().empty()) return Invalid("signal", "must be given");
  if (follow_up.channel() == common::v1::CHANNEL_UNSPECIFIED ||
      !common::v1::Channel_IsValid(follow_up.channel()))
    return Invalid("channel", "must be a channel");
  if (base::IsBlank(follow_up.outcome())) return Invalid("outcome", "must be given");
  return absl::OkStatus();
}

absl::Status CheckAnswered(const v1::HoldInterviewRequest& hold,
                           const std::optional<v1::InterviewScript>& script) {
  for (const v1::InterviewAnswer& answer : hold.answers()) {
    const bool asked =
        script.has_value() && std::find(script->questions().begin(), script->questions().end(),
                                        answer.question()) != script->questions().end();
    if (!asked)
      return base::Refused(v1::REASON_QUESTION_UNKNOWN, "the script does not ask that",
                           {{"name", answer.question()}});
  }
  return absl::OkStatus();
}

absl::Status CheckWritten(const v1::InterviewSignal& signal, common::v1::Channel channel) {
  const bool spoken = channel == common::v1::CHANNEL_VISIT ||
                      channel == common::v1::CHANNEL_PHONE || channel == common::v1::CHANNEL_EVENT;
  if (!signal.written() || !spoken) return absl::OkStatus();
  return base::Refused(v1::REASON_ANSWER_NOT_WRITTEN, "the customer is answered in writing");
}

const v1::InterviewSignal* SignalOf(const v1::Interview& interview, std::string_view activity) {
  const auto found =
      std::find_if(interview.signals().begin(), interview.signals().end(), [&](const auto& signal) {
        return SignalActivityId(interview.name(), signal.id()) == base::LastIdOf(activity);
      });
  return found == interview.signals().end() ? nullptr : &*found;
}

absl::Status ScriptUnknown(std::string_view name) {
  return base::Refused(v1::REASON_SCRIPT_UNKNOWN, "the script is not known here", {{"name", name}});
}

}  // namespace crm::customer
