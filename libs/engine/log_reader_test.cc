#include "libs/engine/log_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "crm/eventlog/v1/eventlog.pb.h"
#include "libs/base/hash.h"
#include "libs/base/status.h"
#include "libs/engine/decide.h"

namespace crm::engine {
namespace {

using ::testing::ElementsAre;

class LogReaderTest : public ::testing::Test {
 protected:
  LogReader From(const v1::StoredPosition& position) {
    return {"log", 0, position, [](const eventlog::Record&) {},
            [this](const eventlog::Record& record) {
              if (record.value == "poison") return Poison("nobody can read it");
              taken_.push_back(std::string(record.HeaderOr("ce_id")));
              return absl::OkStatus();
            }};
  }

  // `type`: full name of what the log says of itself; empty: a fact.
  void Feed(LogReader& reader, const std::string& id, const std::string& value,
            const std::string& type = "") {
    eventlog::Record record;
    record.offset = offset_++;
    record.value = value;
    const std::string fence = eventlog::FormatFence(1);
    record.headers = {{"ce_id", id}, {"ce_fence", fence}, {"ce_type", type}};
    if (type.empty()) record.headers.push_back({"ce_revision", fence});
    ASSERT_TRUE(reader.Feed(record).ok());
  }
  void Claim(LogReader& reader) { Feed(reader, "c", "", std::string(eventlog::kClaimType)); }

  std::vector<std::string> taken_;
  eventlog::Offset offset_ = 0;
};

TEST_F(LogReaderTest, WhatComesTwiceIsTakenOnceAlsoAfterARestart) {
  LogReader reader = From({});
  Claim(reader);
  for (const char* id : {"c-1", "c-2", "c-1", "c-2"}) Feed(reader, id, "fact");
  EXPECT_EQ(reader.number(), 2);
  LogReader resumed = From(reader.position());
  for (const char* id : {"c-2", "c-3"}) Feed(resumed, id, "fact");
  EXPECT_THAT(taken_, ElementsAre("c-1", "c-2", "c-3"));
  EXPECT_EQ(reader.rejected() + resumed.rejected(), 3);
}

TEST_F(LogReaderTest, PoisonThatComesTwiceIsSkippedOnce) {
  LogReader reader = From({});
  Claim(reader);
  Feed(reader, "c-1", "poison");
  EXPECT_FALSE(reader.stopped().empty());
  Feed(reader, "c-1", "poison");
  Feed(reader, "c-2", "fact");
  eventlog::v1::LogEvent word;
  word.mutable_record_skipped()->set_sha256(base::Sha256Hex("poison"));
  Feed(reader, "word", word.SerializeAsString(),
       std::string(eventlog::v1::RecordSkipped::descriptor()->full_name()));
  EXPECT_EQ(reader.stopped(), "");
  EXPECT_THAT(taken_, ElementsAre("c-2", "word"));
}

TEST(Damage, OfTheTablesIsToldAsPassingAndOfTheLogAsInternal) {
  const absl::Status damage = absl::DataLossError("a block does not match its checksum");
  EXPECT_TRUE(absl::IsUnavailable(OfTables(damage)));
  EXPECT_EQ(base::ReasonOf(OfTables(damage)), "TABLES_DAMAGED");
  EXPECT_EQ(OfLog(damage).code(), absl::StatusCode::kInternal);
  const absl::Status other = absl::NotFoundError("no");
  EXPECT_EQ(OfTables(other), other);
  EXPECT_EQ(OfLog(other), other);
}

}  // namespace
}  // namespace crm::engine
