#include "services/service-desk/service.h"

#include "services/service-desk/domain/priority_policy.h"
#include "services/service-desk/domain/seed.h"
#include "services/service-desk/domain/ticket.h"
#include "services/service-desk/react/reactions.h"
#include "services/service-desk/read/customer_refs.h"
#include "services/service-desk/read/tables.h"

namespace crm::servicedesk {

void Describe(app::Service& service) {
  service.Aggregate<PriorityPolicyModel>(kPriorityPolicies)
      .Command<v1::CreatePriorityPolicyRequest>()
      .Command<v1::UpdatePriorityPolicyRequest>();
  service.Get<v1::GetPriorityPolicyRequest>(kPriorityPolicies);
  service.Seed(SeedPriorityPolicies);

  service.Aggregate<TicketModel>(kTickets)
      .Command(app::Requires<customer::v1::GetCustomerRequest, v1::OpenTicketRequest>(
          kCustomerRefs, +[](const v1::OpenTicketRequest& open) { return open.parent(); },
          CustomerRefOf))
      .Command<v1::AssignTicketRequest>()
      .Command<v1::ClaimTicketRequest>()
      .Command<v1::StartTicketRequest>()
      .Command<v1::SetPendingRequest>()
      .Command<v1::ResolveTicketRequest>()
      .Command<v1::CloseTicketRequest>()
      .Command<v1::ReopenTicketRequest>()
      .Command<v1::AddNoteRequest>()
      .Internal<v1::WakeTicketRequest>();
  service.Get<v1::GetTicketRequest>(kTickets);
  service.List<v1::ListTicketsRequest, v1::ListTicketsResponse>(kTickets);

  service.Table(kCustomerRefs);
  service.Foreign(ProjectCustomerRef);
  service.ParentsOfLists(ParentsOf);
  service.React("OnTouchpoint", OnTouchpoint);
}

}  // namespace crm::servicedesk
