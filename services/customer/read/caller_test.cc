#include "services/customer/read/caller.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "libs/testing/fake_rows.h"
#include "libs/testing/matchers.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/search_terms.h"
#include "services/customer/read/tables.h"
#include "services/customer/read/timeline_tables.h"

namespace crm::customer {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::ParseText;

class CallerTest : public ::testing::Test {
 protected:
  CallerTest() { context_.business_date = absl::CivilDay(2026, 3, 2); }

  void PutCustomer(const std::string& id, const std::string& phone, const std::string& fields) {
    auto customer = ParseText<v1::Customer>(fields);
    customer.set_name("customers/" + id);
    customer.set_display_name(id);
    customer.mutable_personal()->add_phones(phone);
    rows_.Put(kCustomers, customer);
    const v1::CustomerEvent event;
    const engine::EventMeta meta{.name = customer.name()};
    ProjectSearchTerms({nullptr, customer, event, meta}, rows_);
  }
  void PutContact(const std::string& id, const std::string& phones) {
    rows_.Put(kContacts, ParseText<v1::Contact>("name: 'contacts/" + id + "' personal { " + phones +
                                                " family_name: 'Li' }"));
  }
  void PutPosition(const std::string& customer, const std::string& contact,
                   const std::string& fields = "") {
    rows_.Put(kPositions,
              ParseText<v1::Position>("name: 'customers/" + customer + "/positions/" + contact +
                                      "' contact: 'contacts/" + contact + "' " + fields));
  }
  absl::StatusOr<v1::LookupCallerResponse> Ask(const std::string& number) {
    v1::LookupCallerRequest request;
    request.set_number(number);
    return QueryCaller(request, rows_, context_);
  }
  // "<customer> <contact>" of each.
  std::vector<std::string> Callers(const std::string& number) {
    const auto response = Ask(number);
    EXPECT_THAT(response, testing::IsOk());
    std::vector<std::string> callers;
    if (!response.ok()) return callers;
    for (const v1::Caller& caller : response->callers()) {
      EXPECT_EQ(caller.has_position(), caller.has_contact() && caller.has_customer());
      callers.push_back(caller.customer().name() + " " + caller.contact().name());
    }
    return callers;
  }

