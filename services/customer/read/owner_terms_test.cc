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
  void Change(const std::string& owner, const std::string& fact) {
    v1::Customer after = customer_;
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

TEST_F(OwnerTerms, NoneOfACustomerWithoutOwner) {
  Change("", "created {}");
  Change("", "verified {}");
  EXPECT_EQ(rows_.DebugString(), "");
}

}  // namespace
}  // namespace crm::customer
