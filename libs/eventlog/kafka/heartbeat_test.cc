#include "libs/eventlog/kafka/heartbeat.h"

#include <gtest/gtest.h>

namespace crm::eventlog::kafka {
namespace {

constexpr int16_t kProduce = 0;
constexpr int16_t kFindCoordinator = 10;
constexpr int16_t kJoin = 11;
constexpr int16_t kHeartbeat = 12;
constexpr int16_t kLeave = 13;
constexpr int16_t kSync = 14;

// Sends requests at given seconds, answered at once unless said otherwise.
class HeartbeatTrackerTest : public testing::Test {
 protected:
  void Send(int16_t api_key, double second, bool answered = true, bool ok = true) {
    tracker_.OnSent(api_key, absl::Seconds(second));
    if (!answered) return;
    tracker_.OnReceived(api_key, ok);
    tracker_.OnReceived(api_key, ok);  // As librdkafka does.
  }
  void JoinAt(double second) {
    Send(kJoin, second);
    Send(kSync, second);
  }
  HeartbeatTracker tracker_{absl::Seconds(0.5)};
};

TEST_F(HeartbeatTrackerTest, NothingCountsBeforeItHasJoined) {
  EXPECT_EQ(tracker_.Last(), -absl::InfiniteDuration());
  Send(kHeartbeat, 1);
  Send(kHeartbeat, 2);
  EXPECT_EQ(tracker_.Last(), -absl::InfiniteDuration());
}

TEST_F(HeartbeatTrackerTest, AHeartbeatCountsFromItsSendingOnceTheNextFollows) {
  JoinAt(1);
  Send(kHeartbeat, 2);
  EXPECT_EQ(tracker_.Last(), absl::Seconds(1))
      << "the sync was good, of the heartbeat we cannot know";
  Send(kHeartbeat, 2.5);
  EXPECT_EQ(tracker_.Last(), absl::Seconds(2));
}

TEST_F(HeartbeatTrackerTest, ASyncCountsAtOnceWhenPartitionsCameOfIt) {
  JoinAt(1);
  EXPECT_EQ(tracker_.Last(), -absl::InfiniteDuration());
  tracker_.OnAssigned();
  EXPECT_EQ(tracker_.Last(), absl::Seconds(1));
  Send(kHeartbeat, 2);
  tracker_.OnAssigned();
  EXPECT_EQ(tracker_.Last(), absl::Seconds(1)) << "of the heartbeat it says nothing";
  tracker_.Reset();
  tracker_.OnAssigned();
  EXPECT_EQ(tracker_.Last(), -absl::InfiniteDuration());
}

TEST_F(HeartbeatTrackerTest, WhatWasNotAnsweredDoesNotCount) {
  JoinAt(1);
  Send(kHeartbeat, 2, /*answered=*/false);
  Send(kHeartbeat, 3);
  EXPECT_EQ(tracker_.Last(), absl::Seconds(1));
  Send(kHeartbeat, 4, /*answered=*/true, /*ok=*/false);  // 3 counts now, the broken 4 does not.
  Send(kHeartbeat, 5);
  EXPECT_EQ(tracker_.Last(), absl::Seconds(3));
}

TEST_F(HeartbeatTrackerTest, AnAnswerToSomethingElseDoesNotCount) {
  JoinAt(1);
  Send(kHeartbeat, 2, /*answered=*/false);
  tracker_.OnReceived(kProduce, true);
  tracker_.OnReceived(kJoin, true);
  Send(kHeartbeat, 3);
  EXPECT_EQ(tracker_.Last(), absl::Seconds(1));
}

TEST_F(HeartbeatTrackerTest, ARefusedHeartbeatDoesNotCount) {
  JoinAt(1);
  Send(kHeartbeat, 2);
  Send(kHeartbeat, 3);  // Answered, with a refusal: so the client joins again.
  Send(kJoin, 3.1);
  EXPECT_EQ(tracker_.Last(), absl::Seconds(2));
  Send(kJoin, 3.2);  // Refused too.
  EXPECT_EQ(tracker_.Last(), absl::Seconds(2));
}

TEST_F(HeartbeatTrackerTest, AHeartbeatThatMakesTheClientLookForTheCoordinatorDoesNotCount) {
  JoinAt(1);
  Send(kHeartbeat, 2);
  for (double second = 2.5; second < 6; second += 0.5) {
    Send(kHeartbeat, second);  // Answered with NOT_COORDINATOR.
    Send(kFindCoordinator, second + 0.01);
  }
  EXPECT_EQ(tracker_.Last(), absl::Seconds(2));
  Send(kHeartbeat, 6);
  Send(kHeartbeat, 6.5);
  EXPECT_EQ(tracker_.Last(), absl::Seconds(6));
}

TEST_F(HeartbeatTrackerTest, ARepeatedHeartbeatShowsThatTheOneBeforeWasRefused) {
  JoinAt(1);
  Send(kHeartbeat, 2);
  Send(kHeartbeat, 2.5);  // Answered with COORDINATOR_LOAD_IN_PROGRESS, as the next two are.
  Send(kHeartbeat, 2.6);
  Send(kHeartbeat, 2.7);
  Send(kHeartbeat, 3.2);
  EXPECT_EQ(tracker_.Last(), absl::Seconds(2));
  Send(kHeartbeat, 3.68);  // The timer was on time, the send of the one before a little late.
  EXPECT_EQ(tracker_.Last(), absl::Seconds(3.2));
}

TEST_F(HeartbeatTrackerTest, ARebalanceKeepsContact) {
  JoinAt(1);
  Send(kHeartbeat, 2);
  Send(kJoin, 2.5);
  Send(kSync, 3);
  EXPECT_EQ(tracker_.Last(), absl::Seconds(2.5));
  Send(kHeartbeat, 3.5);
  EXPECT_EQ(tracker_.Last(), absl::Seconds(3));
}

TEST_F(HeartbeatTrackerTest, LeavingEndsContactAtOnce) {
  JoinAt(1);
  Send(kHeartbeat, 2);
  Send(kLeave, 3);
  EXPECT_EQ(tracker_.Last(), -absl::InfiniteDuration());
  Send(kHeartbeat, 3.5);
  Send(kHeartbeat, 4);
  EXPECT_EQ(tracker_.Last(), -absl::InfiniteDuration());
}

TEST_F(HeartbeatTrackerTest, WhatCameBeforeAForgetDoesNotCount) {
  JoinAt(1);
  Send(kHeartbeat, 2);
  tracker_.Forget();
  EXPECT_EQ(tracker_.Last(), -absl::InfiniteDuration());
  Send(kHeartbeat, 3);
  EXPECT_EQ(tracker_.Last(), -absl::InfiniteDuration());
  Send(kHeartbeat, 4);
  EXPECT_EQ(tracker_.Last(), absl::Seconds(3));
}

TEST_F(HeartbeatTrackerTest, AfterAResetOnlyANewMembershipCounts) {
  JoinAt(1);
  Send(kHeartbeat, 2);
  tracker_.Reset();
  EXPECT_EQ(tracker_.Last(), -absl::InfiniteDuration());
  Send(kHeartbeat, 3);
  Send(kHeartbeat, 4);
  EXPECT_EQ(tracker_.Last(), -absl::InfiniteDuration());
  JoinAt(5);
  Send(kHeartbeat, 6);
  EXPECT_EQ(tracker_.Last(), absl::Seconds(5));
}

}  // namespace
}  // namespace crm::eventlog::kafka
