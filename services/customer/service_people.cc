#include "services/customer/domain/branch.h"
#include "services/customer/domain/contact.h"
#include "services/customer/domain/department.h"
#include "services/customer/domain/owner_slot.h"
#include "services/customer/domain/pool.h"
#include "services/customer/domain/position.h"
#include "services/customer/domain/seed.h"
#include "services/customer/domain/staff.h"
#include "services/customer/domain/team.h"
#include "services/customer/domain/transfer.h"
#include "services/customer/react/ownership_reactions.h"
#include "services/customer/react/transfer_reactions.h"
#include "services/customer/read/caller.h"
#include "services/customer/read/leavers.h"
#include "services/customer/read/org_chart.h"
#include "services/customer/read/organization.h"
#include "services/customer/read/owner_book.h"
#include "services/customer/read/ownership_tables.h"
#include "services/customer/read/search.h"
#include "services/customer/read/search_tables.h"
#include "services/customer/read/search_terms.h"
#include "services/customer/read/staff_touches.h"
#include "services/customer/read/tables.h"
#include "services/customer/read/transfer_tables.h"
#include "services/customer/read/transfer_views.h"
#include "services/customer/service_parts.h"

namespace crm::customer {

void DescribeContacts(app::Service& service) {
  service.Aggregate<ContactModel>(kContacts)
      .Command<v1::CreateContactRequest>()
      .Command<v1::UpdateContactRequest>()
      .Internal<v1::ReimportContactRequest>()
      .Internal<v1::FollowPersonRequest>()
      .Internal<v1::MergeContactRequest>()
      .Internal<v1::AbsorbContactRequest>()
      .Internal<v1::ReverseContactMergeRequest>()
      .Internal<v1::ReleaseMergedContactRequest>();
  service.Get<v1::GetContactRequest>(kContacts);
  service.BatchGet<v1::BatchGetContactsRequest, v1::BatchGetContactsResponse>(kContacts);
  service.List<v1::ListContactsRequest, v1::ListContactsResponse>(kContacts);
  service.Table(kContactSearchTerms);
  service.Table(kSearchedContacts);
  service.Project(ProjectContactSearchTerms);
  service.Query(QueryContactSearch);

  service.Aggregate<PositionModel>(kPositions)
      .Command<v1::CreatePositionRequest>()
      .Command<v1::UpdatePositionRequest>()
      .Command<v1::SetReportsToRequest>()
      .Command<v1::EndPositionRequest>();
  service.Get<v1::GetPositionRequest>(kPositions);
  service.BatchGet<v1::BatchGetPositionsRequest, v1::BatchGetPositionsResponse>(kPositions);
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
  service.BatchGet<v1::BatchGetBranchesRequest, v1::BatchGetBranchesResponse>(kBranches);
  service.List<v1::ListBranchesRequest, v1::ListBranchesResponse>(kBranches);
  service.Aggregate<DepartmentModel>(kDepartments)
      .Command<v1::CreateDepartmentRequest>()
      .Command<v1::UpdateDepartmentRequest>()
      .Command<v1::CloseDepartmentRequest>();
  service.Get<v1::GetDepartmentRequest>(kDepartments);
  service.BatchGet<v1::BatchGetDepartmentsRequest, v1::BatchGetDepartmentsResponse>(kDepartments);
  service.List<v1::ListDepartmentsRequest, v1::ListDepartmentsResponse>(kDepartments);
  service.Aggregate<TeamModel>(kTeams)
      .Command<v1::CreateTeamRequest>()
      .Command<v1::UpdateTeamRequest>()
      .Command<v1::CloseTeamRequest>();
  service.Get<v1::GetTeamRequest>(kTeams);
  service.BatchGet<v1::BatchGetTeamsRequest, v1::BatchGetTeamsResponse>(kTeams);
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
  service.BatchGet<v1::BatchGetPoolsRequest, v1::BatchGetPoolsResponse>(kPools);
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

void DescribeTransfers(app::Service& service) {
  service.Aggregate<TransferModel>(kTransfers)
      .Command<v1::CreateTransferRequest>()
      .Command<v1::StartTransferRequest>()
      .Command<v1::UndoTransferRequest>()
      .Command<v1::CancelTransferRequest>()
      .Internal<v1::RecordTransferItemsRequest>()
      .Internal<v1::ContinueTransferRequest>()
      .Internal<v1::SettleTransferItemRequest>()
      .Internal<v1::CheckTransferRequest>();
  service.Get<v1::GetTransferRequest>(kTransfers);
  service.BatchGet<v1::BatchGetTransfersRequest, v1::BatchGetTransfersResponse>(kTransfers);
  service.List<v1::ListTransfersRequest, v1::ListTransfersResponse>(kTransfers);
  service.Table(kTransferItems);
  service.Table(kTransferRefusals);
  service.Project(ProjectTransfer);
  service.ProjectPassed(ProjectTransferRefusal);
  service.List<v1::ListTransferItemsRequest, v1::ListTransferItemsResponse>(kTransferItems);
  service.React(kOnTransfer, OnTransfer);
  service.React("OnTransferredCustomer", OnTransferredCustomer);
  service.Query(QueryStaffHoldings);
  service.Query(QueryLeavers);
}

}  // namespace crm::customer
