// Contacts that are recorded twice: asked for, and searched for among all.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "crm/customer/v1/merge_internal.pb.h"
#include "libs/testing/decisions.h"
#include "libs/text/utf32.h"
#include "services/customer/domain/merge_case.h"
#include "services/customer/react/duplicate_reactions.h"
#include "services/customer/read/duplicates.h"
#include "services/customer/read/linkage_kind.h"
#include "services/customer/read/linkage_test_helpers.h"

namespace crm::customer {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Pair;
using testing::ParseText;

constexpr char kLi[] =
    "personal { given_name: '伟' family_name: '李' phones { number: '+8613900000001' } }";

std::string BirthDateOf(const std::string& birthday) {
  const auto contact = ParseText<v1::Contact>("personal { birthday { " + birthday + " } }");
  const LinkageRecord record = LinkageRecordOf(contact, {});
  const auto& values = record.values[v1::LINKAGE_ATTRIBUTE_BIRTH_DATE];
  return values.empty() ? "" : text::ToUtf8(values[0].text);
}

TEST(ContactRecord, NamesStandAsTheyAreWritten) {
  const auto keys = [](const std::string& names) {
    return LinkageRecordOf(ParseText<v1::Contact>("personal { " + names + " }"), {}).keys;
  };
  EXPECT_THAT(keys("given_name: '伟' family_name: '李'"),
              ElementsAre(Pair(v1::LINKAGE_KEY_KIND_NAME, "李伟"),
                          Pair(v1::LINKAGE_KEY_KIND_SPOKEN_NAME, "liwei")));
  EXPECT_THAT(keys("given_name: 'Wei' family_name: 'Li'"),
              ElementsAre(Pair(v1::LINKAGE_KEY_KIND_NAME, "weili"),
                          Pair(v1::LINKAGE_KEY_KIND_SPOKEN_NAME, "liwei")));
  EXPECT_THAT(keys("given_name: 'Ho' family_name: 'Co'"),
              ElementsAre(Pair(v1::LINKAGE_KEY_KIND_NAME, "hoco"),
                          Pair(v1::LINKAGE_KEY_KIND_SPOKEN_NAME, "coho")))
      << "a person has no legal form";
}

TEST(ContactRecord, BirthdaysOfEitherCalendar) {
  EXPECT_EQ(BirthDateOf("date { year: 1980 month: 5 day: 1 }"), "19800501");
  // The Chinese new year of 1980 was on 16 February.
  EXPECT_EQ(BirthDateOf("calendar: CALENDAR_LUNAR date { year: 1980 month: 1 day: 1 }"),
            "19800216");
  EXPECT_EQ(BirthDateOf("calendar: CALENDAR_LUNAR date { year: 1980 month: 12 day: 29 }"),
            "19810203");
  EXPECT_EQ(BirthDateOf("date { month: 5 day: 1 }"), "");
  EXPECT_EQ(BirthDateOf("date { year: 1980 month: 13 day: 1 }"), "");
  EXPECT_EQ(BirthDateOf("calendar: CALENDAR_LUNAR date { year: 1980 month: 13 day: 1 }"), "");
}

class ContactDuplicatesTest : public ::testing::Test {
 protected:
  v1::CheckContactDuplicatesResponse Ask(const std::string& request) {
    const auto response = QueryContactDuplicates(
        ParseText<v1::CheckContactDuplicatesRequest>(request), book_.rows(), engine::Context());
    EXPECT_THAT(response, testing::IsOk());
    return response.ok() ? *response : v1::CheckContactDuplicatesResponse();
  }
  static std::vector<std::string> NamesOf(const v1::CheckContactDuplicatesResponse& response) {
    std::vector<std::string> names;
    for (const auto& candidate : response.candidates()) names.push_back(candidate.contact().name());
    return names;
  }
  std::string Refusal(const std::string& request) {
    const auto response = QueryContactDuplicates(
        ParseText<v1::CheckContactDuplicatesRequest>(request), book_.rows(), engine::Context());
    return testing::WordOf(response.status(), nullptr);
  }

