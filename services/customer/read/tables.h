// Every table and index of the customer service. Changing a line rebuilds it from the logs.
#pragma once

#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/tables.pb.h"
#include "crm/customer/v1/value.pb.h"
#include "libs/table/spec.h"

namespace crm::customer {

using table::TableSpec;

inline constexpr TableSpec<v1::Customer> kCustomers{
    .name = "customers",
    .key = {"name"},
    .indexes = {{.name = "by_status", .fields = {"status", "display_name"}},
                {.name = "by_owner", .fields = {"owner", "status", "display_name"}},
                {.name = "by_branch", .fields = {"branch", "status"}},
                {.name = "by_team", .fields = {"team", "status"}},
                {.name = "by_tier", .fields = {"tier", "display_name"}},
                {.name = "by_region", .fields = {"region", "industry"}},
                {.name = "by_tag", .fields = {"tags"}},
                {.name = "by_external_id", .fields = {"external_ids.system", "external_ids.id"}},
                {.name = "by_display_name", .fields = {"display_name"}},
                {.name = "by_last_order", .fields = {"-last_order_date"}}},
    .version = 2};

// Configuration: the one plan that says how standing tiers are computed, and for how long an order
// keeps a customer active.
inline constexpr TableSpec<v1::TierPlan> kTierPlans{
    .name = "tier_plans", .key = {"name"}, .version = 2};
inline constexpr char kStandardTierPlan[] = "tierPlans/standard";

// A foreign table: what each order of the sales service counts for now. By day, for the days at the
// ends of a period.
inline constexpr TableSpec<v1::OrderFact> kOrderFacts{
    .name = "order_facts", .key = {"order"}, .indexes = {{.name = "by_day", .fields = {"day"}}}};

// The same added up by month and customer: a period is whole months and some days. A customer's
// orders all come from one partition of the sales log, so a row is written from one place.
inline constexpr TableSpec<v1::OrderMonth> kOrderMonths{
    .name = "order_months", .key = {"month", "customer", "currency_code"}, .version = 2};

// When orders were last imported, for each partition of the sales log.
inline constexpr TableSpec<v1::OrderImport> kOrderImports{.name = "order_imports",
                                                          .key = {"partition"}};

// Words by which customers are found. `head` lets a beginning of a word be looked up as an equal
// key.
inline constexpr TableSpec<v1::SearchTerm> kSearchTerms{
    .name = "search_terms", .key = {"kind", "head", "term", "customer"}};

inline constexpr TableSpec<v1::StatusCount> kStatusCounts{.name = "status_counts",
                                                          .key = {"status", "partition"}};

}  // namespace crm::customer
