#include "services/customer/read/contact_state.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "libs/base/timestamp.h"
#include "libs/testing/fake_rows.h"
#include "libs/testing/matchers.h"
#include "services/customer/read/activity_tables.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::FakeRows;
using testing::ParseText;

class ContactStates : public ::testing::Test {
 protected:
  void Customer(const std::string& name, const std::string& now) {
    const auto after = ParseText<v1::Customer>(now);
    const v1::CustomerEvent event;
    const engine::EventMeta meta{.time = absl::FromUnixSeconds(100), .name = name};
    ProjectContactOfCustomer({nullptr, after, event, meta}, rows_);
  }
  void Touch(const std::string& id, const std::string& now) {
    const std::string name = "customers/a/touchpoints/" + id;
    auto after = ParseText<v1::Touchpoint>(now);
    after.set_name(name);
    const auto before = touchpoints_.find(id);
    const v1::TouchpointEvent event;
    const engine::EventMeta meta{.name = name};
    rows_.Put(kTouchpoints, after);
    ProjectContactOfTouchpoint(
        {before == touchpoints_.end() ? nullptr : &before->second, after, event, meta}, rows_);
    touchpoints_[id] = after;
  }
  // "id@seconds" of the last contact.
  std::string Last(const std::string& customer = "customers/a") const {
    const auto state = rows_.Get(kContactStates, customer);
    const size_t slash = state->touchpoint().rfind('/');
    return (slash == std::string::npos ? "" : state->touchpoint().substr(slash + 1)) + "@" +
           std::to_string(state->last_contact_time().seconds());
  }

  FakeRows rows_{kContactStates, kTouchpoints, kRedirects};
  std::map<std::string, v1::Touchpoint> touchpoints_;
};

TEST_F(ContactStates, AreOfThoseWeWantToBeInContactWith) {
  const std::map<std::string, bool> planned = {{"SUSPECT", false}, {"PROSPECT", true},
                                               {"ACTIVE", true},   {"INACTIVE", true},
                                               {"LOST", false},    {"ERASED", false}};
  for (const auto& [status, is] : planned) {
    Customer("customers/a", "status: CUSTOMER_STATUS_" + status);
    EXPECT_EQ(rows_.Get(kContactStates, "customers/a")->planned(), is) << status;
  }
  Customer("customers/a", "status: CUSTOMER_STATUS_ACTIVE merged_into: 'customers/b'");
  EXPECT_FALSE(rows_.Get(kContactStates, "customers/a")->planned());
  Customer("customers/a", "status: CUSTOMER_STATUS_ACTIVE tier: TIER_BIG owner: 'ann'");
  EXPECT_THAT(*rows_.Get(kContactStates, "customers/a"),
              testing::EqualsProto("customer: 'customers/a' planned: true tier: TIER_BIG owner: "
                                   "'ann' last_contact_time { seconds: 100 } create_time { "
                                   "seconds: 100 }"));
  Customer("customers/a", "status: CUSTOMER_STATUS_ACTIVE");
  EXPECT_EQ(rows_.Get(kContactStates, "customers/a")->tier(), v1::TIER_SMALL);
}

TEST_F(ContactStates, TheLatestContactCountsWhateverCameInLast) {
  Customer("customers/a", "status: CUSTOMER_STATUS_ACTIVE");
  EXPECT_EQ(Last(), "@100");
  Touch("old", "occur_time { seconds: 50 }");
  EXPECT_EQ(Last(), "old@50");
  Touch("new", "occur_time { seconds: 900 } direction: DIRECTION_OUT");
  Touch("late", "occur_time { seconds: 700 }");
  EXPECT_EQ(Last(), "new@900");
  Customer("customers/a", "status: CUSTOMER_STATUS_ACTIVE owner: 'bob'");
  EXPECT_EQ(Last(), "new@900");
}

TEST_F(ContactStates, CampaignMailDoesNotCountButAnAnswerToItDoes) {
  Customer("customers/a", "status: CUSTOMER_STATUS_ACTIVE");
  Touch("mail", "occur_time { seconds: 500 } direction: DIRECTION_OUT about: 'campaigns/x'");
  EXPECT_EQ(Last(), "@100");
  Touch("answer", "occur_time { seconds: 600 } direction: DIRECTION_IN about: 'campaigns/x'");
  EXPECT_EQ(Last(), "answer@600");
}

TEST_F(ContactStates, ACorrectionOfTheLastOneFindsTheOneBefore) {
  Customer("customers/a", "status: CUSTOMER_STATUS_ACTIVE");
  Touch("x", "occur_time { seconds: 500 }");
  Touch("y", "occur_time { seconds: 900 }");
  Touch("y", "occur_time { seconds: 300 }");
  EXPECT_EQ(Last(), "x@500");
  Touch("y", "occur_time { seconds: 501 }");
  EXPECT_EQ(Last(), "y@501");
  Touch("y", "occur_time { seconds: 501 } direction: DIRECTION_OUT about: 'campaigns/x'");
  Touch("x", "occur_time { seconds: 20 } direction: DIRECTION_OUT about: 'campaigns/x'");
  EXPECT_EQ(Last(), "@100");
}

TEST_F(ContactStates, ACorrectionOfWordsLeavesItAlone) {
  Customer("customers/a", "status: CUSTOMER_STATUS_ACTIVE");
  Touch("x", "occur_time { seconds: 500 }");
  rows_.Delete(kContactStates, "customers/a");
  v1::ContactState marked;
  marked.set_customer("customers/a");
  marked.set_touchpoint("customers/a/touchpoints/x");
  rows_.Put(kContactStates, marked);
  Touch("x", "occur_time { seconds: 500 } personal { notes: 'n' }");
  EXPECT_EQ(Last(), "x@0");
  Touch("x", "occur_time { seconds: 501 } personal { notes: 'n' }");
  EXPECT_EQ(Last(), "x@501");
}

TEST_F(ContactStates, AbsorbedCustomersBringTheirContacts) {
  Customer("customers/a", "status: CUSTOMER_STATUS_ACTIVE");
  Touch("x", "occur_time { seconds: 500 }");
  Customer("customers/b", "status: CUSTOMER_STATUS_ACTIVE");
  const auto survivor = ParseText<v1::Customer>("name: 'customers/b'");
  const auto state = *rows_.Get(kContactStates, "customers/b");
  EXPECT_EQ(WithAbsorbed(state, survivor, rows_).touchpoint(), "");
  rows_.Put(kRedirects, ParseText<v1::Redirect>("customer: 'customers/a' survivor: 'customers/b'"));
  auto absorbing = survivor;
  absorbing.add_absorbed_customers("customers/a");
  EXPECT_EQ(WithAbsorbed(state, absorbing, rows_).touchpoint(), "customers/a/touchpoints/x");
}

}  // namespace
}  // namespace crm::customer
