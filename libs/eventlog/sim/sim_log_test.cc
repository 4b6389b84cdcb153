// What the simulated log may do to its clients, and what it never does.
#include "libs/eventlog/sim/sim_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/eventlog/sim/chaos.h"
#include "libs/eventlog/sim/sim_clock.h"

namespace crm::eventlog {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kTopic[] = "crm.test.log.v1";

class SimLogTest : public ::testing::Test {
 protected:
  explicit SimLogTest(uint64_t seed = 1) : log_({.seed = seed}, clock_) {}

  std::unique_ptr<EventLog> Connect(const std::string& client, int partitions = 1) {
    auto connection = log_.Connect(client);
    EXPECT_TRUE(connection->CreateTopic(kTopic, partitions, absl::ZeroDuration()).ok());
    return connection;
  }
  void Run(absl::Duration span) {
    const absl::Duration end = clock_.SinceBoot() + span;
    while (log_.NextEventTime() <= end) {
      clock_.AdvanceTo(log_.NextEventTime());
      log_.Advance();
    }
    clock_.AdvanceTo(end);
  }
  static OwnedRecord Plain(std::string value, int partition = 0) {
    return {partition, 0, "key", std::move(value), {}};
  }
  std::vector<std::string> Values(int partition = 0) {
    std::vector<std::string> values;
    for (const OwnedRecord& record : log_.Contents(kTopic, partition))
      values.push_back(record.value);
    return values;
  }
  static std::optional<absl::Status> Told(Writer& writer, uint64_t token) {
    std::vector<Delivery> told;
    writer.Poll(told);
    std::optional<absl::Status> status;
    for (const Delivery& delivery : told) {
      if (delivery.token == token) status = delivery.status;
    }
    return status;
  }

