// Tables of duplicates. Changing a line rebuilds them from the log.
#pragma once

#include "crm/customer/v1/duplicate.pb.h"
#include "crm/customer/v1/linkage_key.pb.h"
#include "crm/customer/v1/linkage_model.pb.h"
#include "libs/table/spec.h"

namespace crm::customer {

// Configuration: the models that say who is the same, of customers and of contacts.
inline constexpr table::TableSpec<v1::LinkageModel> kLinkageModels{.name = "linkage_models",
                                                                   .key = {"name"}};
inline constexpr char kStandardLinkageModel[] = "linkageModels/standard";
inline constexpr char kContactLinkageModel[] = "linkageModels/contacts";

inline constexpr table::TableSpec<v1::DuplicateScan> kDuplicateScans{
    .name = "duplicate_scans",
    .key = {"name"},
    .indexes = {{.name = "by_state", .fields = {"state", "create_time"}},
                {.name = "by_create_time", .fields = {"create_time"}}}};

// Views: by what customers, and contacts, are brought together. The versions are also raised when
// libs/text folds or pronounces otherwise, or linkage_record.cc makes other keys.
inline constexpr table::TableSpec<v1::LinkageKey> kLinkageKeys{.name = "linkage_keys",
                                                               .key = {"kind", "term", "record"}};
inline constexpr table::TableSpec<v1::LinkageKey> kContactLinkageKeys{
    .name = "contact_linkage_keys", .key = {"kind", "term", "record"}};

// A view: how many contacts there are.
inline constexpr table::TableSpec<v1::ContactCount> kContactCounts{.name = "contact_counts",
                                                                   .key = {"partition"}};

}  // namespace crm::customer
