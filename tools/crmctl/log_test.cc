// Events and skipping, on an embedded log in a directory of its own.
#include <gmock/gmock.h>

#include <filesystem>
#include <sstream>

#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/customer_event.pb.h"
#include "crm/eventlog/v1/eventlog.pb.h"
#include "libs/base/hash.h"
#include "libs/engine/log_reader.h"
#include "libs/eventlog/cloud_events.h"
#include "libs/eventlog/embedded/embedded_log.h"
#include "tools/crmctl/events.h"
#include "tools/crmctl/failure.h"
#include "tools/crmctl/log_skip.h"

namespace crm::crmctl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kTopic[] = "crm.customer.log.v1";
constexpr int kPartition = 1;

class Logs : public ::testing::Test {
 protected:
  Logs() : dir_(::testing::TempDir() + "/crmctl-" + RandomIdOf()) {
    std::filesystem::create_directories(dir_);
    Open();
    EXPECT_TRUE(log_->CreateTopic(kTopic, 2, absl::Seconds(5)).ok());
  }
  ~Logs() override {
    log_.reset();
    std::filesystem::remove_all(dir_);
  }

  static std::string RandomIdOf() {
    return ::testing::UnitTest::GetInstance()->current_test_info()->name();
  }
  void Open() { log_ = *eventlog::EmbeddedLog::Open({.path = dir_ + "/log"}); }

  eventlog::Offset Append(const std::string& type, const std::string& schema, int64_t fence,
                          const std::string& value) {
    eventlog::EventHeaders headers;
    headers.id = "e-" + std::to_string(++count_);
    headers.source = "test";
    headers.type = type;
    headers.dataschema = schema;
    headers.subject = "customers/c1";
    headers.time = absl::UnixEpoch();
    headers.fence = fence;
    headers.revision = schema == "crm.customer.v1.CustomerEvent" ? count_ : 0;
    headers.actor = "user:ann";
    const eventlog::HeaderBlock block(headers);
    auto writer = *log_->OpenWriter(kTopic, [] {});
    EXPECT_TRUE(writer->Append({kPartition, 0, "c1", value, block.headers()}, 1).ok());
    std::vector<eventlog::Delivery> deliveries;
    while (deliveries.empty()) writer->Poll(deliveries);
    EXPECT_TRUE(deliveries[0].status.ok());
    return deliveries[0].offset;
  }
  eventlog::Offset Claim(int64_t epoch) {
    eventlog::v1::LogEvent event;
    event.mutable_partition_claimed()->set_epoch(epoch);
    return Append(std::string(eventlog::kClaimType), "crm.eventlog.v1.LogEvent", epoch,
                  event.SerializeAsString());
  }
  eventlog::Offset Verified(int64_t fence) {
    customer::v1::CustomerEvent event;
    event.mutable_verified()->mutable_verify_time()->set_seconds(7);
    return Append("crm.customer.v1.CustomerVerified", "crm.customer.v1.CustomerEvent", fence,
                  event.SerializeAsString());
  }
  eventlog::Offset Poison(int64_t fence) {
    return Append("crm.customer.v1.CustomerRenamed", "crm.customer.v1.CustomerEvent", fence,
                  "\xFF\xFF");
  }
  absl::StatusOr<Skipped> Skip(eventlog::Offset offset, bool force = false) {
    return SkipRecord(*log_, {kTopic, kPartition, offset, "written by a test", "user:ann", force},
                      absl::UnixEpoch());
  }
  // What a service's reader makes of the partition: the offsets it took, and where it stopped.
  std::string Read() {
    std::string taken;
    engine::LogReader reader(
        kTopic, kPartition, {}, [](const eventlog::Record&) {},
        [&](const eventlog::Record& record) -> absl::Status {
          if (record.value == "\xFF\xFF") return engine::Poison("poison");
          taken += std::to_string(record.offset) + " ";
          return absl::OkStatus();
        });
    const auto info = *log_->Describe(kTopic, absl::Seconds(5));
    auto tail = *log_->OpenTail(kTopic, {{kPartition, 0}}, [] {});
    eventlog::Records records;
    eventlog::Offset next = 0;
    while (next < info.partitions[kPartition].end) {
      EXPECT_TRUE(tail->Poll(100, records).ok());
      for (const eventlog::Record& record : records.records) {
        EXPECT_TRUE(reader.Feed(record).ok());
        next = record.offset + 1;
      }
    }
    return taken + reader.stopped();
  }

  const std::string dir_;
  std::unique_ptr<eventlog::EmbeddedLog> log_;
  int count_ = 0;
};

