#include "libs/eventlog/kafka/mock_cluster.h"

#include <gtest/gtest.h>

#include <array>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/eventlog/kafka/handles.h"
#include "libs/eventlog/kafka/test_wakes.h"

namespace crm::eventlog::kafka {
namespace {

using ClientPtr = Owned<rd_kafka_t, rd_kafka_destroy>;
using MessagePtr = Owned<rd_kafka_message_t, rd_kafka_message_destroy>;

constexpr int kFirst = 1;
constexpr int kSecond = 2;
const int kPatienceMs = static_cast<int>(absl::ToInt64Milliseconds(kPatience));

int Ms(absl::Duration duration) { return static_cast<int>(absl::ToInt64Milliseconds(duration)); }

rd_kafka_t* NewClient(rd_kafka_type_t type,
                      const std::vector<std::pair<std::string, std::string>>& settings) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  std::array<char, 512> why{};
  rd_kafka_conf_set_log_cb(conf, nullptr);  // The mock's troubles are meant.
  for (const auto& [name, value] : settings) {
    base::Check(rd_kafka_conf_set(conf, name.c_str(), value.c_str(), why.data(), why.size()) ==
                    RD_KAFKA_CONF_OK,
                why.data());
  }
  rd_kafka_t* client = rd_kafka_new(type, conf, why.data(), why.size());
  base::Check(client != nullptr, why.data());
  return client;
}

}  // namespace

MockCluster::MockCluster(int brokers)
    : handle_(NewClient(RD_KAFKA_PRODUCER, {})),
      mock_(rd_kafka_mock_cluster_new(handle_, brokers)) {
  base::Check(mock_ != nullptr, "the mock cluster starts");
  rd_kafka_mock_topic_create(mock_, kTopic, kPartitions, brokers);
  for (int i = 0; i < kPartitions; ++i) {
    rd_kafka_mock_partition_set_leader(mock_, kTopic, i, kFirst);
  }
  for (const std::string& group : {std::string(kGroup), absl::StrCat(kTopic, ".owners")}) {
    rd_kafka_mock_coordinator_set(mock_, "group", group.c_str(), kFirst);
  }
}

MockCluster::~MockCluster() {
  rd_kafka_mock_cluster_destroy(mock_);
  rd_kafka_destroy(handle_);
}

