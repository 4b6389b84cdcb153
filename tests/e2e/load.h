// Commands from several threads, each said until somebody answers it, and what was acknowledged.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "crm/customer/v1/customer.pb.h"
#include "tests/e2e/harness.h"

namespace crm::e2e {

// A customer to make; its request_id is its id.
customer::v1::CreateCustomerRequest NewCustomer(const std::string& id);

// Makes customers through several addresses, in turn, until it is stopped.
class Load {
 public:
  Load(std::vector<std::string> addresses, std::string prefix, int threads);
  ~Load() { Stop(); }
  // Lets what was begun be answered. Answers other than OK fail the test.
  void Stop();
  size_t acknowledged_count() const;
  // Ids of customers that were acknowledged. After Stop: all that were begun.
  std::vector<std::string> acknowledged() const;

 private:
  void Run(int thread);

  const std::vector<std::string> addresses_;
  const std::string prefix_;
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;
  std::vector<std::string> acknowledged_;
  std::vector<std::thread> threads_;
};

// Name and etag of all customers a service has, linearizably.
std::map<std::string, std::string> EtagsOfCustomers(Service& service);

}  // namespace crm::e2e
