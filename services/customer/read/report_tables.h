// Tables of the saved reports and of what they look at besides others'.
#pragma once

#include "crm/customer/v1/report_tables.pb.h"
#include "crm/customer/v1/saved_report.pb.h"
#include "crm/customer/v1/target_list.pb.h"
#include "libs/table/spec.h"

namespace crm::customer {

inline constexpr table::TableSpec<v1::SavedReport> kSavedReports{
    .name = "saved_reports",
    .key = {"name"},
    .indexes = {{.name = "by_kind", .fields = {"kind"}},
                {.name = "by_display_name", .fields = {"display_name"}}}};
inline constexpr table::TableSpec<v1::TargetList> kTargetLists{
    .name = "target_lists",
    .key = {"name"},
    .indexes = {{.name = "by_year", .fields = {"year"}},
                {.name = "by_display_name", .fields = {"display_name"}},
                {.name = "by_customer", .fields = {"customers"}}}};

// A view of touchpoints: the last visit of each customer.
inline constexpr table::TableSpec<v1::CustomerVisit> kCustomerVisits{.name = "customer_visits",
                                                                     .key = {"customer"}};

// Foreign: which orders that count have which products, and how many products each customer orders.
inline constexpr table::TableSpec<v1::OrderedProduct> kOrderedProducts{
    .name = "ordered_products",
    .key = {"customer", "product", "order"},
    .indexes = {{.name = "by_order", .fields = {"order"}}}};
inline constexpr table::TableSpec<v1::ProductCount> kProductCounts{
    .name = "product_counts",
    .key = {"customer"},
    .indexes = {{.name = "by_products", .fields = {"products"}}}};

}  // namespace crm::customer
