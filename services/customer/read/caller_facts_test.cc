#include "services/customer/read/caller_facts.h"

#include <gmock/gmock.h>

#include <string>

#include "services/customer/read/timeline_test_helpers.h"

namespace crm::customer {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class CallerFacts : public ::testing::Test {
 protected:
  v1::LookupCallerResponse Ask() {
    v1::LookupCallerResponse response;
    response.add_callers()->mutable_customer()->set_name("customers/a");
    response.add_callers()->mutable_contact()->set_name("contacts/li");
    AddCallerFacts(world_.rows, world_.context, response);
    return response;
  }
  TimelineWorld world_;
};

TEST_F(CallerFacts, WorthWhatIsOpenAndWhatWasAgreed) {
  for (int i = 0; i < 7; ++i)
    world_.Ticket("customers/a/tickets/" + std::to_string(i),
                  "opened { ticket { state: TICKET_STATE_NEW priority: PRIORITY_LOW } }");
  world_.Ticket("customers/a/tickets/urgent",
                "opened { ticket { state: TICKET_STATE_NEW priority: PRIORITY_URGENT } }");
  world_.Opportunity("customers/a/opportunities/o",
                     "opened { opportunity { stage_kind: STAGE_KIND_OPEN } }");
  world_.Sales("customers/a/orders/1", "recorded { order { status: ORDER_STATUS_PLACED } " +
                                           Totals("a", "year: 2026 month: 2 day: 1", 10) + "}");
  world_.PutTouchpoint("customers/a/touchpoints/t", At(100), "next_step: 'Send an offer'");
  const v1::LookupCallerResponse response = Ask();
  const v1::Caller& caller = response.callers(0);
  EXPECT_EQ(caller.open_ticket_count(), 8);
  ASSERT_THAT(caller.open_tickets(), SizeIs(5));
  EXPECT_EQ(caller.open_tickets(0).priority(), "URGENT");
  EXPECT_EQ(caller.open_opportunity_count(), 1);
  EXPECT_EQ(caller.value().revenue().units(), 10);
  ASSERT_THAT(caller.next_steps(), SizeIs(1));
  EXPECT_EQ(caller.next_steps(0).next_step(), "Send an offer");
  EXPECT_FALSE(response.callers(1).has_value());
  EXPECT_THAT(response.unavailable_sections(), ElementsAre(v1::CALLER_SECTION_BEST_OFFER));
  EXPECT_EQ(caller.renewal_count(), 0);
}

TEST_F(CallerFacts, WhatIsToBeRenewed) {
  const auto open = [&](const std::string& id, const std::string& fields) {
    world_.Opportunity("customers/a/opportunities/" + id,
                       "opened { opportunity { stage_kind: STAGE_KIND_OPEN " + fields + " } }");
  };
  open("new", "type: OPPORTUNITY_TYPE_NEW");
  open("later",
       "type: OPPORTUNITY_TYPE_RENEWAL expected_close_date { year: 2026 month: 9 day: 1 }");
  open("sooner",
       "type: OPPORTUNITY_TYPE_RENEWAL expected_close_date { year: 2026 month: 4 day: 1 }");
  const v1::LookupCallerResponse response = Ask();
  const v1::Caller& caller = response.callers(0);
  EXPECT_EQ(caller.open_opportunity_count(), 3);
  EXPECT_EQ(caller.renewal_count(), 2);
  ASSERT_THAT(caller.renewals(), SizeIs(2));
  EXPECT_EQ(caller.renewals(0).name(), "customers/a/opportunities/sooner");
  EXPECT_EQ(caller.renewals(0).type(), "RENEWAL");
}

TEST_F(CallerFacts, WhatIsNotInstalledIsSaid) {
  world_.readings.Say("servicedesk", {});
  world_.readings.Say("sales", {.followed = true, .complete = false, .reachable = true});
  world_.Ticket("customers/a/tickets/t", "opened { ticket { state: TICKET_STATE_NEW } }");
  const v1::LookupCallerResponse response = Ask();
  EXPECT_THAT(response.callers(0).open_tickets(), IsEmpty());
  EXPECT_THAT(response.unavailable_sections(),
              ElementsAre(v1::CALLER_SECTION_OPEN_TICKETS, v1::CALLER_SECTION_BEST_OFFER));
  EXPECT_EQ(response.sources(0).state(), v1::READING_STATE_BEHIND);
  EXPECT_EQ(response.sources(1).state(), v1::READING_STATE_NOT_AVAILABLE);
}

}  // namespace
}  // namespace crm::customer
