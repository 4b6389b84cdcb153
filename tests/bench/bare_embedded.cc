#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/impl/codegen/rpc_service_method.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/impl/service_type.h>
#include <rocksdb/db.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "tests/bench/bare.h"
#include "tests/bench/bare_parts.h"

namespace crm::bench::bare {
namespace {

using customer::v1::Customer;
using customer::v1::UpdateCustomerRequest;

struct Call : grpc::ServerUnaryReactor {
  Call(const UpdateCustomerRequest& from, Customer* answer) : request(from), reply(answer) {}
  void OnDone() override { delete this; }
  const UpdateCustomerRequest& request;  // Lives as long as the call.
  Customer* reply;
};

struct Step {
  Call* call;
  std::string event;
};

// All calls that wait are one synced write of their records, then one batch of the tables.
struct Embedded : grpc::Service {
  using Updates = grpc::internal::CallbackUnaryHandler<UpdateCustomerRequest, Customer>;
  using Method = grpc::internal::RpcServiceMethod;

  Embedded(const std::string& directory, int of, Work work)
      : tables(directory + "/tables", std::move(work)), partitions(of) {
    rocksdb::Options options;
    options.create_if_missing = true;
    rocksdb::DB* opened = nullptr;
    Must(rocksdb::DB::Open(options, directory + "/log", &opened).ok(), "no log");
    log.reset(opened);
    for (const auto& [name, text] : tables.work().headers) headers += name + text;
    AddMethod(new Method(kUpdate, Method::NORMAL_RPC, nullptr));
    MarkMethodCallback(0, new Updates([this](auto*, const auto* request, auto* reply) {
                         auto* call = new Call(*request, reply);
                         Give({{call, ""}}, waiting);
                         return call;
                       }));
  }

  // What was said since the last time; waits for some.
  std::vector<Step> Take(std::vector<Step>& from) {
    std::unique_lock lock(mutex);
    come.wait(lock, [&] { return !from.empty(); });
    return std::exchange(from, {});
  }
  void Give(std::vector<Step> steps, std::vector<Step>& to) {
    const std::lock_guard lock(mutex);
    to.insert(to.end(), steps.begin(), steps.end());
    come.notify_all();
  }

  void WriteLog() {
    rocksdb::WriteOptions synced;
    synced.sync = true;
    int64_t offset = 0;
    while (true) {
      std::vector<Step> steps = Take(waiting);
      rocksdb::WriteBatch records;
      for (Step& step : steps) {
        step.event = EventOf(step.call->request);
        records.Put(std::to_string(offset++), headers + step.event);
      }
      Must(log->Write(synced, &records).ok(), "log");
      Give(std::move(steps), logged);
    }
  }

  // While the next records are being synced.
  void WriteTables() {
    while (true) {
      const std::vector<Step> steps = Take(logged);
      rocksdb::WriteBatch rows;
      std::set<size_t> touched;
      for (const auto& [call, event] : steps) {
        const std::string& name = call->request.customer().name();
        const bool first = touched.insert(std::hash<std::string>()(name) % partitions).second;
        tables.Apply(name, RegionOf(event.data(), event.size()), first, rows, *call->reply);
      }
      tables.Write(rows);
      for (const Step& step : steps) step.call->Finish(grpc::Status::OK);
    }
  }

  Tables tables;
  const int partitions;
  std::string headers;
  std::unique_ptr<rocksdb::DB> log;
  std::mutex mutex;
  std::condition_variable come;
  std::vector<Step> waiting, logged;
};

}  // namespace

std::string StartEmbedded(int partitions, const std::string& directory, Work work) {
  auto* bare = new Embedded(directory, partitions, std::move(work));
  std::thread([bare] { bare->WriteLog(); }).detach();
  std::thread([bare] { bare->WriteTables(); }).detach();
  return Listen(*bare);
}

}  // namespace crm::bench::bare
