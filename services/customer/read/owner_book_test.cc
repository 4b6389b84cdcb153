#include "services/customer/read/owner_book.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "libs/base/status.h"
#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "libs/testing/matchers.h"
#include "services/customer/read/ownership_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::FakeRows;
using testing::FixedContext;
using testing::ParseText;

class Book : public ::testing::Test {
 protected:
  // What happens to a slot of bob's next.
  void Slot(const std::string& id, const std::string& fact) {
    const auto event = ParseText<v1::OwnerSlotEvent>(fact);
    v1::OwnerSlot before = slots_[id], after = before;
    OwnerSlotModel::Evolve(after, event);
    const engine::EventMeta meta{.time = absl::FromUnixSeconds(++time_),
                                 .actor = "service:customer",
                                 .name = "ownerBooks/bob/ownerSlots/" + id,
                                 .revision = 1};
    ProjectOwnerBook({slots_.count(id) > 0 ? &before : nullptr, after, event, meta}, rows_);
    slots_[id] = after;
  }
  void Pick(const std::string& id, int day) {
    Slot(id,
         "reserved { owner_slot { pool: 'pools/p' kind: OWNER_REQUEST_KIND_PICK "
         "state: OWNER_SLOT_STATE_HELD slot_date { year: 2026 month: 3 day: " +
             std::to_string(day) + " } } limits { pool_capacity: 5 daily_limit: 3 } }");
  }
  void Term(const std::string& customer, int start, int end) {
    v1::OwnerTerm term;
    term.set_name("customers/" + customer + "/ownerTerms/" + std::to_string(start));
    term.set_owner("bob");
    term.mutable_start_time()->set_seconds(start);
    if (end > 0) term.mutable_end_time()->set_seconds(end);
    rows_.Put(kOwnerTerms, term);
  }
  // "a b": the customers at a moment, as it was known at one.
  std::string Owned(int as_of, int known_at, const std::string& token = "", int page = 0) {
    v1::GetOwnedCustomersRequest get;
    get.set_name("ownerBooks/bob");
    get.mutable_as_of()->set_seconds(as_of);
    get.mutable_known_at()->set_seconds(known_at);
    get.set_page_size(page);
    get.set_page_token(token);
    const auto found = QueryOwnedCustomers(get, rows_, FixedContext<OwnerSlotModel>());
    if (!found.ok()) return base::FieldOf(found.status());
    std::string names;
    for (const v1::OwnedCustomer& customer : found->customers())
      names += (names.empty() ? "" : " ") + customer.customer().substr(10);
    token_ = found->next_page_token();
    count_ = found->customer_count();
    return names;
  }

  FakeRows rows_{kOwnerBooks, kPools, kStaff, kCustomers, kOwnerTerms};
  std::map<std::string, v1::OwnerSlot> slots_;
  std::string token_;
  int count_ = 0;
  int time_ = 0;
};

