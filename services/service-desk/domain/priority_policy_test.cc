#include "services/service-desk/domain/priority_policy.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/testing/decisions.h"

namespace crm::servicedesk {
namespace {

using testing::CheckDecisions;

const std::string kPolicy =
    "priority_policy { display_name: 'Ours' impact_weight_percent: 30 urgency_weight_percent: 30 "
    "tier_weight_percent: 30 complaints_weight_percent: 10 "
    "tier_points { top: 4 big: 3 medium: 2 small: 1 } complaints_points_max: 4 "
    "urgent_score_hundredths: 320 high_score_hundredths: 240 medium_score_hundredths: 160 "
    "top_tier_complaint_priority: PRIORITY_URGENT }";

std::string With(const std::string& from, const std::string& to) {
  std::string text = kPolicy;
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

testing::DecisionRow Refuses(const char* rule, const std::string& from, const std::string& to,
                             const std::string& field) {
  return {rule, {}, With(from, to), "!field:priority_policy." + field};
}

TEST(CreatePriorityPolicy, Rules) {
  CheckDecisions<PriorityPolicyModel, v1::CreatePriorityPolicyRequest>({
      {"creates", {}, kPolicy, "created { " + kPolicy + " }"},
      {"may leave top-tier complaints to their score",
       {},
       With("top_tier_complaint_priority: PRIORITY_URGENT", ""),
       "created { " + With("top_tier_complaint_priority: PRIORITY_URGENT", "") + " }"},
      Refuses("needs what people call it", "'Ours'", "' '", "display_name"),
      Refuses("refuses weights that are not all", "tier_weight_percent: 30",
              "tier_weight_percent: 29", "impact_weight_percent"),
      Refuses("refuses a negative weight", "urgency_weight_percent: 30",
              "urgency_weight_percent: -1", "urgency_weight_percent"),
      Refuses("refuses a weight above 100", "complaints_weight_percent: 10",
              "complaints_weight_percent: 101", "complaints_weight_percent"),
      Refuses("refuses points above 4", "top: 4", "top: 5", "tier_points.top"),
      Refuses("refuses negative points", "small: 1", "small: -1", "tier_points.small"),
      Refuses("refuses more points for a lower tier", "medium: 2", "medium: 4",
              "tier_points.medium"),
      Refuses("refuses 5 points for complaints", "points_max: 4", "points_max: 5",
              "complaints_points_max"),
      Refuses("needs a threshold for MEDIUM", "medium_score_hundredths: 160", "",
              "medium_score_hundredths"),
      Refuses("refuses HIGH at MEDIUM", "high_score_hundredths: 240", "high_score_hundredths: 160",
              "high_score_hundredths"),
      Refuses("refuses URGENT at HIGH", "urgent_score_hundredths: 320",
              "urgent_score_hundredths: 240", "urgent_score_hundredths"),
      Refuses("refuses a threshold that nothing reaches", "urgent_score_hundredths: 320",
              "urgent_score_hundredths: 401", "urgent_score_hundredths"),
      Refuses("refuses an unknown priority", "PRIORITY_URGENT", "9", "top_tier_complaint_priority"),
  });
}

TEST(UpdatePriorityPolicy, Rules) {
  const std::string created = "created { " + kPolicy + " }";
  CheckDecisions<PriorityPolicyModel, v1::UpdatePriorityPolicyRequest>({
      {"changes what is named",
       {created},
       "priority_policy { urgent_score_hundredths: 350 } "
       "update_mask { paths: 'urgent_score_hundredths' }",
       "updated { " + With("urgent_score_hundredths: 320", "urgent_score_hundredths: 350") + " }"},
      {"makes a number 0 when it is named",
       {created},
       "priority_policy { } update_mask { paths: 'complaints_points_max' }",
       "updated { " + With("complaints_points_max: 4", "") + " }"},
      {"is quiet when it is so already",
       {created},
       "priority_policy { display_name: 'Ours' } update_mask { paths: 'display_name' }",
       ""},
      {"refuses what makes no policy",
       {created},
       "priority_policy { tier_weight_percent: 50 } update_mask { paths: 'tier_weight_percent' }",
       "!field:priority_policy.impact_weight_percent"},
  });
  const v1::PriorityPolicy policy =
      testing::Given<PriorityPolicyModel>({created, "updated { " + With("'Ours'", "'New'") + " }"});
  EXPECT_EQ(policy.name(), "priorityPolicies/priority-policy-1");
  EXPECT_EQ(policy.etag(), "2");
  EXPECT_TRUE(policy.has_create_time());
  EXPECT_EQ(policy.display_name(), "New");
}

TEST(PriorityPolicyDeathTest, AnUnknownFactEndsTheProcess) {
  v1::PriorityPolicy policy;
  EXPECT_DEATH(PriorityPolicyModel::Evolve(policy, v1::PriorityPolicyEvent()),
               "facts it does not know");
}

}  // namespace
}  // namespace crm::servicedesk
