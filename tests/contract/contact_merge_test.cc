// Taking a merge of contacts back leaves both as if they had never been merged, whatever had
// happened to them before; and a replay says the same.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/contact.pb.h"
#include "libs/testing/matchers.h"
#include "tests/contract/life.h"

namespace crm::contract {
namespace {

namespace v1 = customer::v1;

const std::string kCustomer = "crm.customer.v1.";
constexpr int kHistories = 24, kSteps = 25;
constexpr const char* kBoth[] = {"contacts/a", "contacts/b"};

// Something that may happen to "contacts/a" or "contacts/b", in the form in which callers say it.
Said Anything(std::mt19937_64& random, int number) {
  const auto any = [&](int below) { return static_cast<int>(random() % below); };
  const std::string name = kBoth[any(2)];
  const auto update = [&](const std::string& field, const std::string& value) -> Said {
    return {kCustomer + "UpdateContactRequest",
            absl::StrCat("contact { name: '", name, "' ", value, " } update_mask { paths: '", field,
                         "' }")};
  };
  const auto flag = [&](const std::string& field) {
    return any(2) == 0 ? absl::StrCat(field, ": true ") : "";
  };
  switch (any(11)) {
    case 0:
      return update("tags", absl::StrCat("tags: 't", any(3), "' tags: 'u", any(3), "'"));
    case 1:
      return update("personal.phones",
                    absl::StrCat("personal { phones { number: '+49305551", 10 + any(3), "' ",
                                 flag("primary"), flag("opted_out"), flag("invalid"), "} }"));
    case 2:
      return update("personal.emails",
                    absl::StrCat("personal { emails { address: '", any(2) == 0 ? "X" : "x",
                                 "@y.zz' ", flag("opted_out"), "} }"));
    case 3:
      return update("personal.birthday", absl::StrCat("personal { birthday { date { year: ",
                                                      1980 + any(2), " month: 5 day: 1 } } }"));
    case 4:
      return update("do_not_call", flag("do_not_call"));
    case 5:
      return update("personal.family_name",
                    absl::StrCat("personal { family_name: 'Name", any(3), "' }"));
    case 6:
      return update("external_ids",
                    absl::StrCat("external_ids { system: 'erp' id: '", number, "' }"));
    case 7:
      return update("language_code", any(2) == 0 ? "language_code: 'de'" : "");
    case 8:
      return update("preferred_hours", absl::StrCat("preferred_hours { start_minute: ", 60 * any(3),
                                                    " end_minute: ", 600 + any(3), " }"));
    case 9:
      return {
          kCustomer + "RecordTouchpointRequest",
          absl::StrCat("parent: 'customers/acme' touchpoint_id: 't", number,
                       "' touchpoint { channel: CHANNEL_PHONE direction: DIRECTION_IN contacts: "
                       "'",
                       name, "' personal { subject: 'X' } }")};
    default:
      return {kCustomer + "CreatePositionRequest",
              absl::StrCat("parent: 'customers/acme' position_id: 'p", number,
                           "' position { contact: '", name, "' title: 'Buyer' }")};
  }
}

std::vector<Said> History(std::mt19937_64& random) {
  std::vector<Said> history = {{kCustomer + "CreateCustomerRequest",
                                "customer_id: 'acme' customer { kind: CUSTOMER_KIND_COMPANY "
                                "display_name: 'Acme' }"}};
  for (const char* id : {"a", "b"}) {
    history.push_back({kCustomer + "CreateContactRequest",
                       absl::StrCat("contact_id: '", id,
                                    "' contact { personal { given_name: 'Wei' family_name: "
                                    "'Li' } }")});
  }
  for (int i = 0; i < kSteps; ++i) history.push_back(Anything(random, i));
  return history;
}

std::string Contact(const Life& life, const std::string& name) {
  return life.AsNeverMerged<v1::Contact>("contacts", name);
}

TEST(ContactMerge, TakenBackItLeavesBothAsIfTheyHadNeverBeenMerged) {
  int taken = 0;
  for (int seed = 1; seed <= kHistories; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    std::mt19937_64 random(seed);
    Life apart, merged;
    for (const Said& said : History(random)) {
      const absl::Status in_one = apart.Say(said.type, said.text);
      EXPECT_EQ(merged.Say(said.type, said.text), in_one);
      taken += in_one.ok() ? 1 : 0;
    }
    ASSERT_EQ(Contact(merged, "contacts/a"), Contact(apart, "contacts/a"));
    ASSERT_TRUE(merged
                    .Say(kCustomer + "CreateMergeCaseRequest",
                         "merge_case_id: 'm' merge_case { first_contact: 'contacts/a' "
                         "second_contact: 'contacts/b' }")
                    .ok());
    const absl::Status confirmed =
        merged.Say(kCustomer + "ConfirmMergeRequest",
                   "name: 'mergeCases/m' survivor: 'contacts/b' choices { field: "
                   "'personal.birthday' rule: MERGE_RULE_ABSORBED }");
    ASSERT_TRUE(confirmed.ok()) << confirmed;
    ASSERT_EQ(merged.State(), v1::MERGE_CASE_STATE_MERGED);
    EXPECT_EQ(merged.Get<v1::Contact>("contacts", "contacts/a").merged_into(), "contacts/b");
    EXPECT_THAT(merged.Say(kCustomer + "UpdateContactRequest",
                           "contact { name: 'contacts/a' language_code: 'fr' }"),
                testing::IsRefusal("CONTACT_MERGED"));
    ASSERT_TRUE(
        merged.Say(kCustomer + "UnmergeRequest", "name: 'mergeCases/m' reason: 'two'").ok());
    ASSERT_EQ(merged.State(), v1::MERGE_CASE_STATE_UNMERGED);
    for (const char* name : kBoth) EXPECT_EQ(Contact(merged, name), Contact(apart, name));
    merged.ExpectSameAfterReplay();
  }
  EXPECT_GT(taken, kHistories * kSteps / 2) << "the histories are mostly refused";
}

}  // namespace
}  // namespace crm::contract
