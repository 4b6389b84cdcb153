// Writers and tails whose broker vanishes, freezes and comes back.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "libs/eventlog/kafka/client.h"
#include "libs/eventlog/kafka/conf.h"
#include "libs/eventlog/kafka/handles.h"
#include "libs/eventlog/kafka/test_broker.h"

namespace crm::eventlog::kafka {
namespace {

using DeleteTopicPtr = Owned<rd_kafka_DeleteTopic_t, rd_kafka_DeleteTopic_destroy>;

// As an operator's tool would: the log itself deletes nothing.
void DeleteTopic(const std::string& bootstrap, const std::string& topic) {
  Options options;
  options.bootstrap_servers = bootstrap;
  absl::StatusOr<ConfPtr> conf = ReaderConf(options);
  ASSERT_TRUE(conf.ok()) << conf.status();
  const auto admin = Client::Make(RD_KAFKA_CONSUMER, *std::move(conf), nullptr);
  ASSERT_TRUE(admin.ok()) << admin.status();
  const DeleteTopicPtr deleted(rd_kafka_DeleteTopic_new(topic.c_str()));
  rd_kafka_DeleteTopic_t* request = deleted.get();
  const QueuePtr answers(rd_kafka_queue_new((*admin)->get()));
  rd_kafka_DeleteTopics((*admin)->get(), &request, 1, nullptr, answers.get());
  const EventPtr answer(
      rd_kafka_queue_poll(answers.get(), static_cast<int>(absl::ToInt64Milliseconds(kPatience))));
  ASSERT_NE(answer, nullptr);
  ASSERT_EQ(rd_kafka_event_error(answer.get()), RD_KAFKA_RESP_ERR_NO_ERROR);
}

class WriterFault : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(log_->CreateTopic("t", 1, kPatience).ok());
    auto writer = log_->OpenWriter("t", wakes_.waker());
    ASSERT_TRUE(writer.ok()) << writer.status();
    writer_ = *std::move(writer);
    ASSERT_TRUE(Fate("before").ok());
  }

  void Append(const std::string& value) {
    Record record;
    record.key = "key";
    record.value = value;
    ASSERT_TRUE(writer_->Append(record, next_token_).ok());
    tokens_[next_token_++] = value;
  }
  // Waits until every append was told; by value.
  std::map<std::string, absl::Status> Fates() {
    std::map<std::string, absl::Status> fates;
    wakes_.Until("all appends are told", [&] {
      std::vector<Delivery> told;
      writer_->Poll(told);
      for (const Delivery& delivery : told) {
        EXPECT_TRUE(fates.emplace(tokens_.at(delivery.token), delivery.status).second);
        tokens_.erase(delivery.token);
      }
      return tokens_.empty();
    });
    return fates;
  }
  absl::Status Fate(const std::string& value) {
    Append(value);
    return Fates()[value];
  }
  // Appends until one gets in: a broker that came back takes a while until it leads again.
  std::string AppendUntilIn(const std::string& prefix) {
    std::string value;
    for (int i = 0; value.empty() && i < 5; ++i) {
      const std::string tried = absl::StrCat(prefix, i);
      const absl::Status fate = Fate(tried);
      if (fate.ok()) value = tried;
      EXPECT_TRUE(fate.ok() || Unknown(fate)) << fate;
    }
    EXPECT_FALSE(value.empty());
    return value;
  }
  // All values, up to and with `last`.
  std::vector<std::string> ReadThrough(const std::string& last) {
    auto tail = log_->OpenTail("t", {{0, 0}}, wakes_.waker());
    EXPECT_TRUE(tail.ok()) << tail.status();
    std::vector<std::string> values;
    Read(**tail, last, values);
    return values;
  }
  void Read(Tail& tail, const std::string& last, std::vector<std::string>& values) {
    Records batch;
    wakes_.Until("the last record is read", [&] {
      const absl::Status status = tail.Poll(100, batch);
      EXPECT_TRUE(status.ok() || absl::IsUnavailable(status)) << status;
      for (const Record& record : batch.records) values.emplace_back(record.value);
      return !values.empty() && values.back() == last;
    });
  }

  static bool Unknown(const absl::Status& status) {
    return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
  }

  TestBroker broker_;
  Wakes wakes_;
  std::unique_ptr<KafkaLog> log_ = OpenLog(broker_.bootstrap());
  std::unique_ptr<Writer> writer_;
  std::map<uint64_t, std::string> tokens_;
  uint64_t next_token_ = 0;
};

