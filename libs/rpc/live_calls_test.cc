#include "libs/rpc/live_calls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "crm/rpctest/v1/rpctest.pb.h"

namespace crm::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr absl::Duration kUnsentMax = absl::Seconds(30);

class LiveCallsTest : public testing::Test {
 protected:
  // A call of which nothing is known but who it is; cut off, it stays until it is let go.
  struct Caller {
    std::shared_ptr<Call> call;
    std::shared_ptr<Cut> cut;
    LiveCalls::Place place;
    absl::Status answered;
  };

  Caller& Enter(const std::string& name, absl::Time deadline = absl::InfiniteFuture()) {
    Caller& caller = *callers_.emplace_back(std::make_unique<Caller>());
    CallParts parts;
    parts.method = rpctest::v1::EchoRequest::descriptor()->file()->service(0)->method(0);
    parts.deadline = deadline;
    caller.call = std::make_shared<Call>(
        std::move(parts), [&caller](CallResult result) { caller.answered = result.status; });
    caller.cut = std::make_shared<Cut>([this, name] { cut_.push_back(name); });
    EXPECT_TRUE(calls_.Enter(caller.call, caller.cut, caller.place).ok());
    return caller;
  }
  bool Answer(Caller& caller, size_t bytes) {
    caller.call->Finish(std::string());
    return calls_.Answering(caller.place, bytes);
  }
  ~LiveCallsTest() override {
    for (const auto& caller : callers_) caller->call->Finish(std::string());
  }

  int told_ = 0;
  LiveCalls calls_{{.calls_max = 100, .unsent_bytes_max = 10, .unsent_max = kUnsentMax},
                   [this] { ++told_; }};
  std::vector<std::unique_ptr<Caller>> callers_;
  std::vector<std::string> cut_;
};

TEST_F(LiveCallsTest, TooManyBytesCutOffWhoWasAnsweredFirst) {
  Caller& came_first = Enter("came first");
  Caller& answered_first = Enter("answered first");
  Enter("not answered");
  Caller& last = Enter("last");
  EXPECT_TRUE(Answer(answered_first, 4));
  EXPECT_TRUE(Answer(came_first, 4));
  EXPECT_THAT(cut_, IsEmpty());
  EXPECT_TRUE(Answer(last, 4));
  EXPECT_THAT(cut_, ElementsAre("answered first"));
  EXPECT_EQ(told_, 1);
}

TEST_F(LiveCallsTest, OneLongAnswerCutsOffAsManyAsItNeedsButNeverItself) {
  Caller& a = Enter("a");
  Caller& b = Enter("b");
  Caller& c = Enter("c");
  Caller& longest = Enter("longest");
  EXPECT_TRUE(Answer(a, 3));
  EXPECT_TRUE(Answer(b, 3));
  EXPECT_TRUE(Answer(c, 3));
  EXPECT_TRUE(Answer(longest, 6));
  EXPECT_THAT(cut_, ElementsAre("a", "b"));
  Caller& longer = Enter("longer");
  calls_.Leave(a.place);
  calls_.Leave(b.place);
  calls_.Leave(c.place);
  calls_.Leave(longest.place);
  EXPECT_TRUE(Answer(longer, 15));
  EXPECT_THAT(cut_, ElementsAre("a", "b"));
}

TEST_F(LiveCallsTest, NoAnswerIsGivenWhileCutOnesHoldTwiceTheLimit) {
  Caller& a = Enter("a");
  Caller& b = Enter("b");
  Caller& c = Enter("c");
  EXPECT_TRUE(Answer(a, 10));
  EXPECT_TRUE(Answer(b, 10));
  EXPECT_THAT(cut_, ElementsAre("a"));
  EXPECT_FALSE(Answer(c, 1));
  calls_.Leave(a.place);
  EXPECT_TRUE(calls_.Answering(c.place, 1));
  EXPECT_THAT(cut_, ElementsAre("a", "b"));
}

TEST_F(LiveCallsTest, BytesOfOneThatWasCutOffCutOffNobodyElse) {
  Caller& a = Enter("a");
  Caller& b = Enter("b");
  EXPECT_TRUE(Answer(a, 8));
  EXPECT_TRUE(Answer(b, 8));
  Caller& c = Enter("c");
  EXPECT_TRUE(Answer(c, 2));
  EXPECT_THAT(cut_, ElementsAre("a"));
}

TEST_F(LiveCallsTest, AnOverdueCallIsToldAndCutOffWhenItDidNotTakeThat) {
  const absl::Time deadline = absl::UnixEpoch() + absl::Hours(1);
  Caller& late = Enter("late", deadline);
  calls_.EndOverdue(deadline - absl::Seconds(1));
  EXPECT_TRUE(late.answered.ok());
  // Long after: the process stood still meanwhile.
  const absl::Time seen = deadline + absl::Hours(1);
  calls_.EndOverdue(seen);
  EXPECT_TRUE(absl::IsDeadlineExceeded(late.answered));
  calls_.EndOverdue(seen + kUnsentMax - absl::Seconds(1));
  EXPECT_THAT(cut_, IsEmpty());
  calls_.EndOverdue(seen + kUnsentMax);
  calls_.EndOverdue(seen + 2 * kUnsentMax);
  EXPECT_THAT(cut_, ElementsAre("late"));
}

TEST_F(LiveCallsTest, AnAnswerToOneThatWasCutOffCountsUntilItLeaves) {
  const absl::Time deadline = absl::UnixEpoch();
  Caller& a = Enter("a", deadline);
  calls_.EndOverdue(deadline);
  calls_.EndOverdue(deadline + kUnsentMax);
  EXPECT_THAT(cut_, ElementsAre("a"));
  EXPECT_TRUE(calls_.Answering(a.place, 20));
  Caller& b = Enter("b");
  EXPECT_FALSE(Answer(b, 1));
  calls_.Leave(a.place);
  EXPECT_TRUE(calls_.Answering(b.place, 1));
}

TEST_F(LiveCallsTest, WhatGrpcHasLetGoIsNotEnded) {
  Caller& gone = Enter("gone");
  gone.cut->Gone();
  gone.cut->Now();
  EXPECT_THAT(cut_, IsEmpty());
}

}  // namespace
}  // namespace crm::rpc
