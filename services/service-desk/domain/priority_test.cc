#include "services/service-desk/domain/priority.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "services/service-desk/domain/ticket_test_helpers.h"

namespace crm::servicedesk {
namespace {

using customer::v1::TIER_BIG;
using customer::v1::TIER_MEDIUM;
using customer::v1::TIER_SMALL;
using customer::v1::TIER_TOP;
using customer::v1::TIER_UNSPECIFIED;

PriorityFacts Of(int impact, int urgency, customer::v1::Tier tier, int open_complaints = 0) {
  return {.impact = impact, .urgency = urgency, .tier = tier, .open_complaints = open_complaints};
}

TEST(ScorePriority, ByHand) {
  struct Row {
    PriorityFacts facts;
    int score_hundredths;
    v1::Priority priority;
  };
  const Row rows[] = {
      {Of(1, 1, TIER_UNSPECIFIED), 90, v1::PRIORITY_LOW},
      {Of(1, 1, TIER_SMALL), 90, v1::PRIORITY_LOW},
      {Of(1, 2, TIER_MEDIUM), 150, v1::PRIORITY_LOW},
      {Of(1, 2, TIER_MEDIUM, 1), 160, v1::PRIORITY_MEDIUM},  // On the threshold.
      {Of(2, 2, TIER_BIG, 2), 230, v1::PRIORITY_MEDIUM},
      {Of(2, 2, TIER_BIG, 3), 240, v1::PRIORITY_HIGH},  // On the threshold.
      {Of(3, 3, TIER_TOP), 300, v1::PRIORITY_HIGH},
      {Of(3, 3, TIER_TOP, 2), 320, v1::PRIORITY_URGENT},  // On the threshold.
      {Of(4, 4, TIER_TOP, 4), 400, v1::PRIORITY_URGENT},
      {Of(4, 4, TIER_TOP, 99), 400, v1::PRIORITY_URGENT},  // At most four count.
  };
  for (const Row& row : rows) {
    const ScoredPriority scored = ScorePriority(StandardPolicy(), row.facts);
    EXPECT_EQ(scored.basis.score_hundredths(), row.score_hundredths);
    EXPECT_EQ(scored.priority, row.priority) << row.score_hundredths;
  }
}

// The formula said in tenths: 3 impact + 3 urgency + 3 tier + complaints, from 32, 24 and 16 on.
TEST(ScorePriority, EveryCombination) {
  const v1::PriorityPolicy policy = StandardPolicy();
  for (int impact = 1; impact <= 4; ++impact) {
    for (int urgency = 1; urgency <= 4; ++urgency) {
      for (int tier = TIER_TOP; tier <= TIER_SMALL; ++tier) {
        for (int complaints = 0; complaints <= 6; ++complaints) {
          const int tenths = 3 * (impact + urgency + 5 - tier) + std::min(complaints, 4);
          const v1::Priority want = tenths >= 32   ? v1::PRIORITY_URGENT
                                    : tenths >= 24 ? v1::PRIORITY_HIGH
                                    : tenths >= 16 ? v1::PRIORITY_MEDIUM
                                                   : v1::PRIORITY_LOW;
          PriorityFacts facts =
              Of(impact, urgency, static_cast<customer::v1::Tier>(tier), complaints);
          const ScoredPriority plain = ScorePriority(policy, facts);
          ASSERT_EQ(plain.priority, want) << tenths;
          ASSERT_EQ(plain.basis.score_hundredths(), 10 * tenths);
          int sum = 0;
          for (const v1::PriorityReason& reason : plain.basis.reasons()) {
            sum += reason.score_hundredths();
          }
          ASSERT_EQ(sum, plain.basis.score_hundredths());
          facts.complaint = true;
          ASSERT_EQ(ScorePriority(policy, facts).priority,
                    tier == TIER_TOP ? v1::PRIORITY_URGENT : want);
        }
      }
    }
  }
}

TEST(ScorePriority, RaisesAComplaintOfTheTopTier) {
  PriorityFacts facts = Of(1, 1, TIER_TOP);
  facts.complaint = true;
  v1::PriorityPolicy policy = StandardPolicy();
  const ScoredPriority raised = ScorePriority(policy, facts);
  EXPECT_EQ(raised.priority, v1::PRIORITY_URGENT);
  EXPECT_EQ(raised.basis.score_hundredths(), 180);  // The score stays what it is.
  EXPECT_EQ(raised.basis.reasons().rbegin()->factor(), v1::PRIORITY_FACTOR_TOP_TIER_COMPLAINT);
  policy.set_top_tier_complaint_priority(v1::PRIORITY_LOW);
  EXPECT_EQ(ScorePriority(policy, facts).priority, v1::PRIORITY_MEDIUM);  // Never lowered.
  policy.clear_top_tier_complaint_priority();
  EXPECT_EQ(ScorePriority(policy, facts).priority, v1::PRIORITY_MEDIUM);
  EXPECT_EQ(ScorePriority(policy, facts).basis.reasons_size(), 4);
}

TEST(ScorePriority, FollowsThePolicy) {
  v1::PriorityPolicy policy = StandardPolicy();
  policy.set_etag("9");
  policy.set_impact_weight_percent(70);
  policy.set_urgency_weight_percent(30);
  policy.set_tier_weight_percent(0);
  policy.set_complaints_weight_percent(0);
  const ScoredPriority scored = ScorePriority(policy, Of(1, 4, TIER_TOP, 4));
  EXPECT_EQ(scored.basis.score_hundredths(), 190);
  EXPECT_EQ(scored.basis.priority_policy_etag(), "9");
}

}  // namespace
}  // namespace crm::servicedesk
