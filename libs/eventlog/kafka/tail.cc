#include "libs/eventlog/kafka/tail.h"

#include <algorithm>
#include <utility>

#include "libs/eventlog/kafka/conf.h"
#include "libs/eventlog/kafka/errors.h"
#include "libs/eventlog/kafka/message.h"

namespace crm::eventlog::kafka {
namespace {

// One poll takes at most so many records, however many were asked for.
constexpr size_t kPollRecordsMax = 10'000;

// The messages of one poll; the client must outlive them.
struct Batch {
  Batch(std::shared_ptr<Client> of, std::vector<rd_kafka_message_t*> taken)
      : client(std::move(of)), messages(std::move(taken)) {}
  ~Batch() {
    for (rd_kafka_message_t* message : messages) rd_kafka_message_destroy(message);
  }
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  std::shared_ptr<Client> client;
  std::vector<rd_kafka_message_t*> messages;
};

class KafkaTail : public Tail {
 public:
  KafkaTail(std::shared_ptr<Client> client, std::string topic)
      : client_(std::move(client)), topic_(std::move(topic)) {}
  ~KafkaTail() override { client_->Silence(); }

  absl::Status Poll(size_t max, Records& out) override {
    out.Clear();
    if (!final_.ok()) return final_;
    scratch_.resize(std::clamp<size_t>(max, 1, kPollRecordsMax));
    // With a time-out it would wait all of it, even with messages there.
    const ssize_t count =
        rd_kafka_consume_batch_queue(client_->queue(), 0, scratch_.data(), scratch_.size());
    if (count < 0) return ReadStatus(rd_kafka_last_error());
    if (count == 0) return absl::OkStatus();
    const bool more = static_cast<size_t>(count) == scratch_.size();
    const auto batch = std::make_shared<Batch>(
        client_, std::vector<rd_kafka_message_t*>(scratch_.begin(), scratch_.begin() + count));
    const absl::Status status = Take(*batch, out);
    if (!out.records.empty()) out.pins.push_back(batch);
    // The queue speaks up only when it stops being empty; what was left must not be forgotten.
    if (more || (!final_.ok() && status.ok())) client_->Wake();
    return status;
  }

  // As the last answer to a fetch said.
  Offset KnownEnd(int partition) const override {
    int64_t begin = 0, end = 0;
    const auto error =
        rd_kafka_get_watermark_offsets(client_->get(), topic_.c_str(), partition, &begin, &end);
    return error == RD_KAFKA_RESP_ERR_NO_ERROR && end >= 0 ? end : -1;
  }

 private:
  // A status is given only when there are no records; a final one is then given by the next poll.
  absl::Status Take(const Batch& batch, Records& out) {
    absl::Status passing;
    out.records.reserve(batch.messages.size());
    for (const rd_kafka_message_t* message : batch.messages) {
      if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        out.records.push_back(ToRecord(*message));
        continue;
      }
      absl::Status status = ReadStatus(message->err);
      (absl::IsUnavailable(status) ? passing : final_) = std::move(status);
    }
    if (!out.records.empty()) return absl::OkStatus();
    return final_.ok() ? passing : final_;
  }

  const std::shared_ptr<Client> client_;  // Shared with the batches given out.
  const std::string topic_;
  std::vector<rd_kafka_message_t*> scratch_;
  absl::Status final_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Tail>> OpenTail(const Options& options, const std::string& topic,
                                               const std::vector<EventLog::Start>& starts,
                                               Waker waker) {
  absl::StatusOr<ConfPtr> conf = ReaderConf(options);
  if (!conf.ok()) return conf.status();
  auto client = Client::Make(RD_KAFKA_CONSUMER, *std::move(conf), std::move(waker));
  if (!client.ok()) return client.status();
  const PartitionsPtr partitions(
      rd_kafka_topic_partition_list_new(static_cast<int>(starts.size())));
  for (const EventLog::Start& start : starts) {
    rd_kafka_topic_partition_list_add(partitions.get(), topic.c_str(), start.partition)->offset =
        start.next;
  }
  if (const auto error = rd_kafka_assign((*client)->get(), partitions.get());
      error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return RequestStatus(error, "the partitions cannot be read");
  }
  return std::make_unique<KafkaTail>(*std::move(client), topic);
}

}  // namespace crm::eventlog::kafka
