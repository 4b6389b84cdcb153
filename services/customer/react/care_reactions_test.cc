#include "services/customer/react/care_reactions.h"

#include <gtest/gtest.h>

#include <string>

#include "crm/customer/v1/activity.pb.h"
#include "crm/customer/v1/owner_term.pb.h"
#include "crm/customer/v1/staleness.pb.h"
#include "crm/customer/v1/transfer_internal.pb.h"
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
  FakeRows rows(kCustomers, kCustomerPolicies, kActivities, kRedirects);
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
  EXPECT_EQ(again.activity_id(), plan.activity_id());
  const auto close = [&](const std::string& seconds) {
    rows.Put(kActivities, ParseText<v1::Activity>(
                              "name: 'activities/" + plan.activity_id() +
                              "' owner: 'ann' state: ACTIVITY_STATE_CANCELLED close_time { " +
                              "seconds: " + seconds + " }"));
  };
  close("1772064001");  // A second after the event.
  again.CopyFrom(*ask("customers/a", 7, stale)[0]);
  EXPECT_EQ(again.activity_id(), plan.activity_id()) << "one ever for an event that is read again";
  close("1772000000");
  later.CopyFrom(*ask("customers/a", 9, stale)[0]);
  EXPECT_NE(later.activity_id(), plan.activity_id()) << "stale again, since the same day";
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
  FakeRows rows(kCustomers, kCustomerPolicies, kActivities, kRedirects);
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

TEST(OnStaleCustomer, AMergeLeavesOneCheckForBoth) {
  FakeRows rows(kCustomers, kActivities, kRedirects);
  const auto activity = [&](const std::string& id, const std::string& customer) {
    rows.Put(kActivities, ParseText<v1::Activity>("name: 'activities/" + id +
                                                  "' customer: 'customers/" + customer +
                                                  "' cause: ACTIVITY_CAUSE_CUSTOMER_STALE state: "
                                                  "ACTIVITY_STATE_PLANNED"));
  };
  const auto ask = [&](const std::string& event) {
    std::string ended;
    for (const auto& command : OnStaleCustomer(
             {ParseText<v1::CustomerEvent>(event), {.name = "customers/a", .revision = 9}}, rows)) {
      if (const auto* cancel = dynamic_cast<const v1::CancelActivityRequest*>(command.get()))
        ended += cancel->name() + " ";
      if (const auto* complete = dynamic_cast<const v1::CompleteActivityRequest*>(command.get()))
        ended += complete->name() + "! ";
    }
    return ended;
  };
  const std::string absorbed = "absorbed { absorbed: 'customers/b' }";
  activity("of-b", "b");
  EXPECT_EQ(ask(absorbed), "") << "no such customer";
  rows.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/a' stale_since_date { year: 2026 "
                                               "month: 2 day: 1 }"));
  EXPECT_EQ(ask(absorbed), "") << "nothing else asks for the check";
  activity("of-a", "a");
  EXPECT_EQ(ask(absorbed), "activities/of-b ");
  rows.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/a'"));
  EXPECT_EQ(ask(absorbed), "activities/of-b activities/of-a ");
  EXPECT_EQ(ask("verified {}"), "activities/of-a! ");
  rows.Put(kRedirects, ParseText<v1::Redirect>("customer: 'customers/b' survivor: 'customers/a'"));
  EXPECT_EQ(ask(absorbed), "activities/of-b activities/of-a ");
  EXPECT_EQ(ask("verified {}"), "activities/of-a! activities/of-b! ");
  EXPECT_EQ(ask("stale_ended {}"), "activities/of-a activities/of-b ");
}