Options MockCluster::ClientOptions() const {
  Options options;
  options.bootstrap_servers = rd_kafka_mock_cluster_bootstraps(mock_);
  options.open_timeout = absl::Seconds(2);
  options.socket_timeout = absl::Seconds(1);
  options.reconnect_backoff_max = absl::Milliseconds(100);
  options.metadata_refresh = absl::Seconds(1);
  options.message_timeout = absl::Seconds(3);
  options.request_timeout = absl::Seconds(1);
  options.linger = absl::Milliseconds(50);  // What is appended at once goes as one batch.
  options.fetch_wait = absl::Milliseconds(20);
  options.fetch_error_backoff = absl::Milliseconds(20);
  // The mock lets a group's first member wait 3 s, and throws out who is silent for a session.
  options.session_timeout = options.group_session_timeout = absl::Milliseconds(3'200);
  options.session_timeout_fallback = absl::Seconds(4);
  options.heartbeat_interval = options.group_heartbeat_interval = absl::Milliseconds(250);
  options.poll_interval_max = absl::Seconds(6);
  options.group_poll_interval_max = absl::Seconds(6);
  return options;
}

void MockCluster::Give(const Answer& answer) {
  for (int i = 0; i < answer.times; ++i) {
    rd_kafka_mock_broker_push_request_error_rtts(
        mock_, kFirst, static_cast<int16_t>(answer.request), 1, answer.error, Ms(answer.delay));
  }
}

size_t MockCluster::Left(Request request) const {
  size_t left = 0;
  rd_kafka_mock_broker_error_stack_cnt(mock_, kFirst, static_cast<int16_t>(request), &left);
  return left;
}

void MockCluster::CutOff() { rd_kafka_mock_broker_set_down(mock_, -1); }
void MockCluster::LetIn() { rd_kafka_mock_broker_set_up(mock_, -1); }
void MockCluster::Delay(absl::Duration answers) {
  rd_kafka_mock_broker_set_rtt(mock_, -1, Ms(answers));
}
void MockCluster::MoveToSecond() {
  for (int i = 0; i < kPartitions; ++i) {
    rd_kafka_mock_partition_set_leader(mock_, kTopic, i, kSecond);
  }
  for (const std::string& group : {std::string(kGroup), absl::StrCat(kTopic, ".owners")}) {
    rd_kafka_mock_coordinator_set(mock_, "group", group.c_str(), kSecond);
  }
  rd_kafka_mock_broker_set_down(mock_, kFirst);
}
void MockCluster::NoLeader() { rd_kafka_mock_partition_set_leader(mock_, kTopic, 0, -1); }
void MockCluster::Leader() { rd_kafka_mock_partition_set_leader(mock_, kTopic, 0, kFirst); }
void MockCluster::TopicError(rd_kafka_resp_err_t error) {
  rd_kafka_mock_topic_set_error(mock_, kTopic, error);
}

void MockCluster::Put(const std::vector<std::string>& values) {
  const ClientPtr client(NewClient(
      RD_KAFKA_PRODUCER, {{"bootstrap.servers", rd_kafka_mock_cluster_bootstraps(mock_)}}));
  for (const std::string& value : values) {
    EXPECT_EQ(rd_kafka_producev(client.get(), RD_KAFKA_V_TOPIC(kTopic), RD_KAFKA_V_PARTITION(0),
                                RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                                RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()),
                                RD_KAFKA_V_END),
              RD_KAFKA_RESP_ERR_NO_ERROR);
  }
  EXPECT_EQ(rd_kafka_flush(client.get(), kPatienceMs), RD_KAFKA_RESP_ERR_NO_ERROR);
}

std::vector<MockCluster::Held> MockCluster::Read() const {
  const ClientPtr client(
      NewClient(RD_KAFKA_CONSUMER, {{"bootstrap.servers", rd_kafka_mock_cluster_bootstraps(mock_)},
                                    {"group.id", "raw"},
                                    {"fetch.wait.max.ms", "20"},
                                    {"enable.auto.commit", "false"}}));
  int64_t begin = 0;
  int64_t end = 0;
  EXPECT_EQ(rd_kafka_query_watermark_offsets(client.get(), kTopic, 0, &begin, &end, kPatienceMs),
            RD_KAFKA_RESP_ERR_NO_ERROR);
  const PartitionsPtr all(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(all.get(), kTopic, 0)->offset = begin;
  rd_kafka_assign(client.get(), all.get());
  std::vector<Held> held;
  while (begin < end && (held.empty() || held.back().offset + 1 < end)) {
    const MessagePtr message(rd_kafka_consumer_poll(client.get(), kPatienceMs));
    if (message == nullptr) {
      ADD_FAILURE() << "the mock's log cannot be read";
      break;
    }
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    held.push_back(
        {message->offset, std::string(static_cast<char*>(message->payload), message->len)});
  }
  rd_kafka_consumer_close(client.get());
  return held;
}

Offset MockCluster::Committed() const {
  const ClientPtr client(NewClient(
      RD_KAFKA_CONSUMER,
      {{"bootstrap.servers", rd_kafka_mock_cluster_bootstraps(mock_)}, {"group.id", kGroup}}));
  const PartitionsPtr asked(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(asked.get(), kTopic, 0);
  EXPECT_EQ(rd_kafka_committed(client.get(), asked.get(), kPatienceMs), RD_KAFKA_RESP_ERR_NO_ERROR);
  const Offset offset = asked->elems[0].offset;
  rd_kafka_consumer_close(client.get());
  return offset < 0 ? -1 : offset;
}

}  // namespace crm::eventlog::kafka
