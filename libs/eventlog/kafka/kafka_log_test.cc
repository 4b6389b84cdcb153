// What can be said without a broker; the rest is in conformance_test.cc and fault_test.cc.
#include "libs/eventlog/kafka/kafka_log.h"

#include <gtest/gtest.h>

#include "libs/base/clock.h"

namespace crm::eventlog::kafka {
namespace {

Options Unreachable() {
  Options options;
  options.bootstrap_servers = "127.0.0.1:1";  // Nothing listens there.
  options.open_timeout = absl::Milliseconds(200);
  options.committed_timeout = absl::Milliseconds(200);
  return options;
}

TEST(KafkaLog, AWrongSettingIsRefused) {
  EXPECT_TRUE(absl::IsInvalidArgument(KafkaLog::Open({}).status()));
}

TEST(KafkaLog, AnUnreachableBrokerIsUnavailable) {
  const base::SystemClock clock;
  const absl::Duration started = clock.SinceBoot();
  auto log = KafkaLog::Open(Unreachable());
  ASSERT_TRUE(log.ok()) << log.status();
  const absl::Duration timeout = absl::Milliseconds(200);
  EXPECT_TRUE(absl::IsUnavailable((*log)->Describe("t", timeout).status()));
  EXPECT_TRUE(absl::IsUnavailable((*log)->CreateTopic("t", 1, timeout)));
  EXPECT_TRUE(absl::IsUnavailable((*log)->OpenTail("t", {{0, 0}}, nullptr).status()));
  EXPECT_TRUE(absl::IsUnavailable((*log)->OpenWriter("t", nullptr).status()));
  EXPECT_TRUE(absl::IsUnavailable((*log)->JoinOwnership("t", "a", nullptr).status()));
  EXPECT_LT(clock.SinceBoot() - started, absl::Seconds(10)) << "each waits its time-out only";
}

TEST(KafkaLog, AGroupOpensWithoutABrokerAndGivesNothing) {
  auto log = KafkaLog::Open(Unreachable());
  ASSERT_TRUE(log.ok()) << log.status();
  auto group = (*log)->OpenGroup("g", {"t"}, nullptr);
  ASSERT_TRUE(group.ok()) << group.status();
  GroupRecords records;
  const absl::Status status = (*group)->Poll(10, records);
  EXPECT_TRUE(status.ok() || absl::IsUnavailable(status)) << status;
  EXPECT_TRUE(records.records.records.empty());
  EXPECT_EQ((*group)->Commit("t", 0, 1, "").code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(absl::IsInvalidArgument((*group)->Commit("t", 0, 1, std::string(1'001, 'x'))));
}

}  // namespace
}  // namespace crm::eventlog::kafka
