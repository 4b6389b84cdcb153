#include "services/customer/domain/interview_seed.h"

#include <memory>
#include <string>
#include <utility>

#include "crm/customer/v1/follow_up_policy.pb.h"
#include "crm/customer/v1/interview_question.pb.h"
#include "crm/customer/v1/interview_script.pb.h"
#include "services/customer/domain/follow_up_policy.h"

namespace crm::customer {
namespace {

struct Question {
  const char* id;
  const char* en;
  const char* zh_cn;
  const char* purpose;
};

// The order in which an interview goes.
const Question kQuestions[] = {
    {"opening",
     "Thank you for your time. May I ask you a few questions so that we can serve you better?",
     "感谢您抽出时间。为了更好地为您服务,可以请教您几个问题吗?",
     "Open the talk; say how long it takes."},
    {"expectations", "What do you want from suppliers like us?", "您对我们这样的供应商有哪些期望?",
     "What they judge suppliers by."},
    {"intent", "What exactly do you intend to do, and by when?", "您具体打算做什么?计划在什么时候?",
     "The exact intent: what, how much, by when, who decides."},
    {"current-use", "What do you use today, and how content are you with it?",
     "您目前使用什么产品或服务?满意程度如何?", "What we would replace or add to; competitors."},
    {"other-interests", "Which of our other products or services are of interest to you?",
     "您对我们的其他产品或服务感兴趣吗?", "What else they could buy."},
    {"needs", "What do you need now, and what will you need later?",
     "您现在有哪些需求?将来会有哪些需求?", "Needs now and in the next years."},
    {"contact-wishes", "How and how often do you want to be contacted?",
     "您希望我们以什么方式、多久联系您一次?",
     "Channel, hours and frequency: enter them with the contact."},
    {"closing", "What else can I help you with?", "还有什么可以帮您的吗?",
     "Leave nothing unsaid; agree on the next step."},
};

void AddText(const char* language_code, const char* text,
             google::protobuf::RepeatedPtrField<v1::LanguageText>& texts) {
  v1::LanguageText& added = *texts.Add();
  added.set_language_code(language_code);
  added.set_text(text);
}

}  // namespace

engine::Commands SeedInterviews() {
  engine::Commands commands;
  auto policy = std::make_unique<v1::CreateFollowUpPolicyRequest>();
  policy->set_follow_up_policy_id("standard");
  *policy->mutable_follow_up_policy() = DefaultFollowUpPolicy();
  commands.push_back(std::move(policy));

  auto script = std::make_unique<v1::CreateInterviewScriptRequest>();
  script->set_interview_script_id("standard");
  AddText("en", "Customer interview", *script->mutable_interview_script()->mutable_titles());
  AddText("zh-CN", "客户访谈", *script->mutable_interview_script()->mutable_titles());
  for (const Question& question : kQuestions) {
    auto create = std::make_unique<v1::CreateInterviewQuestionRequest>();
    create->set_interview_question_id(question.id);
    v1::InterviewQuestion& made = *create->mutable_interview_question();
    AddText("en", question.en, *made.mutable_texts());
    AddText("zh-CN", question.zh_cn, *made.mutable_texts());
    made.set_purpose(question.purpose);
    commands.push_back(std::move(create));
    script->mutable_interview_script()->add_questions(std::string("interviewQuestions/") +
                                                      question.id);
  }
  commands.push_back(std::move(script));
  return commands;
}

}  // namespace crm::customer
