// One flipped bit, in any file of a log: it reads back as it was, or says which file is damaged.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/base/log.h"
#include "libs/base/status.h"
#include "libs/eventlog/embedded/embedded_log.h"
#include "libs/eventlog/embedded/embedded_testing.h"
#include "libs/eventlog/embedded/end_mark.h"

namespace crm::eventlog {
namespace {

using ::testing::HasSubstr;

constexpr int kRecords = 60;
constexpr int kFlipsOfAFile = 60;

using Files = std::map<std::string, std::string>;  // Bytes by name.

// Everything that a log holds: "partition/offset key value".
struct Contents {
  absl::Status status;
  std::vector<std::string> records;
};

void AppendSome(EmbeddedLog& log, std::mt19937_64& random) {
  const auto writer = *log.OpenWriter(kTopic, [] {});
  for (int i = 0; i < kRecords; ++i) {
    // A few go over blocks of RocksDB's log.
    const size_t size = random() % 20 == 0 ? 40'000 : random() % 100;
    const OwnedRecord record{static_cast<int>(random() % 2),
                             0,
                             absl::StrCat("k", i),
                             std::string(size, static_cast<char>('a' + i % 26)),
                             {}};
    ASSERT_TRUE(writer->Append(record.View(), 1).ok());
    ASSERT_TRUE(Await(*writer, 1)[0].status.ok());  // Each in a batch of its own.
  }
}

Contents Read(rocksdb::Env& env) {
  Contents contents;
  auto log = EmbeddedLog::Open({.path = kPath, .env = &env});
  contents.status = log.status();
  if (!log.ok()) return contents;
  const auto info = (*log)->Describe(kTopic, absl::ZeroDuration());
  contents.status = info.status();
  for (size_t i = 0; info.ok() && i < info->partitions.size(); ++i) {
    const auto tail = *(*log)->OpenTail(kTopic, {{static_cast<int>(i), 0}}, [] {});
    Records batch;
    for (Offset next = 0; next < info->partitions[i].end;) {
      contents.status = tail->Poll(7, batch);
      if (!contents.status.ok()) return contents;
      for (const Record& record : batch.records) {
        contents.records.push_back(absl::StrCat(i, "/", record.offset, " ", std::string(record.key),
                                                " ", std::string(record.value)));
        next = record.offset + 1;
      }
    }
  }
  return contents;
}

Files FilesOf(rocksdb::Env& env) {
  Files files;
  std::vector<std::string> names;
  EXPECT_TRUE(env.GetChildren(kPath, &names).ok());
  for (const std::string& name : names) {
    if (name == "LOCK" || name == "IN_USE") continue;
    EXPECT_TRUE(rocksdb::ReadFileToString(&env, absl::StrCat(kPath, "/", name), &files[name]).ok());
  }
  return files;
}

Contents ReadFiles(const Files& files) {
  const std::unique_ptr<rocksdb::Env> env(rocksdb::NewMemEnv(rocksdb::Env::Default()));
  EXPECT_TRUE(env->CreateDirIfMissing(kPath).ok());
  for (const auto& [name, bytes] : files) {
    EXPECT_TRUE(rocksdb::WriteStringToFile(env.get(), bytes, absl::StrCat(kPath, "/", name)).ok());
  }
  return Read(*env);
}

// Where the records of a whole write-ahead log begin, in blocks of 32 KiB.
std::vector<size_t> HeadersOf(const std::string& bytes) {
  std::vector<size_t> headers;
  for (size_t at = 0; at + 7 <= bytes.size();) {
    if (at % (32 << 10) > (32 << 10) - 7) {
      at = (at / (32 << 10) + 1) * (32 << 10);
      continue;
    }
    headers.push_back(at);
    at += 7U + static_cast<unsigned char>(bytes[at + 4]) +
          256U * static_cast<unsigned char>(bytes[at + 5]);
  }
  return headers;
}

// Bits to flip: the lengths in a write-ahead log, and some at random.
std::vector<size_t> BitsOf(const std::string& name, const std::string& bytes,
                           std::mt19937_64& random) {
  std::vector<size_t> bits;
  const bool write_ahead = absl::EndsWith(name, ".log");
  const std::vector<size_t> headers = write_ahead ? HeadersOf(bytes) : std::vector<size_t>();
  for (const size_t header : headers) bits.push_back((header + 4) * 8 + random() % 16);
  for (int i = 0; i < kFlipsOfAFile && !bytes.empty(); ++i) {
    const size_t bit = random() % (bytes.size() * 8);
    // RocksDB counts the entries of one block of a table's end before it has checked it, and where
    // it is built with assertions it aborts when the count's highest bit is set.
    if (absl::EndsWith(name, ".sst") && bit % 8 == 7 && bit / 8 + 300 > bytes.size()) continue;
    bits.push_back(bit);
  }
  return bits;
}

class Flips : public ::testing::Test {
 protected:
  Flips() { base::SetLogLevel(base::Level::kError); }

