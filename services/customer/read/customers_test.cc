#include "services/customer/read/customers.h"

#include <gmock/gmock.h>

#include <string>

#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::FakeRows;

void Move(FakeRows& rows, int partition, std::optional<v1::CustomerStatus> from,
          v1::CustomerStatus to) {
  std::optional<v1::Customer> before;
  if (from.has_value()) before.emplace().set_status(*from);
  v1::Customer after;
  after.set_status(to);
  const v1::CustomerEvent event;
  const engine::EventMeta meta{.name = "customers/a", .partition = partition};
  ProjectStatusCounts({before.has_value() ? &*before : nullptr, after, event, meta}, rows);
}

TEST(StatusCounts, LeavingOneIsEnteringTheOtherAndNoneIsGone) {
  FakeRows rows(kStatusCounts);
  Move(rows, 1, std::nullopt, v1::CUSTOMER_STATUS_SUSPECT);
  Move(rows, 1, std::nullopt, v1::CUSTOMER_STATUS_PROSPECT);
  Move(rows, 2, std::nullopt, v1::CUSTOMER_STATUS_PROSPECT);
  Move(rows, 1, v1::CUSTOMER_STATUS_SUSPECT, v1::CUSTOMER_STATUS_PROSPECT);
  Move(rows, 1, v1::CUSTOMER_STATUS_PROSPECT, v1::CUSTOMER_STATUS_PROSPECT);
  EXPECT_EQ(rows.DebugString(),
            "status_counts: {status: CUSTOMER_STATUS_PROSPECT partition: 1 customer_count: 2}\n"
            "status_counts: {status: CUSTOMER_STATUS_PROSPECT partition: 2 customer_count: 1}\n");
}

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

TEST_F(Import, TheSameRowInAnotherCallHasTheSameRequestId) {
  const auto id = [&](const std::string& request) {
    v1::CreateCustomerRequest create;
    create.CopyFrom(*Split(request)[0].command);
    return create.request_id();
  };
  EXPECT_EQ(id(std::string(kRow) + "request_id: 'r1'"), id(std::string(kRow) + "request_id: 'r2'"));
}

TEST_F(Import, AKnownOneIsBroughtUpToDate) {
  rows_.Put(kCustomers, testing::ParseText<v1::Customer>("name: 'customers/cdnow-4711' etag: '3'"));
  const auto items = Split(std::string(kRow) + "request_id: 'r1'");
  v1::UpdateCustomerRequest update;
  update.CopyFrom(*items[0].command);
  EXPECT_EQ(update.customer().name(), "customers/cdnow-4711");
  EXPECT_EQ(update.customer().etag(), "");
  EXPECT_EQ(update.update_mask().paths_size(), 0);
  EXPECT_NE(update.request_id(), "");
}

TEST_F(Import, ARowWithoutANameOfItsOwnIsRefusedAndTheOthersGoOn) {
  const auto items = Split(std::string(kRow) + kRow + "rows {} " + "request_id: 'r1'");
  ASSERT_EQ(items.size(), 3u);
  EXPECT_THAT(items[0].refusal, testing::IsOk());
  EXPECT_THAT(items[1].refusal, testing::IsInvalid("rows[1].customer.external_ids[0]"));
  EXPECT_THAT(items[2].refusal, testing::IsInvalid("rows[2].customer.external_ids"));
  EXPECT_EQ(items[2].command, nullptr);
}

}  // namespace
}  // namespace crm::customer
