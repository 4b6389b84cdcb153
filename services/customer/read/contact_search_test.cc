// Contacts are found as customers are: the same search over tables of their own.
#include <gmock/gmock.h>

#include <optional>
#include <string>
#include <vector>

#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/read/search.h"
#include "services/customer/read/search_tables.h"
#include "services/customer/read/search_terms.h"

namespace crm::customer {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsInvalid;

class ContactSearch : public ::testing::Test {
 protected:
  void Put(const std::string& id, const std::string& fields) {
    v1::Contact after = testing::ParseText<v1::Contact>(fields);
    after.set_name("contacts/" + id);
    const engine::EventMeta meta{.name = after.name()};
    const v1::ContactEvent event;
    const std::optional<v1::Contact> before = rows_.Get(kContacts, after.name());
    ProjectContactSearchTerms({before.has_value() ? &*before : nullptr, after, event, meta}, rows_);
    rows_.Put(kContacts, after);
  }
  absl::StatusOr<v1::SearchContactsResponse> Ask(const std::string& query, int page_size = 0) {
    v1::SearchContactsRequest request;
    request.set_query(query);
    request.set_page_size(page_size);
    return QueryContactSearch(request, rows_, {});
  }
  // Ids with the number of the match.
  std::vector<std::string> Find(const std::string& query, int page_size = 0) {
    std::vector<std::string> ids;
    const auto found = Ask(query, page_size);
    EXPECT_THAT(found, testing::IsOk());
    if (!found.ok()) return ids;
    for (const auto& hit : found->hits())
      ids.push_back(hit.contact().name().substr(9) + " " + std::to_string(hit.match()));
    return ids;
  }

  testing::FakeRows rows_{kContacts, kContactSearchTerms, kSearchedContacts};
};

TEST_F(ContactSearch, ByNameInEitherOrder) {
  Put("grace", "personal { given_name: 'Grace' family_name: 'Hopper' }");
  Put("other", "personal { given_name: 'Grace' family_name: 'Kelly' }");
  EXPECT_THAT(Find("grace hopper"), ElementsAre("grace 2"));
  EXPECT_THAT(Find("Hopper Grace"), ElementsAre("grace 4"));
  EXPECT_THAT(Find("hop"), ElementsAre("grace 5"));
  EXPECT_THAT(Find("grace"), ElementsAre("grace 3", "other 3"));
  EXPECT_THAT(Find("grace", 1), ElementsAre("grace 3"));
}

TEST_F(ContactSearch, ByAChineseNameWrittenInPinyinAndInInitials) {
  Put("wang", "personal { given_name: '伟' family_name: '王' }");
  for (const char* query : {"王伟", "wangwei"})
    EXPECT_THAT(Find(query), ElementsAre("wang 2")) << query;
  EXPECT_THAT(Find("ww"), ElementsAre("wang 3"));
  EXPECT_THAT(Find("伟"), ElementsAre("wang 4"));
}

TEST_F(ContactSearch, ByTheEndOfANumberAnAddressAndAnotherSystemsId) {
  Put("li",
      "personal { given_name: 'Na' family_name: 'Li' phones { number: '+8613912345678' } "
      "emails { address: 'na.li@steel.example' } } external_ids { system: 'erp' id: "
      "'K-77' }");
  Put("wu", "personal { family_name: 'Wu' phones { number: '+8613900000000' } }");
  EXPECT_THAT(Find("345678"), ElementsAre("li 6"));
  EXPECT_THAT(Find("+86 139 1234 5678"), ElementsAre("li 1"));
  EXPECT_THAT(Find("na.li@steel.example"), ElementsAre("li 1"));
  EXPECT_THAT(Find("k77"), ElementsAre("li 1"));
}

TEST_F(ContactSearch, WhatChangedIsFoundAsItIs) {
  Put("li", "personal { family_name: 'Li' phones { number: '+8613912345678' } }");
  Put("li", "personal { family_name: 'Chen' }");
  EXPECT_THAT(Find("li"), IsEmpty());
  EXPECT_THAT(Find("345678"), IsEmpty());
  EXPECT_THAT(Find("chen"), ElementsAre("li 2"));
  Put("li", "personal { family_name: 'Chen' } merged_into: 'contacts/chen'");
  EXPECT_THAT(Find("chen"), IsEmpty());
  EXPECT_EQ(rows_.Size("contact_search_terms"), 0u);
}

TEST_F(ContactSearch, RefusesNoWordAndANegativePage) {
  EXPECT_THAT(Ask("-").status(), IsInvalid("query"));
  EXPECT_THAT(Ask("grace", -1).status(), IsInvalid("page_size"));
}

}  // namespace
}  // namespace crm::customer
