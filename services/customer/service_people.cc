#include "services/customer/domain/branch.h"
#include "services/customer/domain/contact.h"
#include "services/customer/domain/department.h"
#include "services/customer/domain/owner_slot.h"
#include "services/customer/domain/pool.h"
#include "services/customer/domain/position.h"
#include "services/customer/domain/seed.h"
#include "services/customer/domain/staff.h"
#include "services/customer/domain/team.h"
#include "services/customer/react/ownership_reactions.h"
#include "services/customer/read/caller.h"
#include "services/customer/read/org_chart.h"
#include "services/customer/read/organization.h"
#include "services/customer/read/owner_book.h"
#include "services/customer/read/ownership_tables.h"
#include "services/customer/read/staff_touches.h"
#include "services/customer/read/tables.h"
#include "services/customer/service_parts.h"

namespace crm::customer {

void DescribeContacts(app::Service& service) {
  service.Aggregate<ContactModel>(kContacts)
      .Command<v1::CreateContactRequest>()
      .Command<v1::UpdateContactRequest>()
      .Internal<v1::ReimportContactRequest>();
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

void DescribeOwnership(app::Service& service) {
  service.Aggregate<PoolModel>(kPools)
      .Command<v1::CreatePoolRequest>()
      .Command<v1::UpdatePoolRequest>()
      .Command<v1::SweepPoolRequest>()
      .Internal<v1::CheckPoolRequest>()
      .Internal<v1::ContinueSweepRequest>();
  service.Get<v1::GetPoolRequest>(kPools);
  service.List<v1::ListPoolsRequest, v1::ListPoolsResponse>(kPools);
  service.Seed(SeedPools);

  service.Aggregate<OwnerSlotModel>(kOwnerSlots)
      .Internal<v1::ReserveSlotRequest>()
      .Internal<v1::FreeSlotRequest>();
  service.Table(kOwnerBooks);
  service.Project(ProjectOwnerBook);
  service.Query(QueryOwnerBook);
  service.List<v1::ListOwnerBooksRequest, v1::ListOwnerBooksResponse>(kOwnerBooks);
  service.Query(QueryOwnedCustomers);

  service.Table(kStaffTouches);
  service.Project(ProjectStaffTouches);

  service.React("OnOwnerChange", OnOwnerChange);
  service.React("OnOwnerSlot", OnOwnerSlot);
  service.React("OnPool", OnPool);
  service.React("OnOwnerNews", OnOwnerNews);
}

}  // namespace crm::customer
