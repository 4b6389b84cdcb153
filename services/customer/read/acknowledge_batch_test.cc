#include "services/customer/read/acknowledge_batch.h"

#include <gtest/gtest.h>

#include "libs/base/status.h"
#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/read/notification_tables.h"

namespace crm::customer {
namespace {

TEST(SplitAcknowledgeNotifications, MakesOneCommandARowAndNoneOfOneThatStoodBefore) {
  const testing::FakeRows rows(kNotifications);
  const auto request = testing::ParseText<v1::BatchAcknowledgeNotificationsRequest>(
      "rows { name: 'staff/ann/notifications/a' etag: 'r1' } "
      "rows { name: 'staff/ann/notifications/b' } "
      "rows { name: 'staff/ann/notifications/a' } request_id: 'q' acted: true");
  const auto items = SplitAcknowledgeNotifications(request, rows);
  ASSERT_EQ(items.size(), 3u);
  v1::AcknowledgeNotificationRequest first, second;
  first.CopyFrom(*items[0].command);
  second.CopyFrom(*items[1].command);
  EXPECT_EQ(first.name(), "staff/ann/notifications/a");
  EXPECT_EQ(first.etag(), "r1");
  EXPECT_TRUE(first.acted());
  EXPECT_NE(first.request_id(), second.request_id());
  EXPECT_EQ(base::FieldOf(items[2].refusal), "name");
}

}  // namespace
}  // namespace crm::customer