  SimClock clock_;
  SimLog log_;
};

TEST_F(SimLogTest, NothingHappensWithoutAdvance) {
  const auto client = Connect("a");
  const auto writer = *client->OpenWriter(kTopic, nullptr);
  ASSERT_TRUE(writer->Append(Plain("v").View(), 1).ok());
  clock_.Advance(absl::Hours(1));
  EXPECT_THAT(Values(), IsEmpty());
  EXPECT_LE(log_.NextEventTime(), clock_.SinceBoot());
  log_.Advance();
  EXPECT_THAT(Values(), ElementsAre("v"));
}

TEST_F(SimLogTest, ALostAckIsUnknownThoughItLanded) {
  const auto client = Connect("a");
  log_.SetFaults("a", {.lose_ack = 1});
  const auto writer = *client->OpenWriter(kTopic, nullptr);
  ASSERT_TRUE(writer->Append(Plain("v").View(), 1).ok());
  Run(absl::Seconds(20));
  const auto told = Told(*writer, 1);
  ASSERT_TRUE(told.has_value());
  EXPECT_TRUE(absl::IsUnavailable(*told)) << *told;
  EXPECT_THAT(Values(), ElementsAre("v"));
}

TEST_F(SimLogTest, ALateRecordLandsAfterItsReportAndBeforeItsSuccessors) {
  int after_report = 0;
  for (int round = 0; round < 50; ++round) {
    const std::string name = absl::StrCat("a", round);
    const auto client = Connect(name);
    const auto writer = *client->OpenWriter(kTopic, nullptr);
    log_.SetFaults(name, {.land_late = 1});
    ASSERT_TRUE(writer->Append(Plain(absl::StrCat(round, "-late")).View(), 1).ok());
    log_.SetFaults(name, {});
    ASSERT_TRUE(writer->Append(Plain(absl::StrCat(round, "-next")).View(), 2).ok());
    std::optional<absl::Status> told;
    while (!told.has_value()) {
      Run(absl::Milliseconds(100));
      told = Told(*writer, 1);
    }
    EXPECT_FALSE(told->ok());
    const std::vector<std::string> values = Values();
    if (values.empty() || values.back() != absl::StrCat(round, "-next")) ++after_report;
    Run(absl::Seconds(40));
  }
  const std::vector<std::string> values = Values();
  std::map<std::string, size_t> at;
  for (size_t i = 0; i < values.size(); ++i) EXPECT_TRUE(at.emplace(values[i], i).second);
  for (int round = 0; round < 50; ++round) {
    const auto late = at.find(absl::StrCat(round, "-late"));
    const auto next = at.find(absl::StrCat(round, "-next"));
    if (late == at.end() || next == at.end()) continue;
    EXPECT_LT(late->second, next->second);
  }
  EXPECT_GT(after_report, 5);
}

// The case that fences are for: a stopped process wakes, and what it had queued lands behind its
// successor's.
TEST_F(SimLogTest, AFrozenWriterLandsAfterTheSuccessor) {
  int stale = 0;
  for (int round = 0; round < 20; ++round) {
    const auto owner = Connect(absl::StrCat("owner", round));
    const auto successor = Connect(absl::StrCat("successor", round));
    const auto first = *owner->OpenWriter(kTopic, nullptr);
    const auto second = *successor->OpenWriter(kTopic, nullptr);
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(first->Append(Plain("old").View(), i).ok());
    log_.Freeze(absl::StrCat("owner", round), true);
    Run(absl::Seconds(5));
    ASSERT_TRUE(second->Append(Plain("claim").View(), 1).ok());
    Run(absl::Seconds(1));
    log_.Freeze(absl::StrCat("owner", round), false);
    Run(absl::Seconds(20));
    if (Values().back() == "old") ++stale;
  }
  EXPECT_GT(stale, 3);
}

struct Member {
  std::unique_ptr<Ownership> ownership;
  std::set<int> owned;
  void Poll() {
    std::vector<OwnershipEvent> events;
    ownership->Poll(events);
    for (const OwnershipEvent& event : events) {
      if (event.kind == OwnershipEvent::Kind::kAssigned) {
        EXPECT_TRUE(owned.insert(event.partition).second);
      } else {
        EXPECT_EQ(owned.erase(event.partition), 1u);
      }
    }
  }
};

TEST_F(SimLogTest, ACutOffOwnerStillBelievesWhileAnotherOwns) {
  const auto a = Connect("a", 4);
  const auto b = Connect("b", 4);
  Member one{*a->JoinOwnership(kTopic, "a", nullptr), {}};
  Run(absl::Seconds(1));
  one.Poll();
  EXPECT_EQ(one.owned.size(), 4u);
  log_.Disconnect("a", true);
  Member two{*b->JoinOwnership(kTopic, "b", nullptr), {}};
  Run(absl::Seconds(5));
  one.Poll();
  two.Poll();
  EXPECT_EQ(one.owned.size(), 4u);
  EXPECT_EQ(two.owned.size(), 4u);
  EXPECT_LT(one.ownership->LastHeartbeat() + one.ownership->SessionTimeout(), clock_.SinceBoot())
      << "its lease is over";
  EXPECT_GE(two.ownership->LastHeartbeat() + two.ownership->SessionTimeout(), clock_.SinceBoot());
  log_.Disconnect("a", false);
  Run(absl::Seconds(5));
  one.Poll();
  two.Poll();
  EXPECT_EQ(one.owned.size(), 2u);
  EXPECT_EQ(two.owned.size(), 2u);
}

TEST_F(SimLogTest, ASessionEndsWhenHeartbeatsStop) {
  const auto a = Connect("a", 2);
  const auto b = Connect("b", 2);
  Member one{*a->JoinOwnership(kTopic, "a", nullptr), {}};
  Member two{*b->JoinOwnership(kTopic, "b", nullptr), {}};
  Run(absl::Seconds(2));
  log_.StopHeartbeats("a", true);
  Run(absl::Seconds(5));
  one.Poll();
  two.Poll();
  EXPECT_THAT(one.owned, IsEmpty());
  EXPECT_EQ(two.owned.size(), 2u);
}

TEST_F(SimLogTest, OfACrashedClientOnlyAFirstPartLands) {
  std::set<size_t> landed;
  for (int round = 0; round < 30; ++round) {
    const std::string name = absl::StrCat("a", round);
    auto client = Connect(name);
    auto writer = *client->OpenWriter(kTopic, nullptr);
    const size_t before = Values().size();
    for (int i = 0; i < 4; ++i) ASSERT_TRUE(writer->Append(Plain(absl::StrCat(i)).View(), i).ok());
    log_.Crash(name);
    Run(absl::Seconds(30));
    const std::vector<std::string> values = Values();
    for (size_t i = before; i < values.size(); ++i) EXPECT_EQ(values[i], absl::StrCat(i - before));
    landed.insert(values.size() - before);
    writer.reset();
    client.reset();
    EXPECT_NE(Connect(name), nullptr) << "it can start again";
  }
  EXPECT_THAT(landed, ElementsAre(0, 1, 2, 3, 4));
}

TEST_F(SimLogTest, ABrokenWriterTakesNothingMore) {
  const auto client = Connect("a");
  const auto writer = *client->OpenWriter(kTopic, nullptr);
  ASSERT_TRUE(writer->Append(Plain("pending").View(), 1).ok());
  log_.SetFaults("a", {.break_writer = 1});
  EXPECT_TRUE(absl::IsUnavailable(writer->Append(Plain("no").View(), 2)));
  EXPECT_TRUE(writer->Broken());
  EXPECT_TRUE(absl::IsUnavailable(*Told(*writer, 1)));
  log_.SetFaults("a", {});
  EXPECT_TRUE(absl::IsUnavailable(writer->Append(Plain("no").View(), 3)));
  EXPECT_FALSE((*client->OpenWriter(kTopic, nullptr))->Broken());
}

TEST_F(SimLogTest, ADeniedAppendNeverLands) {
  const auto client = Connect("a");
  log_.SetFaults("a", {.deny_append = true});
  const auto writer = *client->OpenWriter(kTopic, nullptr);
  ASSERT_TRUE(writer->Append(Plain("v").View(), 1).ok());
  Run(absl::Seconds(30));
  EXPECT_TRUE(absl::IsPermissionDenied(*Told(*writer, 1)));
  EXPECT_THAT(Values(), IsEmpty());
}

TEST_F(SimLogTest, AForgottenCommitIsReadAgain) {
  const auto client = Connect("a");
  const auto writer = *client->OpenWriter(kTopic, nullptr);
  ASSERT_TRUE(writer->Append(Plain("v").View(), 1).ok());
  log_.SetFaults("a", {.lose_commit = 1});
  for (int life = 0; life < 2; ++life) {
    const auto group = *client->OpenGroup("g", {kTopic}, nullptr);
    Run(absl::Seconds(1));
    GroupRecords batch;
    ASSERT_TRUE(group->Poll(10, batch).ok());
    EXPECT_EQ(batch.topics.size(), 1u);
    EXPECT_TRUE(group->Commit(kTopic, 0, 1, "").ok());
  }
}

TEST_F(SimLogTest, ACutOffClientIsUnavailable) {
  const auto client = Connect("a");
  log_.Disconnect("a", true);
  EXPECT_TRUE(absl::IsUnavailable(client->Describe(kTopic, absl::Seconds(1)).status()));
  EXPECT_TRUE(absl::IsUnavailable(client->CreateTopic("t", 1, absl::Seconds(1))));
  EXPECT_TRUE(absl::IsUnavailable(client->OpenWriter(kTopic, nullptr).status()));
}

// A small world of writers, readers and owners in bad weather, and what holds in any weather.
class Weather {
 public:
  static constexpr int kClients = 3;
  static constexpr int kPartitions = 3;

