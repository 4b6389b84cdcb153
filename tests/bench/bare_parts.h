// What the bare pipelines share: the tables with what a command of ours writes, events, the port.
#pragma once

#include <grpcpp/grpcpp.h>
#include <rocksdb/db.h>

#include <memory>
#include <string>
#include <unordered_map>

#include "tests/bench/work.h"

namespace crm::bench::bare {

// Ends the program unless `good`.
void Must(bool good, const std::string& what);

// Serves for the rest of the program's life; gives the address.
std::string Listen(grpc::Service& service);

class Tables {
 public:
  // Makes the database in `directory`.
  Tables(const std::string& directory, Work work);

  const Work& work() const { return work_; }
  // What the update of a customer's region writes: into the batch, and `reply` is the row.
  // `first`: of its partition in this batch.
  void Apply(const std::string& name, const std::string& region, bool first,
             rocksdb::WriteBatch& batch, customer::v1::Customer& reply);
  void Write(rocksdb::WriteBatch& batch);

 private:
  const Work work_;
  std::unique_ptr<rocksdb::DB> database_;
  std::unordered_map<std::string, std::string> last_region_;  // By customer.
};

// The event of an update, as ours has it.
std::string EventOf(const customer::v1::UpdateCustomerRequest& request);
// The region that an event says.
std::string RegionOf(const void* event, size_t size);

}  // namespace crm::bench::bare
