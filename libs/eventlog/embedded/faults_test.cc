// Random lives of an embedded log on a disk that loses what was not synced, fills up and fails
// syncs. A seed is one disk and a few lives of it; a failure prints the seed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/base/log.h"
#include "libs/eventlog/embedded/embedded_log.h"
#include "libs/eventlog/embedded/embedded_testing.h"
#include "libs/eventlog/embedded/limits.h"

namespace crm::eventlog {
namespace {

using testing::UnsyncedEnv;

constexpr uint64_t kSeeds = 400;
constexpr int kLives = 4;
constexpr int kWriters = 3;
constexpr char kGroup[] = "g";
const std::map<std::string, int> kTopics = {{"one", 1}, {"three", 3}};

using Place = std::pair<std::string, int>;  // Topic and partition.

// What the test knows of a record that it appended.
struct Fate {
  Place place;
  int writer = 0;
  enum { kUnknown, kThere, kNever } is = kUnknown;
  Offset offset = -1;  // When it is known.
};

// What was committed of a place: any of `candidates` may be found, the first is sure.
struct Commits {
  std::vector<EmbeddedLog::Committed> candidates = {{}};
};

// How often what a seed is meant to meet has happened, in all seeds.
struct Tally {
  int reported = 0, unknown = 0, refused = 0, surfaced = 0, opened = 0, not_opened = 0;
  int failed_syncs = 0, full_disks = 0, crashes = 0, commits = 0;
};

class Lives {
 public:
  Lives(uint64_t seed, Tally& tally) : random_(seed), tally_(tally) {}

  void Run() {
    for (int life = 0; life < kLives && !::testing::Test::HasFailure(); ++life) {
      if (Chance(3, 4)) env_.CrashAfter(1 + Below(Chance(1, 2) ? 150 : 40));
      if (Open()) Live();
      End();
    }
    if (::testing::Test::HasFailure()) return;
    ASSERT_TRUE(Open()) << "the disk works";
    log_.reset();
  }

 private:
  int64_t Below(uint64_t n) { return static_cast<int64_t>(random_() % n); }
  bool Chance(uint64_t of, uint64_t in) { return random_() % in < of; }

  // True when the log is open, with its topics, and all that should be in it is.
  bool Open() {
    failures_ = 0;
    auto opened = EmbeddedLog::Open(
        {.path = kPath, .env = &env_, .on_failure = [this](const absl::Status&) { ++failures_; }});
    if (!opened.ok()) {
      EXPECT_TRUE(absl::IsUnavailable(opened.status())) << opened.status();
      EXPECT_TRUE(env_.crashed()) << opened.status();
      ++tally_.not_opened;
      return false;
    }
    log_ = *std::move(opened);
    for (const auto& [topic, partitions] : kTopics) {
      if (!log_->CreateTopic(topic, partitions, absl::ZeroDuration()).ok()) {
        EXPECT_TRUE(env_.crashed());
        return false;
      }
    }
    ++tally_.opened;
    for (const auto& [topic, partitions] : kTopics) {
      for (int i = 0; i < partitions; ++i) CheckRecords({topic, i});
    }
    CheckCommits();
    return !::testing::Test::HasFailure();
  }

  void CheckRecords(const Place& place) {
    const auto tail = *log_->OpenTail(place.first, {{place.second, 0}}, [] {});
    const auto info = *log_->Describe(place.first, absl::ZeroDuration());
    const Offset end = info.partitions[static_cast<size_t>(place.second)].end;
    std::map<int, uint64_t> newest;  // Token of each writer's latest: they land in their order.
    std::set<uint64_t> found;
    Records batch;
    for (Offset next = 0; next < end;) {
      const absl::Status read = tail->Poll(7, batch);
      ASSERT_TRUE(read.ok()) << read;
      for (const Record& record : batch.records) {
        ASSERT_EQ(record.offset, next++);
        const uint64_t token = std::stoull(std::string(record.key));
        ASSERT_TRUE(fates_.contains(token)) << "nobody wrote it";
        Fate& fate = fates_[token];
        ASSERT_EQ(fate.place, place);
        ASSERT_NE(fate.is, Fate::kNever) << "was refused, and is there";
        ASSERT_TRUE(found.insert(token).second) << "is there twice";
        ASSERT_EQ(record.value, ValueOf(token));
        ASSERT_EQ(record.HeaderOr("h"), record.key);
        ASSERT_TRUE(fate.is != Fate::kThere || fate.offset == record.offset) << "has moved";
        const auto [before, first] = newest.try_emplace(fate.writer, token);
        ASSERT_TRUE(first || before->second < token) << "out of order";
        before->second = token;
        // Who has read it relies on it: now it has to stay.
        tally_.surfaced += fate.is == Fate::kUnknown;
        fate.is = Fate::kThere;
        fate.offset = record.offset;
      }
    }
    for (auto& [token, fate] : fates_) {
      if (fate.place != place || found.contains(token)) continue;
      ASSERT_NE(fate.is, Fate::kThere) << token << " was reported or read, and is gone";
      fate.is = Fate::kNever;  // Not in the log that was opened: nothing can bring it back.
    }
  }

