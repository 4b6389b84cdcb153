#include "services/customer/react/self_contact.h"

#include <gtest/gtest.h>

#include <string>

#include "crm/customer/v1/customer_internal.pb.h"
#include "crm/customer/v1/position.pb.h"
#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "libs/testing/matchers.h"
#include "services/customer/domain/contact.h"
#include "services/customer/read/merge_tables.h"
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

  FakeRows rows_{kCustomers, kRedirects};
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
                  former { personal { phones: "+4930123456" } })pb"));
  }
}

TEST_F(OnChangedPerson, TheFactSaysWhatWasBefore) {
  // Both events are of one moment, so that the former version cannot be found by time.
  Put("p-1", 200, "kind: CUSTOMER_KIND_PERSON personal { phones: '+4930123457' }");
  for (const char* fact : {"updated", "absorbed", "merge_reversed"}) {
    const engine::Commands commands =
        Ask("p-1", std::string(fact) +
                       " { changed { paths: 'personal.phones' } former { personal { phones: "
                       "'+4930123456' } } personal { personal { phones: '+4930123457' } } }");
    ASSERT_EQ(commands.size(), 1u) << fact;
    v1::FollowPersonRequest follow;
    follow.CopyFrom(*commands[0]);
    EXPECT_THAT(follow, EqualsProto(R"pb(
                  name: "contacts/p-1"
                  changed { paths: "personal.phones" }
                  person { personal { phones: "+4930123457" } }
                  former { personal { phones: "+4930123456" } })pb"));
  }
}

TEST_F(OnChangedPerson, OnlyTheirContactIsToldWhereverRedirectsAre) {
  Put("p-1", 200, "kind: CUSTOMER_KIND_PERSON");
  rows_.Put(kRedirects, ParseText<v1::Redirect>("customer: 'contacts/p-1' survivor: 'contacts/x'"));
  const engine::Commands commands =
      Ask("p-1",
          "updated { changed { paths: 'personal.phones' } former { personal { phones: '+4930' } } "
          "personal { personal { phones: '+4931' } } }");
  ASSERT_EQ(commands.size(), 1u);
  v1::FollowPersonRequest follow;
  follow.CopyFrom(*commands[0]);
  EXPECT_EQ(follow.name(), "contacts/p-1");
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

TEST(OnSelfContact, TheSurvivorOfAMergedOneFollowsItOneStepOn) {
  const FakeRows rows(kCustomers);
  const auto ask = [&](const std::string& survivor) {
    const auto event = ParseText<v1::ContactEvent>(
        "updated { changed { paths: 'personal.phones' paths: 'personal.family_name' paths: "
        "'language_code' paths: 'personal.birthday' } contact { language_code: 'en' } personal { "
        "family_name: 'Wang' phones { number: '+4931' } phones { number: '+4932' opted_out: true } "
        "birthday { date { year: 1981 month: 5 day: 4 } } } former_language_code: 'de' former { "
        "given_name: 'Ann' family_name: 'Lee' phones { number: '+4930' } phones { number: '+4932' "
        "opted_out: true } birthday { date { year: 1980 month: 5 day: 4 } } } survivor: '" +
        survivor + "' }");
    return OnSelfContact({event, {.name = "contacts/p-1", .revision = 4}}, rows);
  };
  EXPECT_TRUE(ask("").empty());
  const engine::Commands commands = ask("contacts/x");
  ASSERT_EQ(commands.size(), 1u);
  v1::FollowPersonRequest follow;
  follow.CopyFrom(*commands[0]);
  EXPECT_THAT(follow, EqualsProto(R"pb(
                name: "contacts/x"
                contact: "contacts/p-1"
                changed {
                  paths: "display_name"
                  paths: "language_code"
                  paths: "personal.phones"
                  paths: "personal.birth_date"
                }
                person {
                  display_name: "Ann Wang"
                  language_code: "en"
                  personal {
                    phones: "+4931"
                    birth_date { year: 1981 month: 5 day: 4 }
                  }
                }
                former {
                  display_name: "Ann Lee"
                  language_code: "de"
                  personal {
                    phones: "+4930"
                    birth_date { year: 1980 month: 5 day: 4 }
                  }
                })pb"));
}

TEST(OnSelfContact, AMergeAtTheSameTimeLosesNothing) {
  const auto contact = [](const std::string& fact) {
    v1::Contact state;
    for (const std::string& event :
         {std::string("created { contact {} personal { family_name: 'Lee' phones { number: "
                      "'+4930123456' primary: true } } }"),
          fact})
      ContactModel::Evolve(state, ParseText<v1::ContactEvent>(event));
    return state;
  };
  // Merged with the old number, before the person's change reached it.
  const v1::Contact own = contact("merged { merge_case: 'mergeCases/m' survivor: 'contacts/x' }");
  const v1::Contact survivor =
      contact("absorbed { merge_case: 'mergeCases/m' absorbed: 'contacts/p-1' }");
  const auto follow = ParseText<v1::FollowPersonRequest>(
      "changed { paths: 'personal.phones' } person { personal { phones: '+4930123457' } } former { "
      "personal { phones: '+4930123456' } }");
  const engine::Context context = testing::FixedContext<ContactModel>();
  const auto followed = ContactModel::Decide(own, follow, context);
  ASSERT_THAT(followed, testing::IsOk());
  const engine::Commands commands =
      OnSelfContact({**followed, {.name = "contacts/p-1", .revision = 3}}, FakeRows(kCustomers));
  ASSERT_EQ(commands.size(), 1u);
  v1::FollowPersonRequest next;
  next.CopyFrom(*commands[0]);
  const auto heard = ContactModel::Decide(survivor, next, context);
  ASSERT_THAT(heard, testing::IsOk());
  ASSERT_TRUE(heard->has_value());
  EXPECT_THAT((*heard)->updated().personal(),
              EqualsProto("phones { number: '+4930123457' primary: true }"));
}

}  // namespace
}  // namespace crm::customer
