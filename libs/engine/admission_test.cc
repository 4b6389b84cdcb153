#include "libs/engine/admission.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "libs/base/status.h"

namespace crm::engine {
namespace {

class AdmissionTest : public testing::Test {
 protected:
  absl::Status Come(const std::string& name, CommandClass priority = CommandClass::kInteractive) {
    Command command;
    command.name = name;
    command.priority = priority;
    command.done = [](CommandResult) {};
    absl::Status status = admission_.Admit(command);
    if (status.ok()) waiting_.push_back(std::move(command));
    return status;
  }
  // Each of a key of its own, until one is refused.
  void Fill() {
    while (Come("accounts/" + std::to_string(number_++)).ok()) continue;
  }
  void Answer(size_t count, const absl::Status& status = absl::OkStatus()) {
    for (; count > 0 && !waiting_.empty(); --count) {
      CommandResult result;
      result.status = status;
      waiting_.back().done(std::move(result));
      waiting_.pop_back();
    }
  }
  // A second passes in which so many are answered and as many come.
  void Second(size_t answered, const absl::Status& status = absl::OkStatus()) {
    for (int i = 0; i < 10; ++i) {
      now_ += kAdmissionLearnedEvery;
      Answer(answered / 10, status);
      Fill();
      admission_.Learn(now_);
    }
  }

  Admission admission_;
  std::vector<Command> waiting_;
  int number_ = 0;
  absl::Duration now_ = absl::Seconds(100);
};

TEST_F(AdmissionTest, EachClassHasALimitOfItsOwn) {
  Fill();
  EXPECT_EQ(waiting_.size(), kQueuedInteractiveMax);
  const absl::Status refused = Come("accounts/more");
  EXPECT_TRUE(absl::IsUnavailable(refused));
  EXPECT_EQ(base::ReasonOf(refused), "QUEUE_FULL");
  EXPECT_TRUE(Come("accounts/more", CommandClass::kSystem).ok());
  EXPECT_TRUE(Come("accounts/more", CommandClass::kBatch).ok());
  Answer(3);
  EXPECT_TRUE(Come("accounts/more").ok());
}

TEST_F(AdmissionTest, AKeyHasAPartAndLeavesTheRestToOthers) {
  for (size_t i = 0; i < kQueuedPerKeyMax; ++i) EXPECT_TRUE(Come("accounts/hot").ok());
  EXPECT_EQ(base::ReasonOf(Come("accounts/hot")), "QUEUE_FULL");
  EXPECT_EQ(base::ReasonOf(Come("accounts/hot/orders/o")), "QUEUE_FULL");
  EXPECT_TRUE(Come("accounts/hot", CommandClass::kBatch).ok());
  EXPECT_TRUE(Come("accounts/cold").ok());
  Answer(waiting_.size());
  EXPECT_TRUE(admission_.idle());
  EXPECT_TRUE(Come("accounts/hot").ok());
  EXPECT_FALSE(admission_.idle());
}

TEST_F(AdmissionTest, WhoIsRefusedIsNotCounted) {
  Fill();
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(Come("accounts/a").ok());
  Answer(waiting_.size());
  EXPECT_TRUE(admission_.idle());
}

TEST_F(AdmissionTest, TwoHotKeysLeaveRoomForOthers) {
  for (int i = 0; i < 50; ++i) {
    while (Come("accounts/hot").ok() || Come("accounts/hotter").ok()) continue;
    now_ += kAdmissionLearnedEvery;
    Answer(40);
    admission_.Learn(now_);
  }
  EXPECT_EQ(admission_.interactive_max(), kQueuedInteractiveMax);
  EXPECT_TRUE(Come("accounts/cold").ok());
}

TEST_F(AdmissionTest, ManyKeysWithSomeEachNarrowIt) {
  for (const int keys : {40, 100}) {
    SCOPED_TRACE(keys);
    for (int i = 0; i < 50; ++i) {
      for (int key = 0; Come("accounts/" + std::to_string(key)).ok(); key = (key + 1) % keys)
        continue;
      now_ += kAdmissionLearnedEvery;
      Answer(70);
      admission_.Learn(now_);
    }
    EXPECT_LE(admission_.interactive_max(), 1'600u);
  }
}

TEST_F(AdmissionTest, NoMoreWaitThanAreDoneInTime) {
  for (int i = 0; i < 5; ++i) Second(1'000);
  EXPECT_GE(admission_.interactive_max(), 900u);
  EXPECT_LE(admission_.interactive_max(), 1'100u);
  EXPECT_LE(waiting_.size(), 1'100u);
}

TEST_F(AdmissionTest, WhatIsNotDecidedIsNotDone) {
  for (int i = 0; i < 5; ++i) Second(3'000, absl::DeadlineExceededError("too late"));
  EXPECT_EQ(admission_.interactive_max(), kQueuedInteractiveMin);
}

TEST_F(AdmissionTest, WhoIsFastAgainLetsMoreIn) {
  for (int i = 0; i < 3; ++i) Second(0);
  EXPECT_EQ(admission_.interactive_max(), kQueuedInteractiveMin);
  for (int i = 0; i < 3; ++i) Second(20'000);
  EXPECT_EQ(admission_.interactive_max(), kQueuedInteractiveMax);
}

TEST_F(AdmissionTest, TheFirstLookHasNothingToLearnFrom) {
  Fill();
  admission_.Learn(now_);
  EXPECT_EQ(admission_.interactive_max(), kQueuedInteractiveMax);
}

TEST_F(AdmissionTest, AFewWhoCallNowAndThenDoNotNarrowIt) {
  for (int i = 0; i < 30; ++i) {
    EXPECT_TRUE(Come("accounts/a").ok());
    Answer(1);
    now_ += absl::Seconds(3);
    admission_.Learn(now_);
  }
  EXPECT_EQ(admission_.interactive_max(), kQueuedInteractiveMax);
}

}  // namespace
}  // namespace crm::engine