  void CheckCommits() {
    const auto group = *log_->OpenGroup(kGroup, TopicNames(), [] {});
    GroupRecords batch;
    ASSERT_TRUE(group->Poll(1, batch).ok());
    for (const GroupAssignment& given : batch.assignments) {
      auto& candidates = commits_[{given.topic, given.partition}].candidates;
      const auto found = std::find_if(candidates.begin(), candidates.end(), [&](const auto& c) {
        return c.next == given.next && c.metadata == given.metadata;
      });
      ASSERT_NE(found, candidates.end()) << given.next << " is none of what may be committed";
      candidates = {*found};
    }
  }

  void Live() {
    std::vector<std::unique_ptr<Writer>> writers;
    for (const auto& [topic, partitions] : kTopics) {
      for (int i = 0; i < kWriters; ++i) writers.push_back(*log_->OpenWriter(topic, [] {}));
    }
    const auto group = *log_->OpenGroup(kGroup, TopicNames(), [] {});
    GroupRecords batch;
    EXPECT_TRUE(group->Poll(1, batch).ok());
    bool dead = false;  // A write failed: from now on nothing more may be reported as done.
    for (int64_t steps = 1 + Below(30); steps > 0; --steps) {
      if (Chance(1, 12)) Commit(*group);
      if (Chance(1, 40)) env_.FillDisk(++tally_.full_disks > 0);
      if (Chance(1, 40)) env_.FailSyncs(++tally_.failed_syncs > 0);
      if (dead && Chance(1, 2)) Heal();
      Burst(writers, dead);
      if (::testing::Test::HasFailure()) return;
    }
  }

  void Heal() {
    env_.FillDisk(false);
    env_.FailSyncs(false);
  }

  // The first record goes alone; while its report is held, the others gather: so that what one
  // sync carries does not depend on the machine.
  void Burst(std::vector<std::unique_ptr<Writer>>& writers, bool& dead) {
    Door door;
    door.Shut(true);
    std::vector<uint64_t> tokens;
    {
      const auto lead = *log_->OpenWriter("one", [&] { door.Pass(); });
      const bool held = Append(*lead, {"one", 0}, kWriters, dead, tokens);
      if (held) door.AwaitSomebody();
      std::vector<uint64_t> gathered;
      for (int64_t more = Below(8); more > 0; --more) {
        const auto index = static_cast<size_t>(Below(writers.size()));
        const auto topic = std::next(kTopics.begin(), static_cast<int64_t>(index) / kWriters);
        const Place place = {topic->first, static_cast<int>(Below(topic->second))};
        Append(*writers[index], place, static_cast<int>(index) % kWriters, dead, gathered);
      }
      door.Shut(false);
      if (held) Settle({lead.get()}, 1, dead);
      std::vector<Writer*> all;
      for (const auto& writer : writers) all.push_back(writer.get());
      Settle(all, gathered.size(), dead);
    }
  }

  // Whether it was taken.
  bool Append(Writer& writer, const Place& place, int by, bool dead,
              std::vector<uint64_t>& tokens) {
    const uint64_t token = next_token_++;
    OwnedRecord record{place.second, 0, std::to_string(token), ValueOf(token), {}};
    record.headers.emplace_back("h", record.key);
    const bool large = Chance(1, 25);
    if (large) record.value.resize(kEmbeddedRecordBytesMax + 1);
    const absl::Status taken = writer.Append(record.View(), token);
    Fate& fate = fates_[token];
    fate = {place, by};
    if (taken.ok()) {
      EXPECT_FALSE(large);
      tokens.push_back(token);
      return true;
    }
    EXPECT_TRUE(large || dead || absl::IsUnavailable(taken)) << taken;
    fate.is = Fate::kNever;
    ++tally_.refused;
    return false;
  }

