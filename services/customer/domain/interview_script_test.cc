#include "services/customer/domain/interview_script.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/domain/interview_seed.h"
#include "services/customer/read/interview_tables.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;
using testing::ParseText;

constexpr char kText[] = "texts { language_code: 'en' text: 'What now?' } ";
constexpr char kMade[] =
    "created { interview_question { texts { language_code: 'en' text: 'What now?' } } }";

TEST(CreateInterviewQuestion, Rules) {
  const auto with = [](const std::string& fields) {
    return "interview_question { " + fields + " }";
  };
  CheckDecisions<InterviewQuestionModel, v1::CreateInterviewQuestionRequest>({
      {"makes one", {}, with(kText), kMade},
      {"needs a text", {}, with(""), "!field:interview_question.texts"},
      {"refuses a blank text",
       {},
       with("texts { language_code: 'en' text: ' ' }"),
       "!field:interview_question.texts[0].text"},
      {"refuses what is no language",
       {},
       with("texts { language_code: 'English!' text: 'x' }"),
       "!field:interview_question.texts[0].language_code"},
      {"refuses a language twice",
       {},
       with(kText + std::string(kText)),
       "!field:interview_question.texts[1].language_code"},
  });
}

TEST(UpdateInterviewQuestion, Rules) {
  CheckDecisions<InterviewQuestionModel, v1::UpdateInterviewQuestionRequest>({
      {"retires one",
       {kMade},
       "interview_question { retired: true }",
       "updated { changed { paths: 'retired' } interview_question { retired: true } }"},
      {"is quiet when it is so", {kMade}, "interview_question { " + std::string(kText) + "}", {}},
      {"keeps a text",
       {kMade},
       "interview_question {} update_mask { paths: 'texts' }",
       "!field:interview_question.texts"},
  });
}

constexpr char kTitle[] = "titles { language_code: 'en' text: 'Short' } ";
std::string Script(const std::string& more) {
  return "interview_script { " + std::string(kTitle) + more + " }";
}
const std::string kScriptMade = "created { " + Script("questions: 'interviewQuestions/a'") + " }";

TEST(CreateInterviewScript, Rules) {
  const engine::Context context = FixedContext<InterviewScriptModel>();
  CheckDecisions<InterviewScriptModel, v1::CreateInterviewScriptRequest>(
      {
          {"makes one", {}, Script("questions: 'interviewQuestions/a'"), kScriptMade},
          {"needs a question", {}, Script(""), "!field:interview_script.questions"},
          {"refuses what is no question",
           {},
           Script("questions: 'a'"),
           "!field:interview_script.questions[0]"},
          {"refuses a question twice",
           {},
           Script("questions: 'interviewQuestions/a' questions: 'interviewQuestions/a'"),
           "!field:interview_script.questions[1]"},
          {"needs a title",
           {},
           "interview_script { questions: 'interviewQuestions/a' }",
           "!field:interview_script.titles"},
      },
      context, InterviewScriptModel::Facts{});
  CheckDecisions<InterviewScriptModel, v1::CreateInterviewScriptRequest>(
      {{"refuses what is not known",
        {},
        Script("questions: 'interviewQuestions/a'"),
        "!QUESTION_UNKNOWN"}},
      context, InterviewScriptModel::Facts{"interviewQuestions/a"});
}

TEST(UpdateInterviewScript, Rules) {
  const engine::Context context = FixedContext<InterviewScriptModel>();
  CheckDecisions<InterviewScriptModel, v1::UpdateInterviewScriptRequest>(
      {
          {"changes the order",
           {kScriptMade},
           "interview_script { questions: 'interviewQuestions/b' questions: "
           "'interviewQuestions/a' }",
           "updated { changed { paths: 'questions' } interview_script { questions: "
           "'interviewQuestions/b' questions: 'interviewQuestions/a' } }"},
          {"is quiet when it is so",
           {kScriptMade},
           "interview_script { questions: 'interviewQuestions/a' }",
           {}},
          {"keeps a question",
           {kScriptMade},
           "interview_script {} update_mask { paths: 'questions' }",
           "!field:interview_script.questions"},
      },
      context, InterviewScriptModel::Facts{});
  CheckDecisions<InterviewScriptModel, v1::UpdateInterviewScriptRequest>(
      {{"refuses what is not known",
        {kScriptMade},
        "interview_script { questions: 'interviewQuestions/b' }",
        "!QUESTION_UNKNOWN"}},
      context, InterviewScriptModel::Facts{"interviewQuestions/b"});
}

TEST(CreateInterviewScript, LooksForQuestionsUnlessTheServiceSetsUpItsOwn) {
  testing::FakeRows rows(kInterviewQuestions);
  v1::CreateInterviewScriptRequest create;
  create.mutable_interview_script()->add_questions("interviewQuestions/a");
  engine::Context context = FixedContext<InterviewScriptModel>();
  EXPECT_EQ(InterviewScriptModel::Gather(create, context, rows).unknown, "interviewQuestions/a");
  context.actor = "service:customer";
  EXPECT_FALSE(InterviewScriptModel::Gather(create, context, rows).unknown.has_value());
  v1::InterviewQuestion question;
  question.set_name("interviewQuestions/a");
  rows.Put(kInterviewQuestions, question);
  context.actor = "user:ann";
  EXPECT_FALSE(InterviewScriptModel::Gather(create, context, rows).unknown.has_value());
}

// What is set up is taken, and every question of the script is made.
TEST(SeedInterviews, IsTaken) {
  std::set<std::string> made;
  v1::InterviewScript script;
  for (const auto& command : SeedInterviews()) {
    if (const auto* create =
            dynamic_cast<const v1::CreateInterviewQuestionRequest*>(command.get())) {
      EXPECT_EQ(create->interview_question().texts_size(), 2);
      EXPECT_TRUE(InterviewQuestionModel::Decide({}, *create, {}).ok());
      made.insert("interviewQuestions/" + create->interview_question_id());
    }
    if (const auto* create = dynamic_cast<const v1::CreateInterviewScriptRequest*>(command.get())) {
      EXPECT_TRUE(InterviewScriptModel::Decide({}, *create, {}, {}).ok());
      script = create->interview_script();
    }
  }
  ASSERT_EQ(script.questions_size(), 8);
  EXPECT_EQ(script.questions(0), "interviewQuestions/opening");
  for (const std::string& question : script.questions()) EXPECT_EQ(made.count(question), 1u);
}

TEST(TitleIn, TheCustomersLanguageElseEnglishElseTheFirst) {
  auto script = ParseText<v1::InterviewScript>(
      "titles { language_code: 'zh-CN' text: '访谈' } titles { language_code: 'en' text: 'Talk' }");
  EXPECT_EQ(TitleIn(script, "zh-CN"), "访谈");
  EXPECT_EQ(TitleIn(script, "fr"), "Talk");
  script.mutable_titles()->RemoveLast();
  EXPECT_EQ(TitleIn(script, "fr"), "访谈");
  EXPECT_EQ(TitleIn({}, "en"), "");
}

}  // namespace
}  // namespace crm::customer
