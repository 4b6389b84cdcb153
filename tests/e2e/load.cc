#include "tests/e2e/load.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace crm::e2e {

namespace v1 = customer::v1;

v1::CreateCustomerRequest NewCustomer(const std::string& id) {
  v1::CreateCustomerRequest request;
  request.set_customer_id(id);
  request.set_request_id(id);
  request.mutable_customer()->set_kind(v1::CUSTOMER_KIND_COMPANY);
  request.mutable_customer()->set_display_name("Company " + id);
  return request;
}

Load::Load(std::vector<std::string> addresses, std::string prefix, int threads)
    : addresses_(std::move(addresses)), prefix_(std::move(prefix)) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this, i] { Run(i); });
}

void Load::Run(int thread) {
  Client client(addresses_);
  for (int i = 0; !stopping_.load(); ++i) {
    const std::string id = absl::StrCat(prefix_, "-", thread, "-", i);
    const auto made = client.Insist<v1::Customer>(NewCustomer(id));
    EXPECT_TRUE(made.ok()) << id << ": " << made.status();
    if (!made.ok()) continue;
    std::lock_guard lock(mutex_);
    acknowledged_.push_back(id);
  }
}

void Load::Stop() {
  stopping_.store(true);
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

size_t Load::acknowledged_count() const {
  std::lock_guard lock(mutex_);
  return acknowledged_.size();
}

std::vector<std::string> Load::acknowledged() const {
  std::lock_guard lock(mutex_);
  return acknowledged_;
}

std::map<std::string, std::string> EtagsOfCustomers(Service& service) {
  std::map<std::string, std::string> etags;
  v1::ListCustomersRequest request;
  request.set_page_size(1000);
  rpc::CallOptions options;
  options.metadata = {{"crm-read-barrier", "true"}};
  do {
    const auto page = service.client().Call<v1::ListCustomersResponse>(request, options);
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) return etags;
    for (const v1::Customer& customer : page->customers()) etags[customer.name()] = customer.etag();
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return etags;
}

}  // namespace crm::e2e
