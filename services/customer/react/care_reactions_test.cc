#include "services/customer/react/care_reactions.h"

#include <gtest/gtest.h>

#include <string>

#include "crm/customer/v1/activity.pb.h"
#include "crm/customer/v1/staleness.pb.h"
#include "libs/testing/fake_rows.h"
#include "libs/testing/matchers.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::FakeRows;
using testing::ParseText;

TEST(OnStaleCustomer, AsksTheOwnerToCheck) {
  FakeRows rows(kCustomers);
  rows.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/a' owner: 'ann'"));
  rows.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/b'"));
  const auto stale = ParseText<v1::CustomerEvent>(
      "became_stale { stale_since_date { year: 2026 month: 2 day: 25 } }");
  const auto ask = [&](const std::string& name, int64_t revision, const v1::CustomerEvent& event) {
    return OnStaleCustomer(
        {event,
         {.time = absl::FromCivil(absl::CivilDay(2026, 2, 26), absl::UTCTimeZone()),
          .name = name,
          .revision = revision}},
        rows);
  };
  const engine::Commands commands = ask("customers/a", 7, stale);
  ASSERT_EQ(commands.size(), 1u);
  v1::PlanActivityRequest plan;
  plan.CopyFrom(*commands[0]);
  EXPECT_THAT(plan.activity(), testing::EqualsProto(R"pb(
                kind: ACTIVITY_KIND_TASK
                customer: "customers/a"
                owner: "ann"
                cause: ACTIVITY_CAUSE_CUSTOMER_STALE
                due_date { year: 2026 month: 3 day: 5 })pb"));
  v1::PlanActivityRequest again, later;
  again.CopyFrom(*ask("customers/a", 7, stale)[0]);
  later.CopyFrom(*ask("customers/a", 9, stale)[0]);
  EXPECT_EQ(again.activity_id(), plan.activity_id());
  EXPECT_NE(later.activity_id(), plan.activity_id());
  EXPECT_TRUE(ask("customers/b", 7, stale).empty());
  EXPECT_TRUE(ask("customers/c", 7, stale).empty());
  EXPECT_TRUE(ask("customers/a", 8, ParseText<v1::CustomerEvent>("verified {}")).empty());
}

TEST(OnCustomerPolicy, ALookMarksWhatItFinds) {
  FakeRows rows(kCustomers);
  rows.Put(kCustomers,
           ParseText<v1::Customer>("name: 'customers/a' data_check_time { seconds: 10 }"));
  const auto ask = [&](const std::string& event) {
    return OnCustomerPolicy({ParseText<v1::CustomerPolicyEvent>(event),
                             {.name = kStandardCustomerPolicy, .revision = 3}},
                            rows)
        .size();
  };
  const std::string check = "check { number: 1 other_before_time { seconds: 11 } }";
  EXPECT_EQ(ask("stale_check_started { " + check + " }"), 1u);
  EXPECT_EQ(ask("stale_check_continued { " + check + " }"), 1u);
  EXPECT_EQ(ask("stale_check_started { check { other_before_time { seconds: 10 } } }"), 0u);
  EXPECT_EQ(ask("updated {}"), 0u);
}

}  // namespace
}  // namespace crm::customer
