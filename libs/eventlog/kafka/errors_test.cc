#include "libs/eventlog/kafka/errors.h"

#include <gtest/gtest.h>

namespace crm::eventlog::kafka {
namespace {

using Code = absl::StatusCode;
constexpr auto kNot = RD_KAFKA_MSG_STATUS_NOT_PERSISTED;
constexpr auto kPossibly = RD_KAFKA_MSG_STATUS_POSSIBLY_PERSISTED;

struct DeliveryCase {
  rd_kafka_resp_err_t error;
  rd_kafka_msg_status_t persisted;
  Code want;
};

TEST(DeliveryStatus, SaysWhatIsDefinite) {
  const DeliveryCase cases[] = {
      {RD_KAFKA_RESP_ERR_NO_ERROR, RD_KAFKA_MSG_STATUS_PERSISTED, Code::kOk},
      {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, kNot, Code::kInvalidArgument},
      {RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE, kNot, Code::kInvalidArgument},
      {RD_KAFKA_RESP_ERR_INVALID_RECORD, kNot, Code::kInvalidArgument},
      {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, kNot, Code::kPermissionDenied},
      {RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, kNot, Code::kPermissionDenied},
      // An earlier attempt may have landed before the refusal came.
      {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, kPossibly, Code::kUnavailable},
      {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, kPossibly, Code::kUnavailable},
  };
  for (const DeliveryCase& c : cases) {
    EXPECT_EQ(DeliveryStatus(c.error, c.persisted).code(), c.want) << rd_kafka_err2name(c.error);
  }
}

TEST(DeliveryStatus, EverythingElseIsUnknown) {
  size_t count = 0;
  const rd_kafka_err_desc* all = nullptr;
  rd_kafka_get_err_descs(&all, &count);
  ASSERT_GT(count, 100u);
  for (size_t i = 0; i < count; ++i) {
    if (all[i].desc == nullptr || all[i].code == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    const Code code = DeliveryStatus(all[i].code, kPossibly).code();
    EXPECT_TRUE(code == Code::kUnavailable || code == Code::kDeadlineExceeded) << all[i].name;
  }
  for (const auto error : {RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT}) {
    EXPECT_EQ(DeliveryStatus(error, kNot).code(), Code::kDeadlineExceeded);
  }
  for (const auto error :
       {RD_KAFKA_RESP_ERR__PURGE_QUEUE, RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__FATAL,
        RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND}) {
    EXPECT_EQ(DeliveryStatus(error, kNot).code(), Code::kUnavailable) << rd_kafka_err2name(error);
  }
}

TEST(ReadStatus, TellsFinalFromPassing) {
  EXPECT_TRUE(ReadStatus(RD_KAFKA_RESP_ERR_NO_ERROR).ok());
  EXPECT_EQ(ReadStatus(RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET).code(), Code::kOutOfRange);
  EXPECT_EQ(ReadStatus(RD_KAFKA_RESP_ERR__BAD_MSG).code(), Code::kDataLoss);
  EXPECT_EQ(ReadStatus(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN).code(), Code::kUnavailable);
  EXPECT_EQ(ReadStatus(RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION).code(), Code::kUnavailable);
}

TEST(RequestStatus, KeepsTheBrokersWord) {
  const absl::Status status =
      RequestStatus(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, "no such topic");
  EXPECT_EQ(status.code(), Code::kNotFound);
  EXPECT_EQ(status.message(), "no such topic");
  EXPECT_EQ(RequestStatus(RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS, "x").code(),
            Code::kAlreadyExists);
  EXPECT_EQ(RequestStatus(RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, "x").code(),
            Code::kPermissionDenied);
  EXPECT_EQ(RequestStatus(RD_KAFKA_RESP_ERR_INVALID_PARTITIONS, "x").code(),
            Code::kInvalidArgument);
  EXPECT_EQ(RequestStatus(RD_KAFKA_RESP_ERR__TRANSPORT, "x").code(), Code::kUnavailable);
  // Brokers that are still starting say so, too: a service that starts with them waits.
  EXPECT_EQ(RequestStatus(RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR, "x").code(),
            Code::kUnavailable);
}

}  // namespace
}  // namespace crm::eventlog::kafka
