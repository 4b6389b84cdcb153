// Tables and indexes of merges. Changing a line rebuilds them from the log.
#pragma once

#include "crm/customer/v1/contact_merge.pb.h"
#include "crm/customer/v1/merge_case.pb.h"
#include "crm/customer/v1/merge_internal.pb.h"
#include "libs/table/spec.h"

namespace crm::customer {

inline constexpr table::TableSpec<v1::MergeCase> kMergeCases{
    .name = "merge_cases",
    .key = {"name"},
    .indexes = {{.name = "by_state", .fields = {"state", "-match_weight_millis"}},
                {.name = "by_weight", .fields = {"-match_weight_millis"}},
                {.name = "by_first", .fields = {"first_customer", "second_customer"}},
                {.name = "by_second", .fields = {"second_customer"}},
                {.name = "by_first_contact", .fields = {"first_contact", "second_contact"}},
                {.name = "by_second_contact", .fields = {"second_contact"}}}};

// A view: which customer, or contact, redirects to which, one step; by the redirecting one's key.
inline constexpr table::TableSpec<v1::Redirect> kRedirects{
    .name = "redirects",
    .key = {"customer"},
    .indexes = {{.name = "by_survivor", .fields = {"survivor"}}}};

// A view: what each merge that holds changed of its survivor, on the survivor's key.
inline constexpr table::TableSpec<v1::MergeUndo> kMergeUndos{
    .name = "merge_undos", .key = {"survivor", "merge_case"}, .version = 2};
inline constexpr table::TableSpec<v1::ContactMergeUndo> kContactMergeUndos{
    .name = "contact_merge_undos", .key = {"survivor", "merge_case"}};

}  // namespace crm::customer
