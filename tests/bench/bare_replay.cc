#include "tests/bench/bare_replay.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <librdkafka/rdkafka.h>
#include <rocksdb/db.h>

#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <set>
#include <thread>
#include <utility>

#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/customer_event.pb.h"
#include "crm/sales/v1/order.pb.h"
#include "tests/bench/bare_parts.h"

namespace crm::bench::bare {
namespace {

constexpr size_t kMessagesMax = 1'024;  // Of one poll, and of one batch.

class Replayer {
 public:
  Replayer(const std::string& brokers, int partitions, const std::string& directory,
           const ReplayWork& work)
      : work_(work), consumer_(Consume(brokers, partitions)) {
    rocksdb::Options options;
    options.create_if_missing = true;
    rocksdb::DB* opened = nullptr;
    Must(rocksdb::DB::Open(options, directory, &opened).ok(), "no database");
    database_.reset(opened);
  }
  ~Replayer() { rd_kafka_destroy(consumer_); }

  void Run() {
    rd_kafka_queue_t* queue = rd_kafka_queue_get_consumer(consumer_);
    std::vector<rd_kafka_message_t*> messages(kMessagesMax);
    int64_t seen = 0;
    while (seen < work_.records) {
      if ((messages[0] = rd_kafka_consumer_poll(consumer_, 100)) == nullptr) continue;
      const size_t count =
          1 + rd_kafka_consume_batch_queue(queue, 0, &messages[1], kMessagesMax - 1);
      rocksdb::WriteBatch batch;
      std::set<std::pair<std::string, int>> touched;
      for (size_t i = 0; i < count; ++i) {
        Must(messages[i]->err == 0, rd_kafka_err2str(messages[i]->err));
        Parse(*messages[i]);
        touched.emplace(rd_kafka_topic_name(messages[i]->rkt), messages[i]->partition);
        rd_kafka_message_destroy(messages[i]);
        WriteFor(++seen, batch);
      }
      for (const auto& [topic, partition] : touched)
        batch.Put(topic + std::to_string(partition), std::string(100, '.'));
      rocksdb::WriteOptions options;
      options.disableWAL = true;
      Must(database_->Write(options, &batch).ok(), "write");
    }
    rd_kafka_queue_destroy(queue);
  }

 private:
  rd_kafka_t* Consume(const std::string& brokers, int partitions) const {
    char why[512];
    auto* conf = rd_kafka_conf_new();
    for (const auto& [name, value] :
         std::map<std::string, std::string>{{"bootstrap.servers", brokers},
                                            {"group.id", "bare-replay"},
                                            {"enable.auto.commit", "false"},
                                            {"log_level", "3"}}) {
      Must(!rd_kafka_conf_set(conf, name.c_str(), value.c_str(), why, sizeof why), why);
    }
    rd_kafka_t* consumer = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
    Must(consumer != nullptr, why);
    rd_kafka_topic_partition_list_t* all = rd_kafka_topic_partition_list_new(partitions);
    for (const std::string& topic : work_.topics) {
      for (int i = 0; i < partitions; ++i)
        rd_kafka_topic_partition_list_add(all, topic.c_str(), i)->offset = 0;
    }
    Must(rd_kafka_assign(consumer, all) == 0, "assign");
    rd_kafka_topic_partition_list_destroy(all);
    return consumer;
  }

  // The event, by the name that its header says.
  void Parse(const rd_kafka_message_t& message) {
    const void* name = nullptr;
    size_t size = 0;
    rd_kafka_headers_t* headers = nullptr;
    if (rd_kafka_message_headers(&message, &headers) != 0 ||
        rd_kafka_header_get_last(headers, "ce_dataschema", &name, &size) != 0) {
      return;
    }
    auto& event = events_[std::string(static_cast<const char*>(name), size)];
    if (event == nullptr) {
      const auto* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
          std::string(static_cast<const char*>(name), size));
      if (type == nullptr) return;
      event.reset(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
    }
    Must(event->ParseFromArray(message.payload, static_cast<int>(message.len)), "parse");
  }

  // The share of one event in all keys; in several places, as the tables and indexes are.
  void WriteFor(int64_t event, rocksdb::WriteBatch& batch) {
    for (int slot = 0; written_ * work_.records < event * work_.keys; ++written_, ++slot) {
      char key[64];
      std::snprintf(key, sizeof key, "%02d%016llx%016llx", slot,
                    static_cast<unsigned long long>(event) * 0x9E3779B97F4A7C15ULL,
                    static_cast<unsigned long long>(written_));
      std::string padded(key);
      padded.resize(work_.key_bytes / work_.keys, '.');
      batch.Put(padded, std::string(work_.value_bytes / work_.keys, '.'));
    }
  }

  const ReplayWork& work_;
  rd_kafka_t* consumer_;
  std::unique_ptr<rocksdb::DB> database_;
  std::map<std::string, std::unique_ptr<google::protobuf::Message>> events_;
  int64_t written_ = 0;
};

}  // namespace

double Replay(const std::string& brokers, int partitions, const std::string& directory,
              const std::vector<ReplayWork>& works) {
  // Whatever is in the files of these is linked in, and so is found by name.
  customer::v1::CustomerEvent::descriptor();
  sales::v1::OrderEvent::descriptor();
  const auto begin = std::chrono::steady_clock::now();
  std::vector<std::unique_ptr<Replayer>> replayers(works.size());
  std::vector<std::thread> threads;
  for (size_t i = 0; i < works.size(); ++i) {
    threads.emplace_back([&, i] {
      replayers[i] = std::make_unique<Replayer>(brokers, partitions,
                                                directory + "/" + std::to_string(i), works[i]);
      replayers[i]->Run();
    });
  }
  for (std::thread& thread : threads) thread.join();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace crm::bench::bare
