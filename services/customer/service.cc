#include "services/customer/service.h"

#include "services/customer/domain/branch.h"
#include "services/customer/domain/contact.h"
#include "services/customer/domain/customer.h"
#include "services/customer/domain/customer_policy.h"
#include "services/customer/domain/department.h"
#include "services/customer/domain/position.h"
#include "services/customer/domain/seed.h"
#include "services/customer/domain/staff.h"
#include "services/customer/domain/team.h"
#include "services/customer/domain/tier_plan.h"
#include "services/customer/domain/touchpoint.h"
#include "services/customer/react/reactions.h"
#include "services/customer/read/caller.h"
#include "services/customer/read/completeness_query.h"
#include "services/customer/read/import_customers.h"
#include "services/customer/read/order_facts.h"
#include "services/customer/read/org_chart.h"
#include "services/customer/read/organization.h"
#include "services/customer/read/owner_terms.h"
#include "services/customer/read/pyramid.h"
#include "services/customer/read/search.h"
#include "services/customer/read/search_terms.h"
#include "services/customer/read/status_counts.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

void DescribeContacts(app::Service& service) {
  service.Aggregate<ContactModel>(kContacts)
      .Command<v1::CreateContactRequest>()
      .Command<v1::UpdateContactRequest>();
  service.Get<v1::GetContactRequest>(kContacts);
  service.BatchGet<v1::BatchGetContactsRequest, v1::BatchGetContactsResponse>(kContacts);
  service.List<v1::ListContactsRequest, v1::ListContactsResponse>(kContacts);

  service.Aggregate<PositionModel>(kPositions)
      .Command<v1::CreatePositionRequest>()
      .Command<v1::UpdatePositionRequest>()
      .Command<v1::SetReportsToRequest>()
      .Command<v1::EndPositionRequest>();
  service.Get<v1::GetPositionRequest>(kPositions);
  service.List<v1::ListPositionsRequest, v1::ListPositionsResponse>(kPositions);
  service.Query(QueryOrgChart);
  service.Query(QueryCaller);
}

// Who works for us, and in which units.
void DescribeOrganization(app::Service& service) {
  service.Aggregate<StaffModel>(kStaff)
      .Command<v1::CreateStaffRequest>()
      .Command<v1::UpdateStaffRequest>()
      .Command<v1::PlanAbsenceRequest>()
      .Command<v1::CancelAbsenceRequest>()
      .Command<v1::MarkStaffLeftRequest>()
      .Command<v1::CancelLeaveRequest>()
      .Command<v1::RehireStaffRequest>()
      .Internal<v1::CheckStaffLeaveRequest>();
  service.Get<v1::GetStaffRequest>(kStaff);
  service.BatchGet<v1::BatchGetStaffRequest, v1::BatchGetStaffResponse>(kStaff);
  service.List<v1::ListStaffRequest, v1::ListStaffResponse>(kStaff);

  service.Aggregate<BranchModel>(kBranches)
      .Command<v1::CreateBranchRequest>()
      .Command<v1::UpdateBranchRequest>()
      .Command<v1::CloseBranchRequest>();
  service.Get<v1::GetBranchRequest>(kBranches);
  service.List<v1::ListBranchesRequest, v1::ListBranchesResponse>(kBranches);
  service.Aggregate<DepartmentModel>(kDepartments)
      .Command<v1::CreateDepartmentRequest>()
      .Command<v1::UpdateDepartmentRequest>()
      .Command<v1::CloseDepartmentRequest>();
  service.Get<v1::GetDepartmentRequest>(kDepartments);
  service.List<v1::ListDepartmentsRequest, v1::ListDepartmentsResponse>(kDepartments);
  service.Aggregate<TeamModel>(kTeams)
      .Command<v1::CreateTeamRequest>()
      .Command<v1::UpdateTeamRequest>()
      .Command<v1::CloseTeamRequest>();
  service.Get<v1::GetTeamRequest>(kTeams);
  service.List<v1::ListTeamsRequest, v1::ListTeamsResponse>(kTeams);
  service.Query(QueryOrganization);
}

}  // namespace

void Describe(app::Service& service) {
  service.Aggregate<CustomerModel>(kCustomers)
      .Command<v1::CreateCustomerRequest>()
      .Command<v1::UpdateCustomerRequest>()
      .Command<v1::VerifyCustomerRequest>()
      .Command<v1::QualifyCustomerRequest>()
      .Command<v1::MarkLostRequest>()
      .Command<v1::TransferCustomerRequest>()
      .Command<v1::ReleaseCustomerRequest>()
      .Internal<v1::ReimportCustomerRequest>()
      .Internal<v1::ActivateCustomerRequest>()
      .Internal<v1::CheckActivityRequest>()
      .Internal<v1::AssignTierRequest>();
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
  service.Get<v1::GetOwnerTermRequest>(kOwnerTerms);
  service.List<v1::ListOwnerTermsRequest, v1::ListOwnerTermsResponse>(kOwnerTerms);

  service.Aggregate<TouchpointModel>(kTouchpoints)
      .Command<v1::RecordTouchpointRequest>()
      .Command<v1::UpdateTouchpointRequest>();
  service.Get<v1::GetTouchpointRequest>(kTouchpoints);
  service.List<v1::ListTouchpointsRequest, v1::ListTouchpointsResponse>(kTouchpoints);

  service.Aggregate<CustomerPolicyModel>(kCustomerPolicies)
      .Command<v1::CreateCustomerPolicyRequest>()
      .Command<v1::UpdateCustomerPolicyRequest>();
  service.Get<v1::GetCustomerPolicyRequest>(kCustomerPolicies);
  service.Seed(SeedCustomerPolicies);
  service.Query(QueryCompleteness);

  DescribeContacts(service);

  DescribeOrganization(service);

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