TEST_F(WriterFault, AVanishedBrokerMeansUnknownAndTheSameWriterGoesOn) {
  auto tail = log_->OpenTail("t", {{0, 0}}, wakes_.waker());
  ASSERT_TRUE(tail.ok()) << tail.status();
  std::vector<std::string> tailed;
  Read(**tail, "before", tailed);
  broker_.Signal(SIGKILL);
  Append("a");
  Append("b");
  for (const auto& [value, status] : Fates()) EXPECT_TRUE(Unknown(status)) << value << status;
  EXPECT_FALSE(writer_->Broken());
  broker_.Start();
  const std::string after = AppendUntilIn("after");
  ASSERT_FALSE(HasFailure());
  // What was told as unknown may be there, but never behind what came later.
  EXPECT_EQ(ReadThrough(after).back(), after);
  Read(**tail, after, tailed);
  EXPECT_EQ(tailed.front(), "before") << "the tail went on by itself";
}

TEST_F(WriterFault, AFrozenBrokerDoesNotLandALateRecordBehindALaterOne) {
  broker_.Signal(SIGSTOP);
  Append("late");
  const absl::Status late = Fates()["late"];
  EXPECT_TRUE(Unknown(late)) << late;
  broker_.Signal(SIGCONT);
  ASSERT_FALSE(writer_->Broken());
  const std::string marker = AppendUntilIn("marker");
  const std::string end = AppendUntilIn("end");
  ASSERT_FALSE(HasFailure());
  const std::vector<std::string> values = ReadThrough(end);
  EXPECT_EQ(values.front(), "before");
  EXPECT_LE(std::count(values.begin(), values.end(), "late"), 1);
  const auto late_at = std::find(values.begin(), values.end(), "late");
  const auto marker_at = std::find(values.begin(), values.end(), marker);
  EXPECT_TRUE(late_at == values.end() || late_at < marker_at) << testing::PrintToString(values);
}

TEST_F(WriterFault, WhatIsOpenedDuringAnOutageWaitsForNobody) {
  broker_.Signal(SIGSTOP);
  const absl::Time began = absl::Now();
  EXPECT_TRUE(log_->OpenTail("t", {{0, 0}}, wakes_.waker()).ok());
  auto reopened = log_->ReopenWriter("t", wakes_.waker());
  ASSERT_TRUE(reopened.ok()) << reopened.status();
  auto ownership = log_->JoinOwnership("t", "one", wakes_.waker());
  EXPECT_TRUE(ownership.ok()) << ownership.status();
  EXPECT_LT(absl::Now() - began, Options().open_timeout / 2);
  broker_.Signal(SIGCONT);
  writer_ = *std::move(reopened);
  AppendUntilIn("after");
}

TEST_F(WriterFault, ADeletedTopicIsNotFound) {
  // librdkafka may take a topic that is missing for one that is not seen yet, for the first 30 s;
  // it then hears at its next look.
  const auto log = OpenLog(broker_.bootstrap(),
                           [](Options& options) { options.metadata_refresh = absl::Seconds(1); });
  auto opened = log->OpenWriter("t", wakes_.waker());
  ASSERT_TRUE(opened.ok()) << opened.status();
  const std::unique_ptr<Writer> writer = *std::move(opened);
  DeleteTopic(broker_.bootstrap(), "t");
  std::vector<Delivery> told;
  absl::Status refusal;
  size_t refused = 0;
  // The writer hears of it by and by; each append is then refused alike, headers and all.
  wakes_.Until("appends are refused", [&] {
    Record record;
    record.key = "key";
    record.value = "value";
    record.headers = {{"a name", "a value long enough to be stored elsewhere"}, {"b", ""}};
    const absl::Status status = writer->Append(record, next_token_++);
    if (!status.ok()) {
      refusal = status;
      ++refused;
    }
    writer->Poll(told);
    return refused >= 20;
  });
  EXPECT_TRUE(absl::IsNotFound(refusal)) << refusal;
  for (const Delivery& delivery : told) {
    EXPECT_TRUE(delivery.status.ok() || Unknown(delivery.status)) << delivery.status;
  }
  EXPECT_FALSE(writer->Broken());
}

TEST_F(WriterFault, APurgeTellsWhatWasNotSentAtOnce) {
  const auto log = OpenLog(broker_.bootstrap(), [](Options& options) {
    options.linger = absl::Seconds(9);  // Nothing is on its way yet.
  });
  auto opened = log->OpenWriter("t", wakes_.waker());
  ASSERT_TRUE(opened.ok()) << opened.status();
  writer_ = *std::move(opened);
  for (const char* value : {"a", "b", "c"}) Append(value);
  const absl::Time purged = absl::Now();
  writer_->Purge();
  for (const auto& [value, status] : Fates()) EXPECT_TRUE(Unknown(status)) << value << status;
  EXPECT_LT(absl::Now() - purged, absl::Seconds(5));
  writer_.reset();
}

}  // namespace
}  // namespace crm::eventlog::kafka
