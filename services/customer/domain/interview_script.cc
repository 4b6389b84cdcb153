#include "services/customer/domain/interview_script.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/reason.pb.h"
#include "libs/base/check.h"
#include "libs/base/field_mask.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/engine/update.h"
#include "services/customer/domain/checks.h"
#include "services/customer/domain/references.h"
#include "services/customer/read/interview_tables.h"

namespace crm::customer {
namespace {

using base::Invalid;
using Texts = google::protobuf::RepeatedPtrField<v1::LanguageText>;

constexpr std::string_view kService = "service:";

absl::Status CheckTexts(const std::string& field, const Texts& texts) {
  if (texts.empty()) return Invalid(field, "must have at least one language");
  std::set<std::string_view> seen;
  for (int i = 0; i < texts.size(); ++i) {
    const std::string at = absl::StrCat(field, "[", i, "]");
    if (!IsLanguageCode(texts[i].language_code()) || !seen.insert(texts[i].language_code()).second)
      return Invalid(at + ".language_code", "must be a language, BCP 47, none twice");
    if (base::IsBlank(texts[i].text())) return Invalid(at + ".text", "must be given");
  }
  return absl::OkStatus();
}

absl::Status CheckScript(const v1::InterviewScript& script) {
  if (absl::Status s = CheckTexts("interview_script.titles", script.titles()); !s.ok()) return s;
  if (script.questions().empty())
    return Invalid("interview_script.questions", "must be at least one");
  std::set<std::string_view> seen;
  for (int i = 0; i < script.questions_size(); ++i) {
    const std::string at = absl::StrCat("interview_script.questions[", i, "]");
    if (script.questions(i).empty()) return Invalid(at, "must be given");
    if (absl::Status s = CheckName(at, "interviewQuestions", script.questions(i)); !s.ok())
      return s;
    if (!seen.insert(script.questions(i)).second) return Invalid(at, "must be unique");
  }
  return absl::OkStatus();
}

InterviewScriptModel::Facts UnknownOf(const v1::InterviewScript& script,
                                      const engine::Snapshot& snapshot) {
  for (const std::string& question : script.questions()) {
    if (!snapshot.Get(kInterviewQuestions, question).has_value()) return {question};
  }
  return {};
}

absl::Status QuestionUnknown(const std::string& name) {
  return base::Refused(v1::REASON_QUESTION_UNKNOWN, "the question is not known here",
                       {{"name", name}});
}

}  // namespace

engine::Decision<InterviewQuestionModel> InterviewQuestionModel::Decide(
    const State&, const v1::CreateInterviewQuestionRequest& create, const engine::Context&) {
  const v1::InterviewQuestion& question = create.interview_question();
  if (absl::Status s = CheckTexts("interview_question.texts", question.texts()); !s.ok()) return s;
  Event event;
  *event.mutable_created()->mutable_interview_question() = question;
  return event;
}

engine::Decision<InterviewQuestionModel> InterviewQuestionModel::Decide(
    const State& question, const v1::UpdateInterviewQuestionRequest& update,
    const engine::Context&) {
  const auto changed =
      engine::ChangedFields(update.interview_question(), update.update_mask(), question);
  if (!changed.ok()) return changed.status();
  if (changed->paths().empty()) return std::nullopt;
  State next = question;
  base::ApplyMask(*changed, update.interview_question(), next);
  if (absl::Status s = CheckTexts("interview_question.texts", next.texts()); !s.ok()) return s;
  Event event;
  auto& updated = *event.mutable_updated();
  *updated.mutable_changed() = *changed;
  base::ApplyMask(*changed, update.interview_question(), *updated.mutable_interview_question());
  return event;
}

void InterviewQuestionModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kCreated:
      state = event.created().interview_question();
      return;
    case Event::kUpdated:
      base::ApplyMask(event.updated().changed(), event.updated().interview_question(), state);
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

InterviewScriptModel::Facts InterviewScriptModel::Gather(
    const v1::CreateInterviewScriptRequest& create, const engine::Context& context,
    const engine::Snapshot& snapshot) {
  if (std::string_view(context.actor).starts_with(kService)) return {};
  return UnknownOf(create.interview_script(), snapshot);
}

engine::Decision<InterviewScriptModel> InterviewScriptModel::Decide(
    const State&, const v1::CreateInterviewScriptRequest& create, const engine::Context&,
    const Facts& facts) {
  if (absl::Status s = CheckScript(create.interview_script()); !s.ok()) return s;
  if (facts.unknown.has_value()) return QuestionUnknown(*facts.unknown);
  Event event;
  *event.mutable_created()->mutable_interview_script() = create.interview_script();
  return event;
}

InterviewScriptModel::Facts InterviewScriptModel::Gather(
    const v1::UpdateInterviewScriptRequest& update, const engine::Context&,
    const engine::Snapshot& snapshot) {
  return UnknownOf(update.interview_script(), snapshot);
}

engine::Decision<InterviewScriptModel> InterviewScriptModel::Decide(
    const State& script, const v1::UpdateInterviewScriptRequest& update, const engine::Context&,
    const Facts& facts) {
  const auto changed =
      engine::ChangedFields(update.interview_script(), update.update_mask(), script);
  if (!changed.ok()) return changed.status();
  if (changed->paths().empty()) return std::nullopt;
  State next = script;
  base::ApplyMask(*changed, update.interview_script(), next);
  if (absl::Status s = CheckScript(next); !s.ok()) return s;
  if (facts.unknown.has_value() && base::MaskTouches(*changed, "questions"))
    return QuestionUnknown(*facts.unknown);
  Event event;
  auto& updated = *event.mutable_updated();
  *updated.mutable_changed() = *changed;
  base::ApplyMask(*changed, update.interview_script(), *updated.mutable_interview_script());
  return event;
}

void InterviewScriptModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kCreated:
      state = event.created().interview_script();
      return;
    case Event::kUpdated:
      base::ApplyMask(event.updated().changed(), event.updated().interview_script(), state);
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

std::string TitleIn(const v1::InterviewScript& script, std::string_view language_code) {
  for (const std::string_view wanted : {language_code, std::string_view("en")}) {
    for (const v1::LanguageText& title : script.titles()) {
      if (title.language_code() == wanted) return title.text();
    }
  }
  return script.titles().empty() ? std::string() : script.titles(0).text();
}

}  // namespace crm::customer