  void Write() {
    auto log = EmbeddedLog::Open({.path = kPath, .env = env_.get()});
    ASSERT_TRUE(log.ok()) << log.status();
    ASSERT_TRUE((*log)->CreateTopic(kTopic, 2, absl::ZeroDuration()).ok());
    AppendSome(**log, random_);
    killed_ = FilesOf(*env_);
  }

  // Flips bits of every file in turn. `last_may_go`: of a process that was killed, the last record
  // may be gone, and the number of times that it was is given back.
  int FlipAll(const Files& files, bool last_may_go) {
    const Contents whole = ReadFiles(files);
    EXPECT_TRUE(whole.status.ok()) << whole.status;
    EXPECT_GE(whole.records.size(), size_t{kRecords});
    int gone = 0;
    for (const auto& [name, bytes] : files) {
      for (const size_t bit : BitsOf(name, bytes, random_)) {
        SCOPED_TRACE(
            absl::StrCat(name, ", byte ", bit / 8, " of ", bytes.size(), ", bit ", bit % 8));
        Files flipped = files;
        flipped[name][bit / 8] ^= static_cast<char>(1 << (bit % 8));
        const Contents found = ReadFiles(flipped);
        if (!found.status.ok()) {
          EXPECT_TRUE(absl::IsDataLoss(found.status)) << found.status;
          EXPECT_THAT(base::StatusText(found.status), HasSubstr(absl::StrCat("file=", name, " ")));
          ++refused_;
        } else if (found.records != whole.records) {
          EXPECT_TRUE(last_may_go && absl::EndsWith(name, ".log"));
          EXPECT_EQ(found.records.size() + 1, whole.records.size());
          EXPECT_THAT(whole.records, ::testing::IsSupersetOf(found.records));
          EXPECT_GE(bit / 8, HeadersOf(bytes).back());
          ++gone;
        }
        if (HasFailure()) return gone;
      }
    }
    return gone;
  }

  std::mt19937_64 random_{4};
  std::unique_ptr<rocksdb::Env> env_{rocksdb::NewMemEnv(rocksdb::Env::Default())};
  Files killed_;  // What a process leaves that is killed now.
  int refused_ = 0;
};

TEST_F(Flips, OfAClosedLogAreFound) {
  Write();
  FlipAll(FilesOf(*env_), false);
  EXPECT_GT(refused_, 100);
}

TEST_F(Flips, OfALogOfManyLivesAreFound) {
  for (int life = 0; life < 3; ++life) Write();
  const Files files = FilesOf(*env_);
  EXPECT_TRUE(std::any_of(files.begin(), files.end(),
                          [](const auto& file) { return absl::EndsWith(file.first, ".sst"); }));
  FlipAll(files, false);
  EXPECT_GT(refused_, 100);
}

// A flip in the very last record looks as if the power had gone while it was written.
TEST_F(Flips, OfAKilledProcessTheLastRecordAlonePassesForHalfWritten) {
  Write();
  EXPECT_GT(FlipAll(killed_, true), 0);
  EXPECT_GT(refused_, 100);
  Write();
  FlipAll(killed_, true);
}

TEST_F(Flips, AFileThatIsGoneOrCutIsFound) {
  for (int life = 0; life < 3; ++life) Write();
  const Files files = FilesOf(*env_);
  const Contents whole = ReadFiles(files);
  for (const auto& [name, bytes] : files) {
    if (name == kEndMarkFile) continue;  // What it guards can be read without it.
    for (const bool cut : {false, true}) {
      SCOPED_TRACE(absl::StrCat(name, cut ? " cut" : " gone"));
      Files left = files;
      if (cut) left[name].resize(bytes.size() * 2 / 3);
      if (!cut) left.erase(name);
      const Contents found = ReadFiles(left);
      EXPECT_TRUE(absl::IsDataLoss(found.status) || found.records == whole.records)
          << found.status << ", " << found.records.size() << " records";
    }
  }
}

}  // namespace
}  // namespace crm::eventlog
