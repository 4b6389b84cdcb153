// What the embedded log promises beyond the conformance suite: what survives a crash, and what is
// refused.
#include "libs/eventlog/embedded/embedded_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <thread>

#include "absl/time/clock.h"
#include "libs/eventlog/embedded/codec.h"
#include "libs/eventlog/embedded/limits.h"
#include "libs/testing/unsynced_env.h"

namespace crm::eventlog {
namespace {

using ::testing::HasSubstr;
using testing::UnsyncedEnv;

constexpr char kPath[] = "/log";
constexpr char kTopic[] = "crm.test.log.v1";

OwnedRecord Plain(int partition, std::string value) {
  return {partition, 0, "key", std::move(value), {}};
}

// A door that is shut or open: holds the committing thread where a test wants it.
class Door {
 public:
  void Shut(bool shut) {
    const std::lock_guard lock(mutex_);
    shut_ = shut;
    changed_.notify_all();
  }
  // Says that somebody is there, and waits while it is shut.
  void Pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return !shut_; });
    --waiting_;
  }
  void AwaitSomebody() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ > 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool shut_ = false;
  int waiting_ = 0;
};

// Polls until `done`; reports come within the time of a sync.
void Until(const std::function<bool()>& done) {
  const absl::Time deadline = absl::Now() + absl::Seconds(30);
  while (!done()) {
    ASSERT_LT(absl::Now(), deadline) << "waited in vain";
    std::this_thread::yield();
  }
}

std::vector<Delivery> Await(Writer& writer, size_t count) {
  std::vector<Delivery> told;
  Until([&] {
    writer.Poll(told);
    return told.size() >= count;
  });
  return told;
}

class EmbeddedLogTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<EmbeddedLog>> TryOpen() {
    return EmbeddedLog::Open(
        {.path = kPath, .env = &env_, .on_failure = [this](const absl::Status& status) {
           ++failures_;
           failure_ = status;
         }});
  }
  void Open(int partitions = 2) {
    auto opened = TryOpen();
    ASSERT_TRUE(opened.ok()) << opened.status();
    log_ = *std::move(opened);
    ASSERT_TRUE(log_->CreateTopic(kTopic, partitions, absl::ZeroDuration()).ok());
  }
  void Put(int partition, int count, const std::string& prefix, size_t size = 0) {
    const auto writer = *log_->OpenWriter(kTopic, [] {});
    for (int i = 0; i < count; ++i) {
      std::string value = prefix + std::to_string(i);
      value.resize(std::max(value.size(), size), '.');
      ASSERT_TRUE(writer->Append(Plain(partition, std::move(value)).View(), i).ok());
    }
    for (const Delivery& told : Await(*writer, count)) ASSERT_TRUE(told.status.ok()) << told.status;
  }
  // Reads a partition to its end, or to the first error.
  absl::Status ReadAll(int partition, std::vector<std::string>& values, Offset from = 0,
                       size_t max = 100) {
    const auto tail = *log_->OpenTail(kTopic, {{partition, from}}, [] {});
    const Offset end = log_->Describe(kTopic, absl::ZeroDuration())->partitions[partition].end;
    Records batch;
    for (Offset next = from; next < end;) {
      if (absl::Status s = tail->Poll(max, batch); !s.ok()) return s;
      for (const Record& record : batch.records) {
        EXPECT_EQ(record.offset, next++);
        values.emplace_back(record.value);
      }
    }
    return absl::OkStatus();
  }
  // Changes the closed log behind its back.
  void Meddle(const std::function<void(rocksdb::DB&)>& change) {
    log_.reset();
    rocksdb::Options options;
    options.env = &env_;
    rocksdb::DB* db = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open(options, kPath, &db).ok());
    const std::unique_ptr<rocksdb::DB> owned(db);
    change(*db);
  }
  // The biggest file of the closed log whose name ends so.
  std::string Biggest(const std::string& ending) {
    std::vector<std::string> names;
    EXPECT_TRUE(env_.GetChildren(kPath, &names).ok());
    std::string biggest;
    uint64_t most = 0;
    for (const std::string& name : names) {
      uint64_t size = 0;
      const std::string path = std::string(kPath) + "/" + name;
      if (!name.ends_with(ending) || !env_.GetFileSize(path, &size).ok() || size < most) continue;
      biggest = path;
      most = size;
    }
    return biggest;
  }
  void ChangeFile(const std::string& path, const std::function<void(std::string&)>& change) {
    std::string bytes;
    ASSERT_TRUE(rocksdb::ReadFileToString(memory_.get(), path, &bytes).ok()) << path;
    change(bytes);
    ASSERT_TRUE(rocksdb::WriteStringToFile(memory_.get(), bytes, path).ok());
  }

  std::unique_ptr<rocksdb::Env> memory_{rocksdb::NewMemEnv(rocksdb::Env::Default())};
  UnsyncedEnv env_{memory_.get()};
  int failures_ = 0;
  absl::Status failure_;
  std::unique_ptr<EmbeddedLog> log_;
};

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

