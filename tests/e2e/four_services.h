// The four services as processes of their own on a broker of the test's own.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "libs/eventlog/kafka/test_broker.h"
#include "libs/testing/matchers.h"
#include "libs/testing/temp_directory.h"
#include "tests/e2e/harness.h"

namespace crm::e2e {

// Started and ready when a test begins. The business date is 2026-06-30, unless another is said.
class OnFourServices : public ::testing::Test {
 protected:
  explicit OnFourServices(const std::string& business_date = "2026-06-30");
  void SetUp() override;

  Service& service(const std::string& package) { return *services_.at(package); }
  eventlog::kafka::TestBroker& broker() { return broker_; }
  Client& customers() { return service("crm.customer.v1").client(); }
  Client& sales() { return service("crm.sales.v1").client(); }
  Client& marketing() { return service("crm.marketing.v1").client(); }
  Client& servicedesk() { return service("crm.servicedesk.v1").client(); }

  // Loads the steps of the sample company, with so many companies in its book.
  void Load(int companies, const std::vector<std::string>& steps);

  // Says what stands in the text; fails the test unless it is done.
  template <class Response, class Request>
  Response Do(Client& client, const std::string& text) {
    const auto answer = client.Insist<Response>(testing::ParseText<Request>(text));
    EXPECT_THAT(answer, testing::IsOk()) << text;
    return answer.ok() ? *answer : Response();
  }

 private:
  testing::TempDirectory directory_{"e2e"};
  eventlog::kafka::TestBroker broker_;
  std::map<std::string, std::unique_ptr<Service>> services_;
};

}  // namespace crm::e2e
