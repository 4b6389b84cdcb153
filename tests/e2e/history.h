// What a topic on a broker says by the rule that every reader follows, read apart from any service.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "libs/eventlog/kafka/kafka_log.h"
#include "libs/eventlog/record.h"

namespace crm::e2e {

struct PartitionHistory {
  int64_t fence = 0;
  int64_t number = 0;  // Highest that counted under it.
  int64_t rejected = 0;
  // The last event of an aggregate under each fence that has one.
  std::map<int64_t, eventlog::OwnedRecord> last_events;
};

struct History {
  // How many accepted events each request_id has.
  std::map<std::string, int> events;
  std::vector<PartitionHistory> partitions;
};

// Reads what the topic holds now. Fails the test, and gives what it has, when that is not to be
// had.
History ReadHistory(eventlog::kafka::KafkaLog& log, const std::string& topic);

// Appends a record as it is, and waits until the log has it.
void Append(eventlog::kafka::KafkaLog& log, const std::string& topic,
            const eventlog::OwnedRecord& record);

}  // namespace crm::e2e