TEST(OnStaleCustomer, WhoIsStaleWithoutTheMergeIsAskedOfAgain) {
  FakeRows rows(kCustomers, kCustomerPolicies, kActivities, kRedirects);
  const std::string stale_since = " stale_since_date { year: 2026 month: 2 day: 1 }";
  rows.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/a' owner: 'ann'" + stale_since));
  rows.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/b' owner: 'bob'" + stale_since));
  const auto ask = [&](const std::string& name, const std::string& event) {
    std::string planned;
    for (const auto& command :
         OnStaleCustomer({ParseText<v1::CustomerEvent>(event),
                          {.time = absl::FromCivil(absl::CivilDay(2026, 3, 2), absl::UTCTimeZone()),
                          .name = name,
                          .revision = 9}},
                         rows)) {
      const auto& plan = dynamic_cast<const v1::PlanActivityRequest&>(*command);
      planned += plan.activity().customer() + " " + plan.activity().owner() + " " +
                 std::to_string(plan.activity().due_date().day());
    }
    return planned;
  };
  const std::string reversed = "merge_reversed { absorbed: 'customers/b' }";
  EXPECT_EQ(ask("customers/a", reversed), "customers/a ann 9");
  EXPECT_EQ(ask("customers/b", "unmerged {}"), "customers/b bob 9");
  rows.Put(kActivities,
           ParseText<v1::Activity>("name: 'activities/of-b' customer: 'customers/b' cause: "
                                   "ACTIVITY_CAUSE_CUSTOMER_STALE state: ACTIVITY_STATE_PLANNED"));
  rows.Put(kRedirects, ParseText<v1::Redirect>("customer: 'customers/b' survivor: 'customers/a'"));
  EXPECT_EQ(ask("customers/a", reversed), "customers/a ann 9") << "that one is the other's";
  EXPECT_EQ(ask("customers/b", "unmerged {}"), "") << "it is asked for still";
  rows.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/a' owner: 'ann'"));
  EXPECT_EQ(ask("customers/a", reversed), "");
}

class OwnerOfStaleData : public ::testing::Test {
 protected:
  void Put(const std::string& more) {
    rows_.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/a' " + more));
  }
  void PutCheck(const std::string& id, const std::string& more) {
    rows_.Put(kActivities,
              ParseText<v1::Activity>("name: 'activities/" + id +
                                      "' cause: ACTIVITY_CAUSE_CUSTOMER_STALE " + more));
  }
  void PutTerm(const std::string& customer, int revision, const std::string& owner) {
    rows_.Put(kOwnerTerms,
              ParseText<v1::OwnerTerm>("name: '" + customer + "/ownerTerms/" +
                                       std::to_string(revision) + "' owner: '" + owner + "'"));
  }
  engine::ForeignEvent<v1::CustomerEvent> Next(const std::string& event) {
    event_ = ParseText<v1::CustomerEvent>(event);
    meta_ = {.time = absl::FromCivil(absl::CivilDay(2026, 3, 2), absl::UTCTimeZone()),
             .name = "customers/a",
             .revision = ++revision_};
    return {event_, meta_};
  }
  engine::Commands Ask(const std::string& event) { return OnStaleCustomer(Next(event), rows_); }
  // "activity giver -> receiver transfer; " of each.
  std::string Hand(const std::string& event) {
    std::string handed;
    for (const auto& command : OnNewOwner(Next(event), rows_)) {
      const auto& hand = dynamic_cast<const v1::HandActivityRequest&>(*command);
      handed += hand.name() + " " + hand.giver() + " -> " + hand.receiver() + " " +
                hand.transfer() + "; ";
      EXPECT_FALSE(hand.undoing());
    }
    return handed;
  }

  const std::string stale_ = " stale_since_date { year: 2026 month: 2 day: 1 }";
  const std::string open_ = " state: ACTIVITY_STATE_PLANNED ";
  const std::string granted_ =
      "owner_granted { owner_request { owner: 'bob' transfer: 'transfers/t' } }";
  FakeRows rows_{kCustomers, kCustomerPolicies, kActivities, kOwnerTerms, kRedirects};
  int64_t revision_ = 8;
  v1::CustomerEvent event_;  // The one that Next gave last.
  engine::EventMeta meta_;
};

