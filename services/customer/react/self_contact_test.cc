#include "services/customer/react/self_contact.h"

#include <gtest/gtest.h>

#include <string>

#include "crm/customer/v1/customer_internal.pb.h"
#include "crm/customer/v1/position.pb.h"
#include "libs/testing/fake_rows.h"
#include "libs/testing/matchers.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::EqualsProto;
using testing::FakeRows;
using testing::ParseText;

engine::Commands Made(const std::string& event) {
  return OnPerson({ParseText<v1::CustomerEvent>(event), {.name = "customers/p-1", .revision = 1}},
                  FakeRows(kCustomers));
}

TEST(OnPerson, MakesTheirContact) {
  const engine::Commands commands = Made(
      "created { customer { kind: CUSTOMER_KIND_PERSON language_code: 'en' } personal { "
      "display_name: 'Mary Ann Lee' personal { phones: '+4930123456' phones: '+4930123457' emails: "
      "'lee@example.com' birth_date { year: 1980 month: 5 day: 4 } } } }");
  ASSERT_EQ(commands.size(), 1u);
  v1::CreateContactRequest create;
  create.CopyFrom(*commands[0]);
  EXPECT_THAT(create, EqualsProto(R"pb(
                contact_id: "p-1"
                contact {
                  language_code: "en"
                  personal {
                    given_name: "Mary Ann"
                    family_name: "Lee"
                    phones { number: "+4930123456" primary: true }
                    phones { number: "+4930123457" }
                    emails { address: "lee@example.com" primary: true }
                  }
                })pb"));
}

TEST(OnPerson, KeepsANameWithoutSpacesWhole) {
  const auto family = [](const std::string& name) {
    v1::CreateContactRequest create;
    create.CopyFrom(
        *Made("created { customer { kind: CUSTOMER_KIND_PERSON } personal { "
              "display_name: '" +
              name + "' } }")[0]);
    EXPECT_EQ(create.contact().personal().given_name(), "");
    return create.contact().personal().family_name();
  };
  EXPECT_EQ(family("王小明"), "王小明");
  EXPECT_EQ(family(" Lee").substr(0, 4), " Lee");
  EXPECT_EQ(family(std::string(99, 'a') + "王"), std::string(99, 'a'));
}

TEST(OnPerson, OnlyOfPersonsAndOnlyOnce) {
  EXPECT_TRUE(Made("created { customer { kind: CUSTOMER_KIND_COMPANY } }").empty());
  EXPECT_TRUE(Made("updated { customer { kind: CUSTOMER_KIND_PERSON } }").empty());
}

class OnChangedPerson : public ::testing::Test {
 protected:
  // The customer's events are recorded at 100 and 200.
  void Put(const std::string& id, int64_t at, const std::string& fields) {
    auto customer = ParseText<v1::Customer>(fields);
    customer.set_name("customers/" + id);
    rows_.PutVersion(kCustomers, customer, absl::FromUnixSeconds(at), absl::FromUnixSeconds(at));
  }
  engine::Commands Ask(const std::string& id, const std::string& event) {
    return OnPerson(
        {ParseText<v1::CustomerEvent>(event),
         {.time = absl::FromUnixSeconds(200), .name = "customers/" + id, .revision = 2}},
        rows_);
  }

  FakeRows rows_{kCustomers};
};

TEST_F(OnChangedPerson, TellsTheContactWhatItFollows) {
  Put("p-1", 100,
      "kind: CUSTOMER_KIND_PERSON display_name: 'Ann' personal { phones: '+4930123456' "
      "tax_id: '7' }");
  Put("p-1", 200,
      "kind: CUSTOMER_KIND_PERSON display_name: 'Ann' personal { phones: '+4930123457' "
      "tax_id: '7' }");
  for (const char* fact : {"updated", "absorbed", "merge_reversed"}) {
    const engine::Commands commands =
        Ask("p-1", std::string(fact) +
                       " { changed { paths: 'personal.phones' paths: 'region' } customer { region: "
                       "'x' } personal { personal { phones: '+4930123457' } } }");
    ASSERT_EQ(commands.size(), 1u) << fact;
    v1::FollowPersonRequest follow;
    follow.CopyFrom(*commands[0]);
    EXPECT_THAT(follow, EqualsProto(R"pb(
                  name: "contacts/p-1"
                  changed { paths: "personal.phones" paths: "region" }
                  person { personal { phones: "+4930123457" } }
                  former {
                    display_name: "Ann"
                    personal { phones: "+4930123456" }
                  })pb"));
  }
}

TEST_F(OnChangedPerson, NotOfOthersNorOfOtherFields) {
  Put("p-1", 200, "kind: CUSTOMER_KIND_PERSON");
  Put("c-1", 200, "kind: CUSTOMER_KIND_COMPANY");
  const std::string phones = "updated { changed { paths: 'personal.phones' } }";
  EXPECT_EQ(Ask("p-1", phones).size(), 1u);
  EXPECT_TRUE(Ask("c-1", phones).empty());
  EXPECT_TRUE(Ask("x", phones).empty());
  EXPECT_TRUE(Ask("p-1", "updated { changed { paths: 'region' } }").empty());
}

TEST(OnSelfContact, PutsThemAtTheCustomerTheyAre) {
  FakeRows rows(kCustomers);
  rows.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/p-1' kind: CUSTOMER_KIND_PERSON"));
  rows.Put(kCustomers,
           ParseText<v1::Customer>("name: 'customers/c-1' kind: CUSTOMER_KIND_COMPANY"));
  const auto ask = [&](const std::string& name, const std::string& event) {
    return OnSelfContact({ParseText<v1::ContactEvent>(event), {.name = name, .revision = 1}}, rows);
  };
  const engine::Commands commands = ask("contacts/p-1", "created {}");
  ASSERT_EQ(commands.size(), 1u);
  v1::CreatePositionRequest create;
  create.CopyFrom(*commands[0]);
  EXPECT_THAT(create, EqualsProto(R"pb(
                parent: "customers/p-1"
                position_id: "self"
                position { contact: "contacts/p-1" })pb"));
  EXPECT_TRUE(ask("contacts/c-1", "created {}").empty());
  EXPECT_TRUE(ask("contacts/x", "created {}").empty());
  EXPECT_TRUE(ask("contacts/p-1", "updated {}").empty());
}

}  // namespace
}  // namespace crm::customer
