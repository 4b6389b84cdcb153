#include "libs/eventlog/kafka/errors.h"

#include "libs/base/status.h"

namespace crm::eventlog::kafka {
namespace {

absl::Status Failed(absl::StatusCode code, std::string_view text, rd_kafka_resp_err_t error) {
  return base::Failed(code, "LOG_ERROR", text, {{"kafka_error", rd_kafka_err2name(error)}});
}

}  // namespace

absl::Status RequestStatus(rd_kafka_resp_err_t error, std::string_view text) {
  switch (error) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      return absl::OkStatus();
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
      return Failed(absl::StatusCode::kNotFound, text, error);
    case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS:
      return Failed(absl::StatusCode::kAlreadyExists, text, error);
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
      return Failed(absl::StatusCode::kPermissionDenied, text, error);
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
    case RD_KAFKA_RESP_ERR_INVALID_PARTITIONS:
    case RD_KAFKA_RESP_ERR_INVALID_CONFIG:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
    case RD_KAFKA_RESP_ERR__INVALID_ARG:
      return Failed(absl::StatusCode::kInvalidArgument, text, error);
    default:
      return Failed(absl::StatusCode::kUnavailable, text, error);
  }
}

absl::Status DeliveryStatus(rd_kafka_resp_err_t error, rd_kafka_msg_status_t persisted) {
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  const bool never_sent_well = persisted == RD_KAFKA_MSG_STATUS_NOT_PERSISTED;
  switch (error) {
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
      if (!never_sent_well) break;
      return Failed(absl::StatusCode::kInvalidArgument, "the log does not take this record", error);
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
      if (!never_sent_well) break;
      return Failed(absl::StatusCode::kPermissionDenied, "not authorised to write the log", error);
    case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT:
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT:
      return Failed(absl::StatusCode::kDeadlineExceeded, "the log did not answer in time", error);
    default:
      break;
  }
  return Failed(absl::StatusCode::kUnavailable, "the fate of the record is unknown", error);
}

absl::Status ReadStatus(rd_kafka_resp_err_t error) {
  switch (error) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      return absl::OkStatus();
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
      return Failed(absl::StatusCode::kOutOfRange, "the position is not within the log", error);
    case RD_KAFKA_RESP_ERR__BAD_MSG:
    case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
    case RD_KAFKA_RESP_ERR_INVALID_MSG:
      return Failed(absl::StatusCode::kDataLoss, "the log is damaged", error);
    default:
      return Failed(absl::StatusCode::kUnavailable, "the log cannot be read now", error);
  }
}

}  // namespace crm::eventlog::kafka
