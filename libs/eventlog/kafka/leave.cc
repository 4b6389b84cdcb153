#include "libs/eventlog/kafka/leave.h"

#include <string_view>

#include "libs/base/clock.h"

namespace crm::eventlog::kafka {
namespace {

constexpr absl::Duration kLeavePatience = absl::Seconds(5);
constexpr int kPollMillis = 20;

}  // namespace

void LeaveGroup(const Client& client, bool answered,
                const std::function<void(rd_kafka_event_t* rebalance)>& answer) {
  const base::SystemClock clock;  // Only a real broker is ever behind this.
  const absl::Duration end = clock.SinceBoot() + kLeavePatience;
  const auto take = [&](rd_kafka_queue_t* queue) {
    const EventPtr event(rd_kafka_queue_poll(queue, kPollMillis));
    if (event == nullptr || rd_kafka_event_type(event.get()) != RD_KAFKA_EVENT_REBALANCE) return;
    answer(event.get());
    answered = true;
  };
  // librdkafka before 2.3 aborts the process when a client ends between the group's first word to
  // it and its first assignment (confluentinc/librdkafka#4312).
  while (!answered && clock.SinceBoot() < end &&
         std::string_view(rd_kafka_rebalance_protocol(client.get())) == "COOPERATIVE") {
    take(client.queue());
  }
  // rd_kafka_consumer_close would hang in an assignment that comes while it closes (#4527).
  const QueuePtr queue(rd_kafka_queue_new(client.get()));
  const ErrorPtr failed(rd_kafka_consumer_close_queue(client.get(), queue.get()));
  while (failed == nullptr && !rd_kafka_consumer_closed(client.get()) && clock.SinceBoot() < end) {
    take(queue.get());
  }
}

}  // namespace crm::eventlog::kafka