  testing::FakeRows rows_{kCustomers,       kSearchTerms, kSearchedCustomers,
                          kContacts,        kPositions,   kRedirects,
                          kTimeline,        kTouchpoints, kFollowedOpportunities,
                          kFollowedTickets, kOrderFacts,  kOrderMonths,
                          kCustomerPolicies};
  engine::Context context_;
};

TEST_F(CallerTest, ACustomersOwnNumberHoweverItIsWritten) {
  PutCustomer("a", "+49301234567", "tier: TIER_BIG");
  PutCustomer("b", "+4930123456", "");
  for (const char* number : {"+49301234567", "0049 30/1234-567", "+49 (30) 1234.567"})
    EXPECT_THAT(Callers(number), ElementsAre("customers/a ")) << number;
  EXPECT_THAT(Callers("+49301234568"), IsEmpty());
  EXPECT_THAT(Callers("+301234567"), IsEmpty());
}

TEST_F(CallerTest, ANumberWithoutACountryIsOfThePolicys) {
  PutCustomer("a", "+861012345678", "");
  PutCustomer("b", "+4930901820", "");
  EXPECT_THAT(Callers("010-12345678"), ElementsAre("customers/a "));
  EXPECT_THAT(Ask("030 901820").status(), testing::IsInvalid("number"));
  rows_.Put(kCustomerPolicies,
            ParseText<v1::CustomerPolicy>(
                "name: 'customerPolicies/standard' data_exchange { phone_country_code: 'DE' }"));
  EXPECT_THAT(Callers("030 901820"), ElementsAre("customers/b "));
}

TEST_F(CallerTest, ContactsWithWhatTheyAreTodayTheMostValuableFirst) {
  PutContact("li", "phones { number: '+8613912345678' }");
  PutCustomer("small", "+4912345678", "tier: TIER_SMALL");
  PutCustomer("top", "+4912345679", "tier: TIER_TOP");
  PutCustomer("past", "+4912345670", "tier: TIER_TOP");
  PutCustomer("gone", "+4912345671", "status: CUSTOMER_STATUS_ERASED");
  PutPosition("small", "li", "end_date { year: 2026 month: 3 day: 2 }");
  PutPosition("top", "li", "start_date { year: 2026 month: 3 day: 2 }");
  PutPosition("past", "li", "end_date { year: 2026 month: 3 day: 1 }");
  PutPosition("gone", "li");
  EXPECT_THAT(Callers("+8613912345678"),
              ElementsAre("customers/top contacts/li", "customers/small contacts/li"));
}

TEST_F(CallerTest, AContactIsSaidInPlaceOfTheCustomerAndAloneWhenNowhere) {
  PutContact("li", "phones { number: '+8613912345678' }");
  PutContact("wu", "phones { number: '+8613912345678' }");
  PutCustomer("a", "+8613912345678", "");
  PutPosition("a", "li");
  EXPECT_THAT(Callers("+8613912345678"), ElementsAre("customers/a contacts/li", " contacts/wu"));
}

TEST_F(CallerTest, WhoHoldsTwoPositionsIsThereOnceByTheFirst) {
  PutContact("li", "phones { number: '+8613912345678' }");
  PutCustomer("a", "+4912345678", "");
  PutCustomer("b", "+4912345679", "");
  for (const char* row : {"name: 'customers/a/positions/k' contact: 'contacts/li'",
                          "name: 'customers/a/positions/p' contact: 'contacts/li' primary: true",
                          "name: 'customers/a/positions/x' contact: 'contacts/li'",
                          "name: 'customers/b/positions/q' contact: 'contacts/li'",
                          "name: 'customers/b/positions/r' contact: 'contacts/li'"})
    rows_.Put(kPositions, ParseText<v1::Position>(row));
  EXPECT_THAT(Callers("+8613912345678"),
              ElementsAre("customers/a contacts/li", "customers/b contacts/li"));
  const auto response = Ask("+8613912345678");
  EXPECT_EQ(response->callers(0).position().name(), "customers/a/positions/p");
  EXPECT_EQ(response->callers(1).position().name(), "customers/b/positions/q");
}

TEST_F(CallerTest, WhoIsNotReachedThereDoesNotCall) {
  PutContact("li", "phones { number: '+8613912345678' invalid: true }");
  EXPECT_THAT(Callers("+8613912345678"), IsEmpty());
}

TEST_F(CallerTest, ThereIsALimit) {
  for (int i = 0; i < kCallersMax; ++i) PutCustomer("c" + std::to_string(i), "+4912345678", "");
  EXPECT_EQ(Callers("+4912345678").size(), static_cast<size_t>(kCallersMax));
  EXPECT_FALSE(Ask("+4912345678")->incomplete());
  PutCustomer("one-more", "+4912345678", "");
  EXPECT_EQ(Callers("+4912345678").size(), static_cast<size_t>(kCallersMax));
  EXPECT_TRUE(Ask("+4912345678")->incomplete());
}

TEST_F(CallerTest, TheMostValuableIsAmongThemWhoeverElseHasTheNumber) {
  for (int i = 0; i < 2 * kCallersMax; ++i)
    PutContact("k" + std::to_string(i), "phones { number: '+4912345678' }");
  PutCustomer("z", "+4912345678", "tier: TIER_TOP");
  EXPECT_EQ(Callers("+4912345678").front(), "customers/z ");
  EXPECT_EQ(Callers("+4912345678").size(), static_cast<size_t>(kCallersMax));
  EXPECT_TRUE(Ask("+4912345678")->incomplete());
}

TEST_F(CallerTest, SaysWhatCannotBeTold) {
  EXPECT_THAT(Ask("+4912345678")->unavailable_sections(),
              ElementsAre(v1::CALLER_SECTION_OPEN_TICKETS, v1::CALLER_SECTION_OPEN_OPPORTUNITIES,
                          v1::CALLER_SECTION_VALUE, v1::CALLER_SECTION_RENEWALS,
                          v1::CALLER_SECTION_BEST_OFFER));
}

TEST_F(CallerTest, RefusesWhatIsNoNumber) {
  for (const char* number : {"", "12345678", "+49", "anonymous", "+49123456789012345", "++4912345"})
    EXPECT_THAT(Ask(number).status(), testing::IsInvalid("number")) << number;
}

}  // namespace
}  // namespace crm::customer
