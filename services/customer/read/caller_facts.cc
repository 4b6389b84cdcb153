#include "services/customer/read/caller_facts.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "services/customer/read/followed.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/sources.h"

namespace crm::customer {
namespace {

constexpr size_t kOpenMax = 5;
// Touchpoints in which next steps are looked for.
constexpr size_t kLookedMax = 20;

}  // namespace

void AddCallerFacts(const engine::Snapshot& snapshot, const engine::Context& context,
                    v1::LookupCallerResponse& response) {
  std::vector<std::string> all;
  for (const v1::Caller& caller : response.callers()) {
    if (caller.has_customer()) all.push_back(caller.customer().name());
  }
  const v1::SourceReading sales = SourceOf(kSalesSource, all, context);
  const v1::SourceReading desk = SourceOf(kDeskSource, all, context);
  *response.add_sources() = sales;
  *response.add_sources() = desk;
  for (v1::Caller& caller : *response.mutable_callers()) {
    if (!caller.has_customer()) continue;
    const std::vector<std::string> names = NamesOf(caller.customer().name(), snapshot);
    if (CanBeTold(desk)) {
      Followed<v1::FollowedTicket> tickets = OpenTickets(snapshot, names, kOpenMax);
      caller.set_open_ticket_count(tickets.count);
      for (auto& ticket : tickets.rows) *caller.add_open_tickets() = std::move(ticket);
    }
    if (CanBeTold(sales)) {
      Followed<v1::FollowedOpportunity> open = OpenOpportunities(snapshot, names, kOpenMax);
      caller.set_open_opportunity_count(open.count);
      for (auto& opportunity : open.rows) *caller.add_open_opportunities() = std::move(opportunity);
      Followed<v1::FollowedOpportunity> renewals = OpenRenewals(snapshot, names, kOpenMax);
      caller.set_renewal_count(renewals.count);
      for (auto& renewal : renewals.rows) *caller.add_renewals() = std::move(renewal);
      auto value = ValueOf(snapshot, names, TwelveMonths(context.business_date));
      if (value.ok()) *caller.mutable_value() = *std::move(value);
    }
    std::vector<v1::Touchpoint> steps =
        NextStepsOf(LatestTouchpoints(snapshot, names, kLookedMax), context);
    steps.resize(std::min(steps.size(), kOpenMax));
    for (v1::Touchpoint& step : steps) *caller.add_next_steps() = std::move(step);
  }
  if (!CanBeTold(desk)) response.add_unavailable_sections(v1::CALLER_SECTION_OPEN_TICKETS);
  if (!CanBeTold(sales)) {
    response.add_unavailable_sections(v1::CALLER_SECTION_OPEN_OPPORTUNITIES);
    response.add_unavailable_sections(v1::CALLER_SECTION_VALUE);
    response.add_unavailable_sections(v1::CALLER_SECTION_RENEWALS);
  }
  response.add_unavailable_sections(v1::CALLER_SECTION_BEST_OFFER);
}

}  // namespace crm::customer
