#include "services/customer/read/overdue_contacts.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/base/timestamp.h"
#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/domain/activity.h"
#include "services/customer/read/activity_tables.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::FakeRows;
using testing::ParseText;

class OverdueContacts : public ::testing::Test {
 protected:
  OverdueContacts() {
    Plan("top", 14);
    Plan("small", 100);
    rows_.Put(kStaff, ParseText<v1::Staff>("name: 'staff/ann'"));
    context_ = testing::FixedContext<ActivityModel>();
  }
  void Plan(const std::string& id, int days) {
    v1::ContactPlan plan;
    plan.set_name("contactPlans/" + id);
    plan.set_etag("r1");
    plan.set_interval_days(days);
    rows_.Put(kContactPlans, plan);
  }
  void Customer(const std::string& id, v1::Tier tier, const std::string& owner, absl::CivilDay last,
                bool planned = true) {
    const std::string name = "customers/" + id;
    v1::Customer customer;
    customer.set_name(name);
    customer.set_display_name(id);
    customer.set_owner(owner);
    if (tier != v1::TIER_SMALL) customer.set_tier(tier);
    rows_.Put(kCustomers, customer);
    v1::ContactState state;
    state.set_customer(name);
    state.set_planned(planned);
    state.set_tier(tier);
    state.set_owner(owner);
    *state.mutable_last_contact_time() =
        base::TimestampOf(absl::FromCivil(absl::CivilHour(last) + 12, absl::UTCTimeZone()));
    rows_.Put(kContactStates, state);
  }
  // "id days" of each, pages separated by "|".
  std::string Ask(const std::string& parent, int page_size = 0) {
    v1::ListOverdueContactsRequest request;
    request.set_parent(parent);
    request.set_page_size(page_size);
    std::string said;
    do {
      const auto response = QueryOverdueContacts(request, rows_, context_);
      if (!response.ok()) return std::string(response.status().message());
      for (const auto& overdue : response->overdue_contacts())
        said += overdue.display_name() + " " + std::to_string(overdue.overdue_days()) + " ";
      request.set_page_token(response->next_page_token());
      if (!request.page_token().empty()) said += "| ";
    } while (!request.page_token().empty() && said.size() < 1000);
    return said;
  }

  FakeRows rows_{kContactPlans, kContactStates, kCustomers, kStaff, kRedirects};
  engine::Context context_;
};

// The business date is 2026-03-02: a top customer may wait since 16 February.
TEST_F(OverdueContacts, TheMostValuableFirstThenWhoWaitsLongest) {
  Customer("in-time", v1::TIER_TOP, "ann", absl::CivilDay(2026, 2, 16));
  Customer("late", v1::TIER_TOP, "ann", absl::CivilDay(2026, 2, 15));
  Customer("later", v1::TIER_TOP, "bob", absl::CivilDay(2026, 1, 1));
  Customer("small", v1::TIER_SMALL, "ann", absl::CivilDay(2025, 1, 1));
  Customer("nobodys", v1::TIER_SMALL, "", absl::CivilDay(2025, 2, 1));
  Customer("lost", v1::TIER_TOP, "ann", absl::CivilDay(2020, 1, 1), false);
  Customer("no-plan", v1::TIER_BIG, "ann", absl::CivilDay(2020, 1, 1));
  EXPECT_EQ(Ask("staff/-"), "later 46 late 1 small 325 nobodys 294 ");
  EXPECT_EQ(Ask("staff/ann"), "late 1 small 325 ");
}

TEST_F(OverdueContacts, SaysByWhichPlanSinceWhen) {
  Customer("late", v1::TIER_TOP, "ann", absl::CivilDay(2026, 2, 15));
  const auto response = QueryOverdueContacts(
      ParseText<v1::ListOverdueContactsRequest>("parent: 'staff/-'"), rows_, context_);
  EXPECT_THAT(response->overdue_contacts(0),
              testing::EqualsProto(
                  "customer: 'customers/late' display_name: 'late' tier: TIER_TOP owner: 'ann' "
                  "last_contact_time { seconds: 1771156800 } due_date { year: 2026 month: 3 day: 1 "
                  "} overdue_days: 1 contact_plan: 'contactPlans/top' contact_plan_etag: 'r1'"));
}

TEST_F(OverdueContacts, PagesFollowOneAnother) {
  for (const char* id : {"a", "b", "c"}) {
    Customer(id, v1::TIER_TOP, "ann", absl::CivilDay(2026, 1, 1));
    Customer(std::string("s") + id, v1::TIER_SMALL, "ann", absl::CivilDay(2025, 1, 1));
  }
  EXPECT_EQ(Ask("staff/ann", 2), "a 46 b 46 | c 46 sa 325 | sb 325 sc 325 ");
  EXPECT_EQ(Ask("staff/-", 4), "a 46 b 46 c 46 sa 325 | sb 325 sc 325 ");
}

TEST_F(OverdueContacts, RefusesWhatItDoesNotKnow) {
  const auto ask = [&](const std::string& request) {
    return QueryOverdueContacts(ParseText<v1::ListOverdueContactsRequest>(request), rows_, context_)
        .status();
  };
  EXPECT_THAT(ask(""), testing::IsInvalid("parent"));
  EXPECT_THAT(ask("parent: 'ann'"), testing::IsInvalid("parent"));
  EXPECT_EQ(ask("parent: 'staff/eve'").code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(ask("parent: 'staff/-' page_size: -1"), testing::IsInvalid("page_size"));
  EXPECT_THAT(ask("parent: 'staff/-' page_token: 'x'"), testing::IsInvalid("page_token"));
  Customer("a", v1::TIER_TOP, "ann", absl::CivilDay(2026, 1, 1));
  Customer("b", v1::TIER_TOP, "ann", absl::CivilDay(2026, 1, 1));
  const auto page = QueryOverdueContacts(
      ParseText<v1::ListOverdueContactsRequest>("parent: 'staff/-' page_size: 1"), rows_, context_);
  EXPECT_THAT(ask("parent: 'staff/ann' page_token: '" + page->next_page_token() + "'"),
              testing::IsInvalid("page_token"));
}

}  // namespace
}  // namespace crm::customer
