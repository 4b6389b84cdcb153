// Starting where something is missing or taken.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "libs/eventlog/kafka/test_broker.h"
#include "libs/testing/matchers.h"
#include "libs/testing/temp_directory.h"
#include "tests/e2e/harness.h"
#include "tests/e2e/load.h"

namespace crm::e2e {
namespace {

using ::testing::HasSubstr;
using testing::IsOk;
using testing::StatusIs;
namespace fs = std::filesystem;

std::string BytesOf(const fs::path& file) {
  std::ostringstream bytes;
  bytes << std::ifstream(file, std::ios::binary).rdbuf();
  return bytes.str();
}

void Write(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

fs::path Longest(const fs::path& directory, const std::string& ending) {
  fs::path longest;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.path().extension() != ending) continue;
    if (longest.empty() || fs::file_size(entry) > fs::file_size(longest)) longest = entry.path();
  }
  return longest;
}

// Paths of what lies there, but RocksDB's own diary.
std::set<std::string> FilesIn(const fs::path& directory) {
  std::set<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (entry.path().filename().string().rfind("LOG", 0) != 0) files.insert(entry.path());
  }
  return files;
}

TEST(Start, WaitsForABrokerThatIsNotThere) {
  eventlog::kafka::TestBroker broker;
  broker.Signal(SIGKILL);
  const crm::testing::TempDirectory directory{"e2e"};
  Service sales({CRM_SALES, directory.path() + "/sales", OnBroker(broker.bootstrap())});
  std::vector<std::string> flags = OnBroker(broker.bootstrap());
  flags.insert(flags.end(), {"--absent-services", "crm.marketing.v1,crm.servicedesk.v1"});
  Service customer({CRM_CUSTOMER, directory.path() + "/customer", flags});
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
  const crm::testing::TempDirectory directory{"e2e"};
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
  for (const char* topic : {"crm.sales.log.v1", "crm.marketing.log.v1", "crm.servicedesk.log.v1"})
    ASSERT_THAT(log->CreateTopic(topic, 12, kPatience), IsOk());
  const crm::testing::TempDirectory directory{"e2e"};
  Service first({CRM_CUSTOMER, directory.path(), OnBroker(broker.bootstrap())});
  first.Start();
  ASSERT_TRUE(first.WaitUntilReady());
  Service second({CRM_CUSTOMER, directory.path(), OnBroker(broker.bootstrap())});
  second.Start();
  EXPECT_EQ(second.WaitForEnd(), 1);
  EXPECT_THAT(second.Output(), HasSubstr("in use"));
  EXPECT_THAT(first.client().Insist<customer::v1::Customer>(NewCustomer("undisturbed")), IsOk());
}

// The log is the truth: whoever finds it damaged says so, and leaves it and the tables alone.
TEST(Start, RefusesADamagedLog) {
  const crm::testing::TempDirectory directory{"e2e"};
  Service suite({CRM_SUITE, directory.path(), {}});
  suite.Start();
  ASSERT_TRUE(suite.WaitUntilReady());
  EXPECT_THAT(suite.client().Insist<customer::v1::Customer>(NewCustomer("kept")), IsOk());
  suite.Kill();
  const fs::path log = fs::path(suite.data_directory()) / "log";
  const fs::path damaged = Longest(log, ".log");
  const std::string whole = BytesOf(damaged);
  std::string bytes = whole;
  bytes[bytes.size() / 2] ^= 0x10;
  Write(damaged, bytes);

  const std::set<std::string> before = FilesIn(suite.data_directory());
  suite.Start();
  EXPECT_EQ(suite.WaitForEnd(), 1);
  EXPECT_THAT(suite.Output(), HasSubstr("LOG_CORRUPT"));
  EXPECT_THAT(suite.Output(), HasSubstr("file=" + damaged.filename().string()));
  EXPECT_THAT(suite.Output(), HasSubstr("crmctl log verify"));
  EXPECT_EQ(FilesIn(suite.data_directory()), before);
  EXPECT_EQ(BytesOf(damaged), bytes);

  Write(damaged, whole);
  suite.Start();
  ASSERT_TRUE(suite.WaitUntilReady());
  customer::v1::ListCustomersResponse customers =
      *suite.client().Insist<customer::v1::ListCustomersResponse>(
          customer::v1::ListCustomersRequest());
  EXPECT_EQ(customers.customers_size(), 1);
}

}  // namespace
}  // namespace crm::e2e
