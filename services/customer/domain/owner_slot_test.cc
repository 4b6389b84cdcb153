#include "services/customer/domain/owner_slot.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/read/ownership_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;
using testing::ParseText;

// FixedContext asks for "ownerBooks/owner_book-1/ownerSlots/..."; its business date is 2026-03-02.
const std::string kToday = "slot_date { year: 2026 month: 3 day: 2 }";
const std::string kPick = "customer: 'customers/a' pool: 'pools/p' kind: OWNER_REQUEST_KIND_PICK ";
const std::string kGive =
    "customer: 'customers/a' pool: 'pools/p' kind: OWNER_REQUEST_KIND_TRANSFER ";

BookFacts Facts(const std::string& pool, const std::string& book, const std::string& staff = "") {
  BookFacts facts;
  facts.pool = ParseText<v1::Pool>("name: 'pools/p' etag: '3' " + pool);
  if (!book.empty()) facts.book = ParseText<v1::OwnerBook>(book);
  facts.staff = ParseText<v1::Staff>("name: 'staff/bob' " + staff);
  return facts;
}

void Check(const std::string& rule, const std::string& slot, const BookFacts& facts,
           const std::string& then) {
  CheckDecisions<OwnerSlotModel, v1::ReserveSlotRequest>(
      {{rule, {}, "owner_slot { " + slot + " }", then}}, FixedContext<OwnerSlotModel>(), facts);
}

std::string Held(const std::string& slot, const std::string& limits) {
  return "reserved { owner_slot { " + slot + "state: OWNER_SLOT_STATE_HELD " + kToday +
         " } limits { " + limits + " } }";
}
std::string Refused(const std::string& slot, const std::string& reason, const std::string& limits) {
  return "refused { owner_slot { " + slot + "state: OWNER_SLOT_STATE_REFUSED refusal: REASON_" +
         reason + " " + kToday + " } limits { " + limits + " } }";
}

TEST(ReserveSlot, CapacityOfThePool) {
  const std::string limits = "pool_capacity: 2 pool_etag: '3'";
  const std::string one = "slot_count: 1 parts { pool: 'pools/p' slot_count: 1 }";
  const std::string two = "slot_count: 2 parts { pool: 'pools/p' slot_count: 2 }";
  Check("the first", kGive, Facts("capacity: 2", ""), Held(kGive, limits));
  Check("the last", kGive, Facts("capacity: 2", one), Held(kGive, limits));
  Check("one too many", kGive, Facts("capacity: 2", two),
        Refused(kGive, "CAPACITY_REACHED", limits));
  Check("slots of other pools do not count", kGive,
        Facts("capacity: 2", "slot_count: 9 parts { pool: 'pools/q' slot_count: 9 }"),
        Held(kGive, limits));
  Check("who is exempt has room", kGive, Facts("capacity: 2", two, "capacity_exempt: true"),
        Held(kGive, "pool_etag: '3'"));
  BookFacts facts = Facts("capacity: 2", one);
  facts.pool_unslotted = facts.unslotted = 1;
  Check("customers without a slot count", kGive, facts, Refused(kGive, "CAPACITY_REACHED", limits));
  facts = Facts("capacity: 2", "");
  facts.too_many_unslotted = true;
  Check("too many to look at are a full book", kGive, facts,
        Refused(kGive, "CAPACITY_REACHED", limits));
}

TEST(ReserveSlot, TheirOwnCapacityIsOverAllPools) {
  const std::string limits = "capacity: 3 pool_etag: '3'";
  Check("room", kGive, Facts("", "slot_count: 2", "capacity: 3"), Held(kGive, limits));
  Check("none", kGive, Facts("", "slot_count: 3", "capacity: 3"),
        Refused(kGive, "CAPACITY_REACHED", limits));
  BookFacts facts = Facts("", "slot_count: 2", "capacity: 3");
  facts.unslotted = 1;
  Check("customers without a slot count", kGive, facts, Refused(kGive, "CAPACITY_REACHED", limits));
}

TEST(ReserveSlot, DailyLimit) {
  const std::string pool = "pick_rule { daily_limit: 2 }";
  const std::string limits = "daily_limit: 2 pool_etag: '3'";
  const auto picked = [](int count, int day) {
    return "slot_count: 9 parts { pool: 'pools/p' slot_count: 9 pick_count: " +
           std::to_string(count) + " pick_date { year: 2026 month: 3 day: " + std::to_string(day) +
           " } }";
  };
  Check("the last of today", kPick, Facts(pool, picked(1, 2)), Held(kPick, limits));
  Check("one too many", kPick, Facts(pool, picked(2, 2)),
        Refused(kPick, "DAILY_LIMIT_REACHED", limits));
  Check("yesterday does not count", kPick, Facts(pool, picked(2, 1)), Held(kPick, limits));
  const std::string tomorrow = "slot_date { year: 2026 month: 3 day: 3 } ";
  Check("who is a day ahead has counted already", kPick, Facts(pool, picked(2, 3)),
        "refused { owner_slot { " + kPick +
            "state: OWNER_SLOT_STATE_REFUSED refusal: REASON_DAILY_LIMIT_REACHED " + tomorrow +
            "} limits { " + limits + " } }");
  Check("and the pick is of that day", kPick, Facts(pool, picked(1, 3)),
        "reserved { owner_slot { " + kPick + "state: OWNER_SLOT_STATE_HELD " + tomorrow +
            "} limits { " + limits + " } }");
  Check("what is given is no pick", kGive, Facts(pool, picked(2, 2)), Held(kGive, limits));
}

