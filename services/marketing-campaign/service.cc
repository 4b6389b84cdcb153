#include "services/marketing-campaign/service.h"

#include "services/marketing-campaign/domain/campaign.h"
#include "services/marketing-campaign/read/tables.h"

namespace crm::marketing {

void Describe(app::Service& service) {
  service.Aggregate<CampaignModel>(kCampaigns)
      .Command<v1::CreateCampaignRequest>()
      .Command<v1::UpdateCampaignRequest>()
      .Command<v1::ApproveCampaignRequest>()
      .Command<v1::LaunchCampaignRequest>()
      .Command<v1::PauseCampaignRequest>()
      .Command<v1::CompleteCampaignRequest>()
      .Command<v1::CancelCampaignRequest>()
      .Command<v1::RecordCostRequest>();
  service.Get<v1::GetCampaignRequest>(kCampaigns);
  service.List<v1::ListCampaignsRequest, v1::ListCampaignsResponse>(kCampaigns);
}

}  // namespace crm::marketing
