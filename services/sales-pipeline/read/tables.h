// Every table and index of this service. A change of a line rebuilds the tables from the log.
#pragma once

#include "crm/sales/v1/customer_ref.pb.h"
#include "crm/sales/v1/opportunity.pb.h"
#include "crm/sales/v1/order.pb.h"
#include "crm/sales/v1/orphan_order.pb.h"
#include "crm/sales/v1/pipeline.pb.h"
#include "libs/table/spec.h"

namespace crm::sales {

using table::TableSpec;

inline constexpr TableSpec<v1::Opportunity> kOpportunities{
    .name = "opportunities",
    .key = {"name"},
    .indexes = {{.name = "by_customer", .fields = {"customer", "expected_close_date"}},
                {.name = "by_owner", .fields = {"owner", "stage_kind", "expected_close_date"}},
                {.name = "by_stage", .fields = {"pipeline", "stage", "expected_close_date"}},
                {.name = "by_expected_close", .fields = {"stage_kind", "expected_close_date"}},
                {.name = "by_close", .fields = {"close_date"}}}};

inline constexpr TableSpec<v1::Order> kOrders{
    .name = "orders",
    .key = {"name"},
    .indexes = {{.name = "by_customer", .fields = {"customer", "order_date"}},
                {.name = "by_date", .fields = {"order_date"}},
                {.name = "by_status", .fields = {"status", "order_date"}},
                {.name = "by_branch", .fields = {"branch", "order_date"}},
                {.name = "by_opportunity", .fields = {"opportunity"}},
                {.name = "by_external_id", .fields = {"external_id.system", "external_id.id"}}}};

inline constexpr TableSpec<v1::OrphanOrder> kOrphanOrders{
    .name = "orphan_orders",
    .key = {"name"},
    .indexes = {{.name = "by_adopted", .fields = {"adopted"}},
                {.name = "by_wanted_customer", .fields = {"wanted_customer", "adopted"}},
                {.name = "by_wanted_external_id",
                 .fields = {"wanted_external_id.system", "wanted_external_id.id", "adopted"}}}};

inline constexpr TableSpec<v1::Pipeline> kPipelines{
    .name = "pipelines",
    .key = {"name"},
    .indexes = {{.name = "by_business_model", .fields = {"business_model"}}}};

// Foreign: customers, from the customer service's log.
inline constexpr TableSpec<v1::CustomerRef> kCustomerRefs{
    .name = "customer_refs",
    .key = {"name"},
    .indexes = {{.name = "by_external_id", .fields = {"external_ids.system", "external_ids.id"}}},
    .version = 2};

}  // namespace crm::sales
