#include "services/customer/domain/notice.h"

#include <gtest/gtest.h>

#include "libs/base/hash.h"
#include "libs/base/resource_name.h"
#include "libs/testing/matchers.h"

namespace crm::customer {
namespace {

const engine::EventMeta kCause{.time = absl::FromUnixSeconds(1'772'445'600),
                               .actor = "user:ann",
                               .name = "customers/c1",
                               .revision = 7};

Notice ToldTo(const std::string& staff) {
  return {.staff = staff,
          .reason = v1::NOTIFICATION_REASON_CUSTOMER_GIVEN,
          .about = "customers/c1",
          .customer = "customers/c1",
          .note = "moved",
          .due = absl::CivilDay(2026, 3, 9)};
}

engine::Commands Added(const Notice& notice) {
  engine::Commands commands;
  AddNotice(kCause, notice, commands);
  return commands;
}

TEST(AddNotice, SaysWhatHappenedToWhomItConcerns) {
  const engine::Commands commands = Added(ToldTo("bob"));
  ASSERT_EQ(commands.size(), 1u);
  v1::NotifyRequest notify;
  notify.CopyFrom(*commands[0]);
  EXPECT_TRUE(base::IsResourceId(notify.notification_id()));
  notify.clear_notification_id();
  EXPECT_THAT(notify, testing::EqualsProto(R"pb(parent: "staff/bob"
                                                notification {
                                                  reason: NOTIFICATION_REASON_CUSTOMER_GIVEN
                                                  about: "customers/c1"
                                                  customer: "customers/c1"
                                                  occur_time { seconds: 1772445600 }
                                                  note: "moved"
                                                  due_date { year: 2026 month: 3 day: 9 }
                                                  actor: "user:ann"
                                                })pb"));
}

TEST(AddNotice, TakesNamesOfStaffAsWell) {
  const engine::Commands commands = Added(ToldTo("staff/bob"));
  ASSERT_EQ(commands.size(), 1u);
  v1::NotifyRequest notify;
  notify.CopyFrom(*commands[0]);
  EXPECT_EQ(notify.parent(), "staff/bob");
}

TEST(AddNotice, TellsNobodyWhatTheyDidThemselvesUnlessAsked) {
  EXPECT_TRUE(Added(ToldTo("")).empty());
  EXPECT_TRUE(Added(ToldTo("ann")).empty());
  Notice asked = ToldTo("ann");
  asked.also_own_acts = true;
  EXPECT_EQ(Added(asked).size(), 1u);
  Notice by_bob = ToldTo("bob");
  by_bob.actor = "user:bob";
  EXPECT_TRUE(Added(by_bob).empty());
}

// Kept in logs for ever.
TEST(NoticeId, IsTheSameForTheSameCauseAndOthersForOthers) {
  const std::string id = NoticeId(kCause, v1::NOTIFICATION_REASON_CUSTOMER_GIVEN);
  EXPECT_EQ(id, base::DeriveId({"customers/c1", "7", "NOTIFICATION_REASON_CUSTOMER_GIVEN"}));
  EXPECT_NE(id, NoticeId(kCause, v1::NOTIFICATION_REASON_CUSTOMER_LOST));
  engine::EventMeta later = kCause;
  later.revision = 8;
  EXPECT_NE(id, NoticeId(later, v1::NOTIFICATION_REASON_CUSTOMER_GIVEN));
}

}  // namespace
}  // namespace crm::customer
