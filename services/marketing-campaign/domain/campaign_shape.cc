#include "services/marketing-campaign/domain/campaign_shape.h"

#include <string>

#include "libs/base/date.h"
#include "libs/base/external_id.h"
#include "libs/base/money.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/text.h"

namespace crm::marketing {
namespace {

using base::Invalid;

absl::Status CheckPeriod(const common::v1::Period& period) {
  absl::Status s = base::CheckDate("campaign.period.start", period.start());
  if (!s.ok()) return s;
  s = base::CheckDate("campaign.period.end", period.end());
  if (!s.ok()) return s;
  if (base::DayOf(period.end()) <= base::DayOf(period.start())) {
    return Invalid("campaign.period.end", "must be later than the start");
  }
  return absl::OkStatus();
}

absl::Status CheckAmounts(const v1::Campaign& campaign) {
  if (!campaign.has_budget()) return Invalid("campaign.budget", "must be given");
  absl::Status s = base::CheckNotNegative("campaign.budget", campaign.budget());
  if (!s.ok() || !campaign.has_expected_revenue()) return s;
  s = base::CheckNotNegative("campaign.expected_revenue", campaign.expected_revenue());
  if (!s.ok()) return s;
  return base::CheckCurrency("campaign.expected_revenue", campaign.expected_revenue(),
                             campaign.budget().currency_code());
}

absl::Status CheckProgramme(const std::string& programme, std::string_view name) {
  if (programme.empty()) return absl::OkStatus();
  const auto campaigns = base::NamePattern::Parse("campaigns/{campaign}");
  if (!campaigns->Matches(programme) || programme == name) {
    return Invalid("campaign.programme", "must be the name of another campaign");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckCampaign(const v1::Campaign& campaign, std::string_view name) {
  if (base::IsBlank(campaign.display_name()))
    return Invalid("campaign.display_name", "must be given");
  if (campaign.has_period()) {
    if (absl::Status s = CheckPeriod(campaign.period()); !s.ok()) return s;
  }
  if (absl::Status s = CheckAmounts(campaign); !s.ok()) return s;
  if (!common::v1::Channel_IsValid(campaign.channel())) {
    return Invalid("campaign.channel", "must be a channel");
  }
  if (campaign.expected_responses() < 0) {
    return Invalid("campaign.expected_responses", "must not be negative");
  }
  return CheckProgramme(campaign.programme(), name);
}

absl::Status CheckCost(const v1::CampaignCost& cost, std::string_view currency_code) {
  if (absl::Status s = base::CheckDate("cost.cost_date", cost.cost_date()); !s.ok()) return s;
  if (absl::Status s = base::CheckPositive("cost.amount", cost.amount()); !s.ok()) return s;
  absl::Status s = base::CheckCurrency("cost.amount", cost.amount(), currency_code);
  if (!s.ok() || !cost.has_external_id()) return s;
  return base::CheckExternalId("cost.external_id", cost.external_id());
}

}  // namespace crm::marketing
