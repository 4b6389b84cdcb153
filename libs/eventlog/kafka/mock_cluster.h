// For tests: librdkafka's mock cluster, told to answer badly, and what it holds, seen by clients
// that are not ours.
#pragma once

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "libs/eventlog/event_log.h"
#include "libs/eventlog/kafka/options.h"

namespace crm::eventlog::kafka {

// Kafka's numbers for the requests that the mock can answer badly. It takes no errors for Metadata
// (but one for a topic), and knows no CreateTopics at all.
enum class Request : int16_t {
  kProduce = 0,
  kFetch = 1,
  kListOffsets = 2,
  kOffsetCommit = 8,
  kOffsetFetch = 9,
  kFindCoordinator = 10,
  kJoinGroup = 11,
  kHeartbeat = 12,
  kLeaveGroup = 13,
  kSyncGroup = 14,
  kInitProducerId = 22,
};

// How the next requests of a kind are answered, `times` of them. RD_KAFKA_RESP_ERR__TRANSPORT cuts
// the connection instead, before anything was done; NO_ERROR with a delay beyond the client's
// socket time-out does what was asked and loses the answer.
struct Answer {
  Request request{};
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
  absl::Duration delay;
  int times = 1;
};

// The first broker leads everything and coordinates the groups until told otherwise, and only it
// answers badly. Topics that are asked for are made, with 4 partitions, whatever the client says:
// the mock's metadata requests are too old to forbid it.
class MockCluster {
 public:
  explicit MockCluster(int brokers);
  ~MockCluster();
  MockCluster(const MockCluster&) = delete;
  MockCluster& operator=(const MockCluster&) = delete;

  static constexpr const char* kTopic = "t";
  static constexpr const char* kGroup = "g";
  static constexpr int kPartitions = 2;

  // Time-outs as short as the mock's own pauses let them be.
  Options ClientOptions() const;

  void Give(const Answer& answer);
  // Given answers of this kind that nobody has asked for yet.
  size_t Left(Request request) const;
  void CutOff();  // All brokers refuse connections,
  void LetIn();   // and take them again.
  void Delay(absl::Duration answers);
  void MoveToSecond();  // Leadership and coordination; the first broker goes down.
  void NoLeader();      // Partition 0 has none,
  void Leader();        // and has one again.
  void TopicError(rd_kafka_resp_err_t error);  // In metadata; NO_ERROR ends it.

  // As others see the log's partition 0: from a new client each time.
  void Put(const std::vector<std::string>& values);
  struct Held {
    Offset offset;
    std::string value;
  };
  std::vector<Held> Read() const;
  // What kGroup (or "t.owners") has committed of partition 0; -1: nothing.
  Offset Committed() const;

 private:
  rd_kafka_t* const handle_;
  rd_kafka_mock_cluster_t* const mock_;
};

}  // namespace crm::eventlog::kafka
