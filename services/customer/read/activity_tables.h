// Tables of activities, contact plans and the agenda. Changing a line rebuilds them from the logs.
#pragma once

#include "crm/customer/v1/activity.pb.h"
#include "crm/customer/v1/agenda_tables.pb.h"
#include "crm/customer/v1/contact_plan.pb.h"
#include "libs/table/spec.h"

namespace crm::customer {

inline constexpr table::TableSpec<v1::Activity> kActivities{
    .name = "activities",
    .key = {"name"},
    .indexes = {{.name = "by_owner", .fields = {"owner", "state", "due_time"}},
                {.name = "by_customer", .fields = {"customer", "state", "due_time"}},
                {.name = "by_about", .fields = {"about"}},
                {.name = "by_contact", .fields = {"contacts"}},
                {.name = "by_series", .fields = {"series", "occurrence"}},
                {.name = "by_due_time", .fields = {"due_time"}}},
    .version = 3};

// Configuration: one plan for the customers of a tier.
inline constexpr table::TableSpec<v1::ContactPlan> kContactPlans{
    .name = "contact_plans", .key = {"name"}, .indexes = {{.name = "by_tier", .fields = {"tier"}}}};

// A view: when each customer was last contacted, with whose plan and owner. It is written by the
// events of customers and of their touchpoints, which have the same key.
inline constexpr table::TableSpec<v1::ContactState> kContactStates{
    .name = "contact_states",
    .key = {"customer"},
    .indexes = {{.name = "by_tier", .fields = {"planned", "tier", "last_contact_time"}},
                {.name = "by_owner", .fields = {"owner", "planned", "tier", "last_contact_time"}}}};

// A view: who has their birthday on which day of which calendar.
inline constexpr table::TableSpec<v1::YearlyDay> kBirthdays{
    .name = "birthdays", .key = {"lunar", "month", "day", "subject"}};

}  // namespace crm::customer
