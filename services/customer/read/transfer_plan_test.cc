#include "services/customer/read/transfer_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/resource_name.h"
#include "libs/testing/matchers.h"
#include "services/customer/react/transfer_test_world.h"
#include "services/customer/read/holdings.h"
#include "services/customer/read/leavers.h"

namespace crm::customer {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::ParseText;

class Plan : public ::testing::Test {
 protected:
  Plan() {
    for (const char* id : {"bob", "cid", "dora"})
      world_.Put<v1::Staff>(kStaff, absl::StrCat("name: 'staff/", id,
                                                 "' status: "
                                                 "STAFF_STATUS_ACTIVE"));
  }
  // "target receiver" of each item, with what is foreseen.
  std::vector<std::string> ListOf(const std::string& text, int stretch = 1'000) {
    auto transfer = ParseText<v1::Transfer>(
        "name: 'transfers/t' giver: 'staff/ann' business_date { year: 2026 month: 3 day: 2 } " +
        text);
    std::vector<std::string> items;
    bool last = false;
    while (!last) {
      const v1::TransferItemsListed listed =
          TransferPlan(transfer, absl::UTCTimeZone(), world_.rows()).Next(stretch);
      for (const v1::TransferItem& item : listed.transfer_items()) {
        world_.rows().Put(kTransferItems, item);
        items.push_back(absl::StrCat(
            std::string(base::LastIdOf(item.target())), " ",
            item.receiver().empty() ? "-" : std::string(base::LastIdOf(item.receiver())),
            item.foreseen_refusal().empty() ? "" : " " + item.foreseen_refusal()));
      }
      *transfer.mutable_position() = listed.next();
      for (int i = 0; i < listed.receivers_size(); ++i) {
        EXPECT_FALSE(listed.receivers(i).has_scope());
        transfer.mutable_receivers(i)->set_customer_count(listed.receivers(i).customer_count());
        transfer.mutable_receivers(i)->set_other_count(listed.receivers(i).other_count());
      }
      transfer.set_item_count(transfer.item_count() + listed.transfer_items_size());
      last = listed.last();
    }
    return items;
  }

