// What customers are asked in interviews: questions, and the scripts that put them in order.
// Pure: no I/O, no clock, no randomness.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crm/customer/v1/interview_question.pb.h"
#include "crm/customer/v1/interview_script.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

struct InterviewQuestionModel {
  using State = v1::InterviewQuestion;
  using Event = v1::InterviewQuestionEvent;

  // Refusals: kInvalidArgument.
  static engine::Decision<InterviewQuestionModel> Decide(const State&,
                                                         const v1::CreateInterviewQuestionRequest&,
                                                         const engine::Context&);
  static engine::Decision<InterviewQuestionModel> Decide(const State&,
                                                         const v1::UpdateInterviewQuestionRequest&,
                                                         const engine::Context&);

  static void Evolve(State& state, const Event& event);
};

struct InterviewScriptModel {
  using State = v1::InterviewScript;
  using Event = v1::InterviewScriptEvent;

  // The first question that is not known here: on other keys, so it may have been made a moment
  // ago.
  struct Facts {
    std::optional<std::string> unknown;
  };

  // Refusals: kInvalidArgument, QUESTION_UNKNOWN. What the service itself sets up may come before
  // its questions.
  static Facts Gather(const v1::CreateInterviewScriptRequest&, const engine::Context&,
                      const engine::Snapshot&);
  static engine::Decision<InterviewScriptModel> Decide(const State&,
                                                       const v1::CreateInterviewScriptRequest&,
                                                       const engine::Context&, const Facts&);
  static Facts Gather(const v1::UpdateInterviewScriptRequest&, const engine::Context&,
                      const engine::Snapshot&);
  static engine::Decision<InterviewScriptModel> Decide(const State&,
                                                       const v1::UpdateInterviewScriptRequest&,
                                                       const engine::Context&, const Facts&);

  static void Evolve(State& state, const Event& event);
};

// The title in the customer's language, else in English, else the first one.
std::string TitleIn(const v1::InterviewScript& script, std::string_view language_code);

}  // namespace crm::customer
