#include "services/customer/read/owner_terms.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/testing/fake_rows.h"
#include "libs/testing/matchers.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::FakeRows;
using testing::ParseText;

class OwnerTerms : public ::testing::Test {
 protected:
  // The customer's next event, which leaves it with this owner.
  void Change(const std::string& owner, const std::string& fact) { Change(owner, fact, customer_); }
  void Change(const std::string& owner, const std::string& fact, v1::Customer after) {
    after.set_owner(owner);
    const auto event = ParseText<v1::CustomerEvent>(fact);
    ++revision_;
    const engine::EventMeta meta{.time = absl::FromUnixSeconds(100 * revision_),
                                 .actor = "user:boss",
                                 .name = "customers/a",
                                 .revision = revision_};
    ProjectOwnerTerms({revision_ == 1 ? nullptr : &customer_, after, event, meta}, rows_);
    customer_ = after;
  }

  FakeRows rows_{kOwnerTerms};
  v1::Customer customer_;
  int64_t revision_ = 0;
};

TEST_F(OwnerTerms, NameTheTransferByWhichTheyBegan) {
  Change("bob", "transferred { owner: 'bob' transfer: 'transfers/t' }");
  Change("ann", "owner_granted { owner_request { owner: 'ann' transfer: 'transfers/u' } }");
  EXPECT_EQ(rows_.Get(kOwnerTerms, "customers/a/ownerTerms/1")->start_transfer(), "transfers/t");
  EXPECT_EQ(rows_.Get(kOwnerTerms, "customers/a/ownerTerms/2")->start_transfer(), "transfers/u");
}

TEST_F(OwnerTerms, OneEndsWhenTheNextBegins) {
  Change("ann", "created {}");
  Change("ann", "updated {}");
  Change("bob", "transferred { owner: 'bob' reason: 'ann is away' }");
  Change("", "released { reason: 'too small' }");
  Change("", "verified {}");
  Change("ann", "updated {}");
  EXPECT_EQ(
      rows_.DebugString(),
      "owner_terms: {name: \"customers/a/ownerTerms/1\" etag: \"r3\" create_time { seconds: 100 } "
      "update_time { seconds: 300 } owner: \"ann\" start_time { seconds: 100 } end_time { seconds: "
      "300 } "
      "start_actor: \"user:boss\" end_actor: \"user:boss\" end_reason: \"ann is away\"}\n"
      "owner_terms: {name: \"customers/a/ownerTerms/3\" etag: \"r4\" create_time { seconds: 300 } "
      "update_time { seconds: 400 } owner: \"bob\" start_time { seconds: 300 } end_time { seconds: "
      "400 } "
      "start_actor: \"user:boss\" end_actor: \"user:boss\" start_reason: \"ann is away\" "
      "end_reason: \"too small\"}\n"
      "owner_terms: {name: \"customers/a/ownerTerms/6\" etag: \"r6\" create_time { seconds: 600 } "
      "update_time { seconds: 600 } owner: \"ann\" start_time { seconds: 600 } start_actor: "
      "\"user:boss\"}\n");
}

TEST_F(OwnerTerms, WhoWantedItIsSaidWhateverVerbWasTheLast) {
  const std::string request =
      "owner_request { owner: 'bob' actor: 'user:bob' reason: 'met them' owner_slot: 'slot' }";
  Change("", "created { customer { pool: 'pools/p' } }");
  customer_.mutable_ownership()->set_owner_slot("slot");
  Change("bob", "owner_granted { " + request + " }");
  Change("eve", "updated { changed { paths: 'owner' } owner_reason: 'nearer' }");
  Change("", "recycled { previous_owner: 'eve' recycle_rule: 'alone' }");
  const auto bob = rows_.Get(kOwnerTerms, std::string("customers/a/ownerTerms/2"));
  const auto eve = rows_.Get(kOwnerTerms, std::string("customers/a/ownerTerms/3"));
  ASSERT_TRUE(bob.has_value() && eve.has_value());
  EXPECT_EQ(bob->start_actor(), "user:bob") << "not the reaction that brought the answer";
  EXPECT_EQ(bob->start_reason(), "met them");
  EXPECT_EQ(bob->owner_slot(), "slot");
  EXPECT_EQ(bob->end_reason(), "nearer");
  EXPECT_EQ(eve->start_reason(), "nearer");
  EXPECT_EQ(eve->end_reason(), "recycled: alone");
}

