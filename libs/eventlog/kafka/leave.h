// Leaving a consumer group, past two faults of librdkafka before 2.3 and 2.4.
#pragma once

#include <functional>
#include <memory>

#include "libs/eventlog/kafka/client.h"

namespace crm::eventlog::kafka {

// Takes a silenced client out of its group. The group lets nobody go who owes it an answer to a
// rebalance: to one that came and was not polled, or to one that comes meanwhile. So `answer` is
// given each until it has; what else comes is dropped. `answered`: it had one before. Takes 5 s at
// the most: after that the group finds out by itself, when the session is over. A client that
// cannot be destroyed then stays until the process ends, with a word in the log.
void LeaveGroup(const std::shared_ptr<Client>& client, bool answered,
                const std::function<void(rd_kafka_event_t* rebalance)>& answer);

}  // namespace crm::eventlog::kafka
