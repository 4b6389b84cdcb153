// What the tests of this room share: a log over a disk that can fail, in memory.
#pragma once

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "libs/eventlog/embedded/embedded_log.h"
#include "libs/testing/unsynced_env.h"

namespace crm::eventlog {

inline constexpr char kPath[] = "/log";
inline constexpr char kTopic[] = "crm.test.log.v1";

inline OwnedRecord Plain(int partition, std::string value) {
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
inline void Until(const std::function<bool()>& done) {
  const absl::Time deadline = absl::Now() + absl::Seconds(30);
  while (!done()) {
    ASSERT_LT(absl::Now(), deadline) << "waited in vain";
    std::this_thread::yield();
  }
}

inline std::vector<Delivery> Await(Writer& writer, size_t count) {
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
  testing::UnsyncedEnv env_{memory_.get()};
  int failures_ = 0;
  absl::Status failure_;
  std::unique_ptr<EmbeddedLog> log_;
};

}  // namespace crm::eventlog
