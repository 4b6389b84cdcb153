#include "tests/bench/bare_parts.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "crm/customer/v1/customer_event.pb.h"

namespace crm::bench::bare {

void Must(bool good, const std::string& what) {
  if (good) return;
  std::fprintf(stderr, "bare: %s\n", what.c_str());
  std::abort();
}

std::string Listen(grpc::Service& service) {
  int port = 0;
  grpc::ServerBuilder builder;
  builder.RegisterService(&service);
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  Must(builder.BuildAndStart().release() != nullptr, "cannot listen");
  return "127.0.0.1:" + std::to_string(port);
}

Tables::Tables(const std::string& directory, Work work) : work_(std::move(work)) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  Must(rocksdb::DB::Open(options, directory, &opened).ok(), "no database");
  database_.reset(opened);
}

void Tables::Apply(const std::string& name, const std::string& region, bool first,
                   rocksdb::WriteBatch& batch, customer::v1::Customer& reply) {
  reply = work_.row;
  reply.set_name(name);
  reply.set_region(region);
  const std::string last = std::exchange(last_region_[name], region);
  // The first update writes what making the customer does, so that both databases hold the same.
  const auto& writes = last.empty() ? work_.creation : work_.writes;
  for (const auto& [kind, slot, key_bytes, value_bytes] : writes) {
    if (kind == Work::kPosition && !first) continue;
    std::string key = (kind == Work::kRow ? std::string() : std::to_string(slot)) + name;
    if (kind == Work::kAdded) key += region;
    if (kind == Work::kRemoved) key += last;
    key.resize(key_bytes, '.');
    if (kind == Work::kRemoved) batch.Delete(key);
    if (kind == Work::kRow) batch.Put(key, reply.SerializeAsString());
    if (kind < Work::kRow) batch.Put(key, std::string(value_bytes, '.'));
  }
}

void Tables::Write(rocksdb::WriteBatch& batch) {
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  Must(database_->Write(options, &batch).ok(), "write");
}

std::string EventOf(const customer::v1::UpdateCustomerRequest& request) {
  customer::v1::CustomerEvent event;
  *event.mutable_updated()->mutable_changed() = request.update_mask();
  customer::v1::Customer& customer = *event.mutable_updated()->mutable_customer();
  customer = request.customer();
  customer.clear_name();
  return event.SerializeAsString();
}

std::string RegionOf(const void* event, size_t size) {
  customer::v1::CustomerEvent parsed;
  Must(parsed.ParseFromArray(event, static_cast<int>(size)), "parse");
  return parsed.updated().customer().region();
}

}  // namespace crm::bench::bare
