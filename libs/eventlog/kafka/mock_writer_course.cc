// What a writer is put through: some appends at once in the midst of the trouble, then others until
// one is in, and a look at what the mock really holds.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "libs/eventlog/kafka/mock_row.h"
#include "libs/eventlog/kafka/test_wakes.h"
#include "libs/eventlog/kafka/writer.h"

namespace crm::eventlog::kafka {
namespace {

constexpr int kAtOnce = 3;

bool Unknown(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

class WriterCourse {
 public:
  explicit WriterCourse(const Row& row) : row_(row), cluster_(row.brokers) {}

  void Run() {
    if (!row_.at_open) {
      Open();
      EXPECT_TRUE(Append("before"));
      AwaitFates();
      EXPECT_TRUE(told_.back().delivery.status.ok()) << told_.back().delivery.status;
    }
    Begin(row_, cluster_);
    if (row_.at_open) Open();
    for (int i = 0; i < kAtOnce; ++i) Append(absl::StrCat("during", i));
    AwaitFates();
    CheckOutcome();
    End(row_, cluster_);
    EXPECT_EQ(writer_->Broken(), row_.broken);
    if (writer_->Broken()) Open();
    CheckLog(AppendUntilIn());
  }

 private:
  struct Told {
    std::string value;
    int times = 0;
    Delivery delivery;
  };

  void Open() {
    // Options that KafkaLog would refuse: its message time-out is too long to wait for here.
    auto writer = OpenWriter(cluster_.ClientOptions(), MockCluster::kTopic,
                             MockCluster::kPartitions, wakes_.waker(), absl::ZeroDuration());
    ASSERT_TRUE(writer.ok()) << writer.status();
    writer_ = *std::move(writer);
  }
  // False where it was not even taken, which is the row's outcome too.
  bool Append(const std::string& value) {
    Record record;
    record.value = value;
    const absl::Status status = writer_->Append(record, /*token=*/told_.size());
    if (!status.ok()) {
      EXPECT_TRUE(writer_->Broken() || status.code() == row_.outcome) << value << ": " << status;
      return false;
    }
    told_.push_back({value, 0, {}});
    return true;
  }
  void AwaitFates() {
    wakes_.Until("every append is told", [&] {
      std::vector<Delivery> deliveries;
      writer_->Poll(deliveries);
      for (const Delivery& delivery : deliveries) {
        Told& told = told_.at(delivery.token);
        EXPECT_EQ(++told.times, 1) << told.value << " is told twice";
        told.delivery = delivery;
      }
      return std::all_of(told_.begin(), told_.end(), [](const Told& t) { return t.times > 0; });
    });
  }
  // Of what was appended during the trouble some came out as the row says, all others are in.
  void CheckOutcome() {
    int as_said = 0;
    for (const Told& told : told_) {
      if (told.value == "before") continue;
      const absl::Status& status = told.delivery.status;
      const bool expected = row_.outcome == absl::StatusCode::kUnavailable
                                ? Unknown(status)
                                : status.code() == row_.outcome;
      EXPECT_TRUE(expected || status.ok()) << told.value << ": " << status;
      if (expected) ++as_said;
    }
    EXPECT_GE(as_said, 1) << "nothing came out as the row says";
  }
  // The trouble may last on for some appends; its end is that one is in and nothing bad is left.
  std::string AppendUntilIn() {
    std::string value;
    wakes_.Until("the writer gets over it, all bad answers were given", [&] {
      value = absl::StrCat("after", told_.size());
      if (!Append(value)) return false;
      AwaitFates();
      const absl::Status& fate = told_.back().delivery.status;
      EXPECT_TRUE(fate.ok() || Unknown(fate) || fate.code() == row_.outcome) << fate;
      return fate.ok() && Consumed(row_, cluster_);
    });
    return value;
  }
  void CheckLog(const std::string& last) {
    std::map<Offset, std::string> log;
    std::map<std::string, int> count;
    for (const MockCluster::Held& held : cluster_.Read()) {
      log[held.offset] = held.value;
      ++count[held.value];
    }
    ASSERT_FALSE(log.empty());
    EXPECT_EQ(log.rbegin()->second, last) << "something landed behind a later record";
    for (const Told& told : told_) {
      const Delivery& delivery = told.delivery;
      if (delivery.status.ok()) {
        EXPECT_GE(count[told.value], 1) << told.value << " is not in the log";
        if (delivery.offset >= 0) {
          EXPECT_EQ(log[delivery.offset], told.value);
        }
      } else if (!Unknown(delivery.status)) {
        EXPECT_EQ(count[told.value], 0) << told.value << " was refused and is in the log";
      }
      // The mock does not know a repeated batch by its sequence, as brokers do.
      if (!LosesAnswers()) {
        EXPECT_LE(count[told.value], 1) << told.value;
      }
    }
  }
  bool LosesAnswers() const {
    return std::any_of(row_.answers.begin(), row_.answers.end(), [&](const Answer& answer) {
      return answer.delay >= cluster_.ClientOptions().socket_timeout;
    });
  }

  const Row& row_;
  MockCluster cluster_;
  Wakes wakes_;
  std::unique_ptr<Writer> writer_;
  std::vector<Told> told_;  // By token.
};

}  // namespace

void PutWriterThrough(const Row& row) { WriterCourse(row).Run(); }

}  // namespace crm::eventlog::kafka
