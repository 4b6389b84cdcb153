// Every table and index of this service. A change of a line rebuilds the tables from the log.
#pragma once

#include "crm/marketing/v1/campaign.pb.h"
#include "libs/table/spec.h"

namespace crm::marketing {

using table::TableSpec;

inline constexpr TableSpec<v1::Campaign> kCampaigns{
    .name = "campaigns",
    .key = {"name"},
    .indexes = {{.name = "by_owner", .fields = {"owner", "status"}},
                {.name = "by_status", .fields = {"status", "period.start"}},
                {.name = "by_start", .fields = {"period.start"}},
                {.name = "by_programme", .fields = {"programme", "status"}}}};

}  // namespace crm::marketing
