// What librdkafka's error codes mean to a caller of EventLog.
#pragma once

#include <librdkafka/rdkafka.h>

#include <string_view>

#include "absl/status/status.h"

namespace crm::eventlog::kafka {

// Of a request (metadata, offsets, topics, groups): kNotFound, kAlreadyExists, kPermissionDenied,
// kInvalidArgument, else kUnavailable. `text` is constant; the error's name rides along as
// metadata.
absl::Status RequestStatus(rd_kafka_resp_err_t error, std::string_view text);

// Of one append, as Delivery documents. A code that is definite by itself counts as unknown where
// an earlier attempt may have reached the log (`persisted`).
absl::Status DeliveryStatus(rd_kafka_resp_err_t error, rd_kafka_msg_status_t persisted);

// Of a partition that is read: kOutOfRange, kDataLoss (both final), else kUnavailable.
absl::Status ReadStatus(rd_kafka_resp_err_t error);

}  // namespace crm::eventlog::kafka
