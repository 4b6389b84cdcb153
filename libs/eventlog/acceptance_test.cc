#include "libs/eventlog/acceptance.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace crm::eventlog {
namespace {

Verdict Judge(Acceptance& acceptance, std::string_view type, std::string_view fence) {
  Record record;
  record.headers = {{"ce_type", type}, {"ce_fence", fence}};
  return acceptance.Judge(record);
}
Verdict Fact(Acceptance& acceptance, int64_t fence, std::string_view id) {
  Record record;
  const std::string text = FormatFence(fence);
  record.headers = {{"ce_type", "crm.sales.v1.OpportunityWon"},
                    {"ce_fence", text},
                    {"ce_revision", text},
                    {"ce_id", id}};
  return acceptance.Judge(record);
}
Verdict Claim(Acceptance& acceptance, int64_t epoch) {
  return Judge(acceptance, kClaimType, FormatFence(epoch));
}
Verdict Event(Acceptance& acceptance, int64_t fence) {
  return Judge(acceptance, "crm.sales.v1.OpportunityWon", FormatFence(fence));
}

TEST(Fence, FormatsAndParses) {
  EXPECT_EQ(FormatFence(7), "00000000000000000007");
  for (int64_t fence : {int64_t{0}, int64_t{1}, std::numeric_limits<int64_t>::max()}) {
    EXPECT_EQ(ParseFence(FormatFence(fence)), fence);
  }
  for (const char* text :
       {"", "7", "0000000000000000000x", "+0000000000000000007", "-0000000000000000007",
        "000000000000000000007", " 0000000000000000007", "09223372036854775808"}) {
    EXPECT_EQ(ParseFence(text), -1) << text;
  }
}

TEST(Acceptance, NothingCountsBeforeTheFirstClaim) {
  Acceptance acceptance;
  EXPECT_EQ(Event(acceptance, 0), Verdict::kRejected);
  EXPECT_EQ(Event(acceptance, 1), Verdict::kRejected);
  EXPECT_EQ(Claim(acceptance, 0), Verdict::kRejected);
  EXPECT_EQ(acceptance.fence(), 0);
}

TEST(Acceptance, OnlyAHigherClaimCounts) {
  Acceptance acceptance;
  EXPECT_EQ(Claim(acceptance, 2), Verdict::kClaim);
  EXPECT_EQ(Claim(acceptance, 2), Verdict::kRejected);
  EXPECT_EQ(Claim(acceptance, 1), Verdict::kRejected);
  EXPECT_EQ(acceptance.fence(), 2);
  EXPECT_EQ(Event(acceptance, 2), Verdict::kAccepted);
  EXPECT_EQ(Claim(acceptance, 9), Verdict::kClaim);
  EXPECT_EQ(Event(acceptance, 2), Verdict::kRejected);
  EXPECT_EQ(Event(acceptance, 9), Verdict::kAccepted);
}

TEST(Acceptance, AnEventOfAFutureFenceDoesNotRaiseIt) {
  Acceptance acceptance;
  Claim(acceptance, 1);
  EXPECT_EQ(Event(acceptance, 5), Verdict::kRejected);
  EXPECT_EQ(acceptance.fence(), 1);
  EXPECT_EQ(Event(acceptance, 1), Verdict::kAccepted);
}

TEST(Acceptance, UnreadableHeadersDoNotCount) {
  Acceptance acceptance(4);
  EXPECT_EQ(Judge(acceptance, kClaimType, "5"), Verdict::kRejected);
  EXPECT_EQ(Judge(acceptance, "", ""), Verdict::kRejected);
  EXPECT_EQ(acceptance.Judge(Record{}), Verdict::kRejected);
  EXPECT_EQ(acceptance.fence(), 4);
}

TEST(Acceptance, ARecordThatComesTwiceCountsOnce) {
  Acceptance acceptance;
  Claim(acceptance, 3);
  EXPECT_EQ(Fact(acceptance, 3, "a-1"), Verdict::kAccepted);
  EXPECT_EQ(Fact(acceptance, 3, "a-1"), Verdict::kRejected);
  EXPECT_EQ(Fact(acceptance, 3, "a-3"), Verdict::kAccepted);
  EXPECT_EQ(Fact(acceptance, 3, "a-2"), Verdict::kRejected);
  EXPECT_EQ(Fact(acceptance, 3, "a-10"), Verdict::kAccepted);
  EXPECT_EQ(Fact(acceptance, 2, "a-11"), Verdict::kRejected);
  EXPECT_EQ(acceptance.number(), 10);
  EXPECT_EQ(Claim(acceptance, 4), Verdict::kClaim);
  EXPECT_EQ(Fact(acceptance, 4, "b-1"), Verdict::kAccepted);
}

TEST(Acceptance, WhatHasNoNumberCountsByItsFenceAlone) {
  for (const char* id :
       {"", "1", "a-", "a-x", "a-1x", "a-+1", "a- 1", "a-0", "a-1000000000000000000"}) {
    Acceptance acceptance(1);
    const Verdict expected =
        std::string_view(id) == "a-0" ? Verdict::kRejected : Verdict::kAccepted;
    EXPECT_EQ(Fact(acceptance, 1, id), expected) << id;
    EXPECT_EQ(Fact(acceptance, 2, id), Verdict::kRejected) << id;
    EXPECT_EQ(acceptance.number(), 0);
  }
  Acceptance acceptance(1);
  EXPECT_EQ(Fact(acceptance, 1, "a-002"), Verdict::kAccepted);
  EXPECT_EQ(Fact(acceptance, 1, "a-2"), Verdict::kRejected);
  EXPECT_EQ(NumberOf("a-b-999999999999999999"), 999'999'999'999'999'999);
}

// From any stored state on, a reader judges as one that read from the start: so it may be stored.
TEST(Acceptance, FenceAndNumberAreAllThereIsToRemember) {
  std::mt19937_64 random(7);
  Acceptance whole;
  int facts = 0;
  for (int i = 0; i < 5'000; ++i) {
    Acceptance resumed(whole.fence(), whole.number());
    const auto fence = static_cast<int64_t>(random() % 3) + whole.fence() - 1;
    const int64_t valid = fence < 0 ? 0 : fence;
    const int kind = static_cast<int>(random() % 4);
    const std::string id = "a-" + std::to_string(random() % 20);
    const auto judge = [&](Acceptance& acceptance) {
      if (kind == 0) return Claim(acceptance, valid);
      return kind == 1 ? Event(acceptance, valid) : Fact(acceptance, valid, id);
    };
    const Verdict verdict = judge(resumed);
    facts += kind > 1 && verdict == Verdict::kAccepted ? 1 : 0;
    EXPECT_EQ(verdict, judge(whole));
    EXPECT_EQ(resumed.fence(), whole.fence());
    EXPECT_EQ(resumed.number(), whole.number());
  }
  EXPECT_GT(facts, 100);
  EXPECT_GT(whole.fence(), 100);
}

}  // namespace
}  // namespace crm::eventlog