TEST(ReserveSlot, WhoseBook) {
  BookFacts facts = Facts("", "");
  facts.has_left = true;
  Check("who has left has none", kGive, facts, Refused(kGive, "STAFF_LEFT", "pool_etag: '3'"));
  const std::string back =
      "customer: 'customers/a' pool: 'pools/p' kind: OWNER_REQUEST_KIND_RETURN ";
  Check("what comes back comes to who has left, too", back, facts, Held(back, "pool_etag: '3'"));
  Check("but not where there is no room", back,
        Facts("capacity: 1", "parts { pool: 'pools/p' slot_count: 1 }"),
        Refused(back, "CAPACITY_REACHED", "pool_capacity: 1 pool_etag: '3'"));
  facts.has_left = false;
  facts.staff.reset();
  Check("who picks is recorded", kPick, facts, Refused(kPick, "STAFF_UNKNOWN", "pool_etag: '3'"));
  Check("others need not be", kGive, facts, Held(kGive, "pool_etag: '3'"));
  facts.pool->set_requires_staff(true);
  Check("unless the pool says so", kGive, facts, Refused(kGive, "STAFF_UNKNOWN", "pool_etag: '3'"));
}

TEST(FreeSlot, EveryState) {
  const std::string held =
      "reserved { owner_slot { pool: 'pools/p' state: OWNER_SLOT_STATE_HELD } }";
  CheckDecisions<OwnerSlotModel, v1::FreeSlotRequest>({
      {"gives it back", {held}, "", "freed { pool: 'pools/p' }"},
      {"is quiet the second time", {held, "freed {}"}, "", ""},
      {"is quiet for what was refused",
       {"refused { owner_slot { state: OWNER_SLOT_STATE_REFUSED } }"},
       "",
       ""},
  });
}

TEST(ReserveSlot, CountsWhatHasNoSlotUntilItKnowsEnough) {
  testing::FakeRows rows(kOwnerBooks, kStaff, kPools, kCustomers);
  rows.Put(kPools, ParseText<v1::Pool>("name: 'pools/p' rank: 1 capacity: 2 "
                                       "scope { branches: 'north' }"));
  rows.Put(kPools, ParseText<v1::Pool>("name: 'pools/q' rank: 2"));
  const auto customer = [&](const std::string& id, const std::string& more) {
    rows.Put(kCustomers,
             ParseText<v1::Customer>("name: 'customers/" + id + "' owner: 'bob' " + more));
  };
  customer("a", "ownership_state: OWNERSHIP_STATE_OWNED branch: 'north'");
  customer("b", "ownership_state: OWNERSHIP_STATE_OWNED branch: 'south'");
  customer("c",
           "ownership_state: OWNERSHIP_STATE_OWNED branch: 'north' "
           "ownership { owner_slot: 'ownerBooks/bob/ownerSlots/x' }");
  engine::Context context = FixedContext<OwnerSlotModel>();
  context.name = "ownerBooks/bob/ownerSlots/y";
  const auto reserve = ParseText<v1::ReserveSlotRequest>("owner_slot { pool: 'pools/p' }");
  BookFacts facts = OwnerSlotModel::Gather(reserve, context, rows);
  EXPECT_EQ(facts.unslotted, 2);
  EXPECT_EQ(facts.pool_unslotted, 1);
  customer("d", "ownership_state: OWNERSHIP_STATE_TRANSFERRING branch: 'north'");
  facts = OwnerSlotModel::Gather(reserve, context, rows);
  EXPECT_EQ(facts.pool_unslotted, 2);
  EXPECT_FALSE(facts.too_many_unslotted);
}

TEST(ReserveSlot, LooksAtNoMoreThanItsLimit) {
  testing::FakeRows rows(kOwnerBooks, kStaff, kPools, kCustomers);
  rows.Put(kPools, ParseText<v1::Pool>("name: 'pools/p' rank: 1 capacity: 2 "
                                       "scope { branches: 'north' }"));
  v1::Customer customer;
  customer.set_owner("bob");
  customer.set_ownership_state(v1::OWNERSHIP_STATE_OWNED);
  for (int i = 0; i <= kUnslottedMax; ++i) {
    customer.set_name("customers/c" + std::to_string(i));
    rows.Put(kCustomers, customer);
  }
  engine::Context context = FixedContext<OwnerSlotModel>();
  context.name = "ownerBooks/bob/ownerSlots/y";
  const auto reserve = ParseText<v1::ReserveSlotRequest>("owner_slot { pool: 'pools/p' }");
  EXPECT_TRUE(OwnerSlotModel::Gather(reserve, context, rows).too_many_unslotted);
}

}  // namespace
}  // namespace crm::customer