TEST_F(Book, AddsUpItsSlots) {
  Pick("s1", 1);
  Pick("s2", 2);
  Pick("s3", 2);
  Slot("s4",
       "reserved { owner_slot { kind: OWNER_REQUEST_KIND_TRANSFER "
       "state: OWNER_SLOT_STATE_HELD slot_date { year: 2026 month: 3 day: 2 } } "
       "limits { capacity: 9 } }");
  Slot("s5", "refused { owner_slot { pool: 'pools/p' state: OWNER_SLOT_STATE_REFUSED } }");
  Slot("s1", "freed { pool: 'pools/p' }");
  EXPECT_THAT(*rows_.Get(kOwnerBooks, std::string("ownerBooks/bob")), testing::EqualsProto(R"pb(
    name: "ownerBooks/bob"
    etag: "r5"
    create_time { seconds: 1 }
    update_time { seconds: 6 }
    slot_count: 3
    capacity: 9
    parts {
      pool: "pools/p"
      slot_count: 2
      capacity: 5
      pick_date { year: 2026 month: 3 day: 2 }
      pick_count: 2
      daily_limit: 3
    }
    parts { slot_count: 1 }
    change_count: 5)pb"));
}

TEST_F(Book, TheDayOfPicksNeverGoesBack) {
  Pick("s1", 2);
  Pick("s2", 1);
  Pick("s3", 2);
  const auto book = rows_.Get(kOwnerBooks, std::string("ownerBooks/bob"));
  EXPECT_EQ(book->parts(0).pick_date().day(), 2);
  EXPECT_EQ(book->parts(0).pick_count(), 3);
}

TEST_F(Book, IsReadWithTheLimitsOfToday) {
  v1::GetOwnerBookRequest get;
  get.set_name("ownerBooks/bob");
  const engine::Context context = FixedContext<OwnerSlotModel>();
  EXPECT_TRUE(absl::IsNotFound(QueryOwnerBook(get, rows_, context).status()));
  rows_.Put(kStaff, ParseText<v1::Staff>("name: 'staff/bob' capacity: 7"));
  rows_.Put(kPools, ParseText<v1::Pool>("name: 'pools/p' capacity: 4 pick_rule { daily_limit: 2 "
                                        "}"));
  const auto empty = QueryOwnerBook(get, rows_, context);
  ASSERT_TRUE(empty.ok());
  EXPECT_THAT(*empty,
              testing::EqualsProto(R"pb(name: "ownerBooks/bob"
                                        capacity: 7
                                        parts { pool: "pools/p" capacity: 4 daily_limit: 2 })pb"));
  Pick("s1", 1);
  rows_.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/a' owner: 'bob'"));
  rows_.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/b' owner: 'bob' "
                                                "merged_into: 'customers/a'"));
  const auto book = QueryOwnerBook(get, rows_, context);
  ASSERT_TRUE(book.ok());
  EXPECT_EQ(book->customer_count(), 1);
  EXPECT_EQ(book->parts(0).slot_count(), 1);
  EXPECT_EQ(book->parts(0).capacity(), 4) << "what holds now";
  EXPECT_EQ(book->parts(0).pick_count(), 0) << "that was yesterday";
  get.set_name("staff/bob");
  EXPECT_EQ(base::FieldOf(QueryOwnerBook(get, rows_, context).status()), "name");
}

TEST_F(Book, OwnedAtAMomentAsKnownAtOne) {
  Term("a", 10, 0);
  Term("b", 20, 40);
  Term("c", 30, 50);
  EXPECT_EQ(Owned(9, 100), "");
  EXPECT_EQ(Owned(10, 100), "a");
  EXPECT_EQ(Owned(35, 100), "a b c");
  EXPECT_EQ(Owned(40, 100), "a c");
  EXPECT_EQ(Owned(60, 100), "a");
  EXPECT_EQ(count_, 1);
  // What had not ended by then was expected to go on; what had not begun was not known.
  EXPECT_EQ(Owned(60, 45), "a c");
  EXPECT_EQ(Owned(60, 25), "a b");
  EXPECT_EQ(Owned(35, 5), "");
}

TEST_F(Book, OwnedInPages) {
  for (const char* customer : {"a", "b", "c", "d", "e"}) Term(customer, 10, 0);
  EXPECT_EQ(Owned(20, 20, "", 2), "a b");
  EXPECT_EQ(count_, 5);
  const std::string second = token_;
  EXPECT_EQ(Owned(20, 20, second, 2), "c d");
  EXPECT_EQ(Owned(20, 20, token_, 2), "e");
  EXPECT_EQ(token_, "");
  EXPECT_EQ(Owned(21, 20, second, 2), "page_token") << "of another question";
  EXPECT_EQ(Owned(20, 20, "?", 2), "page_token");
  EXPECT_EQ(Owned(20, 20, "", -1), "page_size");
}

}  // namespace
}  // namespace crm::customer