  explicit Weather(uint64_t seed) : random_(seed), log_({.seed = seed}, clock_) {
    chaos_.emplace(log_, absl::Milliseconds(300), absl::Seconds(6));
    for (int i = 0; i < kClients; ++i) Start(i);
  }

  // Everything that was seen, as text: equal for equal seeds.
  std::string Run() {
    for (int step = 0; step < 600; ++step) {
      Advance();
      Replica& replica = replicas_[random_() % kClients];
      if (log_.Frozen(replica.name)) continue;
      if (random_() % 100 == 0) Restart(replica);
      Act(replica);
    }
    chaos_->Stop();
    const absl::Duration calm = clock_.SinceBoot() + absl::Seconds(60);
    while (clock_.SinceBoot() < calm) {
      Advance();
      for (Replica& replica : replicas_) Observe(replica);
    }
    CheckAll();
    return absl::StrCat(trace_, " end ", absl::FormatDuration(clock_.SinceBoot()));
  }
  const std::map<std::string, int64_t>& fired() { return log_.fired(); }

 private:
  struct Replica {
    std::string name;
    int life = 0;
    std::unique_ptr<EventLog> connection;
    std::unique_ptr<Writer> writer;
    std::unique_ptr<Tail> tail;
    Member member;
    uint64_t next_token = 0;
    std::set<uint64_t> waiting;
    std::map<int, std::vector<std::string>> read;
  };
  struct Outcome {
    absl::Status status;
    int partition = 0;
    Offset offset = -1;
  };

