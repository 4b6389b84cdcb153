// Starting where something is missing or taken.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "libs/eventlog/kafka/test_broker.h"
#include "libs/testing/matchers.h"
#include "tests/e2e/harness.h"
#include "tests/e2e/load.h"

namespace crm::e2e {
namespace {

using ::testing::HasSubstr;
using testing::IsOk;
using testing::StatusIs;

TEST(Start, WaitsForABrokerThatIsNotThere) {
  eventlog::kafka::TestBroker broker;
  broker.Signal(SIGKILL);
  const Directory directory;
  Service sales({CRM_SALES, directory.path() + "/sales", OnBroker(broker.bootstrap())});
  Service customer({CRM_CUSTOMER, directory.path() + "/customer", OnBroker(broker.bootstrap())});
  sales.Start();
  customer.Start();
  Until("it says that it is not ready", [&] { return customer.Readyz().code == 503; });
  Until("it says why", [&] {
    const HttpAnswer answer = customer.Readyz();
    return answer.code == 503 && answer.body.find("reached") != std::string::npos;
  });
  Client once({customer.address()}, Client::Policy::kNone);
  const auto refused = once.Call<customer::v1::Customer>(NewCustomer("early"));
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(refused.status().message(), HasSubstr("starting"));

  broker.Start();
  ASSERT_TRUE(customer.WaitUntilReady());
  EXPECT_THAT(customer.client().Insist<customer::v1::Customer>(NewCustomer("early")), IsOk());
}

TEST(Start, RefusesADirectoryInUse) {
  const Directory directory;
  Service first({CRM_SUITE, directory.path(), {}});
  first.Start();
  ASSERT_TRUE(first.WaitUntilReady());
  Service second({CRM_SUITE, directory.path(), {}});
  second.Start();
  EXPECT_EQ(second.WaitForEnd(), 1);
  EXPECT_THAT(second.Output(), HasSubstr("in use"));
  EXPECT_THAT(first.client().Insist<customer::v1::Customer>(NewCustomer("undisturbed")), IsOk());
  EXPECT_EQ(first.Stop(), 0);
}

TEST(Start, RefusesTablesInUse) {
  eventlog::kafka::TestBroker broker;
  auto log = eventlog::kafka::OpenLog(broker.bootstrap());
  ASSERT_THAT(log->CreateTopic("crm.sales.log.v1", 12, kPatience), IsOk());
  const Directory directory;
  Service first({CRM_CUSTOMER, directory.path(), OnBroker(broker.bootstrap())});
  first.Start();
  ASSERT_TRUE(first.WaitUntilReady());
  Service second({CRM_CUSTOMER, directory.path(), OnBroker(broker.bootstrap())});
  second.Start();
  EXPECT_EQ(second.WaitForEnd(), 1);
  EXPECT_THAT(second.Output(), HasSubstr("in use"));
  EXPECT_THAT(first.client().Insist<customer::v1::Customer>(NewCustomer("undisturbed")), IsOk());
}

}  // namespace
}  // namespace crm::e2e
