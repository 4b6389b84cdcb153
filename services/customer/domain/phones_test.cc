#include "services/customer/domain/phones.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "libs/testing/matchers.h"
#include "services/customer/domain/contact.h"
#include "services/customer/domain/customer.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::EqualsProto;
using testing::FakeRows;
using testing::ParseText;

TEST(ReadPhone, HoweverItIsWritten) {
  const struct {
    const char* text;
    const char* country;
    const char* e164;  // "": no number.
  } rows[] = {
      {"+8613912345678", "CN", "+8613912345678"},
      {"+4912345678", "CN", "+4912345678"},  // Of no numbering plan, but with its country.
      {"+49 12345678", "CN", "+4912345678"},
      {"010-12345678", "CN", "+861012345678"},
      {"(010) 6552-9988", "CN", "+861065529988"},
      {"139 1234 5678", "CN", "+8613912345678"},
      {"030 / 901820", "DE", "+4930901820"},
      {"0049 30/1234-567", "CN", "+49301234567"},
      {" +49 (0)30 1234567 ", "CN", "+49301234567"},
      {"12345678", "CN", ""},  // Without the area: of no plan.
      {"139 1234 5678", "", ""},
      {"+49", "CN", ""},
      {"+49123456789012345", "CN", ""},
      {"anonymous", "CN", ""},
      {"", "CN", ""},
  };
  for (const auto& row : rows)
    EXPECT_EQ(ReadPhone(row.text, row.country).value_or(""), row.e164) << row.text;
}

TEST(ReadPhones, LeavesWhatIsNoneToTheCheck) {
  auto customer =
      ParseText<v1::CustomerPersonal>("phones: '139 1234 5678' phones: 'ask reception'");
  ReadPhones("CN", customer);
  EXPECT_THAT(customer, EqualsProto("phones: '+8613912345678' phones: 'ask reception'"));
  auto contact = ParseText<v1::ContactPersonal>("phones { number: '139 1234 5678' primary: true }");
  ReadPhones("CN", contact);
  EXPECT_THAT(contact, EqualsProto("phones { number: '+8613912345678' primary: true }"));
}

constexpr char kCompany[] =
    "created { customer { kind: CUSTOMER_KIND_COMPANY status: CUSTOMER_STATUS_PROSPECT } personal "
    "{ "
    "display_name: 'A' personal { phones: '+861065529988' } } }";

TEST(LocalNumbers, OfCustomersAreKeptAsE164) {
  const auto context = testing::FixedContext<CustomerModel>();
  CustomerFacts facts;
  facts.phone_country = "CN";
  const std::string company =
      "customer { kind: CUSTOMER_KIND_COMPANY display_name: 'A' personal { ";
  CheckDecisions<CustomerModel, v1::CreateCustomerRequest>(
      {{"a new one's",
        {},
        company + "phones: '010-65529988' } }",
        "created { customer { kind: CUSTOMER_KIND_COMPANY status: CUSTOMER_STATUS_PROSPECT "
        "data_check_time { seconds: 1772445600 } } personal { display_name: 'A' personal { phones: "
        "'+861065529988' } } }"},
       {"not what is none",
        {},
        company + "phones: '010-65529988' phones: 'reception' } }",
        "!field:customer.personal.phones[1]"},
       {"not one that is there in another form",
        {},
        company + "phones: '010-65529988' phones: '+861065529988' } }",
        "!field:customer.personal.phones[1]"}},
      context, facts);
  const std::string mobile =
      "changed { paths: 'personal.phones' } customer {} personal { personal { phones: "
      "'+8613912345678' } } ";
  CheckDecisions<CustomerModel, v1::UpdateCustomerRequest>(
      {{"a changed one's",
        {kCompany},
        "customer { personal { phones: '139 1234 5678' } }",
        "updated { " + mobile + "}"},
       {"quietly when it is so already",
        {kCompany},
        "customer { personal { phones: '(010) 6552-9988' } }",
        ""},
       {"not what is none",
        {kCompany},
        "customer { personal { phones: '12' } }",
        "!field:customer.personal.phones[0]"}},
      context, facts);
  CheckDecisions<CustomerModel, v1::ReimportCustomerRequest>(
      {{"a row's",
        {kCompany},
        "customer { personal { phones: '139 1234 5678' } }",
        "updated { " + mobile + " imported: true }"}},
      context, facts);
}

TEST(LocalNumbers, OfContactsAreKeptAsE164) {
  const auto context = testing::FixedContext<ContactModel>();
  const ContactFacts facts{.phone_country = "CN"};
  const std::string made =
      "created { contact {} personal { family_name: 'Li' phones { number: '+8613912345678' "
      "opted_out: true } } }";
  CheckDecisions<ContactModel, v1::CreateContactRequest>(
      {{"a new one's",
        {},
        "contact { personal { family_name: 'Li' phones { number: '139 1234 5678' opted_out: true } "
        "} }",
        made},
       {"not what is none",
        {},
        "contact { personal { family_name: 'Li' phones { number: 'reception' } } }",
        "!field:contact.personal.phones[0].number"}},
      context, facts);
  CheckDecisions<ContactModel, v1::UpdateContactRequest>(
      {{"a changed one's",
        {made},
        "contact { personal { phones { number: '010-65529988' } } }",
        "updated { changed { paths: 'personal.phones' } contact {} personal { phones { number: "
        "'+861065529988' } } }"}},
      context, facts);
  CheckDecisions<ContactModel, v1::ReimportContactRequest>(
      {{"a row's, whose marks stay",
        {made},
        "contact { personal { phones { number: '139 1234 5678' } } }",
        ""}},
      context, facts);
}

TEST(PhoneCountry, IsThePolicysOrTheDefault) {
  FakeRows rows(kCustomerPolicies);
  EXPECT_EQ(PhoneCountry(rows), "CN");
  rows.Put(kCustomerPolicies,
           ParseText<v1::CustomerPolicy>(
               "name: 'customerPolicies/standard' data_exchange { phone_country_code: 'DE' }"));
  EXPECT_EQ(PhoneCountry(rows), "DE");
  EXPECT_EQ(PhoneCountry(ParseText<v1::CustomerPersonal>("phones: '030 1'"), rows), "DE");
  EXPECT_EQ(PhoneCountry(ParseText<v1::CustomerPersonal>("phones: '+4930123456'"), rows), "")
      << "nobody asks";
  EXPECT_EQ(PhoneCountry(ParseText<v1::ContactPersonal>("phones { number: '030 1' }"), rows), "DE");
}

}  // namespace
}  // namespace crm::customer