  void Advance() {
    clock_.AdvanceTo(std::min(log_.NextEventTime(), clock_.SinceBoot() + absl::Seconds(1)));
    log_.Advance();
  }

  // What needs the log is tried until it can be reached.
  void Start(int number) {
    Replica& replica = replicas_[number];
    replica.name = absl::StrCat("r", number);
    replica.connection = log_.Connect(replica.name);
    ++replica.life;
  }

  bool Open(Replica& replica) {
    if (replica.tail != nullptr && replica.writer != nullptr && !replica.writer->Broken())
      return true;
    if (!replica.connection->CreateTopic(kTopic, kPartitions, absl::ZeroDuration()).ok())
      return false;
    if (replica.writer == nullptr || replica.writer->Broken()) {
      Observe(replica);
      EXPECT_THAT(replica.waiting, IsEmpty()) << "a broken writer tells all";
      replica.writer = *replica.connection->OpenWriter(kTopic, nullptr);
      ++replica.life;
    }
    if (replica.tail == nullptr) {
      replica.read.clear();
      replica.tail = *replica.connection->OpenTail(kTopic, {{0, 0}, {1, 0}, {2, 0}}, nullptr);
      replica.member = {*replica.connection->JoinOwnership(kTopic, replica.name, nullptr), {}};
    }
    return true;
  }

  void Restart(Replica& replica) {
    log_.Crash(replica.name);
    replica.member = {};
    replica.tail.reset();
    replica.writer.reset();
    replica.connection.reset();
    replica.waiting.clear();
    Start(replica.name[1] - '0');
  }

  void Act(Replica& replica) {
    if (!Open(replica)) return;
    for (uint64_t i = random_() % 4; i > 0; --i) {
      const int partition = static_cast<int>(random_() % kPartitions);
      const uint64_t token = ++replica.next_token;
      const std::string value = absl::StrCat(replica.name, "/", replica.life, "/", token);
      const OwnedRecord record{partition, 0, "", value, {}};
      if (replica.writer->Append(record.View(), token).ok()) replica.waiting.insert(token);
    }
    if (random_() % 50 == 0) replica.writer->Purge();
    Observe(replica);
  }

