#include "libs/eventlog/kafka/leave.h"

#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libs/base/clock.h"
#include "libs/base/log.h"

namespace crm::eventlog::kafka {
namespace {

constexpr absl::Duration kLeavePatience = absl::Seconds(5);
constexpr int kPollMillis = 20;

// For the rest of the process.
void KeepForGood(std::shared_ptr<Client> client) {
  static std::mutex mutex;
  static auto* const kept = std::make_unique<std::vector<std::shared_ptr<Client>>>().release();
  const std::lock_guard lock(mutex);
  kept->push_back(std::move(client));
  base::Log(base::Level::kWarning, "a group gives no answer: its client stays until the end",
            {{"clients", std::to_string(kept->size())}});
}

}  // namespace

void LeaveGroup(const std::shared_ptr<Client>& client, bool answered,
                const std::function<void(rd_kafka_event_t* rebalance)>& answer) {
  const base::SystemClock clock;  // Only a real broker is ever behind this.
  const absl::Duration end = clock.SinceBoot() + kLeavePatience;
  const auto take = [&](rd_kafka_queue_t* queue) {
    const EventPtr event(rd_kafka_queue_poll(queue, kPollMillis));
    if (event == nullptr || rd_kafka_event_type(event.get()) != RD_KAFKA_EVENT_REBALANCE) return;
    answer(event.get());
    answered = true;
  };
  // librdkafka before 2.3 aborts the process when a client is destroyed between the group's first
  // word to it and its first assignment (confluentinc/librdkafka#4312). That lasts as long as the
  // group waits for its leader, who may be gone.
  const auto fragile = [&] {
    const char* const protocol = rd_kafka_rebalance_protocol(client->get());
    return !answered && protocol != nullptr && std::string_view(protocol) == "COOPERATIVE";
  };
  while (fragile() && clock.SinceBoot() < end) take(client->queue());
  const bool was_fragile = fragile();
  // rd_kafka_consumer_close would hang in an assignment that comes while it closes (#4527).
  const QueuePtr queue(rd_kafka_queue_new(client->get()));
  const ErrorPtr failed(rd_kafka_consumer_close_queue(client->get(), queue.get()));
  while (failed == nullptr && !rd_kafka_consumer_closed(client->get()) && clock.SinceBoot() < end) {
    take(queue.get());
  }
  if (was_fragile && !answered) KeepForGood(client);
}

}  // namespace crm::eventlog::kafka
