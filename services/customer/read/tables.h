// Every table and index of the customer service. Changing a line rebuilds it from the logs.
#pragma once

#include "crm/customer/v1/branch.pb.h"
#include "crm/customer/v1/contact.pb.h"
#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/customer_policy.pb.h"
#include "crm/customer/v1/department.pb.h"
#include "crm/customer/v1/owner_term.pb.h"
#include "crm/customer/v1/position.pb.h"
#include "crm/customer/v1/staff.pb.h"
#include "crm/customer/v1/tables.pb.h"
#include "crm/customer/v1/team.pb.h"
#include "crm/customer/v1/touchpoint.pb.h"
#include "crm/customer/v1/value.pb.h"
#include "libs/table/spec.h"

namespace crm::customer {

using table::TableSpec;

inline constexpr TableSpec<v1::Customer> kCustomers{
    .name = "customers",
    .key = {"name"},
    .indexes =
        {{.name = "by_status", .fields = {"status", "display_name"}},
         {.name = "by_owner", .fields = {"owner", "status", "display_name"}},
         {.name = "by_collaborator", .fields = {"collaborators"}},
         {.name = "by_pool", .fields = {"pool", "ownership.pool_time"}},
         {.name = "by_ownership", .fields = {"ownership_state", "owner", "ownership.owner_slot"}},
         {.name = "by_branch", .fields = {"branch", "status"}},
         {.name = "by_team", .fields = {"team", "status"}},
         {.name = "by_tier", .fields = {"tier", "display_name"}},
         {.name = "by_region", .fields = {"region", "industry"}},
         {.name = "by_tag", .fields = {"tags"}},
         {.name = "by_external_id", .fields = {"external_ids.system", "external_ids.id"}},
         {.name = "by_display_name", .fields = {"display_name"}},
         {.name = "by_parent", .fields = {"parent", "display_name"}},
         {.name = "by_last_order", .fields = {"-last_order_date"}},
         {.name = "by_update_time", .fields = {"-update_time"}},
         {.name = "by_data_check", .fields = {"stale_since_date", "tier", "data_check_time"}},
         {.name = "by_custom_field", .fields = {"custom_fields.field", "custom_fields.value"}},
         {.name = "by_personal_custom_field",
          .fields = {"personal.custom_fields.field", "personal.custom_fields.value"}}},
    .history = true,
    .version = 4};

// A view: who looked after which customer, and when.
inline constexpr TableSpec<v1::OwnerTerm> kOwnerTerms{
    .name = "owner_terms",
    .key = {"name"},
    .indexes = {{.name = "by_customer", .fields = {"customer", "start_time"}},
                {.name = "by_customer_end", .fields = {"customer", "end_time"}},
                {.name = "by_owner", .fields = {"owner", "start_time"}},
                {.name = "by_start", .fields = {"start_time"}}},
    .version = 4};

inline constexpr TableSpec<v1::Touchpoint> kTouchpoints{
    .name = "touchpoints",
    .key = {"name"},
    .indexes = {{.name = "by_customer", .fields = {"customer", "occur_time"}},
                {.name = "by_staff", .fields = {"staff", "occur_time"}},
                {.name = "by_contact", .fields = {"contacts"}},
                {.name = "by_next_step", .fields = {"staff", "next_step_date"}},
                {.name = "by_customer_next_step", .fields = {"customer", "next_step_date"}},
                {.name = "by_occur_time", .fields = {"occur_time"}}}};

// Every version of contacts and positions is kept: the org chart is shown as it was known.
inline constexpr TableSpec<v1::Contact> kContacts{
    .name = "contacts",
    .key = {"name"},
    .indexes = {{.name = "by_family_name",
                 .fields = {"personal.family_name", "personal.given_name"}},
                {.name = "by_phone", .fields = {"personal.phones.number"}},
                {.name = "by_email", .fields = {"personal.emails.address"}},
                {.name = "by_external_id", .fields = {"external_ids.id"}},
                {.name = "by_tag", .fields = {"tags"}},
                {.name = "by_custom_field",
                 .fields = {"custom_fields.field", "custom_fields.value"}},
                {.name = "by_personal_custom_field",
                 .fields = {"personal.custom_fields.field", "personal.custom_fields.value"}}},
    .history = true};

inline constexpr TableSpec<v1::Position> kPositions{
    .name = "positions",
    .key = {"name"},
    .indexes = {{.name = "by_customer", .fields = {"customer", "start_date"}},
                {.name = "by_contact", .fields = {"contact", "start_date"}}},
    .history = true};

// Configuration: the one plan that says how standing tiers are computed, and for how long an order
// keeps a customer active.
inline constexpr TableSpec<v1::TierPlan> kTierPlans{
    .name = "tier_plans", .key = {"name"}, .version = 2};
inline constexpr char kStandardTierPlan[] = "tierPlans/standard";

// Configuration: the one policy for all customers.
inline constexpr TableSpec<v1::CustomerPolicy> kCustomerPolicies{.name = "customer_policies",
                                                                 .key = {"name"}};
inline constexpr char kStandardCustomerPolicy[] = "customerPolicies/standard";

// A foreign table: what each order of the sales service counts for now. By day, for the days at the
// ends of a period.
inline constexpr TableSpec<v1::OrderFact> kOrderFacts{
    .name = "order_facts",
    .key = {"order"},
    .indexes = {{.name = "by_day", .fields = {"day"}},
                {.name = "by_customer", .fields = {"customer", "day"}}}};

// The same added up by month and customer: a period is whole months and some days. A customer's
// orders all come from one partition of the sales log, so a row is written from one place.
inline constexpr TableSpec<v1::OrderMonth> kOrderMonths{
    .name = "order_months",
    .key = {"month", "customer", "currency_code"},
    .indexes = {{.name = "by_customer", .fields = {"customer", "month"}}},
    .version = 2};

// When orders were last imported, for each partition of the sales log.
inline constexpr TableSpec<v1::OrderImport> kOrderImports{.name = "order_imports",
                                                          .key = {"partition"}};

// Texts by whose beginnings customers are found. The version is also raised when libs/text folds or
// pronounces otherwise.
inline constexpr TableSpec<v1::SearchTerm> kSearchTerms{
    .name = "search_terms", .key = {"kind", "term", "customer"}, .version = 2};
inline constexpr TableSpec<v1::SearchedCustomer> kSearchedCustomers{.name = "searched_customers",
                                                                    .key = {"customer"}};

inline constexpr TableSpec<v1::StatusCount> kStatusCounts{.name = "status_counts",
                                                          .key = {"status", "partition"}};

// The organization. Versions are kept, so that it can be read as it was known at a moment.
inline constexpr TableSpec<v1::Staff> kStaff{
    .name = "staff",
    .key = {"name"},
    .indexes = {{.name = "by_status", .fields = {"status", "personal.display_name"}},
                {.name = "by_branch", .fields = {"branch", "status", "personal.display_name"}},
                {.name = "by_department",
                 .fields = {"department", "status", "personal.display_name"}},
                {.name = "by_team", .fields = {"team", "status", "personal.display_name"}},
                {.name = "by_manager", .fields = {"manager", "status", "personal.display_name"}},
                {.name = "by_role", .fields = {"roles"}},
                {.name = "by_display_name", .fields = {"personal.display_name"}}},
    .history = true};
inline constexpr TableSpec<v1::Branch> kBranches{
    .name = "branches",
    .key = {"name"},
    .indexes = {{.name = "by_parent", .fields = {"parent", "display_name"}},
                {.name = "by_lead", .fields = {"lead"}},
                {.name = "by_display_name", .fields = {"display_name"}}},
    .history = true};
inline constexpr TableSpec<v1::Department> kDepartments{
    .name = "departments",
    .key = {"name"},
    .indexes = {{.name = "by_branch", .fields = {"branch", "display_name"}},
                {.name = "by_parent", .fields = {"parent", "display_name"}},
                {.name = "by_lead", .fields = {"lead"}},
                {.name = "by_display_name", .fields = {"display_name"}}},
    .history = true};
inline constexpr TableSpec<v1::Team> kTeams{
    .name = "teams",
    .key = {"name"},
    .indexes = {{.name = "by_branch", .fields = {"branch", "display_name"}},
                {.name = "by_department", .fields = {"department", "display_name"}},
                {.name = "by_lead", .fields = {"lead"}},
                {.name = "by_display_name", .fields = {"display_name"}}},
    .history = true};

}  // namespace crm::customer
