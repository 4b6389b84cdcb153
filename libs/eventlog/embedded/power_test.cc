// The embedded log when the power goes or a sync fails: what was reported is there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "libs/eventlog/embedded/embedded_log.h"
#include "libs/eventlog/embedded/embedded_testing.h"

namespace crm::eventlog {
namespace {

using ::testing::HasSubstr;
using testing::UnsyncedEnv;

TEST_F(EmbeddedLogTest, NothingIsSeenWhoseSyncFailed) {
  Open();
  Put(0, 1, "good");
  const auto writer = *log_->OpenWriter(kTopic, [] {});
  env_.FailSyncs(true);
  ASSERT_TRUE(writer->Append(Plain(0, "bad").View(), 1).ok());
  const std::vector<Delivery> told = Await(*writer, 1);
  EXPECT_TRUE(absl::IsUnavailable(told[0].status)) << told[0].status;
  EXPECT_EQ(failures_, 1);
  EXPECT_THAT(std::string(failure_.message()), HasSubstr(kPath));
  env_.FailSyncs(false);  // Even then: what the disk holds is unknown.
  EXPECT_TRUE(writer->Broken());
  EXPECT_TRUE(absl::IsUnavailable(writer->Append(Plain(0, "after").View(), 2)));
  std::vector<std::string> values;
  ASSERT_TRUE(ReadAll(0, values).ok());
  EXPECT_THAT(values, ::testing::ElementsAre("good0"));
}

TEST_F(EmbeddedLogTest, AFailedSyncEndsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        auto log = *EmbeddedLog::Open({.path = kPath, .env = &env_});
        EXPECT_TRUE(log->CreateTopic(kTopic, 1, absl::ZeroDuration()).ok());
        const auto writer = *log->OpenWriter(kTopic, [] {});
        env_.FailSyncs(true);
        EXPECT_TRUE(writer->Append(Plain(0, "bad").View(), 1).ok());
        Await(*writer, 1);
      },
      "a write of the log failed");
}

using Reported = std::map<std::pair<int, Offset>, std::string>;  // Value by partition and offset.

// Appends until the power goes, and adds what was reported as written.
void AppendUntilCrash(EmbeddedLog& log, UnsyncedEnv& env, uint64_t life, Reported& reported) {
  std::mt19937_64 random(life);
  const auto writer = *log.OpenWriter(kTopic, [] {});
  std::vector<std::string> values;
  std::vector<Delivery> told;
  while (!env.crashed()) {
    const std::string value = std::to_string(life) + "-" + std::to_string(values.size());
    const int partition = static_cast<int>(random() % 3);
    if (!writer->Append(Plain(partition, value).View(), values.size()).ok()) break;
    values.push_back(value);
    Until([&] {
      writer->Poll(told);
      return values.size() - told.size() < 1 + random() % 8;
    });
  }
  Until([&] {
    writer->Poll(told);
    return told.size() >= values.size();
  });
  for (const Delivery& delivery : told) {
    if (!delivery.status.ok()) continue;
    reported[{delivery.partition, delivery.offset}] = values[delivery.token];
  }
}

// The power goes at any operation, also while the log is opened again: what was reported is there,
// at its place.
TEST_F(EmbeddedLogTest, WhatWasReportedSurvivesTheLossOfPower) {
  Reported reported;
  int lives = 0;
  for (uint64_t life = 0; life < 150; ++life) {
    SCOPED_TRACE(life);
    std::mt19937_64 random(life);
    env_.CrashAfter(1 + static_cast<int64_t>(random() % 120));
    auto opened = TryOpen();
    if (opened.ok()) log_ = *std::move(opened);
    EXPECT_FALSE(absl::IsDataLoss(opened.status())) << opened.status();
    if (log_ != nullptr && log_->CreateTopic(kTopic, 3, absl::ZeroDuration()).ok()) {
      ++lives;
      Reported found;
      for (int partition = 0; partition < 3; ++partition) {
        std::vector<std::string> values;
        ASSERT_TRUE(ReadAll(partition, values).ok());
        for (size_t i = 0; i < values.size(); ++i)
          found[{partition, static_cast<Offset>(i)}] = values[i];
      }
      for (const auto& [where, value] : reported) ASSERT_EQ(found[where], value);
      AppendUntilCrash(*log_, env_, life, reported);
    }
    env_.Crash();
    log_.reset();
    env_.Restart(random() % 2 == 0 ? UnsyncedEnv::Loss::kAll : UnsyncedEnv::Loss::kTorn, life);
  }
  EXPECT_GT(lives, 50);
  EXPECT_GT(reported.size(), 200u);
}

TEST_F(EmbeddedLogTest, ACommitOutlivesTheLossOfPowerOnceALaterAppendIsReported) {
  Open(1);
  Put(0, 3, "v");
  {
    const auto group = *log_->OpenGroup("g", {kTopic}, [] {});
    GroupRecords batch;
    ASSERT_TRUE(group->Poll(10, batch).ok());
    ASSERT_TRUE(group->Commit(kTopic, 0, 2, "m").ok());
    Put(0, 1, "later");
  }
  env_.Crash();
  log_.reset();
  env_.Restart(UnsyncedEnv::Loss::kAll);
  Open(1);
  const auto group = *log_->OpenGroup("g", {kTopic}, [] {});
  GroupRecords batch;
  ASSERT_TRUE(group->Poll(10, batch).ok());
  ASSERT_EQ(batch.assignments.size(), 1u);
  EXPECT_EQ(batch.assignments[0].next, 2);
  EXPECT_EQ(batch.assignments[0].metadata, "m");
}

}  // namespace
}  // namespace crm::eventlog
