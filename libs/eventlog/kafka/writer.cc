#include "libs/eventlog/kafka/writer.h"

#include <array>
#include <utility>
#include <vector>

#include "libs/base/status.h"
#include "libs/eventlog/kafka/client.h"
#include "libs/eventlog/kafka/conf.h"
#include "libs/eventlog/kafka/errors.h"

namespace crm::eventlog::kafka {
namespace {

static_assert(sizeof(void*) >= sizeof(uint64_t), "a token travels as the message's opaque pointer");

absl::Status AppendStatus(rd_kafka_resp_err_t error) {
  switch (error) {
    case RD_KAFKA_RESP_ERR__QUEUE_FULL:
      return base::Failed(absl::StatusCode::kResourceExhausted, "LOG_QUEUE_FULL",
                          "the queue to the log is full");
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
      return base::Invalid("record", "at most the log's record_bytes_max");
    default:
      return RequestStatus(error, "the writer does not take records");
  }
}

class KafkaWriter : public Writer {
 public:
  KafkaWriter(std::shared_ptr<Client> client, TopicPtr topic, int partitions)
      : client_(std::move(client)), topic_(std::move(topic)), repeated_(partitions) {}
  ~KafkaWriter() override { client_->Silence(); }

  absl::Status Append(const Record& record, uint64_t token) override {
    if (record.partition < 0 || record.partition >= static_cast<int>(repeated_.size())) {
      return base::Invalid("partition", "one of the topic's");
    }
    HeadersPtr headers = HeadersOf(record);
    const std::array<rd_kafka_vu_t, 7> fields = Describe(record, token, headers.get());
    const ErrorPtr error(rd_kafka_produceva(client_->get(), fields.data(), fields.size()));
    if (error != nullptr) return AppendStatus(rd_kafka_error_code(error.get()));
    headers.release();  // Belong to the message now.
    return absl::OkStatus();
  }

  void Poll(std::vector<Delivery>& out) override {
    while (const EventPtr event = client_->Next()) {
      while (const rd_kafka_message_t* message = rd_kafka_event_message_next(event.get())) {
        Delivery delivery;
        delivery.token = reinterpret_cast<uintptr_t>(message->_private);
        delivery.partition = message->partition;
        delivery.status = DeliveryStatus(message->err, rd_kafka_message_status(message));
        if (delivery.status.ok()) delivery.offset = OffsetOf(*message);
        out.push_back(std::move(delivery));
      }
    }
  }

  void Purge() override {
    // Only what was not sent: an answer to what was sent is still worth having. It waits for
    // librdkafka's threads, so that nothing that is appended after it is purged too. Cannot fail on
    // a producer.
    rd_kafka_purge(client_->get(), RD_KAFKA_PURGE_F_QUEUE);
  }

  bool Broken() const override {
    return rd_kafka_fatal_error(client_->get(), nullptr, 0) != RD_KAFKA_RESP_ERR_NO_ERROR;
  }

 private:
  // The first record of a batch that the broker recognised as a repeated one is told with offset
  // -1, and librdkafka counts on from there: none of them is known then.
  Offset OffsetOf(const rd_kafka_message_t& message) {
    Offset& repeated = repeated_.at(message.partition);
    if (message.offset == repeated - 1) {
      ++repeated;
      return -1;
    }
    repeated = 0;
    return message.offset;
  }
  static HeadersPtr HeadersOf(const Record& record) {
    HeadersPtr headers(rd_kafka_headers_new(record.headers.size()));
    for (const Header& header : record.headers) {
      rd_kafka_header_add(headers.get(), header.key.data(), static_cast<ssize_t>(header.key.size()),
                          header.value.data(), static_cast<ssize_t>(header.value.size()));
    }
    return headers;
  }
  // The record as rd_kafka_produceva wants it. The headers go as one list, which stays the caller's
  // when the record is refused: headers that are given one by one are freed twice then (2.0.2).
  std::array<rd_kafka_vu_t, 7> Describe(const Record& record, uint64_t token,
                                        rd_kafka_headers_t* headers) const {
    std::array<rd_kafka_vu_t, 7> fields{};
    fields[0].vtype = RD_KAFKA_VTYPE_RKT;
    fields[0].u.rkt = topic_.get();
    fields[1].vtype = RD_KAFKA_VTYPE_PARTITION;
    fields[1].u.i32 = record.partition;
    fields[2].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
    fields[2].u.i = RD_KAFKA_MSG_F_COPY;
    fields[3].vtype = RD_KAFKA_VTYPE_KEY;
    SetBytes(fields[3], record.key);
    fields[4].vtype = RD_KAFKA_VTYPE_VALUE;
    SetBytes(fields[4], record.value);
    fields[5].vtype = RD_KAFKA_VTYPE_OPAQUE;
    fields[5].u.ptr = reinterpret_cast<void*>(static_cast<uintptr_t>(token));
    fields[6].vtype = RD_KAFKA_VTYPE_HEADERS;
    fields[6].u.headers = headers;
    return fields;
  }
  static void SetBytes(rd_kafka_vu_t& field, std::string_view bytes) {
    // A null pointer would be a record without key or value (a tombstone), an empty one is not.
    field.u.mem.ptr = const_cast<char*>(bytes.data() == nullptr ? "" : bytes.data());
    field.u.mem.size = bytes.size();
  }

  const std::shared_ptr<Client> client_;
  const TopicPtr topic_;          // Must go before the client.
  std::vector<Offset> repeated_;  // By partition: delivered in a row with an unknown offset.
};

}  // namespace

absl::StatusOr<std::unique_ptr<Writer>> OpenWriter(const Options& options, const std::string& topic,
                                                   int partitions, Waker waker,
                                                   absl::Duration wait) {
  absl::StatusOr<ConfPtr> conf = WriterConf(options);
  if (!conf.ok()) return conf.status();
  auto client = Client::Make(RD_KAFKA_PRODUCER, *std::move(conf), std::move(waker));
  if (!client.ok()) return client.status();
  TopicPtr handle(rd_kafka_topic_new((*client)->get(), topic.c_str(), nullptr));
  if (handle == nullptr) return RequestStatus(rd_kafka_last_error(), "no such topic");
  if (wait > absl::ZeroDuration()) {
    // Without this the leaders are asked for by a timer, up to a second after the first append.
    const rd_kafka_metadata_t* metadata = nullptr;
    const auto error = rd_kafka_metadata((*client)->get(), 0, handle.get(), &metadata,
                                         static_cast<int>(absl::ToInt64Milliseconds(wait)));
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return RequestStatus(error, "the log was not reached");
    rd_kafka_metadata_destroy(metadata);
  }
  return std::make_unique<KafkaWriter>(*std::move(client), std::move(handle), partitions);
}

}  // namespace crm::eventlog::kafka