TEST_F(Logs, ASkippedRecordIsPassedOverByEveryReader) {
  Claim(1);
  Verified(1);
  const eventlog::Offset poison = Poison(1);
  const eventlog::Offset last = Verified(1);
  EXPECT_EQ(Read(), "1 poison");
  const absl::StatusOr<Skipped> skipped = Skip(poison);
  ASSERT_TRUE(skipped.ok()) << skipped.status();
  EXPECT_EQ(skipped->sha256, base::Sha256Hex("\xFF\xFF"));
  EXPECT_EQ(skipped->fence, 1);
  EXPECT_FALSE(skipped->already);
  EXPECT_EQ(Read(), "1 " + std::to_string(last) + " " + std::to_string(skipped->offset) + " ");
}

TEST_F(Logs, SaidTwiceItIsDoneOnce) {
  Claim(1);
  const eventlog::Offset poison = Poison(1);
  const eventlog::Offset first = Skip(poison)->offset;
  const Skipped second = *Skip(poison);
  EXPECT_TRUE(second.already);
  EXPECT_EQ(second.offset, first);
}

TEST_F(Logs, ItIsSaidUnderTheNewestFence) {
  Claim(1);
  const eventlog::Offset poison = Poison(1);
  Claim(5);
  EXPECT_EQ(Skip(poison)->fence, 5);
}

TEST_F(Logs, NothingElseIsSkipped) {
  const eventlog::Offset claim = Claim(2);
  const eventlog::Offset late = Poison(1);
  const eventlog::Offset good = Verified(2);
  const auto end = [&] { return (*log_->Describe(kTopic, absl::Seconds(5))).partitions[1].end; };
  const eventlog::Offset before = end();
  EXPECT_THAT(std::string(Skip(claim).status().message()), HasSubstr("a claim"));
  EXPECT_THAT(std::string(Skip(late).status().message()), HasSubstr("does not count"));
  EXPECT_THAT(std::string(Skip(good).status().message()), HasSubstr("--force"));
  EXPECT_EQ(Skip(99).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(SkipRecord(*log_, {kTopic, 7, 0, "r", "", false}, absl::UnixEpoch()).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(SkipRecord(*log_, {kTopic, kPartition, late, "", "", false}, absl::UnixEpoch())
                .status()
                .code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(end(), before);
  EXPECT_TRUE(Skip(good, /*force=*/true).ok());
}

TEST_F(Logs, EventsAreThoseThatCount) {
  Claim(2);
  Verified(1);
  Verified(2);
  Poison(2);
  log_.reset();
  std::ostringstream out;
  TailArguments arguments{.topic = kTopic, .from_beginning = true, .follow = false};
  ASSERT_TRUE(TailEvents({.data_dir = dir_}, arguments, out).ok());
  EXPECT_EQ(out.str(),
            R"({"topic":"crm.customer.log.v1","partition":1,"offset":2,)"
            R"("type":"crm.customer.v1.CustomerVerified","subject":"customers/c1","revision":3,)"
            R"("time":"1970-01-01T00:00:00+00:00","actor":"user:ann","id":"e-3",)"
            R"("event":{"verified":{"verify_time":"1970-01-01T00:00:07Z"}}})"
            "\n"
            R"({"topic":"crm.customer.log.v1","partition":1,"offset":3,)"
            R"("type":"crm.customer.v1.CustomerRenamed","subject":"customers/c1","revision":4,)"
            R"("time":"1970-01-01T00:00:00+00:00","actor":"user:ann","id":"e-4",)"
            R"("unreadable":"no message of type crm.customer.v1.CustomerEvent","sha256":")" +
                base::Sha256Hex("\xFF\xFF") + "\"}\n");
  std::ostringstream claims;
  arguments.log_records = true;
  arguments.type = "PartitionClaimed";
  ASSERT_TRUE(TailEvents({.data_dir = dir_}, arguments, claims).ok());
  EXPECT_THAT(claims.str(), HasSubstr(R"("event":{"partition_claimed":{"epoch":"2"}})"));
  Open();
}

TEST_F(Logs, ARunningProcessHoldsItsLog) {
  std::ostringstream out;
  const absl::Status held = TailEvents(
      {.data_dir = dir_}, {.topic = kTopic, .from_beginning = true, .follow = false}, out);
  EXPECT_EQ(ExitCodeOf(held), kExitState);
  EXPECT_THAT(std::string(held.message()), HasSubstr("a running process holds the log"));
  EXPECT_EQ(ExitCodeOf(TailEvents({}, {}, out)), kExitUsage);
  EXPECT_EQ(ExitCodeOf(TailEvents({.data_dir = dir_}, {}, out)), kExitUsage);
  EXPECT_EQ(ExitCodeOf(OpenLog({.data_dir = dir_ + "/nothing"}).status()), kExitNotFound);
}

}  // namespace
}  // namespace crm::crmctl
