#include "tests/contract/interview_steps.h"

#include "absl/strings/str_cat.h"

namespace crm::contract {
namespace {

const std::string kP = "crm.customer.v1.";
constexpr char kParent[] = "parent: 'customers/iv1' ";

std::string Interview(const std::string& id) {
  return "name: 'customers/iv1/interviews/" + id + "' ";
}
Step Plan(const std::string& id) {
  return {kP + "PlanInterviewRequest",
          absl::StrCat(kParent, "interview_id: '", id,
                       "' interview { form: INTERVIEW_FORM_PHONE staff: 'bob' planned_time { "
                       "seconds: {UNTIL} } }")};
}
Step Programme(const std::string& id) {
  return {kP + "CreateInterviewProgrammeRequest",
          absl::StrCat("interview_programme_id: '", id,
                       "' interview_programme { title: 'Listening' period { start { year: 2040 "
                       "month: 1 day: 1 } end { year: 2041 month: 1 day: 1 } } managers { staff: "
                       "'bob' quota: 2 } control_share_bps: 5000 selection { tags: 'heard' } }")};
}
Step Customer(const std::string& id) {
  return {kP + "CreateCustomerRequest",
          absl::StrCat("customer_id: '", id,
                       "' initial_status: CUSTOMER_STATUS_PROSPECT customer { kind: "
                       "CUSTOMER_KIND_COMPANY display_name: 'Heard ",
                       id, "' owner: 'bob' tags: 'heard' }")};
}

}  // namespace

std::vector<Step> InterviewSteps() {
  const std::string policy = "name: 'followUpPolicies/standard' ";
  return {
      Customer("iv1"),
      Customer("iv2"),
      {kP + "UpdateFollowUpPolicyRequest",
       "follow_up_policy { " + policy + "miss_hours: 24 } update_mask { paths: 'miss_hours' }"},
      {kP + "CreateInterviewQuestionRequest",
       "interview_question_id: 'budget' interview_question { texts { language_code: 'en' text: "
       "'What is the budget?' } }"},
      {kP + "UpdateInterviewQuestionRequest",
       "interview_question { name: 'interviewQuestions/budget' purpose: 'size' } update_mask { "
       "paths: 'purpose' }"},
      {kP + "CreateInterviewScriptRequest",
       "interview_script_id: 'short' interview_script { titles { language_code: 'en' text: "
       "'Short' } questions: 'interviewQuestions/opening' questions: 'interviewQuestions/budget' "
       "}"},
      {kP + "UpdateInterviewScriptRequest",
       "interview_script { name: 'interviewScripts/short' questions: 'interviewQuestions/budget' } "
       "update_mask { paths: 'questions' }"},
      Plan("held"),
      Plan("declined"),
      Plan("missed"),
      Plan("planned"),
      {kP + "UpdateInterviewRequest",
       "interview { " + Interview("held") +
           "script: 'interviewScripts/short' } update_mask { paths: 'script' }"},
      {kP + "HoldInterviewRequest",
       Interview("held") +
           "answers { question: 'interviewQuestions/budget' text: 'Large' } notes: 'In a hurry' "
           "signals { kind: SIGNAL_KIND_OPPORTUNITY severity: SIGNAL_SEVERITY_HIGH note: 'A second "
           "site' } signals { kind: SIGNAL_KIND_COMPLAINT severity: SIGNAL_SEVERITY_CRITICAL note: "
           "'Late again' }"},
      {kP + "FollowUpSignalRequest",
       Interview("held") + "signal: '1' channel: CHANNEL_EMAIL outcome: 'Offered'"},
      {kP + "DeclineInterviewRequest", Interview("declined") + "reason: 'No time'"},
      {kP + "MissInterviewRequest", Interview("missed") + "reason: 'Nobody there'"},
      {kP + "CreateInsightSheetRequest",
       std::string(kParent) +
           "insight_sheet_id: 's1' insight_sheet { personal { worries: 'Cost' } }"},
      {kP + "UpdateInsightSheetRequest",
       "insight_sheet { name: 'customers/iv1/insightSheets/s1' personal { options: 'Wait' } } "
       "update_mask { paths: 'personal.options' }"},
      Programme("spring"),
      Programme("autumn"),
      {kP + "UpdateInterviewProgrammeRequest",
       "interview_programme { name: 'interviewProgrammes/spring' title: 'Spring' } update_mask { "
       "paths: 'title' }"},
      {kP + "PlanInterviewsRequest",
       "name: 'interviewProgrammes/spring' seed: '00112233445566778899aabbccddeeff'"},
      {kP + "CancelInterviewProgrammeRequest",
       "name: 'interviewProgrammes/autumn' reason: 'No time'"},
      {kP + "CheckInterviewRequest", Interview("held"), true, 10},
  };
}

namespace {

std::vector<InterviewRefusal> OfInterviews() {
  const std::string planned = "planned_time { seconds: 1893456000 } ";
  return {
      {kP + "PlanInterviewRequest", kParent + ("interview { " + planned + "}"),
       "!field:interview.form"},
      {kP + "PlanInterviewRequest", std::string(kParent) + "interview { form: INTERVIEW_FORM_WEB }",
       "!field:interview.planned_time"},
      {kP + "PlanInterviewRequest",
       kParent + ("interview { " + planned +
                  "form: INTERVIEW_FORM_WEB script: 'interviewScripts/none' }"),
       "!SCRIPT_UNKNOWN"},
      {kP + "PlanInterviewRequest",
       kParent + ("interview { " + planned + "form: INTERVIEW_FORM_WEB staff: 'nobody' }"),
       "!STAFF_UNKNOWN"},
      {kP + "PlanInterviewRequest",
       "parent: 'customers/nobody' interview { " + planned + "form: INTERVIEW_FORM_WEB }",
       "!NOT_FOUND"},
      {kP + "UpdateInterviewRequest",
       "interview { " + Interview("declined") + "staff: 'eve' } update_mask { paths: 'staff' }",
       "!INTERVIEW_CLOSED"},
      {kP + "UpdateInterviewRequest",
       "interview { " + Interview("planned") + "} update_mask { paths: 'status' }",
       "!field:update_mask"},
      {kP + "HoldInterviewRequest", Interview("missed"), "!INTERVIEW_CLOSED"},
      {kP + "HoldInterviewRequest",
       Interview("planned") + "answers { question: 'interviewQuestions/budget' text: 'x' }",
       "!QUESTION_UNKNOWN"},
      {kP + "HoldInterviewRequest", Interview("planned") + "signals { kind: SIGNAL_KIND_NEED }",
       "!field:signals[0].severity"},
      {kP + "DeclineInterviewRequest", Interview("held"), "!INTERVIEW_CLOSED"},
      {kP + "MissInterviewRequest", Interview("held"), "!INTERVIEW_CLOSED"},
      {kP + "FollowUpSignalRequest",
       Interview("planned") + "signal: '1' channel: CHANNEL_EMAIL outcome: 'x'",
       "!INTERVIEW_NOT_HELD"},
      {kP + "FollowUpSignalRequest",
       Interview("held") + "signal: '9' channel: CHANNEL_EMAIL outcome: 'x'", "!SIGNAL_UNKNOWN"},
      {kP + "FollowUpSignalRequest",
       Interview("held") + "signal: '1' channel: CHANNEL_EMAIL outcome: 'x'", "!SIGNAL_HANDLED"},
      {kP + "FollowUpSignalRequest",
       Interview("held") + "signal: '2' channel: CHANNEL_PHONE outcome: 'x'",
       "!ANSWER_NOT_WRITTEN"},
      {kP + "FollowUpSignalRequest", Interview("held") + "signal: '2' channel: CHANNEL_EMAIL",
       "!field:outcome"},
  };
}

std::vector<InterviewRefusal> AroundThem() {
  const std::string spring = "name: 'interviewProgrammes/spring' ";
  return {
      {kP + "CreateInterviewQuestionRequest", "interview_question {}",
       "!field:interview_question.texts"},
      {kP + "UpdateInterviewQuestionRequest",
       "interview_question { name: 'interviewQuestions/budget' } update_mask { paths: 'texts' }",
       "!field:interview_question.texts"},
      {kP + "CreateInterviewScriptRequest",
       "interview_script { titles { language_code: 'en' text: 'X' } questions: "
       "'interviewQuestions/none' }",
       "!QUESTION_UNKNOWN"},
      {kP + "UpdateInterviewScriptRequest",
       "interview_script { name: 'interviewScripts/short' } update_mask { paths: 'questions' }",
       "!field:interview_script.questions"},
      {kP + "CreateFollowUpPolicyRequest", "follow_up_policy_id: 'another' follow_up_policy {}",
       "!field:follow_up_policy_id"},
      {kP + "UpdateFollowUpPolicyRequest",
       "follow_up_policy { name: 'followUpPolicies/standard' } update_mask { paths: 'rules' }",
       "!field:follow_up_policy.rules"},
      {kP + "CreateInsightSheetRequest",
       std::string(kParent) + "insight_sheet { about: 'customers/iv2' }",
       "!field:insight_sheet.about"},
      {kP + "CreateInsightSheetRequest", std::string(kParent) + "insight_sheet { personal {} }",
       "!field:insight_sheet.personal"},
      {kP + "CreateInsightSheetRequest", "parent: 'customers/nobody' insight_sheet {}",
       "!NOT_FOUND"},
      {kP + "UpdateInsightSheetRequest",
       "insight_sheet { name: 'customers/iv1/insightSheets/s1' personal { problems: ' ' } } "
       "update_mask { paths: 'personal.problems' }",
       "!field:insight_sheet.personal.problems[0]"},
      {kP + "CreateInterviewProgrammeRequest", "interview_programme { title: 'X' }",
       "!field:interview_programme.period.start"},
      {kP + "CreateInterviewProgrammeRequest",
       "interview_programme { title: 'X' period { start { year: 2040 month: 1 day: 1 } end { year: "
       "2041 month: 1 day: 1 } } managers { staff: 'nobody' quota: 2 } }",
       "!STAFF_UNKNOWN"},
      {kP + "UpdateInterviewProgrammeRequest",
       "interview_programme { " + spring +
           "control_share_bps: 1 } update_mask { paths: 'control_share_bps' }",
       "!PROGRAMME_CLOSED"},
      {kP + "PlanInterviewsRequest", spring + "seed: 'x'", "!field:seed"},
      {kP + "PlanInterviewsRequest", "name: 'interviewProgrammes/autumn'", "!PROGRAMME_CLOSED"},
      {kP + "CancelInterviewProgrammeRequest", "name: 'interviewProgrammes/none'", "!NOT_FOUND"},
  };
}

}  // namespace

std::vector<InterviewRefusal> InterviewRefusals() {
  std::vector<InterviewRefusal> all = OfInterviews();
  for (const InterviewRefusal& row : AroundThem()) all.push_back(row);
  return all;
}

}  // namespace crm::contract
