#include "services/customer/domain/insight_sheet.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/domain/follow_up_policy.h"
#include "services/customer/read/interview_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;
using testing::Given;
using testing::ParseText;

InsightSheetModel::Facts Of(v1::CustomerStatus status) {
  InsightSheetModel::Facts facts;
  facts.customer.emplace().set_status(status);
  facts.policy = DefaultFollowUpPolicy();
  facts.policy.set_etag("7");
  return facts;
}

constexpr char kParent[] = "parent: 'customers/customer-1' ";
const std::string kMade =
    "created { insight_sheet { about: 'customers/customer-1' entries_required: 4 "
    "follow_up_policy_etag: '7' } personal { worries: 'cost' } }";

TEST(CreateInsightSheet, Rules) {
  const auto with = [](const std::string& fields) {
    return kParent + ("insight_sheet { " + fields + " }");
  };
  CheckDecisions<InsightSheetModel, v1::CreateInsightSheetRequest>(
      {
          {"keeps its lists apart", {}, with("personal { worries: 'cost' }"), kMade},
          {"may be about an opportunity of the customer",
           {},
           with("about: 'customers/customer-1/opportunities/o1' personal { options: 'wait' }"),
           "created { insight_sheet { about: 'customers/customer-1/opportunities/o1' "
           "entries_required: 4 follow_up_policy_etag: '7' } personal { options: 'wait' } }"},
          {"says something", {}, with("personal {}"), "!field:insight_sheet.personal"},
          {"has lists", {}, with(""), "!field:insight_sheet.personal"},
          {"refuses one of somebody else",
           {},
           with("about: 'customers/other/opportunities/o1' personal {}"),
           "!field:insight_sheet.about"},
          {"refuses another thing",
           {},
           with("about: 'campaigns/k1' personal {}"),
           "!field:insight_sheet.about"},
          {"refuses a blank entry",
           {},
           with("personal { obstacles: 'a' obstacles: ' ' }"),
           "!field:insight_sheet.personal.obstacles[1]"},
          {"refuses an entry twice",
           {},
           with("personal { problems: 'a' problems: 'a' }"),
           "!field:insight_sheet.personal.problems[1]"},
      },
      FixedContext<InsightSheetModel>(), Of(v1::CUSTOMER_STATUS_PROSPECT));
  CheckDecisions<InsightSheetModel, v1::CreateInsightSheetRequest>(
      {{"refuses one of somebody erased", {}, with("personal {}"), "!CUSTOMER_ERASED"}},
      FixedContext<InsightSheetModel>(), Of(v1::CUSTOMER_STATUS_ERASED));
  v1::CreateInsightSheetRequest create;
  const testing::FakeRows rows(kCustomers, kFollowUpPolicies);
  create.set_parent("customers/nobody");
  const engine::Context context = FixedContext<InsightSheetModel>();
  const auto facts = InsightSheetModel::Gather(create, context, rows);
  EXPECT_TRUE(absl::IsNotFound(InsightSheetModel::Decide({}, create, context, facts).status()));
}

TEST(UpdateInsightSheet, Rules) {
  CheckDecisions<InsightSheetModel, v1::UpdateInsightSheetRequest>(
      {
          {"changes a list",
           {kMade},
           "insight_sheet { personal { options: 'wait' } } "
           "update_mask { paths: 'personal.options' }",
           "updated { changed { paths: 'personal.options' } personal { options: 'wait' } "
           "entries_required: 4 follow_up_policy_etag: '7' }"},
          {"clears a list",
           {kMade},
           "insight_sheet {} update_mask { paths: 'personal.worries' }",
           "updated { changed { paths: 'personal.worries' } personal {} entries_required: 4 "
           "follow_up_policy_etag: '7' }"},
          {"is quiet when it is so", {kMade}, "insight_sheet { personal { worries: 'cost' } }", {}},
          {"refuses to be about something else",
           {kMade},
           "insight_sheet { about: 'customers/customer-1/opportunities/o1' }",
           "!field:about"},
          {"refuses a blank entry",
           {kMade},
           "insight_sheet { personal { worries: ' ' } }",
           "!field:insight_sheet.personal.worries[0]"},
      },
      FixedContext<InsightSheetModel>(), Of(v1::CUSTOMER_STATUS_PROSPECT));
  CheckDecisions<InsightSheetModel, v1::UpdateInsightSheetRequest>(
      {{"refuses one of somebody erased", {kMade}, "insight_sheet {}", "!CUSTOMER_ERASED"}},
      FixedContext<InsightSheetModel>(), Of(v1::CUSTOMER_STATUS_ERASED));
}

TEST(InsightSheet, IsCompleteWithAsManyInEachListAsThePolicyAsks) {
  const auto sheet = Given<InsightSheetModel>({kMade});
  EXPECT_FALSE(sheet.complete());
  EXPECT_EQ(sheet.short_lists_size(), 5);
  std::string lists;
  for (const char* list : {"worries", "options", "opportunities", "obstacles", "problems"}) {
    for (const char* entry : {"a", "b", "c", "d"})
      lists += std::string(list) + ": '" + entry + "' ";
  }
  const std::string full =
      "created { insight_sheet { entries_required: 4 } personal { " + lists + "} }";
  EXPECT_TRUE(Given<InsightSheetModel>({full}).complete());
  const auto shorter = Given<InsightSheetModel>(
      {full,
       "updated { changed { paths: 'personal.options' } personal { options: 'a' } "
       "entries_required: 4 }"});
  EXPECT_FALSE(shorter.complete());
  ASSERT_EQ(shorter.short_lists_size(), 1);
  EXPECT_EQ(shorter.short_lists(0), v1::INSIGHT_LIST_OPTIONS);
  EXPECT_EQ(shorter.personal().worries_size(), 4);
}

}  // namespace
}  // namespace crm::customer
