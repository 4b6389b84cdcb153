#include "services/customer/read/import_customers.h"

#include <gmock/gmock.h>

#include <string>

#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::FakeRows;

class Import : public ::testing::Test {
 protected:
  std::vector<engine::BatchItem> Split(const std::string& request) {
    return SplitImportCustomers(testing::ParseText<v1::ImportCustomersRequest>(request), rows_);
  }

  FakeRows rows_{kCustomers};
};

constexpr char kRow[] = R"(rows { customer { kind: CUSTOMER_KIND_PERSON display_name: "4711"
                                  external_ids { system: "cdnow" id: "4711" } } })";

TEST_F(Import, ANewOneIsCreatedUnderItsExternalId) {
  const auto items = Split(std::string(kRow) + "request_id: 'r1' validate_only: true");
  ASSERT_EQ(items.size(), 1u);
  ASSERT_THAT(items[0].refusal, testing::IsOk());
  v1::CreateCustomerRequest create;
  create.CopyFrom(*items[0].command);
  EXPECT_EQ(create.customer_id(), "cdnow-4711");
  EXPECT_EQ(create.customer().display_name(), "4711");
  EXPECT_TRUE(create.validate_only());
}

TEST_F(Import, ARowIsARequestOfItsCall) {
  const auto id = [&](const std::string& request) {
    v1::CreateCustomerRequest create;
    create.CopyFrom(*Split(request)[0].command);
    return create.request_id();
  };
  EXPECT_EQ(id(std::string(kRow) + "request_id: 'r1'"), id(std::string(kRow) + "request_id: 'r1'"));
  EXPECT_NE(id(std::string(kRow) + "request_id: 'r1'"), id(std::string(kRow) + "request_id: 'r2'"));
}

TEST_F(Import, ACallThatIsSentAgainAsksAnotherQuestionOfWhatItMade) {
  const std::string call = std::string(kRow) + "request_id: 'r1'";
  v1::CreateCustomerRequest create;
  create.CopyFrom(*Split(call)[0].command);
  rows_.Put(kCustomers, testing::ParseText<v1::Customer>("name: 'customers/cdnow-4711'"));
  v1::ReimportCustomerRequest reimport;
  reimport.CopyFrom(*Split(call)[0].command);
  EXPECT_NE(create.request_id(), reimport.request_id());
}

TEST_F(Import, AKnownOneIsBroughtUpToDateByItsName) {
  rows_.Put(kCustomers, testing::ParseText<v1::Customer>("name: 'customers/cdnow-4711' etag: '3'"));
  const auto items = Split(std::string(kRow) + "request_id: 'r1' validate_only: true");
  v1::ReimportCustomerRequest reimport;
  reimport.CopyFrom(*items[0].command);
  EXPECT_EQ(reimport.name(), "customers/cdnow-4711");
  EXPECT_EQ(reimport.customer().display_name(), "4711");
  EXPECT_NE(reimport.request_id(), "");
  EXPECT_TRUE(reimport.validate_only());
}

TEST_F(Import, AKnownOneIsFoundByAnyExternalIdHoweverItWasMade) {
  rows_.Put(kCustomers, testing::ParseText<v1::Customer>(
                            "name: 'customers/by-hand' external_ids { system: 'web' id: '9' } "
                            "external_ids { system: 'cdnow' id: '4711' }"));
  // The same id in another system is another customer.
  rows_.Put(kCustomers, testing::ParseText<v1::Customer>(
                            "name: 'customers/other' external_ids { system: 'erp' id: '4711' }"));
  v1::ReimportCustomerRequest reimport;
  reimport.CopyFrom(*Split(std::string(kRow) + "request_id: 'r1'")[0].command);
  EXPECT_EQ(reimport.name(), "customers/by-hand");
  const auto second = Split(R"(rows { customer { external_ids { system: "new" id: "1" }
                                       external_ids { system: "web" id: "9" } } }
                                       request_id: "r1")");
  reimport.CopyFrom(*second[0].command);
  EXPECT_EQ(reimport.name(), "customers/by-hand");
}

TEST_F(Import, ARowOfSeveralCustomersIsRefused) {
  for (const char* name : {"customers/a", "customers/b"}) {
    v1::Customer customer =
        testing::ParseText<v1::Customer>("external_ids { system: 'cdnow' id: '4711' }");
    customer.set_name(name);
    rows_.Put(kCustomers, customer);
  }
  const auto items = Split(std::string(kRow) + "request_id: 'r1'");
  EXPECT_THAT(items[0].refusal, testing::IsInvalid("customer.external_ids"));
}

TEST_F(Import, ARowWithoutANameOfItsOwnIsRefusedAndTheOthersGoOn) {
  const auto items = Split(std::string(kRow) + kRow + "rows {} " + "request_id: 'r1'");
  ASSERT_EQ(items.size(), 3u);
  EXPECT_THAT(items[0].refusal, testing::IsOk());
  EXPECT_THAT(items[1].refusal, testing::IsInvalid("customer.external_ids[0]"));
  EXPECT_THAT(items[2].refusal, testing::IsInvalid("customer.external_ids"));
  EXPECT_EQ(items[2].command, nullptr);
}

}  // namespace
}  // namespace crm::customer
