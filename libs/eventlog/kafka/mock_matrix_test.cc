// The matrix of client errors: each request that a handle makes, times each bad answer that it can
// get, on librdkafka's mock cluster. No hang, no false success, and the outcome that event_log.h
// documents.
//
// What the mock (2.0.2) cannot do, and so is not here:
// - Throttling (it always says 0 ms), errors of Metadata but for a topic's, CreateTopics at all.
// - UNKNOWN_MEMBER_ID of a member that the mock still knows, and a rejoin while the group
//   rebalances: it aborts the process, at times.
// - Sequences: it takes a repeated batch twice, and one that overtook another. So an answer that
// was
//   lost may double a record here; that and the order are shown on brokers (writer_fault_test.cc).
// - Leader epochs: it gives FENCED_LEADER_EPOCH only when told to.
#include <gtest/gtest.h>

#include <future>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/eventlog/kafka/mock_row.h"

namespace crm::eventlog::kafka {
namespace {

using Rows = std::vector<Row>;

constexpr auto kUnknown = absl::StatusCode::kUnavailable;
constexpr auto kUnavailable = absl::StatusCode::kUnavailable;
constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kDenied = absl::StatusCode::kPermissionDenied;
constexpr auto kOk = absl::StatusCode::kOk;
// As many as outlast the message time-out, with librdkafka's pause of 0.1 s before each retry.
constexpr int kLasting = 40;
// As many heartbeats as surely fit into a session, though they may come slower: a client that
// rejoins is in contact again.
constexpr int kBeats = 4;

struct Case {
  std::string name;
  void (*course)(const Row&);
  Rows rows;
};

Case WriterProduce() {
  return {"Writer_Produce", PutWriterThrough,
          Answered(Request::kProduce, When::kLater,
                   {{RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT},
                    {RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, kLasting, kUnknown},
                    {RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, 3},
                    {RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE},
                    {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, 3},
                    {RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, 3},
                    {RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, kLasting, kUnknown},
                    {RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND, 3},
                    {RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR},
                    {RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID},
                    {RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, 1, kUnknown},
                    {RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, 1, kUnknown, true},
                    {RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH, 1, kUnknown},
                    {RD_KAFKA_RESP_ERR_INVALID_MSG, 1, kUnknown},
                    {RD_KAFKA_RESP_ERR_UNKNOWN, 3, kUnknown},
                    {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, 1, kInvalid},
                    {RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE, 3, kInvalid},
                    {RD_KAFKA_RESP_ERR_INVALID_RECORD, 1, kInvalid},
                    {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, 1, kDenied},
                    {RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, 1, kDenied}})};
}

Case WriterInitProducerId() {
  return {"Writer_InitProducerId", PutWriterThrough,
          Answered(Request::kInitProducerId, When::kAtOpen,
                   {{RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, 3},
                    {RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, kLasting / 5, kUnknown},
                    {RD_KAFKA_RESP_ERR_NOT_COORDINATOR},
                    {RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE},
                    {RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT},
                    {RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, 1, kUnknown, true},
                    {RD_KAFKA_RESP_ERR_UNKNOWN}})};
}

Case WriterCluster() {
  const std::vector<Answer> look = {
      {Request::kProduce, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION}};
  return {"Writer_Cluster",
          PutWriterThrough,
          {Down(kUnknown),
           AllSlow(),
           AllTooSlow(kUnknown),
           Moved(),
           NoLeader(kUnknown, {}),
           TopicUnknown(kOk, look),
           TopicForbidden(kOk, look),
           {.name = "a known batch, its first answer was lost",
            .answers = {{Request::kProduce, RD_KAFKA_RESP_ERR_DUPLICATE_SEQUENCE_NUMBER}},
            .begin =
                [](MockCluster& c) {
                  c.Put({"during0", "during1", "during2"});
                }},
           {.name = "broken, and no new producer id at once",
            .answers = {{Request::kProduce, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER},
                        {Request::kInitProducerId, RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS,
                         absl::ZeroDuration(), 2}},
            .outcome = kUnknown,
            .broken = true}}};
}

Case TailFetch() {
  return {"Tail_Fetch", PutTailThrough,
          Answered(Request::kFetch, When::kLater,
                   {{RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, 3},
                    {RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE},
                    {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, 3},
                    {RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH, 3},
                    {RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH},
                    {RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE},
                    {RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE},
                    {RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE},
                    {RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR},
                    {RD_KAFKA_RESP_ERR_UNKNOWN},
                    {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, 3, kUnavailable},
                    {RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE, 1, absl::StatusCode::kOutOfRange},
                    {RD_KAFKA_RESP_ERR_INVALID_MSG, 1, absl::StatusCode::kDataLoss}})};
}

Case TailCluster() {
  // librdkafka does not tell a reader that its brokers are gone, nor (for 30 s) its topic: no
  // records come, and a caller that waits for one must see that by itself.
  const std::vector<Answer> look = {
      {Request::kFetch, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, absl::ZeroDuration(), 3}};
  return {"Tail_Cluster",
          PutTailThrough,
          {Down(kOk), AllSlow(), AllTooSlow(kOk), Moved(), NoLeader(kOk, look),
           TopicUnknown(kOk, look), TopicForbidden(kOk, look)}};
}

Case OwnershipFindCoordinator() {
  return {"Ownership_FindCoordinator", PutOwnershipThrough,
          Answered(Request::kFindCoordinator, When::kAtOpen,
                   {{RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, 3},
                    {RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, 3},
                    {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED},
                    {RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT}})};
}

Case OwnershipJoinGroup() {
  return {"Ownership_JoinGroup", PutOwnershipThrough,
          Answered(Request::kJoinGroup, When::kAtOpen,
                   {{RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, 3},
                    {RD_KAFKA_RESP_ERR_NOT_COORDINATOR, 3},
                    {RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE},
                    {RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID},
                    {RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS},
                    {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED},
                    {RD_KAFKA_RESP_ERR_GROUP_MAX_SIZE_REACHED},
                    {RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT},
                    {RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL}})};
}

Case OwnershipSyncGroup() {
  return {"Ownership_SyncGroup", PutOwnershipThrough,
          Answered(Request::kSyncGroup, When::kAtOpen,
                   {{RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS},
                    {RD_KAFKA_RESP_ERR_NOT_COORDINATOR},
                    {RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE},
                    {RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION},
                    {RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS},
                    {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED}})};
}

// Not GROUP_AUTHORIZATION_FAILED for long: heartbeat.h says why.
Case OwnershipHeartbeat() {
  return {"Ownership_Heartbeat", PutOwnershipThrough,
          Answered(Request::kHeartbeat, When::kLater,
                   {{RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, kBeats, kUnavailable},
                    {RD_KAFKA_RESP_ERR_NOT_COORDINATOR},
                    {RD_KAFKA_RESP_ERR_NOT_COORDINATOR, kBeats, kUnavailable},
                    {RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, kBeats, kUnavailable},
                    {RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION},
                    {RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS},
                    {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED}})};
}

Case OwnershipListOffsets() {
  return {"Ownership_ListOffsets", PutOwnershipThrough,
          Answered(Request::kListOffsets, When::kAtOpen,
                   {{RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION},
                    {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART},
                    {RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE}})};
}

Case OwnershipLeaveGroup() {
  return {"Ownership_LeaveGroup", PutOwnershipThrough,
          Answered(Request::kLeaveGroup, When::kLater,
                   {{RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS},
                    {RD_KAFKA_RESP_ERR_NOT_COORDINATOR},
                    {RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID},
                    {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED}})};
}

// Down for a moment: a member that comes back after its session may make the mock abort. That is
// shown on brokers (ownership_fault_test.cc).
Case OwnershipCluster() {
  return {"Ownership_Cluster",
          PutOwnershipThrough,
          {Down(kOk), AllSlow(), AllTooSlow(kUnavailable), Moved()}};
}

Case GroupOffsetFetch() {
  return {"Group_OffsetFetch", PutGroupThrough,
          Answered(Request::kOffsetFetch, When::kAtOpen,
                   {{RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, 3},
                    {RD_KAFKA_RESP_ERR_NOT_COORDINATOR},
                    {RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT},
                    {RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID},
                    {RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION},
                    {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, 1, kUnavailable},
                    {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, 1, kUnavailable}})};
}

Case GroupOffsetCommit() {
  return {"Group_OffsetCommit", PutGroupThrough,
          Answered(Request::kOffsetCommit, When::kLater,
                   {{RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, 3},
                    {RD_KAFKA_RESP_ERR_NOT_COORDINATOR},
                    {RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE},
                    {RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION},
                    {RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS},
                    {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED},
                    {RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT},
                    {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART},
                    {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED}})};
}

Case GroupFetch() {
  return {"Group_Fetch", PutGroupThrough,
          Answered(Request::kFetch, When::kLater,
                   {{RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, 3},
                    {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART},
                    {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, 1, kUnavailable}})};
}

Case GroupHeartbeat() {
  return {"Group_Heartbeat", PutGroupThrough,
          Answered(Request::kHeartbeat, When::kLater,
                   {{RD_KAFKA_RESP_ERR_NOT_COORDINATOR}, {RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION}})};
}

Case GroupCluster() {
  return {
      "Group_Cluster", PutGroupThrough, {Down(kUnavailable), AllSlow(), AllTooSlow(kOk), Moved()}};
}

Case DescribeListOffsets() {
  return {"Describe_ListOffsets", PutDescribeThrough,
          Answered(Request::kListOffsets, When::kLater,
                   {{RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, 1, kUnavailable},
                    {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, 1, kUnavailable},
                    {RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, 1, kUnavailable},
                    {RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE, 1, kUnavailable},
                    {RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, 1, kUnavailable},
                    {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, 1, kDenied}},
                   kUnavailable)};
}

Case DescribeCluster() {
  return {"Describe_Cluster",
          PutDescribeThrough,
          {Down(kUnavailable), AllSlow(), AllTooSlow(kUnavailable), Moved(),
           NoLeader(kUnavailable,
                    {{Request::kListOffsets, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION}}),
           TopicUnknown(absl::StatusCode::kNotFound, {}), TopicForbidden(kDenied, {})}};
}

const std::vector<Case>& Matrix() {
  static const auto& matrix = *new std::vector<Case>{
      WriterProduce(),      WriterInitProducerId(),     WriterCluster(),       TailFetch(),
      TailCluster(),        OwnershipFindCoordinator(), OwnershipJoinGroup(),  OwnershipSyncGroup(),
      OwnershipHeartbeat(), OwnershipListOffsets(),     OwnershipLeaveGroup(), OwnershipCluster(),
      GroupOffsetFetch(),   GroupOffsetCommit(),        GroupFetch(),          GroupHeartbeat(),
      GroupCluster(),       DescribeListOffsets(),      DescribeCluster()};
  return matrix;
}

class MockMatrix : public testing::TestWithParam<int> {};

// Its rows run side by side, since they wait for most of their time: the mock alone makes the first
// member of a group wait 3 s.
TEST_P(MockMatrix, EachRowComesOutAsItSays) {
  constexpr auto kRowLimit = std::chrono::seconds(100);
  const Case& test = Matrix().at(GetParam());
  std::vector<std::future<void>> running;
  for (const Row& row : test.rows) {
    running.push_back(std::async(std::launch::async, [&test, &row] {
      const testing::ScopedTrace trace(__FILE__, __LINE__, absl::StrCat(test.name, ": ", row.name));
      test.course(row);
    }));
  }
  const auto deadline = std::chrono::steady_clock::now() + kRowLimit;
  for (size_t i = 0; i < running.size(); ++i) {
    base::Check(running[i].wait_until(deadline) == std::future_status::ready,
                absl::StrCat(test.name, ": ", test.rows[i].name, ": does not come to its end"));
  }
}

INSTANTIATE_TEST_SUITE_P(Kafka, MockMatrix, testing::Range(0, static_cast<int>(Matrix().size())),
                         [](const auto& info) { return Matrix().at(info.param).name; });

}  // namespace
}  // namespace crm::eventlog::kafka
