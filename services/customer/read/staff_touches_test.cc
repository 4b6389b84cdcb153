#include "services/customer/read/staff_touches.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "libs/testing/fake_rows.h"
#include "libs/testing/matchers.h"
#include "services/customer/read/ownership_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::FakeRows;
using testing::ParseText;

class StaffTouches : public ::testing::Test {
 protected:
  void Touch(const std::string& id, const std::string& text) {
    const std::string name = "customers/a/touchpoints/" + id;
    auto after = ParseText<v1::Touchpoint>(text);
    after.set_name(name);
    const auto before = rows_.Get(kTouchpoints, name);
    const v1::TouchpointEvent event;
    const engine::EventMeta meta{
        .time = absl::UnixEpoch(), .actor = "user:x", .name = name, .revision = 1};
    rows_.Put(kTouchpoints, after);
    ProjectStaffTouches({before.has_value() ? &*before : nullptr, after, event, meta}, rows_);
  }
  int Last(const std::string& staff) {
    const auto touch = rows_.Get(kStaffTouches, std::string("customers/a"), staff);
    return touch.has_value() ? static_cast<int>(touch->touch_time().seconds()) : 0;
  }

  FakeRows rows_{kTouchpoints, kStaffTouches};
};

TEST_F(StaffTouches, TheLatestCountsInWhateverOrderTheyAreTold) {
  Touch("1", "staff: 'ann' occur_time { seconds: 50 }");
  Touch("2", "staff: 'ann' occur_time { seconds: 20 }");
  Touch("3", "staff: 'bob' occur_time { seconds: 70 }");
  EXPECT_EQ(Last("ann"), 50);
  EXPECT_EQ(Last("bob"), 70);
}

TEST_F(StaffTouches, MailOfACampaignAndNobodysDoNotCount) {
  Touch("1", "staff: 'ann' occur_time { seconds: 50 } about: 'campaigns/spring'");
  Touch("2", "occur_time { seconds: 50 }");
  EXPECT_EQ(rows_.Size("staff_touches"), 0u);
}

TEST_F(StaffTouches, ACorrectionCountsAnew) {
  Touch("1", "staff: 'ann' occur_time { seconds: 50 }");
  Touch("2", "staff: 'ann' occur_time { seconds: 20 }");
  Touch("1", "staff: 'bob' occur_time { seconds: 50 }");
  EXPECT_EQ(Last("ann"), 20);
  EXPECT_EQ(Last("bob"), 50);
  Touch("2", "staff: 'ann' occur_time { seconds: 20 } about: 'campaigns/spring'");
  EXPECT_EQ(Last("ann"), 0);
  Touch("2", "staff: 'ann' occur_time { seconds: 30 }");
  EXPECT_EQ(Last("ann"), 30);
}

}  // namespace
}  // namespace crm::customer