TEST_F(OwnerTerms, AMergeEndsOneAndTakenBackTheNextBegins) {
  Change("ann", "created {}");
  Change("bob", "transferred { owner: 'bob' reason: 'nearer' }");
  v1::Customer merged = customer_;
  merged.set_merged_into("customers/b");
  Change("bob", "merged { survivor: 'customers/b' }", merged);
  Change("bob", "order_noted {}", merged);
  Change("bob", "unmerged { survivor: 'customers/b' }", v1::Customer());
  EXPECT_EQ(rows_.Size("owner_terms"), 3u);
  EXPECT_THAT(*rows_.Get(kOwnerTerms, std::string("customers/a/ownerTerms/2")),
              testing::EqualsProto(R"pb(
                name: "customers/a/ownerTerms/2"
                etag: "r3"
                create_time { seconds: 200 }
                update_time { seconds: 300 }
                owner: "bob"
                start_time { seconds: 200 }
                end_time { seconds: 300 }
                start_actor: "user:boss"
                end_actor: "user:boss"
                start_reason: "nearer"
                merged_into: "customers/b")pb"));
  EXPECT_THAT(*rows_.Get(kOwnerTerms, std::string("customers/a/ownerTerms/5")),
              testing::EqualsProto(R"pb(
                name: "customers/a/ownerTerms/5"
                etag: "r5"
                create_time { seconds: 500 }
                update_time { seconds: 500 }
                owner: "bob"
                start_time { seconds: 500 }
                start_actor: "user:boss"
                start_reason: "nearer")pb"));
}

class GetOwner : public ::testing::Test {
 protected:
  // ann from 100 to 200, bob from 200 to 300, nobody from then on.
  GetOwner() {
    Put("customers/a", "", 100);
    Term("customers/a/ownerTerms/1", "ann", 100, 200);
    Term("customers/a/ownerTerms/2", "bob", 200, 300);
    context_.time = absl::FromUnixSeconds(1000);
  }
  void Put(const std::string& name, const std::string& merged_into, int64_t at) {
    v1::Customer customer;
    customer.set_name(name);
    customer.set_merged_into(merged_into);
    rows_.PutVersion(kCustomers, customer, absl::FromUnixSeconds(at), absl::FromUnixSeconds(at));
  }
  void Term(const std::string& name, const std::string& owner, int64_t from, int64_t to) {
    v1::OwnerTerm term;
    term.set_name(name);
    term.set_owner(owner);
    term.mutable_start_time()->set_seconds(from);
    if (to > 0) {
      term.mutable_end_time()->set_seconds(to);
      term.set_end_actor("user:boss");
      term.set_end_reason("away");
    }
    rows_.Put(kOwnerTerms, term);
  }
  absl::StatusOr<v1::GetOwnerResponse> Ask(const std::string& fields) {
    return QueryOwner(ParseText<v1::GetOwnerRequest>(fields), rows_, context_);
  }
  std::string Of(int64_t as_of, int64_t known_at, const std::string& name = "customers/a") {
    std::string fields = "name: '" + name + "'";
    if (as_of > 0) fields += " as_of { seconds: " + std::to_string(as_of) + " }";
    if (known_at > 0) fields += " known_at { seconds: " + std::to_string(known_at) + " }";
    return Ask(fields)->owner_term().owner();
  }

  FakeRows rows_{kCustomers, kOwnerTerms};
  engine::Context context_;
};

TEST_F(GetOwner, IsWhoseTermHeld) {
  EXPECT_EQ(Of(99, 0), "");
  EXPECT_EQ(Of(100, 0), "ann");
  EXPECT_EQ(Of(199, 0), "ann");
  EXPECT_EQ(Of(200, 0), "bob");
  EXPECT_EQ(Of(300, 0), "");
  EXPECT_EQ(Of(0, 0), "") << "now";
  EXPECT_EQ(Of(250, 250), "bob");
  EXPECT_EQ(Of(250, 199), "ann") << "nobody knew better";
  EXPECT_EQ(Of(250, 99), "");
}

TEST_F(GetOwner, DoesNotSayAnEndThatWasNotKnown) {
  const auto known = Ask("name: 'customers/a' as_of { seconds: 150 }");
  EXPECT_EQ(known->owner_term().end_reason(), "away");
  const auto then = Ask("name: 'customers/a' as_of { seconds: 150 } known_at { seconds: 150 }");
  EXPECT_EQ(then->owner_term().owner(), "ann");
  EXPECT_FALSE(then->owner_term().has_end_time());
  EXPECT_EQ(then->owner_term().end_reason() + then->owner_term().end_actor(), "");
  EXPECT_EQ(then->known_at().seconds(), 150);
}

TEST_F(GetOwner, OfAMergedCustomerIsItsSurvivors) {
  Put("customers/b", "", 100);
  Put("customers/b", "customers/a", 250);
  Term("customers/b/ownerTerms/1", "eve", 100, 0);
  EXPECT_EQ(Of(249, 0, "customers/b"), "eve");
  EXPECT_EQ(Of(250, 0, "customers/b"), "bob");
  EXPECT_EQ(Of(260, 249, "customers/b"), "eve");
}

TEST_F(GetOwner, RefusesWhoAndWhenThereIsNot) {
  EXPECT_THAT(Ask("name: 'customers/x'"), testing::StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Ask("name: 'customers/a' as_of { nanos: -1 }").status(), testing::IsInvalid("as_of"));
  EXPECT_THAT(Ask("name: 'customers/a' known_at { nanos: -1 }").status(),
              testing::IsInvalid("known_at"));
}

TEST_F(OwnerTerms, NoneOfACustomerWithoutOwner) {
  Change("", "created {}");
  Change("", "verified {}");
  EXPECT_EQ(rows_.DebugString(), "");
}

}  // namespace
}  // namespace crm::customer
