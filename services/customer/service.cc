#include "services/customer/service.h"

#include "services/customer/domain/customer.h"
#include "services/customer/domain/seed.h"
#include "services/customer/domain/tier_plan.h"
#include "services/customer/react/reactions.h"
#include "services/customer/read/import_customers.h"
#include "services/customer/read/order_facts.h"
#include "services/customer/read/pyramid.h"
#include "services/customer/read/search.h"
#include "services/customer/read/status_counts.h"
#include "services/customer/read/tables.h"

namespace crm::customer {

void Describe(app::Service& service) {
  service.Aggregate<CustomerModel>(kCustomers)
      .Command<v1::CreateCustomerRequest>()
      .Command<v1::UpdateCustomerRequest>()
      .Command<v1::VerifyCustomerRequest>()
      .Internal<v1::ReimportCustomerRequest>()
      .Internal<v1::ActivateCustomerRequest>()
      .Internal<v1::CheckActivityRequest>()
      .Internal<v1::AssignTierRequest>();
  service.Batch<v1::ImportCustomersResponse>(SplitImportCustomers);
  service.Get<v1::GetCustomerRequest>(kCustomers);
  service.BatchGet<v1::BatchGetCustomersRequest, v1::BatchGetCustomersResponse>(kCustomers);
  service.List<v1::ListCustomersRequest, v1::ListCustomersResponse>(kCustomers);
  service.Table(kSearchTerms);
  service.Project(ProjectSearchTerms);
  service.Query(QuerySearch);
  service.Table(kStatusCounts);
  service.Project(ProjectStatusCounts);

  service.Aggregate<TierPlanModel>(kTierPlans)
      .Command<v1::CreateTierPlanRequest>()
      .Command<v1::UpdateTierPlanRequest>()
      .Command<v1::ComputeTierPlanRequest>()
      .Internal<v1::TierPlanDueRequest>()
      .Internal<v1::NoteOrderImportRequest>()
      .Internal<v1::ContinueTierAssignmentRequest>();
  service.Get<v1::GetTierPlanRequest>(kTierPlans);
  service.Seed(SeedTierPlans);

  service.Table(kOrderFacts);
  service.Table(kOrderMonths);
  service.Table(kOrderImports);
  service.Foreign(ProjectOrder);
  service.Query(QueryPyramid);

  service.React("OnOrder", OnOrder);
  service.React("OnTierPlan", OnTierPlan);
}

}  // namespace crm::customer
