// What the embedded log promises beyond the conformance suite, while its disk works.
#include "libs/eventlog/embedded/embedded_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <thread>

#include "libs/eventlog/embedded/embedded_testing.h"
#include "libs/eventlog/embedded/limits.h"

namespace crm::eventlog {
namespace {

using ::testing::HasSubstr;

TEST_F(EmbeddedLogTest, ADirectoryHasOneUser) {
  Open();
  const absl::Status second = TryOpen().status();
  EXPECT_TRUE(absl::IsFailedPrecondition(second)) << second;
  EXPECT_THAT(std::string(second.message()), HasSubstr("directory in use"));
  EXPECT_THAT(std::string(second.message()), HasSubstr(kPath));
  log_.reset();
  EXPECT_TRUE(TryOpen().ok());
}

TEST_F(EmbeddedLogTest, ManyInFlightShareASync) {
  Open();
  const int64_t before = env_.syncs();
  Door door;
  door.Shut(true);
  const auto writer = *log_->OpenWriter(kTopic, [&] { door.Pass(); });
  ASSERT_TRUE(writer->Append(Plain(0, "first").View(), 0).ok());
  door.AwaitSomebody();  // The committer is busy reporting the first.
  for (int i = 0; i < 256; ++i) ASSERT_TRUE(writer->Append(Plain(i % 2, "v").View(), i).ok());
  door.Shut(false);
  Await(*writer, 257);
  EXPECT_LE(env_.syncs() - before, 3);
}

TEST_F(EmbeddedLogTest, AFullQueueTakesNothing) {
  Open();
  Door door;
  door.Shut(true);
  const auto writer = *log_->OpenWriter(kTopic, [&] { door.Pass(); });
  ASSERT_TRUE(writer->Append(Plain(0, "first").View(), 0).ok());
  door.AwaitSomebody();
  const std::string large(kEmbeddedRecordBytesMax / 2, 'x');
  size_t taken = 0;
  absl::Status status;
  while ((status = writer->Append(Plain(0, large).View(), 1)).ok()) ++taken;
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  EXPECT_GT(taken, 100u);
  EXPECT_LE(taken * large.size(), kEmbeddedQueueBytesMax);
  door.Shut(false);
  Await(*writer, taken + 1);
  EXPECT_EQ(log_->Describe(kTopic, absl::ZeroDuration())->partitions[0].end,
            static_cast<Offset>(taken + 1));
}

TEST_F(EmbeddedLogTest, WhatWasPurgedNeverLands) {
  Open();
  Door door;
  door.Shut(true);
  const auto writer = *log_->OpenWriter(kTopic, [&] { door.Pass(); });
  const auto other = *log_->OpenWriter(kTopic, [] {});
  ASSERT_TRUE(writer->Append(Plain(0, "first").View(), 0).ok());
  door.AwaitSomebody();
  ASSERT_TRUE(writer->Append(Plain(0, "purged").View(), 1).ok());
  ASSERT_TRUE(other->Append(Plain(0, "kept").View(), 2).ok());
  std::thread purge([&] { writer->Purge(); });  // It wakes too, and so waits at the door.
  Until([&] {
    std::vector<Delivery> told;
    writer->Poll(told);
    return std::any_of(told.begin(), told.end(),
                       [](const Delivery& d) { return absl::IsUnavailable(d.status); });
  });
  door.Shut(false);
  purge.join();
  Await(*other, 1);
  std::vector<std::string> values;
  ASSERT_TRUE(ReadAll(0, values).ok());
  EXPECT_THAT(values, ::testing::ElementsAre("first", "kept"));
}

TEST_F(EmbeddedLogTest, OldRecordsComeFromTheDisk) {
  Open(1);
  constexpr int kCount = 300;
  constexpr size_t kSize = kEmbeddedRecentBytesMax / 100;
  Put(0, kCount, "v", kSize);
  for (const Offset from : {0, 1, 150, 199, 201, 250, 299}) {
    std::vector<std::string> values;
    ASSERT_TRUE(ReadAll(0, values, from, 37).ok());
    ASSERT_EQ(values.size(), static_cast<size_t>(kCount - from));
    for (size_t i = 0; i < values.size(); ++i) {
      const std::string number = "v" + std::to_string(from + static_cast<Offset>(i));
      EXPECT_EQ(values[i].substr(0, number.size()), number);
    }
  }
}

TEST_F(EmbeddedLogTest, WritersOfManyThreadsLeaveNoGap) {
  Open();
  constexpr int kThreads = 4;
  constexpr int kEach = 500;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] { Put(t % 2, kEach, std::string(1, static_cast<char>('a' + t))); });
  }
  for (std::thread& thread : threads) thread.join();
  for (int partition = 0; partition < 2; ++partition) {
    std::vector<std::string> values;
    ASSERT_TRUE(ReadAll(partition, values).ok());
    EXPECT_EQ(values.size(), static_cast<size_t>(kThreads / 2 * kEach));
    std::map<char, int> next;
    for (const std::string& value : values) EXPECT_EQ(std::stoi(value.substr(1)), next[value[0]]++);
  }
}

