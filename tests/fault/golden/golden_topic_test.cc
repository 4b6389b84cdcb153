// What each of our readers takes from the golden topic is what expected.jsonl says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include "crm/customer/v1/customer.pb.h"
#include "libs/engine/engine.h"
#include "libs/engine/memory.h"
#include "libs/eventlog/acceptance.h"
#include "libs/eventlog/sim/sim_clock.h"
#include "libs/eventlog/sim/sim_log.h"
#include "libs/table/read_view.h"
#include "tests/contract/golden.h"
#include "tests/contract/services.h"
#include "tests/fault/golden/script.h"

namespace crm::fault {
namespace {

std::vector<GoldenLine> Golden() {
  return ParseGolden(contract::ReadSource("tests/fault/golden/topic.jsonl"),
                     contract::ReadSource("tests/fault/golden/expected.jsonl"));
}

TEST(GoldenTopic, TheFilesAreWhatTheScriptSays) {
  const std::vector<GoldenLine> script = GoldenScript();
  EXPECT_EQ(TopicText(script), contract::ReadSource("tests/fault/golden/topic.jsonl"))
      << "write them with build/dev/bin/golden_topic_writer";
  EXPECT_EQ(ExpectedText(script), contract::ReadSource("tests/fault/golden/expected.jsonl"));
  EXPECT_EQ(TopicText(Golden()), TopicText(script));
}

TEST(GoldenTopic, TheRuleJudgesEachRecord) {
  std::map<int, eventlog::Acceptance> rules;
  for (const GoldenLine& line : Golden()) {
    const eventlog::Record record = line.record.View();
    const eventlog::Verdict verdict = rules[record.partition].Judge(record);
    const bool as_expected = line.verdict == "claim"      ? verdict == eventlog::Verdict::kClaim
                             : line.verdict == "rejected" ? verdict == eventlog::Verdict::kRejected
                                                          : verdict == eventlog::Verdict::kAccepted;
    EXPECT_TRUE(as_expected) << record.partition << ":" << record.offset << " " << line.why;
  }
}

// The customer service on a log that holds the golden topic.
class GoldenReplica {
 public:
  GoldenReplica() : log_(eventlog::SimLog::Options(), clock_) {
    for (const contract::ContractService& service : contract::Services()) {
      engine::ServiceDef def = contract::DefinitionOf(service);
      if (def.topic == "crm.customer.log.v1") service_ = std::move(def);
    }
    connection_ = log_.Connect("reader");
    std::set<std::string> topics{service_.topic};
    for (const auto& foreign : service_.foreigns) topics.insert(foreign.topic);
    for (const std::string& topic : topics) {
      const absl::Status made =
          connection_->CreateTopic(topic, kGoldenPartitions, absl::Seconds(1));
      base::Check(made.ok(), made.ToString());
    }
    Load();
    table::DatabaseOptions tables;
    tables.path = "/tables";
    tables.env = env_.get();
    auto database = table::Database::Open(tables, service_.tables, engine::kRawSpaces);
    base::Check(database.ok(), database.status().ToString());
    database_ = *std::move(database);
    engine::EngineOptions options;
    options.workers = 1;
    options.worker_wakers = {[] {}};
    options.coordinator_waker = options.reactor_waker = [] {};
    options.idle = [this](absl::Duration) { Pass(); };
    auto engine =
        engine::Engine::Open(service_, *connection_, *database_, clock_, std::move(options));
    base::Check(engine.ok(), engine.status().ToString());
    engine_ = *std::move(engine);
  }

  // A follower: nobody steps its group, so it never claims.
  void ReadAll() {
    for (int i = 0; i < 1000; ++i) {
      Pass();
      base::Check(engine_->StepWorker(0).ok(), "it reads");
    }
  }

  engine::Engine& engine() { return *engine_; }
  const table::Database& database() const { return *database_; }

 private:
  void Load() {
    auto writer = connection_->OpenWriter(service_.topic, [] {});
    base::Check(writer.ok(), writer.status().ToString());
    for (const GoldenLine& line : Golden())
      base::Check((*writer)->Append(line.record.View(), 1).ok(), "the log takes it");
    for (int i = 0; i < 1000; ++i) Pass();
  }
  void Pass() {
    clock_.Advance(absl::Milliseconds(1));
    log_.Advance();
  }

  eventlog::SimClock clock_;
  eventlog::SimLog log_;
  engine::ServiceDef service_;
  std::unique_ptr<rocksdb::Env> env_{rocksdb::NewMemEnv(rocksdb::Env::Default())};
  std::unique_ptr<eventlog::EventLog> connection_;
  std::unique_ptr<table::Database> database_;
  std::unique_ptr<engine::Engine> engine_;
};

TEST(GoldenTopic, TheEngineFoldsWhatCountsAndNothingElse) {
  GoldenReplica replica;
  replica.ReadAll();
  std::map<int, int64_t> rejected, end;
  for (const GoldenLine& line : Golden()) {
    rejected[line.record.partition] += line.verdict == "rejected" ? 1 : 0;
    end[line.record.partition] = line.record.offset + 1;
  }
  for (const engine::PartitionReport& report : replica.engine().Reports()) {
    if (report.topic != "crm.customer.log.v1") continue;
    EXPECT_EQ(report.stopped, "");
    EXPECT_EQ(report.next, end[report.partition]) << report.partition;
    EXPECT_EQ(report.rejected, rejected[report.partition]) << report.partition;
  }
  std::map<std::string, std::pair<std::string, std::string>> rows;
  customer::v1::Customer row;
  const table::ReadView view(replica.database());
  view.ScanErased("customers", "", {}, row, [&](const google::protobuf::Message&) {
    rows[row.name()] = {row.etag(), row.region()};
    return true;
  });
  EXPECT_EQ(rows, GoldenCustomers());
}

}  // namespace
}  // namespace crm::fault
