#include "tests/contract/refusals.h"

#include <map>

#include "libs/base/hash.h"
#include "tests/contract/activity_steps.h"
#include "tests/contract/custom_field_steps.h"
#include "tests/contract/dated_steps.h"
#include "tests/contract/exchange_steps.h"
#include "tests/contract/interview_steps.h"
#include "tests/contract/transfer_steps.h"

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
      {p + "VerifyCustomerRequest", "name: 'customers/tr-c'", "!NOTHING_TO_VERIFY"},
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

Rows GroupRows() {
  const std::string p = "crm.customer.v1.";
  const std::string company = "kind: CUSTOMER_KIND_COMPANY display_name: 'X' ";
  return {
      {p + "RecordTouchpointRequest",
       "parent: 'customers/g2' touchpoint { channel: CHANNEL_PHONE direction: DIRECTION_IN "
       "personal { subject: 'X' } } lead_wanted: true",
       "!LEADS_NOT_AVAILABLE"},
      {p + "RecordTouchpointRequest",
       "parent: 'customers/g2' touchpoint { channel: CHANNEL_PHONE direction: DIRECTION_IN "
       "personal { subject: 'X' } } ticket_wish { impact: 1 urgency: 1 }",
       "!field:ticket_wish.kind"},
      {p + "CreateCustomerRequest", "customer {" + company + "parent: 'customers/nobody' }",
       "!PARENT_UNKNOWN"},
      {p + "UpdateCustomerRequest",
       "customer { name: 'customers/g1' parent: 'customers/g2' } update_mask { paths: 'parent' }",
       "!PARENT_CYCLE"},
      {p + "UpdateCustomerRequest",
       "customer { name: 'customers/g1' parent: 'contacts/li' } update_mask { paths: 'parent' }",
       "!field:customer.parent"},
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

Rows NotificationRows() {
  const std::string p = "crm.customer.v1.";
  const std::string far = "remind_time { seconds: 1900000000 } ";
  const std::string policy = "name: 'notificationPolicies/standard' ";
  return {
      {p + "BatchAcknowledgeNotificationsRequest", "", "!field:rows"},
      {p + "AcknowledgeNotificationRequest", "name: 'staff/bob/notifications/none'", "!NOT_FOUND"},
      {p + "CreateNotificationPolicyRequest",
       "notification_policy_id: 'another' notification_policy {}", "!field:notification_policy_id"},
      {p + "UpdateNotificationPolicyRequest",
       "notification_policy { " + policy + "unread_hours: 9000 }",
       "!field:notification_policy.unread_hours"},
      {p + "UpdateNotificationPolicyRequest",
       "notification_policy { " + policy +
           "rules { reason: NOTIFICATION_REASON_REMINDER muted: true } }",
       "!field:notification_policy.rules[0].muted"},
      {p + "SetReminderRequest", "parent: 'staff/nobody' reminder { " + far + "note: 'X' }",
       "!NOT_FOUND"},
      {p + "SetReminderRequest", "parent: 'staff/dan' reminder { " + far + "note: 'X' }",
       "!STAFF_LEFT"},
      {p + "SetReminderRequest", "parent: 'staff/bob' reminder { note: 'X' }",
       "!field:reminder.remind_time"},
      {p + "SetReminderRequest",
       "parent: 'staff/bob' reminder { remind_time { seconds: 1 } note: 'X' }",
       "!field:reminder.remind_time"},
      {p + "SetReminderRequest", "parent: 'staff/bob' reminder { " + far + " }",
       "!field:reminder.note"},
      {p + "SetReminderRequest", "parent: 'staff/bob' reminder { " + far + " about: 'x' }",
       "!field:reminder.about"},
      {p + "UpdateReminderRequest",
       "reminder { name: 'staff/bob/reminders/off' note: 'X' } update_mask { paths: 'note' }",
       "!REMINDER_OVER"},
      {p + "CancelReminderRequest", "name: 'staff/bob/reminders/none'", "!NOT_FOUND"},
  };
}

Rows CareRows() {
  const std::string p = "crm.customer.v1.";
  return {
      {p + "RecordConsentRequest",
       "name: 'customers/c1' channel: CHANNEL_EMAIL state: CONSENT_STATE_OPTED_IN source: "
       "CONSENT_SOURCE_BOUNCED",
       "!field:source"},
      {p + "RecordConsentRequest",
       "name: 'customers/nobody' channel: CHANNEL_EMAIL state: CONSENT_STATE_OPTED_OUT source: "
       "CONSENT_SOURCE_FORM",
       "!NOT_FOUND"},
      {p + "RecordExpenseRequest",
       "parent: 'customers/nobody' expense { kind: EXPENSE_KIND_GIFT amount { currency_code: 'EUR' "
       "units: 1 } expense_date { year: 2026 month: 1 day: 5 } }",
       "!NOT_FOUND"},
      {p + "RecordExpenseRequest",
       "parent: 'customers/c1' expense { kind: EXPENSE_KIND_GIFT amount { currency_code: 'USD' "
       "units: 1 } expense_date { year: 2026 month: 1 day: 5 } }",
       "!field:expense.amount.currency_code"},
      {p + "RecordExpenseRequest",
       "parent: 'customers/c1' expense { kind: EXPENSE_KIND_GIFT amount { currency_code: 'EUR' "
       "units: 1 } expense_date { year: 2026 month: 1 day: 5 } about: 'customers/c2' }",
       "!field:expense.about"},
      {p + "VoidExpenseRequest", "name: 'customers/c1/expenses/taxi' reason: 'twice'",
       "!EXPENSE_VOIDED"},
      {p + "RequestErasureRequest", "erasure { subject: 'staff/ann' reason: 'by letter' }",
       "!field:erasure.subject"},
      {p + "RequestErasureRequest", "erasure { subject: 'customers/c2' reason: 'by letter' }",
       "!ERASURE_ASKED"},
      {p + "HoldErasureRequest", "name: 'erasures/x1' reason: 'law suit'", "!ERASURE_DECIDED"},
      {p + "ReleaseErasureHoldRequest", "name: 'erasures/x1' reason: 'over'", "!ERASURE_DECIDED"},
      {p + "ApproveErasureRequest", "name: 'erasures/none'", "!NOT_FOUND"},
      {p + "CreateSavedReportRequest", "saved_report { display_name: 'X' }",
       "!field:saved_report.kind"},
      {p + "UpdateSavedReportRequest",
       "saved_report { name: 'savedReports/wanted' days: -1 } update_mask { paths: 'days' }",
       "!field:saved_report.days"},
      {p + "CreateTargetListRequest", "target_list { display_name: 'X' }",
       "!field:target_list.year"},
      {p + "UpdateTargetListRequest",
       "target_list { name: 'targetLists/y2026' } update_mask { paths: 'year' }",
       "!field:target_list.year"},
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

Rows OwnershipRows() {
  const std::string p = "crm.customer.v1.";
  const std::string c2 = "name: 'customers/c2' ";
  return {
      {p + "CreatePoolRequest", "pool { rank: 1 }", "!field:pool.display_name"},
      {p + "CreatePoolRequest", "pool { display_name: 'X' hidden_fields: 'colour' }",
       "!field:pool.hidden_fields[0]"},
      {p + "UpdatePoolRequest", "pool { name: 'pools/harbour' capacity: -1 }",
       "!field:pool.capacity"},
      {p + "UpdatePoolRequest",
       "pool { name: 'pools/harbour' pick_rule { daily_limit: -1 } } "
       "update_mask { paths: 'pick_rule.daily_limit' }",
       "!field:pool.pick_rule.daily_limit"},
      {p + "UpdatePoolRequest",
       "pool { name: 'pools/harbour' recycle_rules { id: 'x' display_name: 'X' } } "
       "update_mask { paths: 'recycle_rules' }",
       "!field:pool.recycle_rules[0].untouched_days"},
      {p + "SweepPoolRequest", "name: 'pools/closed'", "!POOL_PAUSED"},
      {p + "PickCustomerRequest", c2 + "picker: 'Bob'", "!field:picker"},
      {p + "PickCustomerRequest", c2 + "picker: 'nobody'", "!STAFF_UNKNOWN"},
      {p + "PickCustomerRequest", c2 + "picker: 'dan'", "!STAFF_LEFT"},
      {p + "PickCustomerRequest", "name: 'customers/given' picker: 'bob'", "!CUSTOMER_OWNED"},
      {p + "TransferCustomerRequest", c2 + "owner: 'dan'", "!STAFF_LEFT"},
      {p + "ReleaseCustomerRequest", c2 + "reason: 'x' pool: 'pools/none'", "!POOL_UNKNOWN"},
      {p + "ReleaseCustomerRequest", c2 + "reason: 'x' pool: 'standard'", "!field:pool"},
      {p + "UpdateCustomerRequest", "customer { " + c2 + "owner: 'Ann B' }",
       "!field:customer.owner"},
      {p + "UpdateCustomerRequest",
       "customer { name: 'customers/given' } update_mask { paths: 'owner' }",
       "!field:owner_reason"},
  };
}

Rows MergeRows() {
  const std::string p = "crm.customer.v1.";
  const auto pair = [](const std::string& a, const std::string& b) {
    return "merge_case { first_customer: 'customers/" + a + "' second_customer: 'customers/" + b +
           "' }";
  };
  const auto people = [](const std::string& a, const std::string& b) {
    return "merge_case { first_contact: 'contacts/" + a + "' second_contact: '" + b + "' }";
  };
  const std::string open = "name: 'mergeCases/undecided' ", none = "name: 'mergeCases/none' ";
  return {
      {p + "CreateMergeCaseRequest", "merge_case {}", "!field:merge_case.first_customer"},
      {p + "CreateMergeCaseRequest", pair("oak", "oak"), "!field:merge_case.second_customer"},
      {p + "CreateMergeCaseRequest", pair("oak", "nobody"), "!NOT_FOUND"},
      {p + "CreateMergeCaseRequest", pair("ash", "oak"), "!MERGE_PAIR_KNOWN"},
      {p + "CreateMergeCaseRequest", pair("ash", "oaks"), "!CUSTOMER_MERGED"},
      {p + "CreateMergeCaseRequest", people("fern", ""), "!field:merge_case.second_contact"},
      {p + "CreateMergeCaseRequest", people("fern", "contacts/fern"),
       "!field:merge_case.second_contact"},
      {p + "CreateMergeCaseRequest", people("fern", "contacts/nobody"), "!NOT_FOUND"},
      {p + "CreateMergeCaseRequest", people("moss", "contacts/fern"), "!MERGE_PAIR_KNOWN"},
      {p + "CreateMergeCaseRequest", people("moss", "contacts/ferns"), "!CONTACT_MERGED"},
      {p + "ConfirmMergeRequest",
       "name: 'mergeCases/who-knows' survivor: 'contacts/fern' choices { field: 'industry' rule: "
       "MERGE_RULE_ABSORBED }",
       "!field:choices[0].field"},
      {p + "UpdateContactRequest",
       "contact { name: 'contacts/ferns' language_code: 'en' } update_mask { paths: "
       "'language_code' }",
       "!CONTACT_MERGED"},
      {p + "RequestErasureRequest", "erasure { subject: 'contacts/ferns' reason: 'by letter' }",
       "!CONTACT_MERGED"},
      {p + "ConfirmMergeRequest", open + "survivor: 'customers/elm'", "!field:survivor"},
      {p + "ConfirmMergeRequest", open + "survivor: 'customers/oak' survivor_etag: '99'",
       "!MERGE_CUSTOMER_CHANGED"},
      {p + "ConfirmMergeRequest",
       open + "survivor: 'customers/oak' choices { field: 'owner' rule: MERGE_RULE_ABSORBED }",
       "!field:choices[0].field"},
      {p + "ConfirmMergeRequest", none + "survivor: 'customers/elm'", "!MERGE_CASE_CLOSED"},
      {p + "RejectMergeRequest", none + "reason: 'else'", "!MERGE_CASE_CLOSED"},
      {p + "UnmergeRequest", open + "reason: ' '", "!field:reason"},
      {p + "UnmergeRequest", open + "reason: 'x'", "!NOT_MERGED"},
      {p + "UpdateCustomerRequest",
       "customer { name: 'customers/oaks' region: 'x' } update_mask { paths: 'region' }",
       "!CUSTOMER_MERGED"},
      {p + "RecordTouchpointRequest",
       "parent: 'customers/oaks' touchpoint { channel: CHANNEL_PHONE direction: DIRECTION_IN "
       "personal { subject: 'X' } }",
       "!CUSTOMER_MERGED"},
      {"crm.sales.v1.OpenOpportunityRequest",
       "parent: 'customers/oaks' opportunity { display_name: 'X' }", "!CUSTOMER_MERGED"},
      {"crm.sales.v1.RecordOrderRequest",
       "parent: 'customers/oaks' order { order_date { year: 2026 month: 1 day: 9 } revenue { "
       "currency_code: 'EUR' units: 5 } }",
       "!CUSTOMER_MERGED"},
      {"crm.servicedesk.v1.OpenTicketRequest",
       "parent: 'customers/oaks' ticket { type: TICKET_TYPE_QUESTION impact: 1 urgency: 1 personal "
       "{ subject: 'X' } }",
       "!CUSTOMER_MERGED"},
      {p + "UpdateCustomerPolicyRequest",
       "customer_policy { name: 'customerPolicies/standard' merge_rules { field: 'kind' rule: "
       "MERGE_RULE_ABSORBED } } update_mask { paths: 'merge_rules' }",
       "!field:customer_policy.merge_rules[0].field"},
  };
}

Rows DuplicateRows() {
  const std::string p = "crm.customer.v1.";
  const std::string model = "linkage_model { name: 'linkageModels/standard' ";
  return {
      {p + "CreateLinkageModelRequest", "linkage_model_id: 'mine' linkage_model {}",
       "!field:linkage_model_id"},
      {p + "UpdateLinkageModelRequest", model + "suggest_bps: 10001 }",
       "!field:linkage_model.suggest_bps"},
      {p + "UpdateLinkageModelRequest",
       model + "blocking_keys: LINKAGE_KEY_KIND_SAMPLE } update_mask { paths: 'blocking_keys' }",
       "!field:linkage_model.blocking_keys[0]"},
      {p + "TrainLinkageModelRequest", "name: 'linkageModels/none'", "!NOT_FOUND"},
      {p + "FindDuplicatesRequest", "duplicate_scan { suggest_bps: 10001 }",
       "!field:duplicate_scan.suggest_bps"},
      {p + "FindDuplicatesRequest", "duplicate_scan { start_time { seconds: 4000000000 } }",
       "!field:duplicate_scan.start_time"},
      {p + "CancelDuplicateScanRequest", "name: 'duplicateScans/none'", "!NOT_FOUND"},
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
       {CustomerRows(), GroupRows(), CareRows(), ContactRows(), OrganizationRows(), StaffRows(),
        OpportunityRows(), OrderRows(), MarketingRows(), DeskRows(), BatchRows(), DuplicateRows(),
        NotificationRows(), OwnershipRows(), MergeRows()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  for (const ExchangeRefusal& row : ExchangeRefusals())
    all.push_back({row.type, row.text, row.then});
  for (const RefusalRow& row : ActivityRefusals()) all.push_back(row);
  for (const RefusalRow& row : TransferRefusals()) all.push_back(row);
  for (const RefusalRow& row : CustomFieldRefusals()) all.push_back(row);
  for (const RefusalRow& row : DatedRefusals()) all.push_back(row);
  for (const InterviewRefusal& row : InterviewRefusals())
    all.push_back({row.type, row.text, row.then});
  return all;
}

std::string ExistingName(const std::string& package, const std::string& collection) {
  static const std::map<std::string, std::string> names = {
      {"crm.customer.v1/activities", "activities/ac-open"},
      {"crm.customer.v1/contactPlans", "contactPlans/top"},
      {"crm.customer.v1/branches", "branches/north"},
      {"crm.customer.v1/departments", "departments/sales"},
      {"crm.customer.v1/staff", "staff/bob"},
      {"crm.customer.v1/teams", "teams/red"},
      {"crm.customer.v1/contacts", "contacts/li"},
      {"crm.customer.v1/mergeCases", "mergeCases/undecided"},
      {"crm.customer.v1/linkageModels", "linkageModels/standard"},
      {"crm.customer.v1/duplicateScans", "duplicateScans/tonight"},
      {"crm.customer.v1/customFields", "customFields/shade"},
      {"crm.customer.v1/customers", "customers/c1"},
      {"crm.customer.v1/pools", "pools/standard"},
      {"crm.customer.v1/customerPolicies", "customerPolicies/standard"},
      {"crm.customer.v1/followUpPolicies", "followUpPolicies/standard"},
      {"crm.customer.v1/insightSheets", "customers/iv1/insightSheets/s1"},
      {"crm.customer.v1/interviewProgrammes", "interviewProgrammes/spring"},
      {"crm.customer.v1/interviewQuestions", "interviewQuestions/budget"},
      {"crm.customer.v1/interviewScripts", "interviewScripts/short"},
      {"crm.customer.v1/interviews", "customers/iv1/interviews/held"},
      {"crm.customer.v1/notificationPolicies", "notificationPolicies/standard"},
      // That staff/eve is to leave, the fifth that happened to her, is what bob is told.
      {"crm.customer.v1/notifications",
       "staff/bob/notifications/" +
           base::DeriveId({"staff/eve", "5", "NOTIFICATION_REASON_STAFF_LEAVES"})},
      {"crm.customer.v1/savedReports", "savedReports/wanted"},
      {"crm.customer.v1/targetLists", "targetLists/y2026"},
      {"crm.customer.v1/erasures", "erasures/x1"},
      {"crm.customer.v1/exports", "exports/fair"},
      {"crm.customer.v1/imports", "imports/book"},
      {"crm.customer.v1/expenses", "customers/c1/expenses/dinner"},
      {"crm.customer.v1/reminders", "staff/bob/reminders/call"},
      {"crm.customer.v1/touchpoints", "customers/c1/touchpoints/call"},
      {"crm.customer.v1/positions", "customers/c1/positions/li"},
      {"crm.customer.v1/tierPlans", "tierPlans/standard"},
      {"crm.customer.v1/transfers", "transfers/dropped"},
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
