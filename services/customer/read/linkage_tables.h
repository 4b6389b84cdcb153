// Tables of duplicates. Changing a line rebuilds them from the log.
#pragma once

#include "crm/customer/v1/duplicate.pb.h"
#include "crm/customer/v1/linkage_key.pb.h"
#include "crm/customer/v1/linkage_model.pb.h"
#include "libs/table/spec.h"

namespace crm::customer {

// Configuration: the one model that says who is the same.
inline constexpr table::TableSpec<v1::LinkageModel> kLinkageModels{.name = "linkage_models",
                                                                   .key = {"name"}};
inline constexpr char kStandardLinkageModel[] = "linkageModels/standard";

inline constexpr table::TableSpec<v1::DuplicateScan> kDuplicateScans{
    .name = "duplicate_scans",
    .key = {"name"},
    .indexes = {{.name = "by_state", .fields = {"state", "create_time"}},
                {.name = "by_create_time", .fields = {"create_time"}}}};

// A view: by what customers are brought together. The version is also raised when libs/text folds
// or pronounces otherwise, or linkage_record.cc makes other keys.
inline constexpr table::TableSpec<v1::LinkageKey> kLinkageKeys{.name = "linkage_keys",
                                                               .key = {"kind", "term", "customer"}};

}  // namespace crm::customer
