#include "services/customer/service.h"

#include "services/customer/domain/customer.h"
#include "services/customer/domain/customer_policy.h"
#include "services/customer/domain/seed.h"
#include "services/customer/domain/tier_plan.h"
#include "services/customer/domain/touchpoint.h"
#include "services/customer/react/reactions.h"
#include "services/customer/read/completeness_query.h"
#include "services/customer/read/completeness_tables.h"
#include "services/customer/read/import_customers.h"
#include "services/customer/read/incomplete_customers.h"
#include "services/customer/read/order_facts.h"
#include "services/customer/read/owner_terms.h"
#include "services/customer/read/pyramid.h"
#include "services/customer/read/search.h"
#include "services/customer/read/search_terms.h"
#include "services/customer/read/status_counts.h"
#include "services/customer/read/tables.h"
#include "services/customer/service_parts.h"

namespace crm::customer {
namespace {

void DescribeCustomers(app::Service& service) {
  service.Aggregate<CustomerModel>(kCustomers)
      .Command<v1::CreateCustomerRequest>()
      .Command<v1::UpdateCustomerRequest>()
      .Command<v1::VerifyCustomerRequest>()
      .Command<v1::QualifyCustomerRequest>()
      .Command<v1::MarkLostRequest>()
      .Command<v1::TransferCustomerRequest>()
      .Command<v1::ReleaseCustomerRequest>()
      .Command<v1::PickCustomerRequest>()
      .Internal<v1::SettleOwnerRequest>()
      .Internal<v1::HandCustomerRequest>()
      .Internal<v1::HandCollaborationRequest>()
      .Internal<v1::RecycleCustomerRequest>()
      .Internal<v1::ReimportCustomerRequest>()
      .Internal<v1::ActivateCustomerRequest>()
      .Internal<v1::CheckActivityRequest>()
      .Internal<v1::AssignTierRequest>()
      .Command<v1::RecordConsentRequest>()
      .Internal<v1::MarkStaleRequest>()
      .Internal<v1::MergeCustomerRequest>()
      .Internal<v1::AbsorbCustomerRequest>()
      .Internal<v1::ReverseMergeRequest>()
      .Internal<v1::ReleaseMergedRequest>();
  service.Batch<v1::ImportCustomersResponse>(SplitImportCustomers);
  service.Get<v1::GetCustomerRequest>(kCustomers);
  service.BatchGet<v1::BatchGetCustomersRequest, v1::BatchGetCustomersResponse>(kCustomers);
  service.List<v1::ListCustomersRequest, v1::ListCustomersResponse>(kCustomers);
  service.Table(kSearchTerms);
  service.Table(kSearchedCustomers);
  service.Project(ProjectSearchTerms);
  service.Query(QuerySearch);
  service.Table(kStatusCounts);
  service.Project(ProjectStatusCounts);
  service.Table(kOwnerTerms);
  service.Project(ProjectOwnerTerms);
  service.Query(QueryOwner);
  service.Get<v1::GetOwnerTermRequest>(kOwnerTerms);
  service.BatchGet<v1::BatchGetOwnerTermsRequest, v1::BatchGetOwnerTermsResponse>(kOwnerTerms);
  service.List<v1::ListOwnerTermsRequest, v1::ListOwnerTermsResponse>(kOwnerTerms);

  service.Aggregate<TouchpointModel>(kTouchpoints)
      .Command<v1::RecordTouchpointRequest>()
      .Command<v1::UpdateTouchpointRequest>();
  service.Get<v1::GetTouchpointRequest>(kTouchpoints);
  service.BatchGet<v1::BatchGetTouchpointsRequest, v1::BatchGetTouchpointsResponse>(kTouchpoints);
  service.List<v1::ListTouchpointsRequest, v1::ListTouchpointsResponse>(kTouchpoints);

  service.Aggregate<CustomerPolicyModel>(kCustomerPolicies)
      .Command<v1::CreateCustomerPolicyRequest>()
      .Command<v1::UpdateCustomerPolicyRequest>()
      .Internal<v1::CheckStalenessRequest>()
      .Internal<v1::ContinueStaleCheckRequest>();
  service.Get<v1::GetCustomerPolicyRequest>(kCustomerPolicies);
  service.Seed(SeedCustomerPolicies);
  service.Query(QueryCompleteness);
  service.Table(kFilledCustomers);
  service.Project(ProjectFilledCustomers);
  service.Query(QueryIncompleteCustomers);
}

// What they are worth.
void DescribeValue(app::Service& service) {
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
  service.React("OnOpportunity", OnOpportunity);
  service.React("OnTierPlan", OnTierPlan);
}

}  // namespace

void Describe(app::Service& service) {
  DescribeCustomers(service);
  DescribeOwnership(service);
  DescribeTransfers(service);
  DescribeContacts(service);
  DescribeOrganization(service);
  DescribeCustomFields(service);
  DescribeExchange(service);
  DescribeInterviews(service);
  DescribeReports(service);
  DescribeCare(service);
  DescribeValue(service);
  DescribeTimeline(service);
  DescribeMerges(service);
  DescribeDuplicates(service);
  DescribeNotifications(service);
  DescribeActivities(service);
}

}  // namespace crm::customer
