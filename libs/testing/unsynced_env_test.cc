#include "libs/testing/unsynced_env.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>

namespace crm::testing {
namespace {

using rocksdb::Slice;
using rocksdb::Status;

class UnsyncedEnvTest : public ::testing::Test {
 protected:
  std::unique_ptr<rocksdb::WritableFile> Make(const std::string& name) {
    std::unique_ptr<rocksdb::WritableFile> file;
    EXPECT_TRUE(env_.NewWritableFile(name, &file, rocksdb::EnvOptions()).ok());
    return file;
  }
  void SyncDirectory() {
    std::unique_ptr<rocksdb::Directory> directory;
    ASSERT_TRUE(env_.NewDirectory("/dir", &directory).ok());
    ASSERT_TRUE(directory->Fsync().ok());
  }
  // "-" when there is no such file.
  std::string Contents(const std::string& name) {
    std::string bytes;
    return rocksdb::ReadFileToString(&env_, name, &bytes).ok() ? bytes : "-";
  }
  void SetUp() override { ASSERT_TRUE(env_.CreateDirIfMissing("/dir").ok()); }

  std::unique_ptr<rocksdb::Env> memory_{rocksdb::NewMemEnv(rocksdb::Env::Default())};
  UnsyncedEnv env_{memory_.get()};
};

TEST_F(UnsyncedEnvTest, WhatWasNotSyncedIsGone) {
  const auto file = Make("/dir/a");
  SyncDirectory();
  ASSERT_TRUE(file->Append("kept").ok());
  ASSERT_TRUE(file->Sync().ok());
  ASSERT_TRUE(file->Append("lost").ok());
  EXPECT_EQ(Contents("/dir/a"), "keptlost");
  env_.Crash();
  EXPECT_FALSE(file->Append("more").ok());
  EXPECT_FALSE(file->Sync().ok());
  env_.Restart(UnsyncedEnv::Loss::kAll);
  EXPECT_EQ(Contents("/dir/a"), "kept");
  EXPECT_FALSE(file->Append("more").ok()) << "opened before the power went";
  EXPECT_EQ(env_.syncs(), 1);
}

TEST_F(UnsyncedEnvTest, ANameNeedsTheSyncOfItsDirectory) {
  for (const char* name : {"/dir/a", "/dir/b"}) {
    const auto file = Make(name);
    ASSERT_TRUE(file->Append(name).ok());
    ASSERT_TRUE(file->Sync().ok());
    if (name == std::string("/dir/a")) SyncDirectory();
  }
  env_.Crash();
  env_.Restart(UnsyncedEnv::Loss::kAll);
  EXPECT_EQ(Contents("/dir/a"), "/dir/a");
  EXPECT_EQ(Contents("/dir/b"), "-");
}

TEST_F(UnsyncedEnvTest, ARenameIsTakenBack) {
  for (const char* name : {"/dir/current", "/dir/new"}) {
    const auto file = Make(name);
    ASSERT_TRUE(file->Append(name).ok());
    ASSERT_TRUE(file->Sync().ok());
  }
  SyncDirectory();
  ASSERT_TRUE(env_.RenameFile("/dir/new", "/dir/current").ok());
  EXPECT_EQ(Contents("/dir/current"), "/dir/new");
  env_.Crash();
  env_.Restart(UnsyncedEnv::Loss::kAll);
  EXPECT_EQ(Contents("/dir/current"), "/dir/current");
}

TEST_F(UnsyncedEnvTest, ATornEndIsPartOfWhatWasWritten) {
  int flipped = 0;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    const auto file = Make("/dir/a");
    SyncDirectory();
    ASSERT_TRUE(file->Append("kept").ok());
    ASSERT_TRUE(file->Sync().ok());
    ASSERT_TRUE(file->Append("perhaps").ok());
    env_.Crash();
    env_.Restart(UnsyncedEnv::Loss::kTorn, seed);
    const std::string left = Contents("/dir/a");
    EXPECT_EQ(left.substr(0, 4), "kept");
    EXPECT_LE(left.size(), 11u);
    if (left != std::string("keptperhaps").substr(0, left.size())) ++flipped;
  }
  EXPECT_GT(flipped, 5);
  EXPECT_LT(flipped, 45);
}

TEST_F(UnsyncedEnvTest, CrashesAtTheCountedOperation) {
  const auto file = Make("/dir/a");
  env_.CrashAfter(3);
  EXPECT_TRUE(file->Append("1").ok());
  EXPECT_TRUE(file->Append("2").ok());
  EXPECT_FALSE(file->Append("3").ok());
  EXPECT_TRUE(env_.crashed());
}

TEST_F(UnsyncedEnvTest, AFullDiskTakesNothing) {
  const auto file = Make("/dir/a");
  env_.FillDisk(true);
  EXPECT_TRUE(file->Append("x").IsNoSpace());
  env_.FillDisk(false);
  EXPECT_TRUE(file->Append("x").ok());
}

TEST_F(UnsyncedEnvTest, AFailedSyncKeepsNothing) {
  const auto file = Make("/dir/a");
  SyncDirectory();
  ASSERT_TRUE(file->Append("lost").ok());
  env_.FailSyncs(true);
  EXPECT_TRUE(file->Sync().IsIOError());
  env_.Crash();
  env_.Restart(UnsyncedEnv::Loss::kAll);
  EXPECT_EQ(Contents("/dir/a"), "");
}

// RocksDB keeps synced writes on it and loses the others: so it is not RocksDB that hides the loss.
TEST_F(UnsyncedEnvTest, RocksDbKeepsSyncedWritesAndLosesOthers) {
  rocksdb::Options options;
  options.env = &env_;
  options.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(options, "/dir/db", &opened).ok());
  std::unique_ptr<rocksdb::DB> db(opened);
  rocksdb::WriteOptions synced;
  synced.sync = true;
  ASSERT_TRUE(db->Put(synced, "kept", "1").ok());
  ASSERT_TRUE(db->Put(rocksdb::WriteOptions(), "lost", "1").ok());
  env_.Crash();
  db.reset();
  env_.Restart(UnsyncedEnv::Loss::kAll);
  ASSERT_TRUE(rocksdb::DB::Open(options, "/dir/db", &opened).ok());
  db.reset(opened);
  std::string value;
  EXPECT_TRUE(db->Get(rocksdb::ReadOptions(), "kept", &value).ok());
  EXPECT_TRUE(db->Get(rocksdb::ReadOptions(), "lost", &value).IsNotFound());
}

}  // namespace
}  // namespace crm::testing
