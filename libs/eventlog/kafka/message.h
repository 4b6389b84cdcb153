// librdkafka's messages as records.
#pragma once

#include "libs/eventlog/kafka/handles.h"
#include "libs/eventlog/record.h"

namespace crm::eventlog::kafka {

// A view of the message: its bytes live as long as the message (or the event it came in).
Record ToRecord(const rd_kafka_message_t& message);

}  // namespace crm::eventlog::kafka