  void Observe(Replica& replica) {
    if (replica.writer != nullptr) {
      std::vector<Delivery> told;
      replica.writer->Poll(told);
      for (const Delivery& d : told) {
        EXPECT_EQ(replica.waiting.erase(d.token), 1u) << "told twice, or never appended";
        const std::string value = absl::StrCat(replica.name, "/", replica.life, "/", d.token);
        outcomes_[value] = {d.status, d.partition, d.offset};
        absl::StrAppend(&trace_, value, "=", absl::StatusCodeToString(d.status.code()), "@",
                        d.offset, ";");
      }
    }
    if (replica.tail == nullptr) return;
    Records batch;
    const absl::Status polled = replica.tail->Poll(10, batch);
    EXPECT_TRUE(polled.ok() || absl::IsUnavailable(polled)) << polled;
    for (const Record& record : batch.records) {
      EXPECT_EQ(record.offset, static_cast<Offset>(replica.read[record.partition].size()));
      replica.read[record.partition].emplace_back(record.value);
    }
    replica.member.Poll();
  }

  void CheckAll() {
    std::map<std::string, std::pair<int, Offset>> at;
    int64_t repeated = 0;
    for (int partition = 0; partition < kPartitions; ++partition) {
      std::map<std::string, uint64_t> last;  // By writer: its appends keep their order.
      std::vector<std::string> values;
      for (const OwnedRecord& record : log_.Contents(kTopic, partition)) {
        values.push_back(record.value);
        if (!at.emplace(record.value, std::pair(partition, record.offset)).second) {
          ++repeated;
          continue;
        }
        const size_t slash = record.value.rfind('/');
        const uint64_t token = std::stoull(record.value.substr(slash + 1));
        uint64_t& before = last[record.value.substr(0, slash)];
        EXPECT_LT(before, token) << "overtaken";
        before = token;
      }
      for (const Replica& replica : replicas_) {
        const auto read = replica.read.find(partition);
        if (replica.tail == nullptr) continue;
        EXPECT_EQ(read == replica.read.end() ? std::vector<std::string>() : read->second, values);
      }
    }
    for (const auto& [value, outcome] : outcomes_) {
      const auto found = at.find(value);
      if (outcome.status.ok()) {
        ASSERT_NE(found, at.end()) << value << " was reported as written";
        EXPECT_EQ(found->second, std::pair(outcome.partition, outcome.offset));
      } else {
        EXPECT_TRUE(absl::IsUnavailable(outcome.status) ||
                    absl::IsDeadlineExceeded(outcome.status));
      }
    }
    const auto repeats = log_.fired().find("repeated_append");
    EXPECT_LE(repeated, repeats == log_.fired().end() ? 0 : repeats->second);
    std::multiset<int> owned;
    for (const Replica& replica : replicas_) {
      EXPECT_THAT(replica.waiting, IsEmpty()) << "every append is told in the end";
      owned.insert(replica.member.owned.begin(), replica.member.owned.end());
    }
    EXPECT_THAT(owned, ElementsAre(0, 1, 2)) << "in calm, each partition has one owner";
  }

  std::mt19937_64 random_;
  SimClock clock_;
  SimLog log_;
  std::optional<SimChaos> chaos_;
  Replica replicas_[kClients];
  std::map<std::string, Outcome> outcomes_;
  std::string trace_;
};

TEST(SimWeather, WhatHoldsInAnyWeather) {
  constexpr int kSeeds = 300;
  std::map<std::string, int> seeds_by_kind;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    Weather weather(seed);
    weather.Run();
    for (const auto& [kind, count] : weather.fired()) ++seeds_by_kind[kind];
    if (HasFailure()) return;
  }
  for (const char* kind :
       {"broken_writer", "crash", "disconnected", "frozen", "heartbeats_stopped", "late_landing",
        "lost_ack", "lost_append", "message_timeout", "purged", "rebalance", "repeated_append",
        "session_expired", "slow_read", "split_view", "unavailable_poll"}) {
    EXPECT_GE(seeds_by_kind[kind], kSeeds / 5) << kind << " happens too seldom to prove anything";
  }
}

TEST(SimWeather, TheSameSeedGivesTheSameRun) {
  for (uint64_t seed = 1; seed <= 20; ++seed) EXPECT_EQ(Weather(seed).Run(), Weather(seed).Run());
  EXPECT_NE(Weather(1).Run(), Weather(2).Run());
}

}  // namespace
}  // namespace crm::eventlog
