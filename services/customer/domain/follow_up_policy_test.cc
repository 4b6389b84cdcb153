#include "services/customer/domain/follow_up_policy.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>

#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/read/interview_tables.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;

engine::Context Context() {
  engine::Context context = FixedContext<FollowUpPolicyModel>();
  context.name = kStandardFollowUpPolicy;
  return context;
}

std::string Default(const std::string& more = "") {
  std::string text;
  google::protobuf::TextFormat::PrintToString(DefaultFollowUpPolicy(), &text);
  return "follow_up_policy { " + text + more + " }";
}

TEST(CreateFollowUpPolicy, Rules) {
  CheckDecisions<FollowUpPolicyModel, v1::CreateFollowUpPolicyRequest>(
      {
          {"takes the default", {}, Default(), "created { " + Default() + " }"},
          {"needs rules", {}, "follow_up_policy {}", "!field:follow_up_policy.rules"},
      },
      Context());
  CheckDecisions<FollowUpPolicyModel, v1::CreateFollowUpPolicyRequest>(
      {{"there is only one", {}, Default(), "!field:follow_up_policy_id"}});
}

const std::string kMade = "created { " + Default() + " }";
std::string With(const std::string& fields, const std::string& paths) {
  return "follow_up_policy { " + fields + " } update_mask { " + paths + " }";
}

TEST(UpdateFollowUpPolicy, Rules) {
  CheckDecisions<FollowUpPolicyModel, v1::UpdateFollowUpPolicyRequest>(
      {
          {"changes what the mask says",
           {kMade},
           With("miss_hours: 24", "paths: 'miss_hours'"),
           "updated { changed { paths: 'miss_hours' } follow_up_policy { miss_hours: 24 } }"},
          {"is quiet when it is so", {kMade}, With("miss_hours: 48", "paths: 'miss_hours'"), {}},
          {"needs a rule for every signal",
           {kMade},
           With("rules { kinds: SIGNAL_KIND_NEED working_days: 1 }", "paths: 'rules'"),
           "!field:follow_up_policy.rules"},
          {"refuses a kind twice",
           {kMade},
           With("rules { kinds: SIGNAL_KIND_NEED kinds: SIGNAL_KIND_NEED working_days: 1 }",
                "paths: 'rules'"),
           "!field:follow_up_policy.rules[0].kinds[1]"},
          {"refuses days for the same day",
           {kMade},
           With("rules { same_day: true working_days: 1 }", "paths: 'rules'"),
           "!field:follow_up_policy.rules[0].working_days"},
          {"refuses no days",
           {kMade},
           With("rules {}", "paths: 'rules'"),
           "!field:follow_up_policy.rules[0].working_days"},
      },
      Context());
}

TEST(UpdateFollowUpPolicy, RefusesTimesThatAreNone) {
  CheckDecisions<FollowUpPolicyModel, v1::UpdateFollowUpPolicyRequest>(
      {
          {"refuses a weekday twice",
           {kMade},
           With("business_hours { weekday: 1 close_minute: 1 } "
                "business_hours { weekday: 1 close_minute: 1 }",
                "paths: 'business_hours'"),
           "!field:follow_up_policy.business_hours[1].weekday"},
          {"refuses an eighth weekday",
           {kMade},
           With("business_hours { weekday: 8 close_minute: 1 }", "paths: 'business_hours'"),
           "!field:follow_up_policy.business_hours[0].weekday"},
          {"refuses to close before opening",
           {kMade},
           With("business_hours { weekday: 1 open_minute: 60 close_minute: 60 }",
                "paths: 'business_hours'"),
           "!field:follow_up_policy.business_hours[0].close_minute"},
          {"refuses a week without work",
           {kMade},
           With("", "paths: 'business_hours'"),
           "!field:follow_up_policy.business_hours"},
          {"refuses a holiday that is worked on",
           {kMade},
           With("holiday_dates { year: 2026 month: 3 day: 6 } "
                "extra_working_dates { year: 2026 month: 3 day: 6 }",
                "paths: 'holiday_dates' paths: 'extra_working_dates'"),
           "!field:follow_up_policy.extra_working_dates[0]"},
          {"refuses a tier twice",
           {kMade},
           With("forms { form: INTERVIEW_FORM_WEB } forms { form: INTERVIEW_FORM_WEB }",
                "paths: 'forms'"),
           "!field:follow_up_policy.forms[1].tier"},
          {"needs a form",
           {kMade},
           With("forms {}", "paths: 'forms'"),
           "!field:follow_up_policy.forms[0].form"},
          {"refuses too short a time to report",
           {kMade},
           With("", "paths: 'miss_hours'"),
           "!field:follow_up_policy.miss_hours"},
          {"refuses sheets that need nothing",
           {kMade},
           With("", "paths: 'insight_entries'"),
           "!field:follow_up_policy.insight_entries"},
          {"refuses interviews of no length",
           {kMade},
           With("interview_minutes: 4", "paths: 'interview_minutes'"),
           "!field:follow_up_policy.interview_minutes"},
          {"refuses a minute that is none",
           {kMade},
           With("next_day_minute: 1440", "paths: 'next_day_minute'"),
           "!field:follow_up_policy.next_day_minute"},
          {"refuses more than a day",
           {kMade},
           With("same_day_minutes: 1441", "paths: 'same_day_minutes'"),
           "!field:follow_up_policy.same_day_minutes"},
      },
      Context());
}

TEST(FollowUpPolicyIn, TheDefaultHoldsUntilThereIsOne) {
  testing::FakeRows rows(kFollowUpPolicies);
  EXPECT_EQ(FollowUpPolicyIn(rows).miss_hours(), 48);
  v1::FollowUpPolicy policy;
  policy.set_name(kStandardFollowUpPolicy);
  policy.set_miss_hours(7);
  rows.Put(kFollowUpPolicies, policy);
  EXPECT_EQ(FollowUpPolicyIn(rows).miss_hours(), 7);
}

}  // namespace
}  // namespace crm::customer
