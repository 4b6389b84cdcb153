// What is followed of the other services: the rows as they are now, and the entries of timelines.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "services/customer/read/timeline_entry.h"
#include "services/customer/read/timeline_test_helpers.h"

namespace crm::customer {
namespace {

using ::testing::ElementsAre;
using testing::EqualsProto;
using ::testing::IsEmpty;

class Foreign : public ::testing::Test {
 protected:
  // "<kind> <action>" of each entry of customers/a in the order of the table.
  std::vector<std::string> Entries() {
    std::vector<std::string> entries;
    world_.rows.Scan(kTimeline, "", [&](const v1::TimelineEntry& entry) {
      entries.push_back(ShortName(entry.kind()) + " " + ShortName(entry.action()));
      return true;
    });
    return entries;
  }
  v1::TimelineEntry Last(const std::string& about, int64_t revision) {
    v1::TimelineEntry last;
    world_.rows.Scan(kTimeline, "", [&](const v1::TimelineEntry& entry) {
      if (entry.about() == about && entry.revision() == revision) last = entry;
      return true;
    });
    return last;
  }

  TimelineWorld world_;
  const std::string opportunity_ = "customers/a/opportunities/o";
  const std::string order_ = "customers/a/orders/1";
  const std::string ticket_ = "customers/a/tickets/t";
};

TEST_F(Foreign, AnOpportunityFromItsOpeningToItsEndAndBack) {
  world_.Opportunity(opportunity_, R"pb(opened {
                                          opportunity {
                                            display_name: 'Pumps'
                                            stage: 'prospecting'
                                            stage_kind: STAGE_KIND_OPEN
                                            probability_percent: 10
                                            amount { currency_code: 'USD' units: 90 }
                                            expected_close_date { year: 2026 month: 5 day: 1 }
                                            owner: 'ann'
                                            campaign: 'campaigns/spring'
                                          }
                                        })pb",
                     1'000);
  world_.Opportunity(
      opportunity_,
      R"pb(stage_moved {
             entered { stage: 'proposal' kind: STAGE_KIND_OPEN probability_percent: 50 }
           })pb",
      1'010);
  EXPECT_THAT(*world_.rows.Get(kFollowedOpportunities, opportunity_), EqualsProto(R"pb(
    name: 'customers/a/opportunities/o'
    customer: 'customers/a'
    standing: OPPORTUNITY_STANDING_OPEN
    display_name: 'Pumps'
    stage: 'proposal'
    probability_percent: 50
    amount { currency_code: 'USD' units: 90 }
    expected_close_date { year: 2026 month: 5 day: 1 }
    owner: 'ann'
    campaign: 'campaigns/spring'
    open_time { seconds: 1770825600 }
    change_time { seconds: 1770861600 }
  )pb"));
  EXPECT_EQ(Last(opportunity_, 2).before(), "prospecting");
  world_.Opportunity(opportunity_, R"pb(won {
                                          entered { stage: 'won' kind: STAGE_KIND_WON }
                                          amount { currency_code: 'USD' units: 80 }
                                          close_date { year: 2025 month: 12 day: 24 }
                                        })pb",
                     1'020);
  EXPECT_EQ(world_.rows.Get(kFollowedOpportunities, opportunity_)->standing(),
            v1::OPPORTUNITY_STANDING_WON);
  EXPECT_THAT(Last(opportunity_, 3), EqualsProto(R"pb(
                customer: 'customers/a'
                kind: TIMELINE_KIND_OPPORTUNITY
                action: TIMELINE_ACTION_WON
                occur_time { seconds: 1766534400 }
                occur_date { year: 2025 month: 12 day: 24 }
                about: 'customers/a/opportunities/o'
                revision: 3
                record_time { seconds: 1770897600 }
                actor: 'user:ann'
                staff: 'ann'
                title: 'Pumps'
                before: 'proposal'
                after: 'won'
                amount { currency_code: 'USD' units: 80 }
                campaign: 'campaigns/spring'
              )pb"));
}

TEST_F(Foreign, AnOpportunityThatIsTakenUpAgain) {
  world_.Opportunity(opportunity_,
                     "opened { opportunity { stage_kind: STAGE_KIND_OPEN campaign: "
                     "'campaigns/spring' } }");
  world_.Opportunity(opportunity_,
                     "won { entered { stage: 'won' kind: STAGE_KIND_WON } close_date { year: 2025 "
                     "month: 12 day: 24 } }");
  world_.Opportunity(opportunity_,
                     "reopened { entered { stage: 'proposal' kind: STAGE_KIND_ON_HOLD } }");
  world_.Opportunity(opportunity_,
                     "lost { entered { stage: 'lost' kind: STAGE_KIND_LOST } loss_reason: 'price' "
                     "close_date { year: 2026 month: 2 day: 11 } }");
  EXPECT_EQ(Last(opportunity_, 4).reason(), "price");
  EXPECT_EQ(world_.rows.Get(kFollowedOpportunities, opportunity_)->standing(),
            v1::OPPORTUNITY_STANDING_LOST);
  EXPECT_THAT(Entries(), ElementsAre("OPPORTUNITY OPENED", "OPPORTUNITY REOPENED",
                                     "OPPORTUNITY LOST", "OPPORTUNITY WON", "CAMPAIGN RESPONDED"));
}

TEST_F(Foreign, AnOrderWithWhatCameOfIt) {
  world_.Sales(order_, "recorded { order { status: ORDER_STATUS_PLACED opportunity: 'o' } " +
                           Totals("a", "year: 2026 month: 2 day: 11", 100) + "}");
  world_.Sales(order_, "confirmed { confirm_date { year: 2026 month: 2 day: 12 } }");
  world_.Sales(order_, "amended { " + Totals("a", "year: 2026 month: 2 day: 11", 90) + "}");
  world_.Sales(order_,
               "delivered { delivery { delivery_date { year: 2026 month: 2 day: 13 } } status: "
               "ORDER_STATUS_DELIVERED }");
  world_.Sales(order_,
               "returned { returned { return_date { year: 2026 month: 2 day: 20 } refund { "
               "currency_code: 'USD' units: 5 } } " +
                   Totals("a", "year: 2026 month: 2 day: 11", 85) + "}");
  EXPECT_THAT(*world_.rows.Get(kFollowedOrders, order_), EqualsProto(R"pb(
    name: 'customers/a/orders/1'
    customer: 'customers/a'
    standing: ORDER_STANDING_DELIVERED
    order_date { year: 2026 month: 2 day: 11 }
    revenue { currency_code: 'USD' units: 85 }
    delivery_date { year: 2026 month: 2 day: 13 }
    delivery_count: 1
    return_date { year: 2026 month: 2 day: 20 }
    return_count: 1
    opportunity: 'o'
    change_time { seconds: 1770825600 }
  )pb"));
  EXPECT_EQ(Last(order_, 5).amount().units(), 5);
  EXPECT_EQ(Entries().size(), 5u);
  world_.Sales("customers/a/orders/2", "cancelled { " +
                                           Totals("a", "year: 2026 month: 2 day: 11", 0) +
                                           "cancel_date { year: 2026 month: 2 day: 11 } }");
  EXPECT_EQ(world_.rows.Get(kFollowedOrders, "customers/a/orders/2")->standing(),
            v1::ORDER_STANDING_CANCELLED);
}

TEST_F(Foreign, AnOrderOfThePastIsOfItsDay) {
  world_.Sales(order_, "recorded { order { status: ORDER_STATUS_DELIVERED } " +
                           Totals("a", "year: 1997 month: 1 day: 5", 100) + "}");
  EXPECT_EQ(Last(order_, 1).occur_time().seconds(), 852'422'400);
  EXPECT_EQ(Last(order_, 1).occur_date().year(), 1997);
}

TEST_F(Foreign, ATicketWithoutAWordOfWhatWasSaid) {
  world_.Ticket(ticket_, R"pb(opened {
                                ticket {
                                  type: TICKET_TYPE_COMPLAINT
                                  channel: CHANNEL_PHONE
                                  state: TICKET_STATE_NEW
                                  priority: PRIORITY_URGENT
                                  contact: 'contacts/li'
                                  queue: 'repairs'
                                }
                                personal { subject: 'secret' }
                              })pb");
  world_.Ticket(ticket_,
                "assigned { assignee: 'eve' queue: 'repairs' state: "
                "TICKET_STATE_ASSIGNED }");
  world_.Ticket(ticket_, "started {}");
  world_.Ticket(ticket_, "paused { waiting_for: WAITING_FOR_THIRD_PARTY }");
  EXPECT_THAT(*world_.rows.Get(kFollowedTickets, ticket_), EqualsProto(R"pb(
    name: 'customers/a/tickets/t'
    customer: 'customers/a'
    open: true
    type: 'COMPLAINT'
    ticket_state: 'PENDING_THIRD_PARTY'
    priority: 'URGENT'
    priority_rank: 4
    contact: 'contacts/li'
    queue: 'repairs'
    assignee: 'eve'
    channel: CHANNEL_PHONE
    open_time { seconds: 1770825600 }
    change_time { seconds: 1770825600 }
  )pb"));
  world_.Ticket(ticket_, "resumed {}");
  world_.Ticket(ticket_, "noted {}");
  world_.Ticket(ticket_, "resolved { resolution_code: 'fixed' }");
  EXPECT_FALSE(world_.rows.Get(kFollowedTickets, ticket_)->open());
  EXPECT_EQ(Last(ticket_, 7).reason(), "fixed");
  world_.Ticket(ticket_, "reopened {}");
  EXPECT_TRUE(world_.rows.Get(kFollowedTickets, ticket_)->open());
  world_.Ticket(ticket_, "closed {}");
  EXPECT_EQ(world_.rows.Get(kFollowedTickets, ticket_)->ticket_state(), "CLOSED");
  EXPECT_THAT(Entries(), ElementsAre("TICKET OPENED", "TICKET ASSIGNED", "TICKET RESOLVED",
                                     "TICKET REOPENED", "TICKET CLOSED"));
  EXPECT_EQ(world_.rows.DebugString().find("secret"), std::string::npos);
}

TEST_F(Foreign, ACampaign) {
  const std::string spring = "campaigns/spring";
  world_.Campaign(spring,
                  "created { campaign { display_name: 'Spring' type: 'mail' channel: "
                  "CHANNEL_EMAIL } }");
  const auto status = [&] { return world_.rows.Get(kFollowedCampaigns, spring)->status(); };
  EXPECT_EQ(status(), "PLANNING");
  world_.Campaign(spring,
                  "updated { changed { paths: ['display_name', 'period', 'budget'] } campaign { "
                  "display_name: 'May' period { start { year: 2026 } } } }");
  for (const auto& [event, name] :
       std::vector<std::pair<std::string, std::string>>{{"approved {}", "APPROVED"},
                                                        {"launched {}", "ACTIVE"},
                                                        {"paused {}", "PAUSED"},
                                                        {"cost_recorded {}", "PAUSED"},
                                                        {"completed {}", "COMPLETE"},
                                                        {"cancelled {}", "CANCELLED"}}) {
    world_.Campaign(spring, event);
    EXPECT_EQ(status(), name) << event;
  }
  EXPECT_EQ(world_.rows.Get(kFollowedCampaigns, spring)->display_name(), "May");
  EXPECT_TRUE(world_.rows.Get(kFollowedCampaigns, spring)->has_period());
}

TEST_F(Foreign, WhatIsNewerThanThisReaderIsLeftOut) {
  world_.Opportunity(opportunity_, "");
  world_.Sales(order_, "");
  world_.Ticket(ticket_, "");
  world_.Campaign("campaigns/x", "");
  EXPECT_THAT(world_.rows.DebugString(), IsEmpty());
}

}  // namespace
}  // namespace crm::customer