TEST_F(OwnerOfStaleData, IsAskedWhenNobodyWas) {
  Put("owner: 'bob'" + stale_);
  v1::PlanActivityRequest first, again;
  for (const std::string& event :
       {granted_, std::string("transferred { owner: 'bob' }"),
        std::string("updated { changed { paths: 'owner' } customer { owner: 'bob' } }")}) {
    const engine::Commands commands = Ask(event);
    ASSERT_EQ(commands.size(), 1u) << event;
    again.CopyFrom(*commands[0]);
    EXPECT_THAT(again.activity(), testing::EqualsProto(R"pb(
                  kind: ACTIVITY_KIND_TASK
                  customer: "customers/a"
                  owner: "bob"
                  cause: ACTIVITY_CAUSE_CUSTOMER_STALE
                  due_date { year: 2026 month: 3 day: 9 })pb"));
    if (first.activity_id().empty()) first = again;
    EXPECT_EQ(again.activity_id(), first.activity_id()) << "once for each staleness";
  }
  PutCheck(first.activity_id(),
           "owner: 'ann' state: ACTIVITY_STATE_DONE close_time { seconds: 9 }");
  again.CopyFrom(*Ask(granted_)[0]);
  EXPECT_NE(again.activity_id(), first.activity_id()) << "the former owner closed theirs";
  PutCheck(again.activity_id(),
           "owner: 'bob' state: ACTIVITY_STATE_DONE close_time { seconds: 9 }");
  EXPECT_TRUE(Ask(granted_).empty()) << "they were asked already";
  Put("owner: 'bob' stale_since_date { year: 2026 month: 2 day: 2 }");
  again.CopyFrom(*Ask(granted_)[0]);
  EXPECT_NE(again.activity_id(), first.activity_id());
  EXPECT_TRUE(Ask("updated { changed { paths: 'region' } }").empty());
  Put("owner: 'bob'");
  EXPECT_TRUE(Ask(granted_).empty()) << "fresh";
  Put(stale_);
  EXPECT_TRUE(Ask(granted_).empty()) << "back in the pool since";
  Put("owner: 'bob' merged_into: 'customers/b'" + stale_);
  EXPECT_TRUE(Ask(granted_).empty()) << "its survivor's owner is asked";
}

TEST_F(OwnerOfStaleData, GetsTheOpenCheckOfTheFormerOne) {
  Put("owner: 'bob'" + stale_);
  PutTerm("customers/a", 2, "ann");
  PutCheck("x", "customer: 'customers/a' owner: 'ann'" + open_);
  EXPECT_TRUE(Ask(granted_).empty());
  const std::string handed = "activities/x ann -> bob transfers/t; ";
  EXPECT_EQ(Hand(granted_), handed);
  EXPECT_EQ(Hand("transferred { owner: 'bob' }"), "activities/x ann -> bob ; ");
  EXPECT_EQ(Hand("updated { changed { paths: 'owner' } customer { owner: 'bob' } }"),
            "activities/x ann -> bob ; ");
  PutTerm("customers/a", 100, "cid");
  EXPECT_EQ(Hand(granted_), handed) << "cid comes after the event";
  EXPECT_EQ(Hand("transferred { owner: 'ann' }"), "") << "from a pool back to whom it is with";
  EXPECT_EQ(Hand("updated { changed { paths: 'region' } }"), "");
  Put("owner: 'bob'");
  EXPECT_EQ(Hand(granted_), "") << "fresh";
}

// The check says itself whose it is: what shows here may be behind.
TEST_F(OwnerOfStaleData, TakesNoCheckFromWhomItWasGivenTo) {
  Put("owner: 'bob'" + stale_);
  PutTerm("customers/a", 2, "dora");
  PutTerm("customers/a", 3, "ann");
  PutCheck("x", "customer: 'customers/a' owner: 'dora'" + open_);
  EXPECT_EQ(Hand(granted_), "activities/x ann -> bob transfers/t; ") << "it will refuse";
  rows_.Put(kRedirects, ParseText<v1::Redirect>("customer: 'customers/b' survivor: 'customers/a'"));
  PutTerm("customers/b", 1, "eve");
  PutCheck("x", "customer: 'customers/b' owner: 'dora'" + open_);
  EXPECT_EQ(Hand(granted_), "") << "of a merged one, which she never looked after";
  PutCheck("x", "customer: 'customers/b' owner: 'eve'" + open_);
  EXPECT_EQ(Hand(granted_), "activities/x eve -> bob transfers/t; ");
}

// Another replica asked the former owner, and that does not show here yet: the same check is meant.
TEST_F(OwnerOfStaleData, HasNoSecondCheckBesideOneThatDoesNotShow) {
  PutTerm("customers/a", 2, "ann");
  Put("owner: 'ann'" + stale_);
  v1::PlanActivityRequest of_ann, of_bob;
  of_ann.CopyFrom(*Ask("became_stale { stale_since_date { year: 2026 month: 2 day: 1 } }")[0]);
  Put("owner: 'bob'" + stale_);
  of_bob.CopyFrom(*Ask(granted_)[0]);
  EXPECT_EQ(of_bob.activity_id(), of_ann.activity_id());
  EXPECT_EQ(Hand(granted_), "activities/" + of_ann.activity_id() + " ann -> bob transfers/t; ");
  Put("owner: 'cid'" + stale_);
  EXPECT_TRUE(Ask(granted_).empty()) << "cid is asked by the event that says so";
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
