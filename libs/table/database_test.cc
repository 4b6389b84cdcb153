#include "libs/table/database.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "gmock/gmock.h"
#include "libs/base/status.h"
#include "libs/table/table_testing.h"
#include "libs/testing/temp_directory.h"

namespace crm::table::testdata {
namespace {

using ::testing::HasSubstr;

using DatabaseTest = TableTest;

Gadget Numbered(int number) {
  Gadget gadget = MakeGadget("c" + std::to_string(number % 7), "g" + std::to_string(number));
  gadget.set_owner("owner-" + std::to_string(number % 5));
  gadget.set_rank(number);
  gadget.mutable_part()->set_colour(std::string(50, static_cast<char>('a' + number % 26)));
  return gadget;
}

TEST_F(DatabaseTest, KeepsWhatWasFlushedAndForgetsTheRestAfterACrash) {
  db_.reset();
  flush_on_close_ = false;
  Open();
  Commit({Numbered(1)});
  ASSERT_TRUE(db_->Flush().ok());
  Commit({Numbered(2)});
  db_.reset();
  Open();
  EXPECT_TRUE((*db_->GetStored("gadgets", {Numbered(1).name()})).has_value());
  EXPECT_FALSE((*db_->GetStored("gadgets", {Numbered(2).name()})).has_value());
  db_.reset();
  flush_on_close_ = true;
  Open();
  Commit({Numbered(3)});
  db_.reset();
  Open();
  EXPECT_TRUE((*db_->GetStored("gadgets", {Numbered(3).name()})).has_value());
}

TEST_F(DatabaseTest, RefusesADirectoryInUse) {
  const absl::Status second = TryOpen().status();
  EXPECT_EQ(second.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(base::ReasonOf(second), "DIRECTORY_IN_USE");
  // The first one is none the worse for it, and when it is gone the directory is free.
  Commit({Numbered(1)});
  db_.reset();
  Open();
}

TEST_F(DatabaseTest, RefusesADirectoryWrittenUnderOtherSpecs) {
  Commit({Numbered(1)});
  db_.reset();
  DatabaseOptions options;
  options.path = "/db";
  options.env = env_.get();
  TableSpec<Gadget> changed = kGadgets;
  changed.version = 2;
  const absl::Status refused =
      Database::Open(options, {Compile(changed), Compile(kCells)}, {kPositions}).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(base::ReasonOf(refused), "TABLES_CHANGED");
  // The order of declaration, and more raw spaces, change nothing.
  const auto same =
      Database::Open(options, {Compile(kCells), Compile(kGadgets)}, {kPositions, 'z'});
  ASSERT_TRUE(same.ok()) << same.status();
  EXPECT_EQ((*same)->fingerprint(), Fingerprint({Compile(kGadgets), Compile(kCells)}));
  EXPECT_TRUE((*(*same)->GetStored("gadgets", {Numbered(1).name()})).has_value());
}

TEST_F(DatabaseTest, RefusesTwoTablesOfOneName) {
  DatabaseOptions options;
  options.path = "/other";
  options.env = env_.get();
  EXPECT_EQ(base::FieldOf(Database::Open(options, {Compile(kCells), Compile(kCells)}, {}).status()),
            "tables");
  EXPECT_EQ(base::FieldOf(Database::Open(options, {Compile(kCells)}, {'a', 'a'}).status()),
            "raw_spaces");
}

TEST_F(DatabaseTest, ADirectoryThatCannotBeMadeIsNotCalledCorrupt) {
  DatabaseOptions options;
  options.path = "/proc/nothing-can-be-made-here";
  const absl::Status refused = Database::Open(options, {Compile(kCells)}, {}).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kInternal) << refused;
}

TEST_F(DatabaseTest, EqualContentsHaveEqualDigestsHoweverTheyCameAbout) {
  const auto other = *TryOpen("/other");
  const auto digest = [](const Database& db, const DigestOptions& options = {}) {
    const absl::StatusOr<std::string> hex = db.Digest(options);
    EXPECT_TRUE(hex.ok());
    EXPECT_EQ(hex->size(), 32u);
    return *hex;
  };
  EXPECT_EQ(digest(*db_), digest(*other));
  for (int i = 0; i < 50; ++i) Commit({Numbered(i)});
  Batch batch(*other);
  for (int i = 60; i >= 0; --i) batch.Put(kGadgets, Numbered(i));
  ASSERT_TRUE(batch.Commit().ok());
  ASSERT_TRUE(other->Flush().ok());
  EXPECT_NE(digest(*db_), digest(*other));
  for (int i = 60; i >= 50; --i) batch.Delete(kGadgets, Numbered(i).name());
  ASSERT_TRUE(batch.Commit().ok());
  EXPECT_EQ(digest(*db_), digest(*other));

  batch.PutRaw(kPositions, "0", "41");
  batch.PutRaw(kTimers, "t", "1");
  ASSERT_TRUE(batch.Commit().ok());
  EXPECT_NE(digest(*db_), digest(*other));
  EXPECT_EQ(digest(*db_, {.raw_spaces = false}), digest(*other, {.raw_spaces = false}));
  EXPECT_NE(digest(*db_, {.skip_raw = {{kPositions, ""}}}),
            digest(*other, {.skip_raw = {{kPositions, ""}}}));
  EXPECT_EQ(digest(*db_, {.skip_raw = {{kPositions, "0"}, {kTimers, ""}}}),
            digest(*other, {.skip_raw = {{kPositions, "0"}, {kTimers, ""}}}));

  Cell cell;
  cell.set_owner("ann");
  batch.Put(kCells, cell);
  batch.PutHistory(gadgets(), Numbered(1), 1, absl::FromUnixSeconds(5));
  const std::string gadgets_before = digest(*other, {.table = "gadgets"});
  const std::string cells_before = digest(*other, {.table = "cells"});
  ASSERT_TRUE(batch.Commit().ok());
  EXPECT_NE(digest(*other, {.table = "gadgets"}), gadgets_before) << "versions count";
  EXPECT_NE(digest(*other, {.table = "cells"}), cells_before);
}

TEST_F(DatabaseTest, ATablesDigestDoesNotDependOnOtherTables) {
  Commit({Numbered(1)});
  DatabaseOptions options;
  options.path = "/alone";
  options.env = env_.get();
  const auto alone = *Database::Open(options, {Compile(kGadgets)}, {});
  Batch batch(*alone);
  batch.Put(kGadgets, Numbered(1));
  ASSERT_TRUE(batch.Commit().ok());
  EXPECT_EQ(*alone->Digest({.table = "gadgets"}), *db_->Digest({.table = "gadgets"}));
}

TEST_F(DatabaseTest, BatchesOfSeveralThreadsCommitSideBySideUnderReaders) {
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 3; ++thread) {
    threads.emplace_back([this, thread] {
      Batch batch(*db_);
      for (int i = 0; i < 60; ++i) {
        batch.Put(kGadgets, Numbered(1'000 * thread + i));
        batch.PutRaw(kPositions, std::to_string(thread), std::to_string(i));
        EXPECT_TRUE(batch.Commit().ok());
        // A commit is seen whole: as many rows of this thread as its position says.
        const ReadView view(*db_);
        int rows = 0;
        view.Scan(kGadgets, "", [&](const Gadget& gadget) {
          rows += gadget.rank() / 1'000 == thread ? 1 : 0;
          return true;
        });
        EXPECT_EQ(std::to_string(rows - 1), **view.GetRaw(kPositions, std::to_string(thread)));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// On a disk, for the tests that damage files.
class CorruptionTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& name) {
    DatabaseOptions options;
    options.path = path_ / name;
    return Database::Open(options, {Compile(kGadgets), Compile(kCells)}, {kPositions});
  }
  void Fill(const std::string& name, int rows = kRows) {
    const auto db = *Open(name);
    Batch batch(*db);
    for (int i = 0; i < rows; ++i) batch.Put(kGadgets, Numbered(i));
    batch.PutRaw(kPositions, "0", "17");
    ASSERT_TRUE(batch.Commit().ok());
    ASSERT_TRUE(db->Flush().ok());
  }
  std::vector<std::filesystem::path> Files(const std::string& name, const std::string& like) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(path_ / name)) {
      if (entry.path().filename().string().find(like) != std::string::npos) {
        files.push_back(entry.path());
      }
    }
    return files;
  }
  static void FlipByte(const std::filesystem::path& file, uint64_t at, int bits = 0x20) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekg(static_cast<int64_t>(at));
    const char byte = static_cast<char>(stream.get() ^ bits);
    stream.seekp(static_cast<int64_t>(at));
    stream.put(byte);
  }

  static constexpr int kRows = 2'000;
  const crm::testing::TempDirectory directory_{"table-test"};
  const std::filesystem::path path_ = directory_.path();
};

// Reads all there is in three ways; every row that is served must be right. The number of reads
// that failed.
int ReadAll(const Database& db, int rows) {
  int refused = 0;
  for (int i = 0; i < rows; ++i) {
    const auto stored = db.GetStored("gadgets", {Numbered(i).name()});
    if (!stored.ok()) {
      EXPECT_EQ(stored.status().code(), absl::StatusCode::kDataLoss) << stored.status();
      ++refused;
      continue;
    }
    EXPECT_TRUE(stored->has_value() && (*stored)->bytes == Numbered(i).SerializeAsString()) << i;
  }
  for (const char* index : {"", "by_owner"}) {
    const ReadView view(db);
    int seen = 0;
    view.Scan(kGadgets, index, [&](const Gadget& gadget) {
      EXPECT_EQ(gadget.SerializeAsString(), Numbered(gadget.rank()).SerializeAsString());
      ++seen;
      return true;
    });
    if (view.status().ok()) {
      EXPECT_EQ(seen, rows);
    } else {
      EXPECT_EQ(view.status().code(), absl::StatusCode::kDataLoss) << view.status();
      ++refused;
    }
  }
  return refused;
}

TEST_F(CorruptionTest, AFlippedByteInATableIsFoundNeverServed) {
  Fill("good");
  const uint64_t size = std::filesystem::file_size(Files("good", ".sst").front());
  std::mt19937_64 random(11);
  int found = 0;
  constexpr int kFlips = 40;
  for (int flip = 0; flip < kFlips; ++flip) {
    const uint64_t at = random() % size;
    SCOPED_TRACE(at);
    std::filesystem::remove_all(path_ / "bad");
    std::filesystem::copy(path_ / "good", path_ / "bad", std::filesystem::copy_options::recursive);
    FlipByte(Files("bad", ".sst").front(), at);
    const auto db = Open("bad");
    if (!db.ok()) {
      EXPECT_EQ(db.status().code(), absl::StatusCode::kDataLoss) << db.status();
      ++found;
      continue;
    }
    const bool refused = ReadAll(**db, kRows) > 0;
    EXPECT_EQ(refused, (*db)->health().code() == absl::StatusCode::kDataLoss);
    // It may lie in an index that was not read; a check of all blocks finds it there too.
    found += (*db)->Verify().code() == absl::StatusCode::kDataLoss ? 1 : 0;
  }
  // Bytes that are only statistics may hurt nobody.
  EXPECT_GT(found, kFlips * 9 / 10);
}

// Debian's RocksDB ends the process over some of these, if it comes to see them.
TEST_F(CorruptionTest, AFlippedBitAtTheEndOfATableFileIsFoundAtOpenOrHarmless) {
  Fill("db", 10);
  const std::filesystem::path file = Files("db", ".sst").front();
  const uint64_t size = std::filesystem::file_size(file);
  constexpr uint64_t kPropertiesToEnd = 1'200;
  ASSERT_GT(size, kPropertiesToEnd);
  int found = 0;
  for (uint64_t at = size - kPropertiesToEnd; at < size; ++at) {
    SCOPED_TRACE(at);
    const int bits = at % 2 == 0 ? 0x80 : 1 << (at / 2 % 7);
    FlipByte(file, at, bits);
    if (const auto db = Open("db"); !db.ok()) {
      EXPECT_EQ(db.status().code(), absl::StatusCode::kDataLoss) << db.status();
      ++found;
    }
    // Unless it was compacted away.
    if (std::filesystem::exists(file)) FlipByte(file, at, bits);
  }
  EXPECT_GT(found, kPropertiesToEnd / 2);
  // The footer's first byte: with this bit off it says that there are no checksums.
  FlipByte(file, size - 53, 4);
  EXPECT_EQ(Open("db").status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(CorruptionTest, ABatchThatMetCorruptionDoesNotCommit) {
  Fill("db");
  const auto file = Files("db", ".sst").front();
  // Behind the first block, which Open reads, and before the indexes of the file.
  const uint64_t size = std::filesystem::file_size(file);
  for (uint64_t at = size / 10; at < size / 2; at += 1'000) FlipByte(file, at);
  const auto db = Open("db");
  ASSERT_TRUE(db.ok()) << db.status();
  EXPECT_EQ((*db)->Verify().code(), absl::StatusCode::kDataLoss);
  Batch batch(**db);
  for (int i = 0; i < kRows && batch.status().ok(); ++i) {
    Gadget changed = Numbered(i);
    changed.set_owner("somebody else");
    batch.Put(kGadgets, changed);
  }
  EXPECT_EQ(batch.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(batch.Commit().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ((*db)->Digest({}).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ((*db)->health().code(), absl::StatusCode::kDataLoss);
}

TEST_F(CorruptionTest, DamagedOrMissingFilesAreFoundAtOpen) {
  for (const char* like : {"CURRENT", ".sst"}) {
    SCOPED_TRACE(like);
    std::filesystem::remove_all(path_ / "db");
    Fill("db");
    const auto file = Files("db", like).front();
    std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
    EXPECT_EQ(Open("db").status().code(), absl::StatusCode::kDataLoss) << Open("db").status();
  }
  for (const char* like : {"MANIFEST", ".sst"}) {
    SCOPED_TRACE(like);
    std::filesystem::remove_all(path_ / "db");
    Fill("db");
    std::filesystem::remove(Files("db", like).front());
    EXPECT_EQ(Open("db").status().code(), absl::StatusCode::kDataLoss) << Open("db").status();
  }
}

TEST_F(CorruptionTest, ATruncatedManifestIsFoundOrGivesAnEarlierStateWithItsPositions) {
  Fill("good");
  const uint64_t size = std::filesystem::file_size(Files("good", "MANIFEST").front());
  for (uint64_t left = 0; left < size; left += 5) {
    SCOPED_TRACE(left);
    std::filesystem::remove_all(path_ / "bad");
    std::filesystem::copy(path_ / "good", path_ / "bad", std::filesystem::copy_options::recursive);
    std::filesystem::resize_file(Files("bad", "MANIFEST").front(), left);
    const auto db = Open("bad");
    if (!db.ok()) {
      EXPECT_EQ(db.status().code(), absl::StatusCode::kDataLoss) << db.status();
      continue;
    }
    const bool position = (*(*db)->GetRaw(kPositions, "0")).has_value();
    EXPECT_EQ(ReadAll(**db, position ? kRows : 0), 0);
  }
}

// Locks the file as another process would that has the directory open, until `done` is closed.
[[noreturn]] void HoldLock(const std::string& file, int ready, int done) {
  const int fd = open(file.c_str(), O_RDWR | O_CREAT, 0644);
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  char byte = fcntl(fd, F_SETLK, &lock) == 0 ? 'y' : 'n';
  if (write(ready, &byte, 1) != 1) _exit(1);
  while (read(done, &byte, 1) > 0) {
  }
  _exit(0);
}

using LockTest = CorruptionTest;

TEST_F(LockTest, ADirectoryThatAnotherProcessHasOpenIsRefusedUntilItEnds) {
  std::filesystem::create_directories(path_ / "db");
  const std::string file = path_ / "db" / "IN_USE";
  int ready[2], done[2];
  ASSERT_EQ(pipe(ready), 0);
  ASSERT_EQ(pipe(done), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(done[1]);
    HoldLock(file, ready[1], done[0]);
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  ASSERT_EQ(byte, 'y');
  EXPECT_EQ(base::ReasonOf(Open("db").status()), "DIRECTORY_IN_USE") << Open("db").status();
  close(done[1]);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_TRUE(Open("db").ok());
  for (int fd : {ready[0], ready[1], done[0]}) close(fd);
}

}  // namespace
}  // namespace crm::table::testdata