  void Settle(const std::vector<Writer*>& writers, size_t count, bool& dead) {
    std::vector<Delivery> told;
    Until([&] {
      for (Writer* writer : writers) writer->Poll(told);
      return told.size() >= count;
    });
    ASSERT_EQ(told.size(), count);
    bool failed = false;
    bool reported = false;
    for (const Delivery& delivery : told) {
      Fate& fate = fates_[delivery.token];
      if (!delivery.status.ok()) {
        ASSERT_TRUE(absl::IsUnavailable(delivery.status)) << delivery.status;
        failed = true;
        ++tally_.unknown;
        continue;
      }
      ASSERT_FALSE(dead) << "reported after a failed write";
      ASSERT_EQ(fate.is, Fate::kUnknown);
      fate.is = Fate::kThere;
      fate.offset = delivery.offset;
      reported = true;
      ++tally_.reported;
    }
    dead = dead || failed;
    ASSERT_LE(failures_, 1);  // Also of a write that carried a commit alone.
    ASSERT_TRUE(!dead || failures_ == 1) << "nobody was told";
    // What was committed before it rode with it, or before it.
    if (reported) {
      for (auto& [place, commits] : commits_) commits.candidates = {commits.candidates.back()};
    }
  }

  void Commit(GroupReader& group) {
    const auto topic = std::next(kTopics.begin(), Below(kTopics.size()));
    const Place place = {topic->first, static_cast<int>(Below(topic->second))};
    const auto info = *log_->Describe(place.first, absl::ZeroDuration());
    const Offset end = info.partitions[static_cast<size_t>(place.second)].end;
    const EmbeddedLog::Committed next = {Below(end + 1), absl::StrCat("m", tally_.commits++)};
    if (!group.Commit(place.first, place.second, next.next, next.metadata).ok()) return;
    commits_[place].candidates.push_back(next);
  }

  void End() {
    if (Chance(3, 4)) {
      env_.Crash();
      ++tally_.crashes;
    }
    log_.reset();
    Heal();
    env_.Restart(Chance(1, 2) ? UnsyncedEnv::Loss::kAll : UnsyncedEnv::Loss::kTorn, random_());
  }

  static std::vector<std::string> TopicNames() {
    std::vector<std::string> names;
    for (const auto& [topic, partitions] : kTopics) names.push_back(topic);
    return names;
  }
  // Now and then longer than a block of RocksDB's log.
  static std::string ValueOf(uint64_t token) {
    const size_t size = token % 23 == 0 ? 40'000 : token * 7 % 300;
    return std::string(size, static_cast<char>('a' + token % 26));
  }

  std::mt19937_64 random_;
  Tally& tally_;
  std::unique_ptr<rocksdb::Env> memory_{rocksdb::NewMemEnv(rocksdb::Env::Default())};
  UnsyncedEnv env_{memory_.get()};
  std::atomic<int> failures_{0};
  std::unique_ptr<EmbeddedLog> log_;
  uint64_t next_token_ = 0;
  std::map<uint64_t, Fate> fates_;  // By token, which is the record's key.
  std::map<Place, Commits> commits_;
};

TEST(Faults, WhatWasReportedIsThereOnceAndNothingElse) {
  base::SetLogLevel(base::Level::kError);  // Of half written ends there are many.
  Tally tally;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    Lives(seed, tally).Run();
    ASSERT_FALSE(HasFailure());
  }
  RecordProperty("reported", tally.reported);
  RecordProperty("unknown", tally.unknown);
  RecordProperty("opened", tally.opened);
  // A fault that hardly ever comes shows nothing.
  for (const int count :
       {tally.reported, tally.unknown, tally.refused, tally.opened, tally.not_opened,
        tally.failed_syncs, tally.full_disks, tally.crashes, tally.commits}) {
    EXPECT_GT(count, static_cast<int>(kSeeds) / 10);
  }
  EXPECT_GT(tally.surfaced, 0);
}

}  // namespace
}  // namespace crm::eventlog