  LinkageBook book_;
};

TEST_F(ContactDuplicatesTest, FindsWhomTheFormIsAbout) {
  book_.PutContact("li", kLi);
  book_.PutContact("wang", "personal { given_name: '芳' family_name: '王' }");
  const auto response = Ask(
      "contact { personal { given_name: 'Wei' family_name: 'Li' phones { number: '+8613900000001' "
      "} } }");
  ASSERT_THAT(NamesOf(response), ElementsAre("contacts/li"));
  EXPECT_GT(response.candidates(0).probability_ppm(), 900'000);
  EXPECT_THAT(response.candidates(0).exact_keys(), ElementsAre(v1::LINKAGE_KEY_KIND_PHONE));
  EXPECT_EQ(response.linkage_model_etag(), "1");
}

TEST_F(ContactDuplicatesTest, ANumberOfAFormIsReadAsItWillBeKept) {
  book_.rows().Put(kCustomerPolicies,
                   ParseText<v1::CustomerPolicy>("name: 'customerPolicies/standard' data_exchange "
                                                 "{ phone_country_code: 'CN' }"));
  book_.PutContact("li", kLi);
  const auto response = Ask("contact { personal { phones { number: '139 0000 0001' } } }");
  ASSERT_THAT(NamesOf(response), ElementsAre("contacts/li"));
  EXPECT_THAT(response.candidates(0).exact_keys(), ElementsAre(v1::LINKAGE_KEY_KIND_PHONE));
}

TEST_F(ContactDuplicatesTest, WhereTheyWorkSpeaksForIt) {
  book_.Put("acme", "display_name: 'Acme'");
  book_.PutContact("li", "personal { given_name: 'Wei' family_name: 'Li' }");
  book_.PutPosition("li", "acme");
  for (int i = 0; i < 50; ++i)
    book_.PutContact("c" + std::to_string(i),
                     "personal { given_name: 'A" + std::to_string(i) + "' family_name: 'Bo' }");
  const auto alone =
      Ask("contact { personal { given_name: 'Wei' family_name: 'Li' } } show_bps: 1");
  const auto there = Ask(
      "contact { personal { given_name: 'Wei' family_name: 'Li' } } customers: 'customers/acme'");
  ASSERT_THAT(NamesOf(there), ElementsAre("contacts/li"));
  EXPECT_THAT(there.candidates(0).customers(), ElementsAre("customers/acme"));
  const int64_t without =
      alone.candidates().empty() ? -20'000 : alone.candidates(0).weight_millibits();
  EXPECT_GT(there.candidates(0).weight_millibits(), without + 5'000);
}

TEST_F(ContactDuplicatesTest, AMisspeltNameIsFoundAtTheCustomer) {
  book_.Put("acme", "display_name: 'Acme'");
  book_.PutContact("schmidt", "personal { given_name: 'Heinrich' family_name: 'Schmidt' }");
  book_.PutPosition("schmidt", "acme");
  const auto response =
      Ask("contact { personal { given_name: 'Heinrich' family_name: 'Schmitd' } } "
          "customers: 'customers/acme' show_bps: 1");
  EXPECT_EQ(response.compared_count(), 1);
  EXPECT_THAT(NamesOf(response), ElementsAre("contacts/schmidt"));
}

TEST_F(ContactDuplicatesTest, MergedCustomersAreOneEmployer) {
  book_.Put("acme", "display_name: 'Acme'");
  book_.Put("old", "display_name: 'Acme Ltd' merged_into: 'customers/acme'");
  book_.Redirect("customers/old", "customers/acme");
  book_.PutContact("li", "personal { given_name: 'Wei' family_name: 'Li' }");
  book_.PutPosition("li", "old");
  const auto response = Ask(
      "contact { personal { given_name: 'Wei' family_name: 'Li' } } customers: 'customers/acme'");
  ASSERT_THAT(NamesOf(response), ElementsAre("contacts/li"));
  EXPECT_THAT(response.candidates(0).customers(), ElementsAre("customers/acme"));
}

TEST_F(ContactDuplicatesTest, MergedContactsAreFoundAsTheirSurvivor) {
  book_.Put("acme", "display_name: 'Acme'");
  book_.PutContact("li", kLi);
  book_.PutContact("lee", "personal { given_name: '伟' family_name: '李' }");
  book_.PutPosition("lee", "acme");
  book_.PutContact("lee",
                   "merged_into: 'contacts/li' personal { given_name: '伟' family_name: '李' }");
  book_.Redirect("contacts/lee", "contacts/li");
  const auto response = Ask(
      "contact { personal { given_name: '伟' family_name: '李' } } customers: 'customers/acme'");
  ASSERT_THAT(NamesOf(response), ElementsAre("contacts/li"));
  EXPECT_EQ(response.compared_count(), 1);
  EXPECT_THAT(response.candidates(0).customers(), ElementsAre("customers/acme"));
}

TEST_F(ContactDuplicatesTest, AnExistingOneIsNotLikeItself) {
  book_.PutContact("li", kLi);
  book_.PutContact("old", std::string(kLi) + " merged_into: 'contacts/li'");
  book_.Redirect("contacts/old", "contacts/li");
  EXPECT_THAT(NamesOf(Ask("existing_contact: 'contacts/old'")), IsEmpty());
  EXPECT_THAT(NamesOf(Ask("existing_contact: 'contacts/li'")), IsEmpty());
  book_.PutContact("lee", kLi);
  EXPECT_THAT(NamesOf(Ask("existing_contact: 'contacts/li'")), ElementsAre("contacts/lee"));
}

TEST_F(ContactDuplicatesTest, CustomersAreNotContacts) {
  book_.Put("person",
            "kind: CUSTOMER_KIND_PERSON display_name: '李伟' "
            "personal { phones: '+8613900000001' }");
  EXPECT_THAT(NamesOf(Ask(std::string("contact { ") + kLi + " }")), IsEmpty());
}

TEST_F(ContactDuplicatesTest, Refusals) {
  EXPECT_EQ(Refusal(""), "!field:contact");
  EXPECT_EQ(Refusal("contact { language_code: 'en' }"), "!field:contact");
  EXPECT_EQ(Refusal("contact { personal { family_name: 'Li' phones { number: 'zzz' } } }"),
            "!field:contact.personal.phones[0].number");
  EXPECT_EQ(Refusal(std::string("show_bps: 10001 contact { ") + kLi + " }"), "!field:show_bps");
  EXPECT_EQ(Refusal(std::string("candidate_count_max: -1 contact { ") + kLi + " }"),
            "!field:candidate_count_max");
  EXPECT_EQ(Refusal("existing_contact: 'contacts/nobody'"), "!NOT_FOUND");
  EXPECT_EQ(Refusal(std::string("customers: 'customers/none' contact { ") + kLi + " }"),
            "!NOT_FOUND");
  book_.rows().Delete(kLinkageModels, kContactLinkageModel);
  EXPECT_EQ(Refusal(std::string("contact { ") + kLi + " }"), "!LINKAGE_MODEL_MISSING");
}

TEST_F(ContactDuplicatesTest, AScanSuggestsCasesOfContacts) {
  book_.PutContact("li", kLi);
  book_.PutContact("lee", kLi);
  book_.PutContact("wang", "personal { given_name: '芳' family_name: '王' }");
  v1::DuplicateScan scan;
  scan.set_name("duplicateScans/s");
  scan.set_record_kind(v1::LINKAGE_RECORD_KIND_CONTACT);
  const auto model = book_.rows().Get(kLinkageModels, kContactLinkageModel);
  const auto commands = ScanStretch(scan, *model, "", 10, book_.rows());
  ASSERT_EQ(commands.size(), 2);
  const auto& suggest = static_cast<const v1::SuggestMergeRequest&>(*commands[0]);
  EXPECT_EQ(suggest.merge_case_id(), MergeCaseIdOf("contacts/lee", "contacts/li"));
  const v1::MergeCase& of = suggest.merge_case();
  EXPECT_EQ(of.first_contact(), "contacts/lee");
  EXPECT_EQ(of.second_contact(), "contacts/li");
  EXPECT_EQ(of.first_customer(), "");
  EXPECT_EQ(of.model(), "linkageModels/contacts 1");
  EXPECT_EQ(of.evidence(0).field(), "personal.family_name");
  const auto& next = static_cast<const v1::ContinueDuplicateScanRequest&>(*commands[1]);
  EXPECT_EQ(next.stretch().scanned_customer_count(), 3);
  EXPECT_EQ(next.stretch().scanned_through(), "contacts/wang");
  EXPECT_TRUE(next.last());

  v1::MergeCase known;
  known.set_name("mergeCases/by-hand");
  known.set_first_contact("contacts/lee");
  known.set_second_contact("contacts/li");
  known.set_state(v1::MERGE_CASE_STATE_REJECTED);
  book_.rows().Put(kMergeCases, known);
  EXPECT_EQ(ScanStretch(scan, *model, "", 10, book_.rows()).size(), 1) << "it has a case";
}

TEST_F(ContactDuplicatesTest, ContactsAreCounted) {
  book_.PutContact("li", kLi);
  book_.PutContact("li", kLi);
  book_.PutContact("lee", kLi);
  EXPECT_EQ(LinkageKindOf(v1::LINKAGE_RECORD_KIND_CONTACT).count(book_.rows()), 2);
}

}  // namespace
}  // namespace crm::customer
