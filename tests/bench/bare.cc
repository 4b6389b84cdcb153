#include "tests/bench/bare.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/impl/codegen/rpc_service_method.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/impl/service_type.h>
#include <librdkafka/rdkafka.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <thread>

#include "tests/bench/bare_parts.h"

namespace crm::bench::bare {

using customer::v1::Customer;
using customer::v1::UpdateCustomerRequest;

struct Call : grpc::ServerUnaryReactor {
  Call(const UpdateCustomerRequest& request, Customer* answer)
      : name(request.customer().name()), reply(answer) {}
  void Done() {
    if (--left == 0) Finish(grpc::Status::OK);
  }
  void OnDone() override { delete this; }
  const std::string name;
  Customer* reply;
  std::atomic<int> left{2};  // The delivery report, and read back and written.
};

rd_kafka_t* Client(rd_kafka_type_t type, const std::string& brokers,
                   std::map<std::string, std::string> settings) {
  settings.insert(
      {{"bootstrap.servers", brokers}, {"socket.nagle.disable", "true"}, {"log_level", "3"}});
  char why[512];
  auto* conf = rd_kafka_conf_new();
  for (const auto& [name, value] : settings) {
    Must(!rd_kafka_conf_set(conf, name.c_str(), value.c_str(), why, sizeof why), why);
  }
  rd_kafka_conf_set_dr_msg_cb(conf, [](rd_kafka_t*, const rd_kafka_message_t* message, void*) {
    Must(message->err == 0, rd_kafka_err2str(message->err));
    static_cast<Call*>(message->_private)->Done();
  });
  if (rd_kafka_t* client = rd_kafka_new(type, conf, why, sizeof why)) return client;
  std::abort();
}

struct Bare : grpc::Service {
  using Updates = grpc::internal::CallbackUnaryHandler<UpdateCustomerRequest, Customer>;
  using Replies = grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>;
  using Method = grpc::internal::RpcServiceMethod;

  Bare(std::string to, const std::string& directory, Work work)
      : tables(directory, std::move(work)), topic(std::move(to)) {
    AddMethod(new Method(kUpdate, Method::NORMAL_RPC, nullptr));
    MarkMethodCallback(0, new Updates([this](auto*, const auto* request, auto* reply) {
                         return Produce(*request, new Call(*request, reply));
                       }));
    AddMethod(new Method(kReply, Method::NORMAL_RPC, nullptr));
    MarkMethodRawCallback(1, new Replies([](auto* context, const auto* request, auto* reply) {
                            grpc::Slice digits;
                            Must(request->DumpToSingleSlice(&digits).ok(), "a request");
                            const std::string text(digits.begin(), digits.end());
                            const grpc::Slice bytes(std::string(std::stoull(text), '.'));
                            *reply = grpc::ByteBuffer(&bytes, 1);
                            auto* reactor = context->DefaultReactor();
                            reactor->Finish(grpc::Status::OK);
                            return reactor;
                          }));
  }

  Call* Produce(const UpdateCustomerRequest& request, Call* call) {
    std::string value = EventOf(request);
    rd_kafka_headers_t* headers = rd_kafka_headers_new(tables.work().headers.size());
    for (const auto& [name, text] : tables.work().headers) {
      char id[64];  // As long as ours, and tells the reader which call it was.
      std::snprintf(id, sizeof id, "%0*zx", int(text.size()), reinterpret_cast<size_t>(call));
      rd_kafka_header_add(headers, name.data(), -1, name == "ce_id" ? id : text.data(),
                          text.size());
    }
    const std::string key = call->name.substr(call->name.find('/') + 1);
    const auto error = rd_kafka_producev(
        producer, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_KEY(key.data(), key.size()),
        RD_KAFKA_V_VALUE(value.data(), value.size()), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_OPAQUE(call), RD_KAFKA_V_END);
    Must(error == 0, rd_kafka_err2str(error));
    return call;
  }

  void ReadAll() {
    rd_kafka_queue_t* queue = rd_kafka_queue_get_consumer(consumer);
    std::vector<rd_kafka_message_t*> messages(1024);
    while (true) {
      // A batch with a time-out would wait all of it.
      if ((messages[0] = rd_kafka_consumer_poll(consumer, 100)) == nullptr) continue;
      const size_t count = 1 + rd_kafka_consume_batch_queue(queue, 0, &messages[1], 1023);
      rocksdb::WriteBatch batch;
      std::vector<Call*> calls;
      std::set<int> partitions;
      for (size_t i = 0; i < count; ++i) {
        Must(messages[i]->err == 0, rd_kafka_err2str(messages[i]->err));
        const void* id = nullptr;
        size_t size = 0;
        rd_kafka_headers_t* headers;
        rd_kafka_message_headers(messages[i], &headers);
        rd_kafka_header_get_last(headers, "ce_id", &id, &size);
        const std::string call(static_cast<const char*>(id), size);
        calls.push_back(reinterpret_cast<Call*>(std::stoull(call, nullptr, 16)));
        tables.Apply(calls.back()->name, RegionOf(messages[i]->payload, messages[i]->len),
                     partitions.insert(messages[i]->partition).second, batch, *calls.back()->reply);
        rd_kafka_message_destroy(messages[i]);
      }
      tables.Write(batch);
      for (Call* call : calls) call->Done();
    }
  }

  Tables tables;
  const std::string topic;
  rd_kafka_t *producer, *consumer;
};

std::string Start(const std::string& brokers, const std::string& topic, int partitions,
                  const std::string& directory, Work work) {
  auto* bare = new Bare(topic, directory, std::move(work));
  bare->producer =
      Client(RD_KAFKA_PRODUCER, brokers, {{"enable.idempotence", "true"}, {"linger.ms", "0"}});
  bare->consumer =
      Client(RD_KAFKA_CONSUMER, brokers, {{"group.id", "bare"}, {"fetch.wait.max.ms", "100"}});
  rd_kafka_topic_partition_list_t* all = rd_kafka_topic_partition_list_new(partitions);
  rd_kafka_topic_partition_list_add_range(all, topic.c_str(), 0, partitions - 1);
  for (int i = 0; i < partitions; ++i) all->elems[i].offset = 0;
  Must(rd_kafka_assign(bare->consumer, all) == 0, "assign");
  std::thread([bare] {
    while (true) rd_kafka_poll(bare->producer, 100);
  }).detach();
  std::thread([bare] { bare->ReadAll(); }).detach();
  return Listen(*bare);
}

}  // namespace crm::bench::bare
