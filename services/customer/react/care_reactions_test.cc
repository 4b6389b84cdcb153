#include "services/customer/react/care_reactions.h"

#include <gtest/gtest.h>

#include <string>

#include "crm/customer/v1/activity.pb.h"
#include "crm/customer/v1/staleness.pb.h"
#include "libs/testing/fake_rows.h"
#include "libs/testing/matchers.h"
#include "services/customer/read/activity_tables.h"
#include "services/customer/read/care_tables.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::FakeRows;
using testing::ParseText;

TEST(OnStaleCustomer, AsksTheOwnerToCheck) {
  FakeRows rows(kCustomers, kCustomerPolicies, kActivities);
  const std::string stale_since = " stale_since_date { year: 2026 month: 2 day: 25 }";
  rows.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/a' owner: 'ann'" + stale_since));
  rows.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/b'" + stale_since));
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
  // The day on which it was said is the company's, which the time of the event does not tell.
  const auto dated = ParseText<v1::CustomerEvent>(
      "became_stale { stale_since_date { year: 2026 month: 2 day: 25 } mark_date { year: 2026 "
      "month: 2 day: 27 } }");
  plan.CopyFrom(*ask("customers/a", 7, dated)[0]);
  EXPECT_EQ(plan.activity().due_date().day(), 6);
  EXPECT_TRUE(ask("customers/b", 7, stale).empty());
  EXPECT_TRUE(ask("customers/c", 7, stale).empty());
  EXPECT_TRUE(ask("customers/a", 8, ParseText<v1::CustomerEvent>("verified {}")).empty());
  rows.Put(kCustomerPolicies,
           ParseText<v1::CustomerPolicy>("name: 'customerPolicies/standard' data_check_days: 2"));
  plan.CopyFrom(*ask("customers/a", 7, stale)[0]);
  EXPECT_EQ(plan.activity().due_date().day(), 28);
  rows.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/a' owner: 'ann'"));
  EXPECT_TRUE(ask("customers/a", 7, stale).empty()) << "it was checked since";
}

TEST(OnStaleCustomer, WhatAskedForACheckEndsWithIt) {
  FakeRows rows(kCustomers, kCustomerPolicies, kActivities);
  const auto put = [&](const std::string& id, const std::string& fields) {
    rows.Put(kActivities, ParseText<v1::Activity>("name: 'activities/" + id +
                                                  "' customer: 'customers/a' " + fields));
  };
  const std::string cause = "cause: ACTIVITY_CAUSE_CUSTOMER_STALE ";
  put("open", cause + "state: ACTIVITY_STATE_PLANNED");
  put("begun", cause + "state: ACTIVITY_STATE_IN_PROGRESS");
  put("done", cause + "state: ACTIVITY_STATE_DONE");
  put("other", "state: ACTIVITY_STATE_PLANNED");
  const auto ask = [&](const std::string& event) {
    return OnStaleCustomer(
        {ParseText<v1::CustomerEvent>(event), {.name = "customers/a", .revision = 9}}, rows);
  };
  const engine::Commands done = ask("verified {}");
  ASSERT_EQ(done.size(), 2u);
  v1::CompleteActivityRequest complete;
  complete.CopyFrom(*done[1]);
  EXPECT_THAT(complete, testing::EqualsProto("name: 'activities/begun' skip_touchpoint: true"));
  const engine::Commands cancelled = ask("stale_ended {}");
  ASSERT_EQ(cancelled.size(), 2u);
  v1::CancelActivityRequest cancel;
  cancel.CopyFrom(*cancelled[0]);
  EXPECT_EQ(cancel.name(), "activities/open");
  EXPECT_NE(cancel.cancel_reason(), "");
}

TEST(OnOptOut, TheSurvivorHearsOfIt) {
  FakeRows rows(kRedirects);
  rows.Put(kRedirects, ParseText<v1::Redirect>("customer: 'customers/a' survivor: 'customers/b'"));
  const auto ask = [&](const std::string& customer, const std::string& state) {
    return OnOptOut({ParseText<v1::CustomerEvent>(
                         "consent_recorded { consent { channel: CHANNEL_EMAIL state: "
                         "CONSENT_STATE_" +
                         state +
                         " source: CONSENT_SOURCE_UNSUBSCRIBED effect_time { seconds: 5 } "
                         "record_time { seconds: 6 } actor: 'user:x' evidence: 'mails/1' } }"),
                     {.name = customer, .revision = 4}},
                    rows);
  };
  const engine::Commands commands = ask("customers/a", "OPTED_OUT");
  ASSERT_EQ(commands.size(), 1u);
  v1::RecordConsentRequest record;
  record.CopyFrom(*commands[0]);
  EXPECT_THAT(record, testing::EqualsProto(R"pb(
                name: "customers/b"
                channel: CHANNEL_EMAIL
                state: CONSENT_STATE_OPTED_OUT
                source: CONSENT_SOURCE_UNSUBSCRIBED
                effect_time { seconds: 5 }
                evidence: "mails/1")pb"));
  EXPECT_TRUE(ask("customers/a", "OPTED_IN").empty());
  EXPECT_TRUE(ask("customers/b", "OPTED_OUT").empty());
}

TEST(OnCustomerPolicy, ALookMarksWhatItFinds) {
  FakeRows rows(kCustomers, kStaleCustomers, kPositions);
  rows.Put(kCustomers, ParseText<v1::Customer>(
                           "name: 'customers/a' website: 'a.example' data_check_time { seconds: 10 "
                           "}"));
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
