#include "services/customer/read/status_counts.h"

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

}  // namespace
}  // namespace crm::customer
