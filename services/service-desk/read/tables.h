// Every table and index of this service. A change of a line rebuilds the tables from the log.
#pragma once

#include "crm/servicedesk/v1/customer_ref.pb.h"
#include "crm/servicedesk/v1/priority_policy.pb.h"
#include "crm/servicedesk/v1/ticket.pb.h"
#include "libs/table/spec.h"

namespace crm::servicedesk {

using table::TableSpec;

// Priorities rise with their number: "-priority" is the most urgent first.
inline constexpr TableSpec<v1::Ticket> kTickets{
    .name = "tickets",
    .key = {"name"},
    .indexes = {
        {.name = "by_customer", .fields = {"customer", "create_time"}},
        {.name = "by_customer_type", .fields = {"customer", "type", "state"}},
        {.name = "by_assignee", .fields = {"assignee", "state", "-priority", "create_time"}},
        {.name = "by_queue", .fields = {"queue", "state", "-priority", "create_time"}},
        {.name = "by_state", .fields = {"state", "-priority", "create_time"}},
        {.name = "by_open_time", .fields = {"state", "create_time"}}}};

inline constexpr TableSpec<v1::PriorityPolicy> kPriorityPolicies{.name = "priority_policies",
                                                                 .key = {"name"}};

// Foreign: customers, from the customer service's log.
inline constexpr TableSpec<v1::CustomerRef> kCustomerRefs{
    .name = "customer_refs", .key = {"name"}, .version = 2};

}  // namespace crm::servicedesk
