// What a member of the group of owners is put through: it joins in the midst of the trouble, or is
// in it and has a lease, and must have all partitions and a lease again afterwards.
#include <gtest/gtest.h>

#include <set>

#include "libs/base/clock.h"
#include "libs/eventlog/kafka/mock_row.h"
#include "libs/eventlog/kafka/ownership.h"
#include "libs/eventlog/kafka/test_wakes.h"

namespace crm::eventlog::kafka {
namespace {

// The time of a heartbeat is taken when it is on its way: one that was answered before the trouble
// began may have a later one, by as long as its thread had to wait for a processor.
constexpr absl::Duration kOnItsWay = absl::Milliseconds(100);

class OwnershipCourse {
 public:
  explicit OwnershipCourse(const Row& row) : row_(row), cluster_(row.brokers) {}

  void Run() {
    if (row_.at_open) Begin(row_, cluster_);
    auto joined =
        JoinOwnership(cluster_.ClientOptions(), MockCluster::kTopic, "one", wakes_.waker());
    ASSERT_TRUE(joined.ok()) << joined.status();
    ownership_ = *std::move(joined);
    EXPECT_FALSE(LeaseHolds());
    if (!row_.at_open) {
      AwaitLease();
      Begin(row_, cluster_);
    }
    const absl::Duration begun = clock_.SinceBoot();
    wakes_.Until("the trouble is noticed", [&] {
      Poll();
      const absl::Duration last = ownership_->LastHeartbeat();
      const bool consumed = Consumed(row_, cluster_);
      if (row_.outcome == absl::StatusCode::kOk) return consumed || MeetsItLeaving();
      if (row_.begin != nullptr) return !LeaseHolds();
      if (!consumed) {
        EXPECT_LE(last, begun + kOnItsWay) << "a refusal counts as contact";
      }
      return consumed;
    });
    End(row_, cluster_);
    AwaitLease();
    const absl::Duration leaving = clock_.SinceBoot();
    ownership_.reset();
    EXPECT_LT(clock_.SinceBoot() - leaving, absl::Seconds(5));
    EXPECT_TRUE(Consumed(row_, cluster_));
  }

 private:
  void AwaitLease() {
    const absl::Duration since = clock_.SinceBoot();
    wakes_.Until("it owns all and has a lease", [&] {
      Poll();
      return owned_.size() == MockCluster::kPartitions && ownership_->LastHeartbeat() > since;
    });
  }
  void Poll() {
    std::vector<OwnershipEvent> events;
    ownership_->Poll(events);
    for (const OwnershipEvent& event : events) {
      if (event.kind == OwnershipEvent::Kind::kAssigned) {
        EXPECT_TRUE(owned_.insert(event.partition).second) << "assigned twice";
      } else {
        EXPECT_EQ(owned_.erase(event.partition), 1u) << "revoked, not owned";
      }
    }
  }
  bool MeetsItLeaving() const {
    return !row_.answers.empty() && row_.answers.front().request == Request::kLeaveGroup;
  }
  bool LeaseHolds() const {
    return ownership_->LastHeartbeat() + ownership_->SessionTimeout() > clock_.SinceBoot();
  }

  const Row& row_;
  base::SystemClock clock_;
  MockCluster cluster_;
  Wakes wakes_;
  std::unique_ptr<Ownership> ownership_;
  std::set<int> owned_;
};

}  // namespace

void PutOwnershipThrough(const Row& row) { OwnershipCourse(row).Run(); }

}  // namespace crm::eventlog::kafka
