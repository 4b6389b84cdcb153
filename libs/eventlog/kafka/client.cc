#include "libs/eventlog/kafka/client.h"

#include <array>

#include "libs/base/status.h"

namespace crm::eventlog::kafka {
namespace {

void WakeUser(rd_kafka_t*, void* client) { static_cast<const Client*>(client)->Wake(); }

}  // namespace

absl::StatusOr<std::shared_ptr<Client>> Client::Make(rd_kafka_type_t type, ConfPtr conf,
                                                     Waker waker) {
  std::array<char, 512> why{};
  rd_kafka_t* made = rd_kafka_new(type, conf.get(), why.data(), why.size());
  if (made == nullptr) return base::Invalid("options", why.data());
  conf.release();  // Belongs to the client now.
  if (type == RD_KAFKA_CONSUMER) rd_kafka_poll_set_consumer(made);
  QueuePtr queue(type == RD_KAFKA_CONSUMER ? rd_kafka_queue_get_consumer(made)
                                           : rd_kafka_queue_get_main(made));
  std::shared_ptr<Client> client(new Client(made, std::move(queue), std::move(waker)));
  if (client->waker_ != nullptr) {
    rd_kafka_queue_cb_event_enable(client->queue_.get(), WakeUser, client.get());
    client->Wake();  // Something may have come before.
  }
  return client;
}

void Client::Silence() { rd_kafka_queue_cb_event_enable(queue_.get(), nullptr, nullptr); }

Client::~Client() {
  Silence();
  queue_.reset();
  rd_kafka_destroy_flags(client_, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}

}  // namespace crm::eventlog::kafka