TEST_F(EmbeddedLogTest, AGroupWaitsForItsTopic) {
  Open();
  int wakes = 0;
  const auto group = *log_->OpenGroup("g", {kTopic, "later"}, [&] { ++wakes; });
  GroupRecords batch;
  ASSERT_TRUE(group->Poll(10, batch).ok());
  EXPECT_EQ(batch.assignments.size(), 2u);
  const int before = wakes;
  ASSERT_TRUE(log_->CreateTopic("later", 3, absl::ZeroDuration()).ok());
  EXPECT_GT(wakes, before);
  ASSERT_TRUE(group->Poll(10, batch).ok());
  EXPECT_EQ(batch.assignments.size(), 3u);
  EXPECT_EQ(batch.assignments[0].topic, "later");
}

TEST_F(EmbeddedLogTest, RefusesWhatItCannotDo) {
  Open();
  const auto no_time = absl::ZeroDuration();
  EXPECT_TRUE(absl::IsInvalidArgument(log_->CreateTopic("", 1, no_time)));
  EXPECT_TRUE(absl::IsInvalidArgument(log_->CreateTopic("a/b", 1, no_time)));
  EXPECT_TRUE(absl::IsInvalidArgument(log_->CreateTopic("t", 0, no_time)));
  EXPECT_TRUE(absl::IsInvalidArgument(log_->CreateTopic("t", kEmbeddedPartitionsMax + 1, no_time)));
  EXPECT_TRUE(absl::IsNotFound(log_->OpenTail("t", {}, [] {}).status()));
  EXPECT_TRUE(absl::IsNotFound(log_->OpenWriter("t", [] {}).status()));
  EXPECT_TRUE(absl::IsNotFound(log_->JoinOwnership("t", "i", [] {}).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(log_->OpenTail(kTopic, {{2, 0}}, [] {}).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(log_->OpenTail(kTopic, {{0, 0}, {0, 0}}, [] {}).status()));
  const auto writer = *log_->OpenWriter(kTopic, [] {});
  EXPECT_TRUE(absl::IsInvalidArgument(writer->Append(Plain(2, "v").View(), 0)));
  EXPECT_TRUE(absl::IsInvalidArgument(writer->Append(Plain(-1, "v").View(), 0)));
  const auto owner = *log_->JoinOwnership(kTopic, "one", [] {});
  EXPECT_TRUE(absl::IsFailedPrecondition(log_->JoinOwnership(kTopic, "two", [] {}).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(log_->OpenGroup("", {kTopic}, [] {}).status()));
  const auto group = *log_->OpenGroup("g", {kTopic}, [] {});
  EXPECT_TRUE(absl::IsFailedPrecondition(log_->OpenGroup("g", {kTopic}, [] {}).status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(group->Commit(kTopic, 0, 0, ""))) << "not assigned yet";
  GroupRecords batch;
  ASSERT_TRUE(group->Poll(10, batch).ok());
  EXPECT_TRUE(absl::IsInvalidArgument(group->Commit(kTopic, 0, 1, ""))) << "past the end";
}

TEST_F(EmbeddedLogTest, EachLogHasItsOwnIdentity) {
  Open();
  const std::string first = log_->Describe(kTopic, absl::ZeroDuration())->cluster_id;
  const std::unique_ptr<rocksdb::Env> elsewhere(rocksdb::NewMemEnv(rocksdb::Env::Default()));
  const auto other = *EmbeddedLog::Open({.path = kPath, .env = elsewhere.get()});
  ASSERT_TRUE(other->CreateTopic(kTopic, 1, absl::ZeroDuration()).ok());
  EXPECT_NE(other->Describe(kTopic, absl::ZeroDuration())->cluster_id, first);
}

}  // namespace
}  // namespace crm::eventlog
