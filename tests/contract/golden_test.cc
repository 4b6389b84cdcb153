// The log of record is kept for ever: events written by an older program must fold to the same
// tables. golden/log.txt holds such events; golden/digests.txt what they fold to.
#include "tests/contract/golden.h"

#include <set>

#include "gtest/gtest.h"
#include "libs/base/hash.h"
#include "libs/engine/fold.h"
#include "tests/contract/scenario.h"
#include "tests/contract/services.h"

namespace crm::contract {
namespace {

const char* const kAnew = " anew (tests/contract/README.md says how)";

class Golden : public ::testing::Test {
 protected:
  void SetUp() override {
    auto records = ParseGoldenLog(ReadSource(kGoldenLog));
    ASSERT_TRUE(records.ok()) << records.status();
    records_ = *std::move(records);
    const absl::Status folded = FoldAll(records_, world_);
    ASSERT_TRUE(folded.ok()) << folded;
  }
  std::vector<GoldenRecord> records_;
  World world_;
};

TEST_F(Golden, TheLogFoldsToThePinnedTables) {
  auto pinned = ParseDigests(ReadSource(kGoldenDigests));
  ASSERT_TRUE(pinned.ok()) << pinned.status();
  EXPECT_EQ(pinned->log_sha256, base::Sha256Hex(ReadSource(kGoldenLog)))
      << kGoldenDigests << " is about another log; write it" << kAnew;
  for (const TableDigest& digest : world_.Digests()) {
    const std::string name = PinnedName(digest);
    const auto found = pinned->tables.find(name);
    if (found == pinned->tables.end()) {
      ADD_FAILURE() << name << " is not pinned: write " << kGoldenDigests << kAnew;
      continue;
    }
    const Pinned::Table table = found->second;
    pinned->tables.erase(found);
    if (table.version == digest.version) {
      EXPECT_EQ(digest.sha256, table.sha256)
          << "table " << name << " folds the same events to other rows than before. Tables on disk "
          << "were made by the old code and would stay as they are: raise .version in its "
             "TableSpec "
          << "(read/tables.h), so that they are rebuilt, then write " << kGoldenDigests << kAnew
          << ". If this was not meant, old events read differently now: undo it.";
    } else {
      EXPECT_GT(digest.version, table.version) << "versions only rise: " << name;
      ADD_FAILURE() << name << " has a new version: write " << kGoldenDigests << kAnew;
    }
  }
  for (const auto& [name, table] : pinned->tables) ADD_FAILURE() << name << " is no table any more";
}

TEST_F(Golden, TheLogHasEveryFactOfEveryAggregate) {
  for (const ContractService& service : Services()) {
    const engine::ServiceDef def = DefinitionOf(service);
    std::set<std::string> seen;
    for (const GoldenRecord& record : records_) {
      const engine::AggregateDef* aggregate = def.AggregateOfEvent(record.schema);
      if (aggregate == nullptr) continue;
      const auto event = engine::ParseEvent(*aggregate, record.value);
      ASSERT_TRUE(event.ok()) << event.status();
      const auto& reflection = *(*event)->GetReflection();
      seen.insert(reflection.GetOneofFieldDescriptor(**event, aggregate->facts)->full_name());
    }
    for (const auto& aggregate : def.aggregates) {
      for (int i = 0; i < aggregate->facts->field_count(); ++i) {
        const std::string& fact = aggregate->facts->field(i)->full_name();
        EXPECT_EQ(seen.count(fact), 1u) << fact << " is in no golden event: add a step to "
                                        << "scenario.cc and write " << kGoldenLog << kAnew;
      }
    }
  }
}

TEST_F(Golden, EveryTableHasRowsOfTheLog) {
  for (const TableDigest& digest : world_.Digests()) {
    // Made of what reactions asked for in vain, which is no event (imports_test of the service).
    if (digest.table.ends_with("_refusals")) continue;
    EXPECT_GT(digest.rows, 0) << PinnedName(digest) << " stays empty: its fold is not pinned";
  }
}

TEST(Scenario, IsTakenWithoutRefusal) {
  World world;
  const absl::Status run = RunScenario(world);
  EXPECT_TRUE(run.ok()) << run;
  EXPECT_GT(world.records().size(), Scenario().size());
}

// Decisions are pure, so that the scenario gives the same log whenever and wherever it runs.
TEST(Scenario, GivesTheSameEventsTwice) {
  World first, second;
  ASSERT_TRUE(RunScenario(first).ok());
  ASSERT_TRUE(RunScenario(second).ok());
  ASSERT_EQ(first.records().size(), second.records().size());
  for (size_t i = 0; i < first.records().size(); ++i) {
    EXPECT_EQ(GoldenLine(first.records()[i]), GoldenLine(second.records()[i]));
  }
}

}  // namespace
}  // namespace crm::contract
