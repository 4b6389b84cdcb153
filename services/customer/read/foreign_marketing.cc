#include "services/customer/read/foreign_marketing.h"

#include <string>

#include "libs/base/timestamp.h"
#include "services/customer/read/timeline_entry.h"
#include "services/customer/read/timeline_tables.h"

namespace crm::customer {
namespace {

using marketing::v1::CampaignEvent;

void SetStatus(marketing::v1::CampaignStatus status, v1::FollowedCampaign& row) {
  row.set_status(ShortName(status));
}

void SetPeriod(const marketing::v1::Campaign& campaign, v1::FollowedCampaign& row) {
  row.clear_period();
  if (campaign.has_period()) *row.mutable_period() = campaign.period();
}

void Update(const marketing::v1::CampaignUpdated& updated, v1::FollowedCampaign& row) {
  const marketing::v1::Campaign& now = updated.campaign();
  for (const std::string& path : updated.changed().paths()) {
    if (path == "display_name") row.set_display_name(now.display_name());
    if (path == "type") row.set_type(now.type());
    if (path == "channel") row.set_channel(now.channel());
    if (path == "period") SetPeriod(now, row);
  }
}

// What the event made of it. False: it is newer than this reader.
bool Fold(const CampaignEvent& event, v1::FollowedCampaign& row) {
  switch (event.event_case()) {
    case CampaignEvent::kCreated:
      row.set_display_name(event.created().campaign().display_name());
      row.set_type(event.created().campaign().type());
      row.set_channel(event.created().campaign().channel());
      SetPeriod(event.created().campaign(), row);
      SetStatus(marketing::v1::CAMPAIGN_STATUS_PLANNING, row);
      return true;
    case CampaignEvent::kUpdated:
      Update(event.updated(), row);
      return true;
    case CampaignEvent::kApproved:
      SetStatus(marketing::v1::CAMPAIGN_STATUS_APPROVED, row);
      return true;
    case CampaignEvent::kLaunched:
      SetStatus(marketing::v1::CAMPAIGN_STATUS_ACTIVE, row);
      return true;
    case CampaignEvent::kPaused:
      SetStatus(marketing::v1::CAMPAIGN_STATUS_PAUSED, row);
      return true;
    case CampaignEvent::kCompleted:
      SetStatus(marketing::v1::CAMPAIGN_STATUS_COMPLETE, row);
      return true;
    case CampaignEvent::kCancelled:
      SetStatus(marketing::v1::CAMPAIGN_STATUS_CANCELLED, row);
      return true;
    case CampaignEvent::kCostRecorded:
      return true;
    case CampaignEvent::EVENT_NOT_SET:
      return false;
  }
  return false;
}

}  // namespace

void FollowCampaign(const engine::ForeignEvent<CampaignEvent>& campaign, engine::Rows& rows) {
  v1::FollowedCampaign row =
      rows.Get(kFollowedCampaigns, campaign.meta.name).value_or(v1::FollowedCampaign());
  if (!Fold(campaign.event, row)) return;
  row.set_name(campaign.meta.name);
  *row.mutable_change_time() = base::TimestampOf(campaign.meta.time);
  rows.Put(kFollowedCampaigns, row);
}

}  // namespace crm::customer
