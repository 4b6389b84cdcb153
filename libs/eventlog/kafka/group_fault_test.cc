// Group readers beyond the conformance suite.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "libs/eventlog/kafka/test_broker.h"

namespace crm::eventlog::kafka {
namespace {

class GroupFault : public testing::Test {
 protected:
  std::unique_ptr<GroupReader> Group(const std::string& topic) {
    auto group = log_->OpenGroup(topic + ".group", {topic}, wakes_.waker());
    EXPECT_TRUE(group.ok()) << group.status();
    return *std::move(group);
  }
  void Put(const std::string& topic, const std::vector<std::string>& values) {
    auto writer = log_->OpenWriter(topic, wakes_.waker());
    ASSERT_TRUE(writer.ok()) << writer.status();
    for (const std::string& value : values) {
      Record record;
      record.value = value;
      ASSERT_TRUE((*writer)->Append(record, 0).ok());
    }
    std::vector<Delivery> told;
    wakes_.Until("it is written", [&] {
      (*writer)->Poll(told);
      return told.size() == values.size();
    });
    for (const Delivery& delivery : told) EXPECT_TRUE(delivery.status.ok()) << delivery.status;
  }
  // Polls until so many values have come.
  std::vector<std::string> Values(GroupReader& group, size_t count) {
    std::vector<std::string> values;
    GroupRecords batch;
    wakes_.Until("the records come", [&] {
      const absl::Status status = group.Poll(100, batch);
      EXPECT_TRUE(status.ok() || absl::IsUnavailable(status)) << status;
      for (const Record& record : batch.records.records) values.emplace_back(record.value);
      return values.size() >= count;
    });
    return values;
  }

  const std::string topic_ = absl::StrCat("group-", getpid(), "-", absl::ToUnixMillis(absl::Now()));
  Wakes wakes_;
  std::unique_ptr<KafkaLog> log_ = OpenLog(
      SharedBroker(), [](Options& options) { options.metadata_refresh = absl::Seconds(1); });
};

TEST_F(GroupFault, ATopicThatIsMadeLaterIsRead) {
  const auto group = Group(topic_);
  GroupRecords batch;
  wakes_.Until("it is told that there is no such topic",
               [&] { return absl::IsUnavailable(group->Poll(1, batch)); });
  ASSERT_TRUE(log_->CreateTopic(topic_, 1, kPatience).ok());
  Put(topic_, {"a"});
  EXPECT_THAT(Values(*group, 1), testing::ElementsAre("a"));
}

TEST_F(GroupFault, ACommitBeyondTheLogIsOutOfRangeForGood) {
  ASSERT_TRUE(log_->CreateTopic(topic_, 1, kPatience).ok());
  Put(topic_, {"a"});
  {
    const auto group = Group(topic_);
    EXPECT_THAT(Values(*group, 1), testing::ElementsAre("a"));
    ASSERT_TRUE(group->Commit(topic_, 0, 100, "").ok());
  }
  const auto group = Group(topic_);
  GroupRecords batch;
  absl::Status status;
  wakes_.Until("it is refused", [&] {
    status = group->Poll(1, batch);
    return !status.ok() && !absl::IsUnavailable(status);
  });
  EXPECT_TRUE(absl::IsOutOfRange(status)) << status;
  EXPECT_TRUE(absl::IsOutOfRange(group->Poll(1, batch)));
}

TEST_F(GroupFault, AReaderThatTakesOverGoesOnFromTheLastCommitOfTheOtherOne) {
  ASSERT_TRUE(log_->CreateTopic(topic_, 2, kPatience).ok());
  Put(topic_, {"a", "b", "c"});
  auto one = Group(topic_);
  EXPECT_THAT(Values(*one, 3), testing::ElementsAre("a", "b", "c"));
  // Many in a row: only the newest must reach the next reader, and no older one may overtake it.
  for (Offset next = 1; next <= 2; ++next) {
    ASSERT_TRUE(one->Commit(topic_, 0, next, absl::StrCat("m", next)).ok());
  }
  auto two = Group(topic_);
  std::vector<GroupAssignment> of_two;
  std::vector<std::string> values;
  GroupRecords batch;
  wakes_.Until("both partitions move, one by one", [&] {
    if (one != nullptr) {
      EXPECT_TRUE(one->Poll(100, batch).ok());
    }
    if (!of_two.empty()) one.reset();
    EXPECT_TRUE(two->Poll(100, batch).ok());
    of_two.insert(of_two.end(), batch.assignments.begin(), batch.assignments.end());
    for (const Record& record : batch.records.records) values.emplace_back(record.value);
    return of_two.size() == 2 && values.size() == 1;
  });
  for (const GroupAssignment& assignment : of_two) {
    EXPECT_EQ(assignment.next, assignment.partition == 0 ? 2 : 0);
    EXPECT_EQ(assignment.metadata, assignment.partition == 0 ? "m2" : "");
  }
  EXPECT_THAT(values, testing::ElementsAre("c"));
}

TEST_F(GroupFault, WhoLeavesAtAnyMomentOfJoiningIsGoneSoon) {
  ASSERT_TRUE(log_->CreateTopic(topic_, 4, kPatience).ok());
  Put(topic_, {"a"});
  const auto stays = Group(topic_);
  Values(*stays, 1);
  ASSERT_TRUE(stays->Commit(topic_, 0, 1, "").ok());
  GroupRecords batch;
  for (int millis = 0; millis < 400; millis += 20) {
    auto hasty = Group(topic_);
    const absl::Time leaves = absl::Now() + absl::Milliseconds(millis);
    wakes_.Until("the moment", [&] {
      stays->Poll(1, batch).IgnoreError();
      hasty->Poll(1, batch).IgnoreError();
      return absl::Now() >= leaves;
    });
    hasty.reset();
    EXPECT_LT(absl::Now() - leaves, absl::Seconds(10)) << "after " << millis << " ms";
  }
  Put(topic_, {"b"});
  EXPECT_THAT(Values(*stays, 1), testing::Contains("b"));
}

}  // namespace
}  // namespace crm::eventlog::kafka
