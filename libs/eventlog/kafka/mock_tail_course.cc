// What a tail is put through: it has read some records, more come during the trouble, and it must
// give them all, in order, none twice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/eventlog/kafka/mock_row.h"
#include "libs/eventlog/kafka/tail.h"
#include "libs/eventlog/kafka/test_wakes.h"

namespace crm::eventlog::kafka {
namespace {

bool Final(absl::StatusCode code) {
  return code != absl::StatusCode::kOk && code != absl::StatusCode::kUnavailable;
}

class TailCourse {
 public:
  explicit TailCourse(const Row& row) : row_(row), cluster_(row.brokers) {}

  void Run() {
    cluster_.Put({"a", "b"});
    auto tail =
        OpenTail(cluster_.ClientOptions(), MockCluster::kTopic, {{0, 0}, {1, 0}}, wakes_.waker());
    ASSERT_TRUE(tail.ok()) << tail.status();
    tail_ = *std::move(tail);
    wakes_.Until("the tail reads", [&] {
      Poll();
      return values_.size() == 2;
    });
    if (Final(row_.outcome)) return RunToItsEnd();
    if (row_.begin == nullptr) cluster_.Put({"c"});  // A cluster that is down takes none.
    Begin(row_, cluster_);
    wakes_.Until("the trouble is noticed", [&] {
      Poll();
      return Consumed(row_, cluster_) && (told_ || row_.outcome == absl::StatusCode::kOk);
    });
    End(row_, cluster_);
    cluster_.Put(row_.begin == nullptr ? std::vector<std::string>{"d"}
                                       : std::vector<std::string>{"c", "d"});
    wakes_.Until("the rest is read", [&] {
      Poll();
      return values_.size() >= 4 && Consumed(row_, cluster_);
    });
    EXPECT_THAT(values_, testing::ElementsAre("a", "b", "c", "d"));
  }

 private:
  void RunToItsEnd() {
    ReachTheEnd();
    Begin(row_, cluster_);
    wakes_.Until("it is refused", [&] {
      Poll();
      return Final(last_.code());
    });
    EXPECT_TRUE(Consumed(row_, cluster_));
    Poll();
    EXPECT_EQ(last_.code(), row_.outcome) << "final is final";
    EXPECT_THAT(values_, testing::ElementsAre("a", "b"));
  }
  // librdkafka (2.0.2) drops the error of the answer by which it learns that it has read all, as
  // a broker would repeat it and the mock does not. The second of two fetches is sent behind that.
  void ReachTheEnd() {
    cluster_.Give({Request::kFetch, RD_KAFKA_RESP_ERR_NO_ERROR, absl::ZeroDuration(), 2});
    wakes_.Until("the end is reached", [&] {
      Poll();
      return cluster_.Left(Request::kFetch) == 0;
    });
  }
  void Poll() {
    Records batch;
    last_ = tail_->Poll(100, batch);
    EXPECT_TRUE(last_.ok() || absl::IsUnavailable(last_) || last_.code() == row_.outcome) << last_;
    told_ = told_ || absl::IsUnavailable(last_);
    for (const Record& record : batch.records) {
      EXPECT_EQ(record.offset, static_cast<Offset>(values_.size()));
      values_.emplace_back(record.value);
    }
  }

  const Row& row_;
  MockCluster cluster_;
  Wakes wakes_;
  std::unique_ptr<Tail> tail_;
  std::vector<std::string> values_;
  absl::Status last_;
  bool told_ = false;  // Some poll said kUnavailable.
};

}  // namespace

void PutTailThrough(const Row& row) { TailCourse(row).Run(); }

}  // namespace crm::eventlog::kafka
