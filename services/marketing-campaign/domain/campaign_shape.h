// What makes a campaign and its costs well formed. Pure.
#pragma once

#include "absl/status/status.h"
#include "crm/marketing/v1/campaign.pb.h"

namespace crm::marketing {

// kInvalidArgument naming the field ("campaign.period.end") unless the campaign of this name is
// well formed: named, with a period that has days, exact and non-negative amounts of one currency,
// a programme that is another campaign.
absl::Status CheckCampaign(const v1::Campaign& campaign, std::string_view name);

// kInvalidArgument naming the field ("cost.amount") unless the cost is a day's, positive, and in
// this currency.
absl::Status CheckCost(const v1::CampaignCost& cost, std::string_view currency_code);

}  // namespace crm::marketing
