// Tables of the timeline and of what this service follows of the others'. Changing a line rebuilds
// them from the logs.
#pragma once

#include "crm/customer/v1/followed.pb.h"
#include "crm/customer/v1/timeline.pb.h"
#include "libs/table/spec.h"

namespace crm::customer {

// A view over the own log and the three others: what happened with whom, each kind newest first. A
// row is written from the log of the resource that it is about.
inline constexpr table::TableSpec<v1::TimelineEntry> kTimeline{
    .name = "timeline",
    .key = {"customer", "kind", "-occur_time", "about", "revision"},
    .version = 2};

// Foreign: opportunities, orders, tickets and campaigns as they are now.
inline constexpr table::TableSpec<v1::FollowedOpportunity> kFollowedOpportunities{
    .name = "followed_opportunities",
    .key = {"name"},
    .indexes = {{.name = "by_customer", .fields = {"customer", "standing", "expected_close_date"}},
                {.name = "by_owner", .fields = {"owner", "standing", "expected_close_date"}}},
    .version = 2};
inline constexpr table::TableSpec<v1::FollowedOrder> kFollowedOrders{
    .name = "followed_orders",
    .key = {"name"},
    .indexes = {{.name = "by_customer", .fields = {"customer", "-order_date"}}}};
inline constexpr table::TableSpec<v1::FollowedTicket> kFollowedTickets{
    .name = "followed_tickets",
    .key = {"name"},
    .indexes = {
        {.name = "by_customer", .fields = {"customer", "open", "-priority_rank", "open_time"}},
        {.name = "by_contact", .fields = {"contact"}},
        {.name = "by_type", .fields = {"type", "-open_time"}},
        {.name = "by_assignee", .fields = {"assignee", "open", "-priority_rank", "open_time"}}}};
inline constexpr table::TableSpec<v1::FollowedCampaign> kFollowedCampaigns{
    .name = "followed_campaigns", .key = {"name"}};

}  // namespace crm::customer
