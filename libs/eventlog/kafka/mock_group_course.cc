// What a group reader is put through: it joins, reads and commits in the midst of the trouble. Each
// record must come at least once, in order, and what was committed must be there for others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/base/clock.h"
#include "libs/eventlog/kafka/group_reader.h"
#include "libs/eventlog/kafka/mock_row.h"
#include "libs/eventlog/kafka/test_wakes.h"

namespace crm::eventlog::kafka {
namespace {

class GroupCourse {
 public:
  explicit GroupCourse(const Row& row) : row_(row), cluster_(row.brokers) {}

  void Run() {
    cluster_.Put({"a", "b", "c"});
    if (row_.at_open) Begin(row_, cluster_);
    Open();
    ReadThrough(3);
    if (!row_.at_open) Begin(row_, cluster_);
    Commit(2);
    wakes_.Until("the trouble is noticed", [&] {
      Poll();
      return Consumed(row_, cluster_) && (told_ || row_.outcome == absl::StatusCode::kOk);
    });
    End(row_, cluster_);
    cluster_.Put({"d"});
    ReadThrough(4);
    // A membership that was lost took its open commits with it, and the records came again.
    Commit(3);
    wakes_.Until("it is committed", [&] {
      Poll();
      return assigned_ && cluster_.Committed() == 3;
    });
    EXPECT_TRUE(Consumed(row_, cluster_));
    Close();
    Open();
    ReadThrough(4);
    EXPECT_EQ(start_, 3);
    EXPECT_EQ(metadata_, "m3");
    Close();
  }

 private:
  void Open() {
    auto group = OpenGroup(cluster_.ClientOptions(), MockCluster::kGroup, {MockCluster::kTopic},
                           wakes_.waker());
    ASSERT_TRUE(group.ok()) << group.status();
    group_ = *std::move(group);
  }
  void Close() {
    const absl::Duration closing = clock_.SinceBoot();
    group_.reset();
    EXPECT_LT(clock_.SinceBoot() - closing, absl::Seconds(5));
    assigned_ = false;
  }
  void Commit(Offset next) {
    wakes_.Until("it can commit", [&] {
      Poll();
      return group_->Commit(MockCluster::kTopic, 0, next, absl::StrCat("m", next)).ok();
    });
  }
  void ReadThrough(Offset end) {
    wakes_.Until("the records come", [&] {
      Poll();
      return assigned_ && next_ >= end;
    });
  }
  void Poll() {
    GroupRecords batch;
    const absl::Status status = group_->Poll(100, batch);
    EXPECT_TRUE(status.ok() || absl::IsUnavailable(status)) << status;
    told_ = told_ || !status.ok();
    for (const GroupAssignment& assignment : batch.assignments) Take(assignment);
    static constexpr const char* kValues[] = {"a", "b", "c", "d"};
    for (const Record& record : batch.records.records) {
      EXPECT_TRUE(assigned_);
      EXPECT_EQ(record.offset, next_) << "a gap, or once more without a new assignment";
      EXPECT_EQ(record.value, kValues[record.offset]);
      next_ = record.offset + 1;
    }
  }
  void Take(const GroupAssignment& assignment) {
    if (assignment.partition != 0) return;
    EXPECT_NE(assigned_, assignment.assigned);
    assigned_ = assignment.assigned;
    if (!assigned_) return;
    start_ = next_ = assignment.next;
    metadata_ = assignment.metadata;
  }

  const Row& row_;
  base::SystemClock clock_;
  MockCluster cluster_;
  Wakes wakes_;
  std::unique_ptr<GroupReader> group_;
  bool assigned_ = false;  // Partition 0, as are all records.
  Offset start_ = 0;
  Offset next_ = 0;
  std::string metadata_;
  bool told_ = false;  // Some poll failed.
};

}  // namespace

void PutGroupThrough(const Row& row) { GroupCourse(row).Run(); }

}  // namespace crm::eventlog::kafka
