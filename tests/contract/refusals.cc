#include "tests/contract/refusals.h"

#include <map>

namespace crm::contract {
namespace {

using Rows = std::vector<RefusalRow>;

Rows CustomerRows() {
  const std::string p = "crm.customer.v1.";
  const std::string company = "kind: CUSTOMER_KIND_COMPANY display_name: 'X'";
  return {
      {p + "CreateCustomerRequest", "", "!field:customer.kind"},
      {p + "CreateCustomerRequest", "customer { kind: CUSTOMER_KIND_COMPANY display_name: ' ' }",
       "!field:customer.display_name"},
      {p + "CreateCustomerRequest", "customer {" + company + "currency_code: 'eur' }",
       "!field:customer.currency_code"},
      {p + "CreateCustomerRequest", "customer {" + company + "employees: -1 }",
       "!field:customer.employees"},
      {p + "CreateCustomerRequest",
       "customer {" + company +
           "credit_limit { currency_code: 'EUR' units: -5 } currency_code: 'EUR' }",
       "!field:customer.credit_limit"},
      {p + "CreateCustomerRequest",
       "initial_status: CUSTOMER_STATUS_ACTIVE customer {" + company + "}",
       "!field:initial_status"},
      {p + "UpdateCustomerRequest",
       "customer { name: 'customers/c1' currency_code: 'USD' } update_mask { paths: "
       "'currency_code' }",
       "!CURRENCY_FIXED"},
      {p + "UpdateCustomerRequest",
       "customer { name: 'customers/c1' } update_mask { paths: 'colour' }", "!field:update_mask"},
      {p + "UpdateCustomerRequest",
       "customer { name: 'customers/c1' } update_mask { paths: 'status' }", "!field:update_mask"},
      {p + "VerifyCustomerRequest", "name: 'customers/c2'", "!NOTHING_TO_VERIFY"},
      {p + "QualifyCustomerRequest", "name: 'customers/c1'", "!NOT_A_SUSPECT"},
      {p + "QualifyCustomerRequest", "name: 'customers/nobody'", "!NOT_FOUND"},
      {p + "MarkLostRequest", "name: 'customers/c2' loss_reason: 'weather'", "!field:loss_reason"},
      {p + "MarkLostRequest", "name: 'customers/c2' loss_reason: 'other'", "!field:note"},
      {p + "TransferCustomerRequest", "name: 'customers/c1' owner: ' '", "!field:owner"},
      {p + "ReleaseCustomerRequest", "name: 'customers/c1' reason: ' '", "!field:reason"},
      {p + "RecordTouchpointRequest",
       "parent: 'customers/nobody' touchpoint { channel: CHANNEL_PHONE direction: DIRECTION_IN "
       "personal { subject: 'X' } }",
       "!NOT_FOUND"},
      {p + "RecordTouchpointRequest",
       "parent: 'customers/c1' touchpoint { direction: DIRECTION_IN personal { subject: 'X' } }",
       "!field:touchpoint.channel"},
      {p + "UpdateTouchpointRequest",
       "touchpoint { name: 'customers/c1/touchpoints/none' } update_mask { paths: 'next_step' }",
       "!NOT_FOUND"},
      {p + "CreateCustomerPolicyRequest",
       "customer_policy_id: 'another' customer_policy { loss_reasons { id: 'x' display_name: 'X' } "
       "}",
       "!field:customer_policy_id"},
      {p + "UpdateCustomerPolicyRequest",
       "customer_policy { name: 'customerPolicies/standard' } update_mask { paths: 'loss_reasons' "
       "}",
       "!field:customer_policy.loss_reasons"},
      {p + "CreateTierPlanRequest", "tier_plan_id: 'another' tier_plan {}", "!field:tier_plan_id"},
      {p + "UpdateTierPlanRequest",
       "tier_plan { name: 'tierPlans/standard' window_months: 500 }"
       "update_mask { paths: 'window_months' }",
       "!field:tier_plan.window_months"},
      {p + "ComputeTierPlanRequest", "name: 'tierPlans/other'", "!NOT_FOUND"},
  };
}

Rows ContactRows() {
  const std::string p = "crm.customer.v1.";
  const std::string create = "parent: 'customers/c1' position { contact: 'contacts/li' ";
  const std::string li = "name: 'customers/c1/positions/li' ";
  const std::string wu = "name: 'customers/c1/positions/wu' ";
  const std::string day = "end_date { year: 2026 month: 1 day: 5 } ";
  return {
      {p + "CreateContactRequest", "contact {}", "!field:contact.personal.family_name"},
      {p + "UpdateContactRequest",
       "contact { name: 'contacts/li' personal { phones { number: '0800' } } }",
       "!field:contact.personal.phones[0].number"},
      {p + "UpdateContactRequest", "contact { name: 'contacts/li' } update_mask { paths: '*' }",
       "!field:contact.personal.family_name"},
      {p + "CreatePositionRequest", "parent: 'customers/c1' position {}",
       "!field:position.contact"},
      {p + "CreatePositionRequest",
       "parent: 'customers/nobody' position { contact: 'contacts/li' }", "!NOT_FOUND"},
      {p + "CreatePositionRequest", "parent: 'customers/c1' position { contact: 'contacts/none' }",
       "!CONTACT_UNKNOWN"},
      {p + "CreatePositionRequest", create + "reports_to: 'customers/c1/positions/none' }",
       "!SUPERIOR_UNKNOWN"},
      {p + "CreatePositionRequest", create + "reports_to: 'customers/c1/positions/wu' }",
       "!SUPERIOR_ENDED"},
      {p + "CreatePositionRequest", create + "primary: true }", "!PRIMARY_POSITION_TAKEN"},
      {p + "UpdatePositionRequest", "position {" + li + day + "}", "!POSITION_OPEN"},
      {p + "UpdatePositionRequest", "position {" + wu + "} update_mask { paths: 'reports_to' }",
       "!field:position.reports_to"},
      {p + "SetReportsToRequest", li + "reports_to: 'customers/c1/positions/li'",
       "!REPORTING_CYCLE"},
      {p + "SetReportsToRequest", li + "reports_to: 'customers/c2/positions/li'",
       "!field:reports_to"},
      {p + "SetReportsToRequest", wu, "!POSITION_ENDED"},
      {p + "EndPositionRequest", li, "!field:end_date"},
      {p + "EndPositionRequest", wu + day, "!POSITION_ENDED"},
  };
}

Rows OrganizationRows() {
  const std::string p = "crm.customer.v1.";
  const std::string day = " close_date { year: 2027 month: 1 day: 5 }";
  return {
      {p + "CreateBranchRequest", "branch { display_name: ' ' }", "!field:branch.display_name"},
      {p + "CreateBranchRequest", "branch { display_name: 'X' parent: 'branches/none' }",
       "!UNIT_UNKNOWN"},
      {p + "CreateBranchRequest", "branch { display_name: 'X' parent: 'branches/harbour' }",
       "!UNIT_CLOSED"},
      {p + "UpdateBranchRequest", "branch { name: 'branches/north' parent: 'branches/city' }",
       "!UNIT_CYCLE"},
      {p + "UpdateBranchRequest", "branch { name: 'branches/harbour' display_name: 'X' }",
       "!UNIT_CLOSED"},
      {p + "CloseBranchRequest", "name: 'branches/north'", "!field:close_date"},
      {p + "CloseBranchRequest", "name: 'branches/north'" + day, "!UNIT_NOT_EMPTY"},
      {p + "CloseBranchRequest", "name: 'branches/harbour'" + day, "!UNIT_CLOSED"},
      {p + "CreateDepartmentRequest", "department { display_name: 'X' branch: 'north' }",
       "!field:department.branch"},
      {p + "UpdateDepartmentRequest",
       "department { name: 'departments/sales' lead: 'staff/nobody' }", "!STAFF_UNKNOWN"},
      {p + "CloseDepartmentRequest", "name: 'departments/sales'" + day, "!UNIT_NOT_EMPTY"},
      {p + "CreateTeamRequest", "team { display_name: 'X' lead: 'staff/dan' }", "!STAFF_LEFT"},
      {p + "UpdateTeamRequest", "team { name: 'teams/blue' display_name: 'X' }", "!UNIT_CLOSED"},
      {p + "CloseTeamRequest", "name: 'teams/red'" + day, "!UNIT_NOT_EMPTY"},
  };
}

Rows StaffRows() {
  const std::string p = "crm.customer.v1.";
  const std::string bob = "name: 'staff/bob' ", dan = "name: 'staff/dan' ";
  const std::string july =
      "absence { kind: ABSENCE_KIND_SICK period { start { year: 2030 month: 7 day: 5 } "
      "end { year: 2030 month: 7 day: 6 } } }";
  return {
      {p + "CreateStaffRequest", "staff { roles: STAFF_ROLE_REP }",
       "!field:staff.personal.display_name"},
      {p + "CreateStaffRequest", "staff { personal { display_name: 'X' } }", "!field:staff.roles"},
      {p + "CreateStaffRequest",
       "staff { personal { display_name: 'X' } roles: STAFF_ROLE_REP team: 'teams/none' }",
       "!UNIT_UNKNOWN"},
      {p + "UpdateStaffRequest", "staff { " + bob + "manager: 'staff/eve' }", "!MANAGER_CYCLE"},
      {p + "UpdateStaffRequest", "staff { " + bob + "} update_mask { paths: 'leave_date' }",
       "!field:update_mask"},
      {p + "UpdateStaffRequest",
       "staff { " + bob + "capacity: 9 } effective_date { year: 2100 month: 1 day: 1 }",
       "!field:effective_date"},
      {p + "UpdateStaffRequest", "staff { " + dan + "capacity: 9 }", "!STAFF_LEFT"},
      {p + "PlanAbsenceRequest", bob, "!field:absence.period.start"},
      {p + "PlanAbsenceRequest", bob + july, "!ABSENCES_OVERLAP"},
      {p + "PlanAbsenceRequest", dan + july, "!STAFF_LEFT"},
      {p + "CancelAbsenceRequest", bob + "start_date { year: 2030 month: 7 day: 5 }",
       "!ABSENCE_UNKNOWN"},
      {p + "MarkStaffLeftRequest", dan + "leave_date { year: 2026 month: 1 day: 9 }",
       "!STAFF_LEFT"},
      {p + "CancelLeaveRequest", dan, "!STAFF_LEFT"},
      {p + "RehireStaffRequest", bob + "hire_date { year: 2026 month: 1 day: 9 }",
       "!STAFF_EMPLOYED"},
      {p + "RehireStaffRequest", dan + "hire_date { year: 2026 month: 1 day: 8 }",
       "!field:hire_date"},
  };
}

Rows OpportunityRows() {
  const std::string p = "crm.sales.v1.";
  const std::string o1 = "name: 'customers/c1/opportunities/o1'";
  const std::string o2 = "name: 'customers/c1/opportunities/o2'";
  const std::string eur5 = "{ currency_code: 'EUR' units: 5 }";
  return {
      {p + "CreatePipelineRequest", "pipeline { display_name: 'P' }", "!field:pipeline.stages"},
      {p + "UpdatePipelineRequest",
       "pipeline { name: 'pipelines/standard' } update_mask { paths: 'stages' }",
       "!field:pipeline.stages"},
      {p + "OpenOpportunityRequest", "parent: 'customers/nobody' opportunity { display_name: 'X' }",
       "!NOT_FOUND"},
      {p + "OpenOpportunityRequest", "parent: 'nobody' opportunity { display_name: 'X' }",
       "!field:parent"},
      {p + "OpenOpportunityRequest",
       "parent: 'customers/c1' opportunity { display_name: 'X' stage: 'moon' }",
       "!field:opportunity.stage"},
      {p + "OpenOpportunityRequest",
       "parent: 'customers/c1' opportunity { display_name: 'X' pipeline: 'pipelines/none' }",
       "!PIPELINE_UNKNOWN"},
      {p + "OpenOpportunityRequest",
       "parent: 'customers/c1' opportunity { display_name: 'X'"
       "  amount { currency_code: 'USD' units: 5 } }",
       "!field:opportunity.amount.currency_code"},
      {p + "MoveStageRequest", o2 + "stage: 'moon'", "!field:stage"},
      {p + "MoveStageRequest", o2 + "stage: 'won'", "!STAGE_CLOSES"},
      {p + "MoveStageRequest", o1 + "stage: 'proposal'", "!OPPORTUNITY_CLOSED"},
      {p + "WinOpportunityRequest", o2 + "amount" + eur5, "!field:close_date"},
      {p + "WinOpportunityRequest",
       o2 + "amount { currency_code: 'EUR' units: -1 } close_date { year: 2026 month: 1 day: 5 }",
       "!field:amount"},
      {p + "LoseOpportunityRequest", o2 + "loss_reason: 'weather'", "!field:loss_reason"},
      {p + "LoseOpportunityRequest", o1 + "loss_reason: 'price'", "!OPPORTUNITY_CLOSED"},
      {p + "ReopenOpportunityRequest", o2 + "reason: 'x'", "!OPPORTUNITY_OPEN"},
  };
}

Rows OrderRows() {
  const std::string p = "crm.sales.v1.";
  const std::string r1 = "name: 'customers/c1/orders/r1'";
  const std::string r2 = "name: 'customers/c1/orders/r2'";
  const std::string day = "order_date { year: 2026 month: 1 day: 9 }";
  const std::string eur5 = "{ currency_code: 'EUR' units: 5 }";
  return {
      {p + "RecordOrderRequest",
       "parent: 'customers/nobody' order {" + day + "revenue" + eur5 + "}", "!NOT_FOUND"},
      {p + "RecordOrderRequest",
       "parent: 'customers/c1' order {" + day + "revenue { currency_code: 'USD' units: 5 } }",
       "!field:order.revenue.currency_code"},
      {p + "RecordOrderRequest",
       "parent: 'customers/c1' order {" + day + "revenue { currency_code: 'EUR' units: -5 } }",
       "!field:order.revenue"},
      {p + "RecordOrderRequest",
       "parent: 'customers/c1' order {" + day + "revenue" + eur5 +
           "lines { product: 'pump' quantity_milli: 1000 net { currency_code: 'EUR' units: 4 } } }",
       "!field:order.revenue"},
      {p + "RecordOrderRequest",
       "parent: 'customers/c1' order {" + day + "revenue" + eur5 +
           "opportunity: 'customers/c1/opportunities/none' }",
       "!OPPORTUNITY_UNKNOWN"},
      {p + "RecordOrderRequest", "parent: 'customers/c1' order { revenue" + eur5 + "}",
       "!field:order.order_date"},
      {p + "ConfirmOrderRequest", r2, "!ORDER_CANCELLED"},
      {p + "AmendOrderRequest",
       "order {" + r2 + "branch: 'south' } update_mask { paths: 'branch' }", "!ORDER_CANCELLED"},
      {p + "CancelOrderRequest", r1 + "reason: 'x'", "!ORDER_DELIVERED"},
      {p + "CancelOrderRequest", r1, "!field:reason"},
      {p + "RecordDeliveryRequest", r1 + "delivery_date { year: 2026 month: 1 day: 1 }",
       "!field:delivery_date"},
      {p + "RecordDeliveryRequest",
       "name: 'customers/c1/orders/r3' delivery_date { year: 2026 month: 1 day: 9 }",
       "!ORDER_NOT_CONFIRMED"},
      {p + "RecordReturnRequest",
       "name: 'customers/c1/orders/r3' return_date { year: 2026 month: 1 day: 9 } refund" + eur5,
       "!ORDER_NOT_DELIVERED"},
      {p + "RecordReturnRequest",
       r1 + "return_date { year: 2026 month: 1 day: 9 } lines { line: 1 quantity_milli: 5000 }",
       "!QUANTITY_EXCEEDED"},
  };
}

Rows MarketingRows() {
  const std::string p = "crm.marketing.v1.";
  const std::string k1 = "name: 'campaigns/k1'", k2 = "name: 'campaigns/k2'";
  const std::string k3 = "name: 'campaigns/k3'";
  return {
      {p + "CreateCampaignRequest", "campaign { display_name: 'X' }", "!field:campaign.budget"},
      {p + "CreateCampaignRequest",
       "campaign { display_name: 'X' budget { currency_code: 'EUR' units: -1 } }",
       "!field:campaign.budget"},
      {p + "UpdateCampaignRequest",
       "campaign {" + k2 + "objective: 'x' } update_mask { paths: 'objective' }",
       "!CAMPAIGN_CLOSED"},
      {p + "ApproveCampaignRequest", k2, "!CAMPAIGN_CLOSED"},
      {p + "LaunchCampaignRequest", k3, "!CAMPAIGN_NOT_APPROVED"},
      {p + "PauseCampaignRequest", k3, "!CAMPAIGN_NOT_LAUNCHED"},
      {p + "CompleteCampaignRequest", k3, "!CAMPAIGN_NOT_LAUNCHED"},
      {p + "CancelCampaignRequest", k3, "!field:reason"},
      {p + "CancelCampaignRequest", k1 + "reason: 'x'", "!CAMPAIGN_CLOSED"},
      {p + "RecordCostRequest", k1, "!field:cost"},
      {p + "RecordCostRequest",
       k1 + "cost { cost_date { year: 2026 month: 3 day: 2 }"
            "  amount { currency_code: 'EUR' units: 1 } external_id { system: 'erp' id: 'b-1' } }",
       "!COST_DIFFERS"},
  };
}

Rows DeskRows() {
  const std::string p = "crm.servicedesk.v1.";
  const std::string t1 = "name: 'customers/c1/tickets/t1'";
  const std::string t2 = "name: 'customers/c1/tickets/t2'";
  const std::string ticket =
      "type: TICKET_TYPE_FAULT personal { subject: 'X' } impact: 1 urgency: 1";
  return {
      {p + "CreatePriorityPolicyRequest", "priority_policy { display_name: 'P' }",
       "!field:priority_policy.impact_weight_percent"},
      {p + "UpdatePriorityPolicyRequest",
       "priority_policy { name: 'priorityPolicies/standard' complaints_points_max: 9 }"
       "update_mask { paths: 'complaints_points_max' }",
       "!field:priority_policy.complaints_points_max"},
      {p + "OpenTicketRequest", "parent: 'customers/nobody' ticket {" + ticket + "}", "!NOT_FOUND"},
      {p + "OpenTicketRequest", "parent: 'customers/c1' ticket { impact: 1 urgency: 1 }",
       "!field:ticket.type"},
      {p + "OpenTicketRequest",
       "parent: 'customers/c1' ticket {" + ticket + " priority_policy: 'priorityPolicies/none' }",
       "!PRIORITY_POLICY_UNKNOWN"},
      {p + "AssignTicketRequest", t2, "!field:assignee"},
      {p + "AssignTicketRequest", t1 + "assignee: 'ann'", "!TICKET_CLOSED"},
      {p + "StartTicketRequest", t2, "!TICKET_NOT_ASSIGNED"},
      {p + "SetPendingRequest",
       t2 + "waiting_for: WAITING_FOR_CUSTOMER reason: 'x' until { seconds: 1700000000 }",
       "!field:until"},
      {p + "ResolveTicketRequest", t2 + "resolution_code: 'Not a word'", "!field:resolution_code"},
      {p + "ResolveTicketRequest", t2 + "resolution_code: 'done'", "!TICKET_NOT_STARTED"},
      {p + "CloseTicketRequest", t2, "!TICKET_NOT_RESOLVED"},
      {p + "ReopenTicketRequest", t2 + "reason: 'x'", "!TICKET_OPEN"},
      {p + "AddNoteRequest", t2 + "text: '  '", "!field:text"},
      {p + "AddNoteRequest", t1 + "text: 'x'", "!TICKET_CLOSED"},
  };
}

// A batch as a whole is refused for its shape only; its rows are answered one by one.
Rows BatchRows() {
  std::string rows;
  for (int i = 0; i <= 1000; ++i) rows += "rows {}";
  return {
      {"crm.customer.v1.ImportCustomersRequest", rows, "!field:rows"},
      {"crm.sales.v1.ImportOrdersRequest", rows, "!field:rows"},
  };
}

}  // namespace

std::vector<RefusalRow> RefusalRows() {
  Rows all;
  for (const Rows& part :
       {CustomerRows(), ContactRows(), OrganizationRows(), StaffRows(), OpportunityRows(),
        OrderRows(), MarketingRows(), DeskRows(), BatchRows()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

std::string ExistingName(const std::string& package, const std::string& collection) {
  static const std::map<std::string, std::string> names = {
      {"crm.customer.v1/branches", "branches/north"},
      {"crm.customer.v1/departments", "departments/sales"},
      {"crm.customer.v1/staff", "staff/bob"},
      {"crm.customer.v1/teams", "teams/red"},
      {"crm.customer.v1/contacts", "contacts/li"},
      {"crm.customer.v1/customers", "customers/c1"},
      {"crm.customer.v1/customerPolicies", "customerPolicies/standard"},
      {"crm.customer.v1/touchpoints", "customers/c1/touchpoints/call"},
      {"crm.customer.v1/positions", "customers/c1/positions/li"},
      {"crm.customer.v1/tierPlans", "tierPlans/standard"},
      {"crm.marketing.v1/campaigns", "campaigns/k1"},
      {"crm.sales.v1/opportunities", "customers/c1/opportunities/o2"},
      {"crm.sales.v1/orders", "customers/c1/orders/r1"},
      {"crm.sales.v1/pipelines", "pipelines/standard"},
      {"crm.servicedesk.v1/priorityPolicies", "priorityPolicies/standard"},
      {"crm.servicedesk.v1/tickets", "customers/c1/tickets/t2"},
  };
  const auto found = names.find(package + "/" + collection);
  return found == names.end() ? "" : found->second;
}

}  // namespace crm::contract
