// What this service follows of marketing: campaigns as they are now.
#pragma once

#include "crm/marketing/v1/campaign.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

void FollowCampaign(const engine::ForeignEvent<marketing::v1::CampaignEvent>& campaign,
                    engine::Rows& rows);

}  // namespace crm::customer
