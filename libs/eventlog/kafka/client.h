// A librdkafka client with the queue that its user polls.
#pragma once

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "libs/eventlog/event_log.h"
#include "libs/eventlog/kafka/handles.h"

namespace crm::eventlog::kafka {

// Shared by what polls it and by the records it gave out, whose bytes lie in librdkafka's buffers:
// a client must outlive its messages. It leaves no group by itself: who joined one closes it
// (rd_kafka_consumer_close).
class Client {
 public:
  // `waker` may be empty. It is called by librdkafka's threads, with the queue locked, whenever the
  // queue stops being empty. kInvalidArgument: the configuration contradicts itself.
  static absl::StatusOr<std::shared_ptr<Client>> Make(rd_kafka_type_t type, ConfPtr conf,
                                                      Waker waker);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  rd_kafka_t* get() const { return client_; }
  // The consumer queue of a consumer, the main queue (delivery reports) of a producer.
  rd_kafka_queue_t* queue() const { return queue_.get(); }
  // The next event; empty when there is none. Never waits.
  EventPtr Next() const { return EventPtr(rd_kafka_queue_poll(queue_.get(), 0)); }
  // Calls the waker: for what was left in the queue, of which no more is heard while it is not
  // empty.
  void Wake() const {
    if (waker_ != nullptr) waker_();
  }
  // Lives as long as the client: what callbacks of its threads use.
  void Keep(std::shared_ptr<const void> kept) { kept_ = std::move(kept); }
  // No waker is called any more once this returned.
  void Silence();

 private:
  Client(rd_kafka_t* client, QueuePtr queue, Waker waker)
      : client_(client), queue_(std::move(queue)), waker_(std::move(waker)) {}

  rd_kafka_t* const client_;
  QueuePtr queue_;
  const Waker waker_;
  std::shared_ptr<const void> kept_;
};

}  // namespace crm::eventlog::kafka