TEST_F(EmbeddedLogTest, AGapNearTheEndIsFoundAtOpen) {
  Open(1);
  Put(0, 20, "v");
  Meddle([](rocksdb::DB& db) {
    ASSERT_TRUE(db.Delete(rocksdb::WriteOptions(), RecordKey(1, 0, 7)).ok());
  });
  const absl::Status status = TryOpen().status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("offset 7 is missing"));
  EXPECT_THAT(std::string(status.message()), HasSubstr(kPath));
}

TEST_F(EmbeddedLogTest, AnOldGapIsFoundWhenItIsRead) {
  Open(1);
  Put(0, static_cast<int>(kEmbeddedCheckedAtOpen) + 20, "v");
  Meddle([](rocksdb::DB& db) {
    ASSERT_TRUE(db.Delete(rocksdb::WriteOptions(), RecordKey(1, 0, 7)).ok());
  });
  Open(1);
  std::vector<std::string> values;
  const absl::Status status = ReadAll(0, values);
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("offset 7 is missing"));
}

TEST_F(EmbeddedLogTest, AMissingBeginIsFoundAtOpen) {
  Open(1);
  Put(0, 20, "v");
  Meddle([](rocksdb::DB& db) {
    ASSERT_TRUE(db.Delete(rocksdb::WriteOptions(), RecordKey(1, 0, 0)).ok());
  });
  EXPECT_TRUE(absl::IsDataLoss(TryOpen().status()));
}

TEST_F(EmbeddedLogTest, ARecordThatCannotBeReadIsDataLoss) {
  Open(1);
  Put(0, 3, "v");
  Meddle([](rocksdb::DB& db) {
    ASSERT_TRUE(db.Put(rocksdb::WriteOptions(), RecordKey(1, 0, 1), "\xff\xff").ok());
  });
  Open(1);
  std::vector<std::string> values;
  const absl::Status status = ReadAll(0, values);
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("offset 1 cannot be read"));
}

TEST_F(EmbeddedLogTest, AFlippedByteIsFound) {
  for (const bool flushed : {false, true}) {
    SCOPED_TRACE(flushed);
    Open(1);
    Put(0, 1'000, "v", 200);
    if (flushed) {
      Meddle([](rocksdb::DB& db) { ASSERT_TRUE(db.Flush(rocksdb::FlushOptions()).ok()); });
    }
    log_.reset();
    const std::string file = Biggest(flushed ? ".sst" : ".log");
    ChangeFile(file, [](std::string& bytes) { bytes[bytes.size() / 2] ^= 0x10; });
    auto opened = TryOpen();
    absl::Status status = opened.status();
    if (status.ok()) {
      log_ = *std::move(opened);
      std::vector<std::string> values;
      status = ReadAll(0, values);
    }
    EXPECT_TRUE(absl::IsDataLoss(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(kPath));
    log_.reset();
    ChangeFile(file, [](std::string& bytes) { bytes[bytes.size() / 2] ^= 0x10; });
  }
}

TEST_F(EmbeddedLogTest, AHalfWrittenEndIsNoLoss) {
  Open(1);
  Put(0, 100, "v", 200);
  log_.reset();
  ChangeFile(Biggest(".log"),
             [](std::string& bytes) { bytes += bytes.substr(bytes.size() - 150, 100); });
  Open(1);
  std::vector<std::string> values;
  ASSERT_TRUE(ReadAll(0, values).ok());
  EXPECT_EQ(values.size(), 100u);
  Put(0, 1, "after");
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
