// What the questions to a log are put through: they fail within their time-out, or say what is.
#include <gtest/gtest.h>

#include "libs/base/clock.h"
#include "libs/eventlog/kafka/kafka_log.h"
#include "libs/eventlog/kafka/mock_row.h"
#include "libs/eventlog/kafka/test_wakes.h"

namespace crm::eventlog::kafka {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(2);
// How much later than its time-out a call may return on a busy machine.
constexpr absl::Duration kGrace = absl::Seconds(2);

void CheckInfo(const TopicInfo& info) {
  EXPECT_FALSE(info.cluster_id.empty());
  ASSERT_EQ(info.partitions.size(), MockCluster::kPartitions);
  EXPECT_EQ(info.partitions[0].begin, 0);
  EXPECT_EQ(info.partitions[0].end, 3);
  EXPECT_EQ(info.partitions[1].end, 0);
}

}  // namespace

void PutDescribeThrough(const Row& row) {
  const base::SystemClock clock;
  MockCluster cluster(row.brokers);
  cluster.Put({"a", "b", "c"});
  Options options = cluster.ClientOptions();
  options.message_timeout = absl::Seconds(10);  // As KafkaLog wants it; nothing is written here.
  auto log = KafkaLog::Open(options);
  ASSERT_TRUE(log.ok()) << log.status();
  Begin(row, cluster);
  const absl::Duration asked = clock.SinceBoot();
  const absl::StatusOr<TopicInfo> during = (*log)->Describe(MockCluster::kTopic, kTimeout);
  EXPECT_LT(clock.SinceBoot() - asked, kTimeout + kGrace);
  EXPECT_EQ(during.status().code(), row.outcome) << during.status();
  if (during.ok()) CheckInfo(*during);
  // Where the topic is not known to be there nothing is opened.
  if (row.answers.empty() && !during.ok()) {
    EXPECT_EQ((*log)->OpenTail(MockCluster::kTopic, {{0, 0}}, nullptr).status().code(),
              row.outcome);
    EXPECT_EQ((*log)->OpenWriter(MockCluster::kTopic, nullptr).status().code(), row.outcome);
  }
  // The mock makes no topics: whatever else is wrong, none may be said to be made.
  const absl::Duration making = clock.SinceBoot();
  EXPECT_TRUE(absl::IsUnavailable((*log)->CreateTopic("new", 1, kTimeout)));
  EXPECT_LT(clock.SinceBoot() - making, kTimeout + kGrace);
  End(row, cluster);
  const Wakes wakes;
  wakes.Until("it is described", [&] {
    const absl::StatusOr<TopicInfo> after = (*log)->Describe(MockCluster::kTopic, kTimeout);
    if (after.ok()) CheckInfo(*after);
    return after.ok() && Consumed(row, cluster);
  });
}

}  // namespace crm::eventlog::kafka