  TransferWorld world_;
};

const std::string kTwo = "receivers { staff: 'staff/bob' } receivers { staff: 'staff/cid' } ";

TEST_F(Plan, TakesTurns) {
  for (const char* id : {"a", "b", "c", "d"}) world_.AddCustomer(id, "owner: 'ann'");
  EXPECT_THAT(ListOf(kTwo), ElementsAre("a bob", "b cid", "c bob", "d cid"));
}

TEST_F(Plan, IsTheSameInStretches) {
  for (const char* id : {"a", "b", "c", "d", "e"}) world_.AddCustomer(id, "owner: 'ann'");
  EXPECT_THAT(ListOf(kTwo, 2), ElementsAre("a bob", "b cid", "c bob", "d cid", "e bob"));
}

TEST_F(Plan, PassesOverWhoHasNoRoom) {
  world_.Put<v1::Staff>(kStaff, "name: 'staff/bob' status: STAFF_STATUS_ACTIVE capacity: 2");
  world_.AddCustomer("has", "owner: 'bob'");
  for (const char* id : {"a", "b", "c"}) world_.AddCustomer(id, "owner: 'ann'");
  EXPECT_THAT(ListOf(kTwo), ElementsAre("a bob", "b cid", "c cid"));
  EXPECT_THAT(ListOf("receivers { staff: 'staff/bob' }"),
              ElementsAre("a bob", "b bob CAPACITY_REACHED", "c bob CAPACITY_REACHED"));
}

TEST_F(Plan, GivesToWhoHasMostRoom) {
  world_.Put<v1::Staff>(kStaff, "name: 'staff/bob' status: STAFF_STATUS_ACTIVE capacity: 2");
  world_.Put<v1::Staff>(kStaff, "name: 'staff/cid' status: STAFF_STATUS_ACTIVE capacity: 4");
  for (const char* id : {"a", "b", "c", "d"}) world_.AddCustomer(id, "owner: 'ann'");
  EXPECT_THAT(ListOf(kTwo + "rule: TRANSFER_RULE_MOST_ROOM"),
              ElementsAre("a cid", "b cid", "c bob", "d cid"));
}

TEST_F(Plan, MostRoomWithoutLimitsIsFewestCustomers) {
  world_.AddCustomer("has", "owner: 'bob'");
  for (const char* id : {"a", "b", "c"}) world_.AddCustomer(id, "owner: 'ann'");
  EXPECT_THAT(ListOf(kTwo + "rule: TRANSFER_RULE_MOST_ROOM"),
              ElementsAre("a cid", "b bob", "c cid"));
}

TEST_F(Plan, KnowsTheCapacityOfPools) {
  world_.Put<v1::Pool>(kPools, "name: 'pools/standard' capacity: 1");
  for (const char* id : {"a", "b"}) world_.AddCustomer(id, "owner: 'ann'");
  EXPECT_THAT(ListOf("receivers { staff: 'staff/bob' }", 1),
              ElementsAre("a bob", "b bob CAPACITY_REACHED"));
}

// "receiver customers" of what was counted, by the position that the first stretch leaves.
TEST_F(Plan, CountsWhatReceiversHaveOnceAndWhereItMatters) {
  for (const char* id : {"a", "b", "c"}) world_.AddCustomer(id, "owner: 'ann'");
  for (const char* id : {"x", "y", "z"}) world_.AddCustomer(id, "owner: 'bob'");
  v1::TransferPosition position;
  const auto counted = [&](const std::string& rule) {
    auto transfer =
        ParseText<v1::Transfer>("name: 'transfers/t' giver: 'staff/ann' " + kTwo + rule);
    *transfer.mutable_position() = position;
    const v1::TransferItemsListed listed =
        TransferPlan(transfer, absl::UTCTimeZone(), world_.rows()).Next(1);
    std::vector<std::string> counts;
    for (const v1::TransferOwnedCount& count : listed.next().owned_counts())
      counts.push_back(absl::StrCat(count.receiver(), " ", count.customer_count()));
    return counts;
  };
  EXPECT_THAT(counted(""), IsEmpty()) << "nothing limits anybody";
  EXPECT_THAT(counted("rule: TRANSFER_RULE_MOST_ROOM"), ElementsAre("staff/bob 3", "staff/cid 0"));
  world_.Put<v1::Staff>(kStaff, "name: 'staff/bob' status: STAFF_STATUS_ACTIVE capacity: 2");
  EXPECT_THAT(counted(""), ElementsAre("staff/bob 2")) << "up to what he may have";
  position =
      ParseText<v1::TransferPosition>("owned_counts { receiver: 'staff/bob' customer_count: 1 }");
  EXPECT_THAT(counted(""), ElementsAre("staff/bob 1")) << "not once more";
}

TEST_F(Plan, NotesHowANextStepWas) {
  world_.AddCustomer("a", "owner: 'eve'");
  world_.Put<v1::Touchpoint>(kTouchpoints,
                             "name: 'customers/a/touchpoints/met' staff: 'ann' next_step: 'x' "
                             "next_step_date { year: 2026 month: 3 day: 1 }");
  ListOf("receivers { staff: 'staff/bob' }");
  EXPECT_EQ(world_.rows().Get(kTransferItems, TransferItemName("transfers/t", 1))->target_etag(),
            "1");
}

TEST_F(Plan, LooksAtSoManyRows) {
  for (const char* id : {"a", "b", "c"}) world_.AddCustomer(id, "owner: 'ann'");
  const auto visit = [&](int rows_max) {
    int seen = 0;
    const bool all = VisitHoldings(v1::TRANSFER_KIND_CUSTOMER, "staff/ann", absl::CivilDay(),
                                   absl::UTCTimeZone(), world_.rows(), rows_max,
                                   [&](const Holding&) { return ++seen > 0; });
    return absl::StrCat(seen, all ? " all" : " more");
  };
  EXPECT_EQ(visit(3), "3 all");
  EXPECT_EQ(visit(2), "2 more");
}

TEST_F(Plan, GoesByScopeThenToWhoHasNone) {
  world_.AddCustomer("north", "owner: 'ann' region: 'north'");
  world_.AddCustomer("south", "owner: 'ann' region: 'south'");
  world_.AddCustomer("west", "owner: 'ann' region: 'west'");
  const std::string by_region =
      "receivers { staff: 'staff/bob' scope { regions: 'north' } } "
      "receivers { staff: 'staff/cid' scope { regions: 'south' } } ";
  EXPECT_THAT(ListOf(by_region),
              ElementsAre("north bob", "south cid", "west - TRANSFER_NO_RECEIVER"));
  EXPECT_THAT(ListOf(by_region + "receivers { staff: 'staff/dora' }"),
              ElementsAre("north bob", "south cid", "west dora"));
  EXPECT_THAT(ListOf(by_region + "scope { regions: 'south' }"), ElementsAre("south cid"));
}

TEST_F(Plan, WhatConcernsACustomerGoesWithIt) {
  for (const char* id : {"a", "b"}) world_.AddCustomer(id, "owner: 'ann'");
  world_.Put<v1::Activity>(kActivities,
                           "name: 'activities/of-b' owner: 'ann' state: ACTIVITY_STATE_PLANNED "
                           "customer: 'customers/b'");
  world_.Put<v1::Activity>(
      kActivities, "name: 'activities/other' owner: 'ann' state: ACTIVITY_STATE_IN_PROGRESS");
  EXPECT_THAT(ListOf(kTwo, 1), ElementsAre("a bob", "b cid", "of-b cid", "other bob"));
}

TEST_F(Plan, ForeseesWhatCannotBeMoved) {
  world_.AddCustomer("erased", "owner: 'ann' status: CUSTOMER_STATUS_ERASED");
  world_.AddCustomer("merged", "owner: 'ann' merged_into: 'customers/x'");
  world_.AddCustomer("pending", "owner: 'ann' owner_request { owner: 'cid' }");
  EXPECT_THAT(ListOf("receivers { staff: 'staff/bob' }"),
              ElementsAre("erased bob CUSTOMER_ERASED", "merged bob CUSTOMER_MERGED",
                          "pending bob OWNER_PENDING"));
}

TEST_F(Plan, ListsOnlyTheKindsThatAreAskedFor) {
  world_.AddCustomer("a", "owner: 'ann'");
  EXPECT_THAT(ListOf(kTwo + "kinds: TRANSFER_KIND_ACTIVITY"), IsEmpty());
}

TEST_F(Plan, ANextStepThatWasTakenIsNobodys) {
  world_.AddCustomer("a", "owner: 'eve'");
  world_.Put<v1::Touchpoint>(kTouchpoints,
                             "name: 'customers/a/touchpoints/met' staff: 'ann' next_step: 'x' "
                             "next_step_date { year: 2026 month: 3 day: 1 }");
  EXPECT_THAT(ListOf("receivers { staff: 'staff/bob' }"), ElementsAre("met bob"));
  world_.Put<v1::ContactState>(kContactStates,
                               "customer: 'customers/a' touchpoint: 'customers/a/touchpoints/two' "
                               "last_contact_time { seconds: 1772400000 }");
  EXPECT_THAT(ListOf("receivers { staff: 'staff/bob' }"), IsEmpty());
}

TEST_F(Plan, LeaversAreFoundByWhatTheyLeave) {
  world_.AddCustomer("a", "owner: 'ann'");
  world_.AddCustomer("gone", "owner: 'ann' merged_into: 'customers/a'");
  const auto leaves = [&](const std::string& id, const std::string& status, int day) {
    world_.Put<v1::Staff>(kStaff,
                          absl::StrCat("name: 'staff/", id, "' status: STAFF_STATUS_", status,
                                       " leave_date { year: 2026 month: 3 day: ", day, " }"));
  };
  leaves("ann", "LEFT", 1);
  leaves("bob", "ACTIVE", 9);
  leaves("cid", "LEFT", 1);
  world_.AddCustomer("b", "owner: 'bob'");
  const engine::Context context = testing::FixedContext<TransferModel>();
  const auto search = [&](const std::string& text) {
    std::vector<std::string> found;
    const auto answer =
        QueryLeavers(ParseText<v1::SearchLeaversRequest>(text), world_.rows(), context);
    if (!answer.ok()) return std::vector<std::string>{"refused"};
    for (const v1::Leaver& leaver : answer->leavers())
      found.push_back(absl::StrCat(leaver.staff(), " ", leaver.holdings().customer_count()));
    if (!answer->next_page_token().empty()) found.push_back(answer->next_page_token());
    return found;
  };
  EXPECT_THAT(search(""), ElementsAre("staff/ann 1"));
  EXPECT_THAT(search("ahead_days: 6"), ElementsAre("staff/ann 1"));
  EXPECT_THAT(search("ahead_days: 7"), ElementsAre("staff/ann 1", "staff/bob 1"));
  EXPECT_THAT(search("ahead_days: 7 page_size: 1"), ElementsAre("staff/ann 1", "staff/ann"));
  EXPECT_THAT(search("ahead_days: 7 page_size: 1 page_token: 'staff/ann'"),
              ElementsAre("staff/bob 1", "staff/bob"));
  EXPECT_THAT(search("ahead_days: 366"), ElementsAre("refused"));
  const auto holdings = QueryStaffHoldings(
      ParseText<v1::GetStaffHoldingsRequest>("name: 'staff/ann'"), world_.rows(), context);
  ASSERT_TRUE(holdings.ok());
  EXPECT_EQ(holdings->holdings().customer_count(), 1);
}

}  // namespace
}  // namespace crm::customer
