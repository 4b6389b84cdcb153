#include "tests/contract/scenario.h"

#include <google/protobuf/text_format.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "libs/base/check.h"
#include "tests/contract/activity_steps.h"
#include "tests/contract/contact_merge_steps.h"
#include "tests/contract/custom_field_steps.h"
#include "tests/contract/dated_steps.h"
#include "tests/contract/exchange_steps.h"
#include "tests/contract/interview_steps.h"
#include "tests/contract/transfer_steps.h"

namespace crm::contract {
namespace {

using google::protobuf::Message;

const std::string kCustomer = "crm.customer.v1.";
const std::string kSales = "crm.sales.v1.";
const std::string kMarketing = "crm.marketing.v1.";
const std::string kDesk = "crm.servicedesk.v1.";

const char* const kPlan = R"pb(
  display_name: "Spring"
  budget { currency_code: "EUR" units: 500 }
  period {
    start { year: 2026 month: 3 day: 1 }
    end { year: 2026 month: 4 day: 1 }
  })pb";
const char* const kTicket = R"pb(
  type: TICKET_TYPE_COMPLAINT
  personal { subject: "It leaks" }
  impact: 3
  urgency: 2)pb";

std::vector<Step> Customers() {
  return {
      {kCustomer + "CreateCustomerRequest",
       R"pb(customer_id: "c1"
            customer {
              kind: CUSTOMER_KIND_COMPANY
              display_name: "Alpha Works"
              currency_code: "EUR"
              owner: "ann"
              branch: "north"
              external_ids { system: "erp" id: "100" }
              personal { phones: "+49301234567" emails: "office@alpha.example" }
            })pb"},
      {kCustomer + "CreateCustomerRequest",
       R"pb(customer_id: "c2"
            initial_status: CUSTOMER_STATUS_SUSPECT
            customer { kind: CUSTOMER_KIND_PERSON display_name: "Beta Gamma" })pb"},
      {kCustomer + "UpdateCustomerRequest",
       R"pb(customer { name: "customers/c1" region: "coast" tags: "fair" }
            update_mask { paths: "region" paths: "tags" })pb"},
      {kCustomer + "VerifyCustomerRequest", R"pb(name: "customers/c1")pb"},
      {kCustomer + "UpdateTierPlanRequest",
       R"pb(tier_plan { name: "tierPlans/standard" window_months: 6 }
            update_mask { paths: "window_months" })pb"},
  };
}

std::vector<Step> Opportunities() {
  return {
      {kSales + "UpdatePipelineRequest",
       R"pb(pipeline { name: "pipelines/standard" display_name: "Our way" }
            update_mask { paths: "display_name" })pb"},
      {kSales + "OpenOpportunityRequest",
       R"pb(parent: "customers/c1"
            opportunity_id: "o1"
            opportunity {
              display_name: "Two machines"
              amount { currency_code: "EUR" units: 900 }
              expected_close_date { year: 2026 month: 3 day: 31 }
            })pb"},
      {kSales + "MoveStageRequest",
       R"pb(name: "customers/c1/opportunities/o1" stage: "proposal")pb"},
      {kSales + "LoseOpportunityRequest", R"pb(name: "customers/c1/opportunities/o1"
                                               loss_reason: "price")pb"},
      {kSales + "ReopenOpportunityRequest", R"pb(name: "customers/c1/opportunities/o1"
                                                 reason: "they called again")pb"},
      {kSales + "WinOpportunityRequest",
       R"pb(name: "customers/c1/opportunities/o1"
            amount { currency_code: "EUR" units: 880 }
            close_date { year: 2026 month: 1 day: 5 })pb"},
      {kSales + "OpenOpportunityRequest",
       R"pb(parent: "customers/c1"
            opportunity_id: "o2"
            opportunity { display_name: "Spare parts" })pb"},
  };
}

std::vector<Step> Orders() {
  return {
      {kSales + "RecordOrderRequest",
       R"pb(parent: "customers/c1"
            order_id: "r1"
            order {
              order_date { year: 2026 month: 1 day: 5 }
              lines {
                product: "pump"
                quantity_milli: 2000
                net { currency_code: "EUR" units: 200 }
              }
              lines {
                product: "hose"
                quantity_milli: 1500
                net { currency_code: "EUR" units: 30 }
              }
              revenue { currency_code: "EUR" units: 230 }
              cost { currency_code: "EUR" units: 120 }
            })pb",
       false, 4},
      {kSales + "ConfirmOrderRequest", R"pb(name: "customers/c1/orders/r1")pb"},
      {kSales + "AmendOrderRequest",
       R"pb(order {
              name: "customers/c1/orders/r1"
              cost { currency_code: "EUR" units: 110 }
            }
            update_mask { paths: "cost" }
            reason: "cheaper now")pb"},
      {kSales + "RecordDeliveryRequest",
       R"pb(name: "customers/c1/orders/r1"
            delivery_date { year: 2026 month: 1 day: 7 }
            lines { line: 1 quantity_milli: 2000 })pb"},
      {kSales + "RecordReturnRequest",
       R"pb(name: "customers/c1/orders/r1"
            return_date { year: 2026 month: 1 day: 9 }
            lines { line: 1 quantity_milli: 1000 })pb"},
      {kSales + "RecordOrderRequest",
       R"pb(parent: "customers/c1"
            order_id: "r2"
            order {
              order_date { year: 2026 month: 1 day: 8 }
              revenue { currency_code: "EUR" units: 50 }
            })pb"},
      {kSales + "CancelOrderRequest",
       R"pb(name: "customers/c1/orders/r2" reason: "ordered twice")pb"},
      {kSales + "RecordOrderRequest",
       R"pb(parent: "customers/c1"
            order_id: "r3"
            order {
              order_date { year: 2026 month: 1 day: 9 }
              revenue { currency_code: "EUR" units: 70 }
            })pb"},
  };
}

// An order comes before its customer is known.
std::vector<Step> Imports() {
  return {
      {kSales + "ImportOrdersRequest",
       R"pb(rows {
              customer_external_id { system: "erp" id: "300" }
              order {
                external_id { system: "erp" id: "o-1" }
                order_date { year: 2026 month: 1 day: 6 }
                revenue { currency_code: "EUR" units: 40 }
              }
            })pb"},
      {kCustomer + "ImportCustomersRequest",
       R"pb(rows {
              customer {
                kind: CUSTOMER_KIND_HOUSEHOLD
                display_name: "Delta"
                currency_code: "EUR"
                external_ids { system: "erp" id: "300" }
              }
            })pb"},
      {kCustomer + "ComputeTierPlanRequest", R"pb(name: "tierPlans/standard")pb"},
  };
}

std::vector<Step> Campaigns() {
  const auto create = [](const std::string& id) {
    return Step{kMarketing + "CreateCampaignRequest",
                absl::StrCat("campaign_id: '", id, "' campaign {", kPlan, "}")};
  };
  return {
      create("k1"),
      {kMarketing + "UpdateCampaignRequest",
       R"pb(campaign { name: "campaigns/k1" objective: "win ten" }
            update_mask { paths: "objective" })pb"},
      {kMarketing + "ApproveCampaignRequest", R"pb(name: "campaigns/k1")pb"},
      {kMarketing + "LaunchCampaignRequest", R"pb(name: "campaigns/k1")pb"},
      {kMarketing + "PauseCampaignRequest", R"pb(name: "campaigns/k1" reason: "holiday")pb"},
      {kMarketing + "LaunchCampaignRequest", R"pb(name: "campaigns/k1")pb"},
      {kMarketing + "RecordCostRequest",
       R"pb(name: "campaigns/k1"
            cost {
              cost_date { year: 2026 month: 3 day: 2 }
              amount { currency_code: "EUR" units: 120 }
              category: "print"
              external_id { system: "erp" id: "b-1" }
            })pb"},
      {kMarketing + "CompleteCampaignRequest", R"pb(name: "campaigns/k1")pb"},
      create("k2"),
      {kMarketing + "CancelCampaignRequest", R"pb(name: "campaigns/k2" reason: "no budget")pb"},
      create("k3"),
  };
}

std::vector<Step> Tickets() {
  const std::string t1 = "name: 'customers/c1/tickets/t1'";
  const auto open = [](const std::string& id) {
    return Step{kDesk + "OpenTicketRequest", absl::StrCat("parent: 'customers/c1' ticket_id: '", id,
                                                          "' ticket {", kTicket, "}")};
  };
  return {
      {kDesk + "UpdatePriorityPolicyRequest",
       R"pb(priority_policy { name: "priorityPolicies/standard" display_name: "Ours" }
            update_mask { paths: "display_name" })pb"},
      open("t1"),
      {kDesk + "AssignTicketRequest", t1 + "assignee: 'ann' queue: 'repairs'"},
      {kDesk + "StartTicketRequest", t1},
      {kDesk + "SetPendingRequest",
       t1 + "waiting_for: WAITING_FOR_CUSTOMER until { seconds: {UNTIL} } reason: 'asked back'"},
      {kDesk + "StartTicketRequest", t1},
      {kDesk + "AddNoteRequest", t1 + "text: 'called'"},
      {kDesk + "ResolveTicketRequest", t1 + "resolution_code: 'repaired' note: 'new seal'"},
      {kDesk + "ReopenTicketRequest", t1 + "reason: 'leaks again'"},
      {kDesk + "StartTicketRequest", t1},
      {kDesk + "ResolveTicketRequest", t1 + "resolution_code: 'replaced'"},
      {kDesk + "CloseTicketRequest", t1},
      open("t2"),
  };
}

std::vector<Step> Later() {
  return {
      {kCustomer + "ComputeTierPlanRequest", "name: 'tierPlans/standard'", true, 10},
      {kCustomer + "ContinueTierAssignmentRequest",
       "name: 'tierPlans/standard' computation_number: 2 after_customer: 'customers/b'", true},
      {kCustomer + "CheckActivityRequest", "name: 'customers/c1'", true, 400},
      {kSales + "ReopenOpportunityRequest",
       "name: 'customers/c1/opportunities/o1' reason: 'not signed'", true},
      {kCustomer + "UpdateCustomerPolicyRequest",
       "customer_policy { name: 'customerPolicies/standard' completeness_weights { field: 'owner' "
       "weight: 10 } } update_mask { paths: 'completeness_weights' }"},
      {kCustomer + "CreateCustomerRequest",
       "customer_id: 'suspect' customer { kind: CUSTOMER_KIND_PERSON display_name: 'Maybe' } "
       "initial_status: CUSTOMER_STATUS_SUSPECT"},
      {kCustomer + "QualifyCustomerRequest", "name: 'customers/suspect'"},
      {kCustomer + "MarkLostRequest",
       "name: 'customers/suspect' loss_reason: 'price' note: 'too dear'"},
      {kCustomer + "RecordTouchpointRequest",
       "parent: 'customers/c1' touchpoint_id: 'call' touchpoint { channel: CHANNEL_PHONE "
       "direction: DIRECTION_IN "
       "personal { subject: 'asked for a date' } next_step: 'call back' }"},
      {kCustomer + "UpdateTouchpointRequest",
       "touchpoint { name: 'customers/c1/touchpoints/call' personal { outcome: 'will wait' } } "
       "update_mask { paths: "
       "'personal.outcome' }"},
      {kCustomer + "TransferCustomerRequest", "name: 'customers/c1' owner: 'bob' reason: 'moved'"},
      {kCustomer + "ReleaseCustomerRequest", "name: 'customers/c1' reason: 'nobody has time'"},
  };
}

std::vector<Step> Contacts() {
  const std::string wu = "customers/c1/positions/wu";
  return {
      {kCustomer + "CreateContactRequest",
       R"pb(contact_id: "li"
            contact {
              personal {
                family_name: "Li"
                given_name: "Wei"
                birthday {
                  date { year: 1980 month: 4 day: 30 }
                  calendar: CALENDAR_LUNAR
                }
                phones { number: "+8613912345678" primary: true }
              }
            })pb"},
      {kCustomer + "CreateContactRequest",
       "contact_id: 'wu' contact { personal { family_name: 'Wu' } }"},
      {kCustomer + "UpdateContactRequest",
       "contact { name: 'contacts/wu' personal { given_name: 'Na' } influence: "
       "CONTACT_INFLUENCE_LOW } update_mask { paths: 'personal.given_name' paths: 'influence' }"},
      {kCustomer + "CreatePositionRequest",
       "parent: 'customers/c1' position_id: 'li' position { contact: 'contacts/li' "
       "role: POSITION_ROLE_DECIDER title: 'Head' primary: true }"},
      {kCustomer + "CreatePositionRequest",
       "parent: 'customers/c1' position_id: 'wu' position { contact: 'contacts/wu' "
       "role: POSITION_ROLE_USER }"},
      {kCustomer + "UpdatePositionRequest",
       "position { name: '" + wu + "' title: 'Fitter' } update_mask { paths: 'title' }"},
      {kCustomer + "SetReportsToRequest",
       "name: '" + wu + "' reports_to: 'customers/c1/positions/li'"},
      {kCustomer + "EndPositionRequest", "name: '" + wu +
                                             "' end_date { year: 2025 month: 12 day: 31 } "
                                             "end_reason: POSITION_END_REASON_LEFT"},
  };
}

std::vector<Step> Organization() {
  const std::string bob = "name: 'staff/bob' ", eve = "name: 'staff/eve' ";
  const auto unit = [](const std::string& type, const std::string& field, const std::string& id,
                       const std::string& more) {
    return Step{kCustomer + "Create" + type + "Request",
                absl::StrCat(field, "_id: '", id, "' ", field, " { display_name: '", id,
                             "' start_date { year: 2025 month: 1 day: 1 } ", more, "}")};
  };
  const auto staff = [](const std::string& id, const std::string& more) {
    return Step{kCustomer + "CreateStaffRequest",
                absl::StrCat("staff_id: '", id, "' staff { personal { display_name: '", id,
                             "' } hire_date { year: 2025 month: 1 day: 6 } ", more, "}")};
  };
  const std::string leave = "leave_date { year: 2026 month: 1 day: 8 }";
  const std::string absence =
      "absence { kind: ABSENCE_KIND_VACATION period { start { year: 2030 month: 7 day: 1 } "
      "end { year: 2030 month: 7 day: 15 } } }";
  return {
      unit("Branch", "branch", "north", ""),
      unit("Branch", "branch", "city", "parent: 'branches/north'"),
      unit("Branch", "branch", "harbour", "parent: 'branches/north'"),
      unit("Department", "department", "sales", "branch: 'branches/north'"),
      unit("Department", "department", "old", ""),
      unit("Team", "team", "red", "department: 'departments/sales'"),
      unit("Team", "team", "blue", "department: 'departments/sales'"),
      staff("bob", "roles: STAFF_ROLE_TEAM_LEAD team: 'teams/red'"),
      staff("eve", "roles: STAFF_ROLE_REP team: 'teams/red' manager: 'staff/bob'"),
      staff("dan", "roles: STAFF_ROLE_ANALYST"),
      {kCustomer + "UpdateBranchRequest", "branch { name: 'branches/city' display_name: 'City' }"},
      {kCustomer + "UpdateDepartmentRequest",
       "department { name: 'departments/sales' lead: 'staff/bob' }"},
      {kCustomer + "UpdateTeamRequest",
       "team { name: 'teams/red' lead: 'staff/bob' } "
       "effective_date { year: 2026 month: 1 day: 1 }"},
      {kCustomer + "CloseBranchRequest",
       "name: 'branches/harbour' close_date { year: 2026 month: 1 day: 5 } reason: 'sold'"},
      {kCustomer + "CloseDepartmentRequest",
       "name: 'departments/old' close_date { year: 2026 month: 1 day: 5 }"},
      {kCustomer + "CloseTeamRequest",
       "name: 'teams/blue' close_date { year: 2026 month: 1 day: 5 }"},
      {kCustomer + "UpdateStaffRequest",
       "staff { " + eve + "personal { email: 'eve@ours.example' } branch: 'branches/north' }"},
      {kCustomer + "PlanAbsenceRequest", bob + absence},
      {kCustomer + "PlanAbsenceRequest", eve + absence},
      {kCustomer + "CancelAbsenceRequest", eve + "start_date { year: 2030 month: 7 day: 1 }"},
      {kCustomer + "MarkStaffLeftRequest",
       eve + "leave_date { year: 2031 month: 12 day: 31 } reason: 'moves'"},
      {kCustomer + "CancelLeaveRequest", eve},
      {kCustomer + "MarkStaffLeftRequest", eve + leave},
      {kCustomer + "RehireStaffRequest", eve + "hire_date { year: 2026 month: 1 day: 9 }"},
      {kCustomer + "MarkStaffLeftRequest", "name: 'staff/dan' " + leave},
  };
}

// Names whose search terms are folded and spelled.
std::vector<Step> Names() {
  return {
      {kCustomer + "CreateCustomerRequest",
       "customer_id: 'bank' customer { kind: CUSTOMER_KIND_COMPANY "
       "display_name: '中國銀行（上海）股份有限公司' }"},
      {kCustomer + "CreateCustomerRequest",
       "customer_id: 'qiu' customer { kind: CUSTOMER_KIND_PERSON display_name: '仇英 Société' }"},
  };
}

// What people are told, and what they want to be reminded of.
std::vector<Step> Notifications() {
  const std::string n1 = "name: 'staff/bob/notifications/n1' ";
  const std::string n2 = "name: 'staff/eve/notifications/n2' ";
  const auto notify = [](const std::string& staff, const std::string& id) {
    return Step{kCustomer + "NotifyRequest",
                absl::StrCat("parent: 'staff/", staff, "' notification_id: '", id,
                             "' notification { reason: NOTIFICATION_REASON_COMPLAINT about: "
                             "'customers/c1/tickets/t2' customer: 'customers/c1' }"),
                true};
  };
  const auto remind = [](const std::string& id) {
    return Step{kCustomer + "SetReminderRequest",
                absl::StrCat("parent: 'staff/bob' reminder_id: '", id,
                             "' reminder { remind_time { seconds: {UNTIL} } about: "
                             "'customers/c1' note: 'call back' }")};
  };
  return {
      {kCustomer + "UpdateNotificationPolicyRequest",
       "notification_policy { name: 'notificationPolicies/standard' unread_hours: 12 } "
       "update_mask { paths: 'unread_hours' }"},
      remind("call"),
      remind("off"),
      {kCustomer + "UpdateReminderRequest",
       "reminder { name: 'staff/bob/reminders/call' note: 'call back at noon' } "
       "update_mask { paths: 'note' }"},
      {kCustomer + "CancelReminderRequest", "name: 'staff/bob/reminders/off'"},
      notify("bob", "n1"),
      notify("eve", "n2"),
      {kCustomer + "AcknowledgeNotificationRequest", n1, true},
      {kCustomer + "AcknowledgeNotificationRequest", n1 + "acted: true", true},
      {kCustomer + "EscalateNotificationRequest", n2, true, 1},
      {kCustomer + "FireReminderRequest", "name: 'staff/bob/reminders/call'", true, 3},
  };
}

// What managers ask again and again.
std::vector<Step> Reports() {
  return {
      {kCustomer + "CreateTargetListRequest",
       "target_list_id: 'y2026' target_list { display_name: 'Wanted' year: 2026 customers: "
       "'customers/c1' }"},
      {kCustomer + "UpdateTargetListRequest",
       "target_list { name: 'targetLists/y2026' display_name: 'Wanted in 2026' }"},
      {kCustomer + "CreateSavedReportRequest",
       "saved_report_id: 'wanted' saved_report { display_name: 'Whom we want' kind: "
       "REPORT_KIND_WANTED target_list: 'targetLists/y2026' }"},
      {kCustomer + "UpdateSavedReportRequest",
       "saved_report { name: 'savedReports/wanted' owner: 'ann' }"},
  };
}

// What may be done with data, whether they are fresh, and what was spent.
std::vector<Step> Care() {
  const std::string x1 = "name: 'erasures/x1' ";
  return {
      {kCustomer + "RecordConsentRequest",
       "name: 'customers/c1' channel: CHANNEL_EMAIL state: CONSENT_STATE_OPTED_IN source: "
       "CONSENT_SOURCE_FORM lawful_basis: LAWFUL_BASIS_CONSENT evidence: 'forms/12'"},
      {kCustomer + "RecordExpenseRequest",
       "parent: 'customers/c1' expense_id: 'dinner' expense { kind: EXPENSE_KIND_HOSPITALITY "
       "amount { currency_code: 'EUR' units: 80 } expense_date { year: 2026 month: 1 day: 5 } }"},
      {kCustomer + "RecordExpenseRequest",
       "parent: 'customers/c1' expense_id: 'taxi' expense { kind: EXPENSE_KIND_TRAVEL "
       "amount { currency_code: 'EUR' units: 20 } expense_date { year: 2026 month: 1 day: 5 } }"},
      {kCustomer + "VoidExpenseRequest",
       "name: 'customers/c1/expenses/taxi' reason: 'paid by them'"},
      {kCustomer + "RequestErasureRequest",
       "erasure_id: 'x1' erasure { subject: 'customers/c2' reason: 'by letter' }"},
      {kCustomer + "HoldErasureRequest",
       x1 + "reason: 'law suit' until_date { year: 2027 month: 12 day: 31 }", true},
      {kCustomer + "CheckErasureRequest", x1, true, 400},
      {kCustomer + "ApproveErasureRequest", x1 + "note: 'identity checked'"},
      {kCustomer + "CheckErasureRequest", x1, true, 40},
      {kCustomer + "CheckStalenessRequest", "name: 'customerPolicies/standard'", true},
      {kCustomer + "ContinueStaleCheckRequest", "name: 'customerPolicies/standard' number: 1",
       true},
  };
}

std::vector<Step> Groups() {
  return {
      {kCustomer + "CreateCustomerRequest",
       "customer_id: 'g1' customer { kind: CUSTOMER_KIND_COMPANY display_name: 'Gamma Holding' }"},
      {kCustomer + "CreateCustomerRequest",
       "customer_id: 'g2' customer { kind: CUSTOMER_KIND_COMPANY display_name: 'Gamma North' "
       "parent: 'customers/g1' }"},
      {kCustomer + "RecordTouchpointRequest",
       "parent: 'customers/g2' touchpoint_id: 'wish' touchpoint { channel: CHANNEL_PHONE "
       "direction: DIRECTION_IN personal { subject: 'It leaks' notes: 'Since the rain' } } "
       "ticket_wish { kind: TICKET_WISH_KIND_FAULT impact: 2 urgency: 3 }"},
  };
}

// Who may own what: a pool whose books have one place.
std::vector<Step> Ownership() {
  const auto create = [](const std::string& id, const std::string& more) {
    return Step{kCustomer + "CreateCustomerRequest",
                absl::StrCat("customer_id: '", id,
                             "' customer { kind: CUSTOMER_KIND_COMPANY display_name: '", id,
                             "' branch: 'harbour' ", more, "}")};
  };
  const auto pick = [](const std::string& id) {
    return Step{kCustomer + "PickCustomerRequest",
                absl::StrCat("name: 'customers/", id, "' picker: 'bob' reason: 'met them'")};
  };
  const std::string sweep = "name: 'pools/harbour' ";
  return {
      {kCustomer + "CreatePoolRequest",
       R"pb(pool_id: "harbour"
            pool {
              display_name: "Harbour"
              scope { branches: "harbour" }
              rank: 1
              pick_rule { daily_limit: 5 former_owner_days: 30 }
              recycle_rules { id: "alone" display_name: "Left alone" untouched_days: 10 }
              hidden_fields: "personal.phones"
              capacity: 1
              takes_unowned: true
            })pb"},
      {kCustomer + "CreatePoolRequest",
       "pool_id: 'closed' pool { display_name: 'Closed' scope { branches: 'moon' } paused: true }"},
      create("pooled", ""),
      create("wanted", ""),
      create("given", "owner: 'eve'"),
      pick("pooled"),
      pick("wanted"),
      {kCustomer + "UpdatePoolRequest", "pool { name: 'pools/harbour' capacity: 2 }"},
      {kCustomer + "SweepPoolRequest", sweep},
      {kCustomer + "ReleaseCustomerRequest", "name: 'customers/pooled' reason: 'no need'", true},
      {kCustomer + "SweepPoolRequest", sweep, true, 40},
      {kCustomer + "ContinueSweepRequest", sweep + "number: 2 told_through: 'customers/h'", true},
  };
}

// Customers that are one: merged and so still, taken back, and taken back in vain.
std::vector<Step> Merges() {
  const auto create = [](const std::string& id, const std::string& more) {
    return Step{kCustomer + "CreateCustomerRequest",
                absl::StrCat("customer_id: '", id,
                             "' customer { kind: CUSTOMER_KIND_COMPANY display_name: '", id, "' ",
                             more, "}")};
  };
  const auto open = [](const std::string& id, const std::string& a, const std::string& b) {
    return Step{kCustomer + "CreateMergeCaseRequest",
                absl::StrCat("merge_case_id: '", id, "' merge_case { first_customer: 'customers/",
                             a, "' second_customer: 'customers/", b, "' }")};
  };
  const auto confirm = [](const std::string& id, const std::string& survivor, bool only_golden) {
    return Step{kCustomer + "ConfirmMergeRequest",
                absl::StrCat("name: 'mergeCases/", id, "' survivor: 'customers/", survivor, "'"),
                only_golden};
  };
  const std::string wrong = "name: 'mergeCases/wrong' ", twice = "name: 'mergeCases/twice' ";
  return {
      create("oak", "tags: 'wood' personal { phones: '+4930555111' }"),
      create("oaks", "tags: 'trees' region: 'north' personal { phones: '+4930555222' }"),
      create("elm", "industry: 'paper' "),
      create("elms", "region: 'west' "),
      create("ash", ""),
      open("same", "oak", "oaks"),
      confirm("same", "oak", false),
      open("none", "elm", "ash"),
      {kCustomer + "RejectMergeRequest", "name: 'mergeCases/none' reason: 'two doors'"},
      open("undecided", "oak", "ash"),
      open("wrong", "elm", "elms"),
      confirm("wrong", "elms", true),
      {kCustomer + "RecordTouchpointRequest",
       "parent: 'customers/elms' touchpoint_id: 'since' touchpoint { channel: CHANNEL_PHONE "
       "direction: DIRECTION_IN personal { subject: 'They are two' } }",
       true},
      {kCustomer + "UnmergeRequest", wrong + "reason: 'they are two'", true},
      open("twice", "elms", "ash"),
      confirm("twice", "elms", true),
      {kCustomer + "ReverseMergeRequest",
       "name: 'customers/elms' merge_case: 'mergeCases/twice' absorbed: 'customers/ash'", true},
      {kCustomer + "UnmergeRequest", twice + "reason: 'again'", true},
      {kCustomer + "FailMergeRequest",
       twice + "customer: 'customers/elms' reason: REASON_NOT_MERGED", true},
      {kCustomer + "MergeCustomerRequest",
       "name: 'customers/elm' merge_case: 'mergeCases/gone' survivor: 'customers/ash' "
       "absorbed_etag: '99'",
       true},
  };
}

// Twelve firms that were recorded three times, once with an error: enough to learn from.
std::string RowsOfTwice() {
  std::string rows;
  for (int firm = 0; firm < 12; ++firm) {
    const std::string numbers =
        absl::StrCat("' personal { phones: '+4940", 7'000'000 + firm * 131'071, "' emails: 'mill",
                     firm, "@lindenhof.example' } } } ");
    for (const char* spelt : {"1", "2", "3"}) {
      const char* name = *spelt == '3' ? "Lindenhof Mlil " : "Lindenhof Mill ";
      absl::StrAppend(&rows, "rows { customer { external_ids { system: 'twice' id: '", firm, "-",
                      spelt, "' } kind: CUSTOMER_KIND_COMPANY display_name: '", name, firm * 7'919,
                      " Ltd", numbers);
    }
  }
  return rows;
}

std::vector<Step> Duplicates() {
  const std::string model = "linkage_model { name: 'linkageModels/standard' ";
  return {
      {kCustomer + "ImportCustomersRequest", RowsOfTwice()},
      {kCustomer + "UpdateLinkageModelRequest",
       model + "stretch_customers: 30 } update_mask { paths: 'stretch_customers' }"},
      {kCustomer + "TrainLinkageModelRequest", "name: 'linkageModels/standard'"},
      {kCustomer + "FindDuplicatesRequest", "duplicate_scan_id: 'all' duplicate_scan {}"},
      {kCustomer + "FindDuplicatesRequest",
       "duplicate_scan_id: 'tonight' duplicate_scan { start_time { seconds: {UNTIL} } }"},
      {kCustomer + "CancelDuplicateScanRequest",
       "name: 'duplicateScans/tonight' reason: 'not needed'", true},
      {kCustomer + "FindDuplicatesRequest",
       "duplicate_scan_id: 'later' duplicate_scan { start_time { seconds: {UNTIL} } }", true},
      {kCustomer + "BeginDuplicateScanRequest", "name: 'duplicateScans/later'", true, 3},
  };
}

}  // namespace

std::vector<Step> Scenario() {
  std::vector<Step> all;
  for (const auto& part : {Customers(),     Opportunities(),
                           Orders(),        Imports(),
                           Campaigns(),     Tickets(),
                           Later(),         Contacts(),
                           Organization(),  Names(),
                           Notifications(), Care(),
                           Groups(),        Ownership(),
                           Merges(),        InterviewSteps(),
                           Duplicates(),    ExchangeSteps(),
                           ActivitySteps(), Reports(),
                           StretchSteps(),  CustomFieldSteps(),
                           TransferSteps(), ContactMergeSteps(),
                           DatedSteps()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

std::unique_ptr<Message> RequestOf(const std::string& type, const std::string& text,
                                   const std::string& request_id) {
  const auto* descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(type);
  base::Check(descriptor != nullptr, type + " is a message");
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  std::unique_ptr<Message> request(factory->GetPrototype(descriptor)->New());
  base::Check(google::protobuf::TextFormat::ParseFromString(text, request.get()),
              type + " has this form: " + text);
  const auto* field = descriptor->FindFieldByName("request_id");
  if (field != nullptr) request->GetReflection()->SetString(request.get(), field, request_id);
  return request;
}

std::unique_ptr<Message> RequestOf(const Step& step, const std::string& request_id,
                                   absl::Time now) {
  const std::string until = absl::StrCat(absl::ToUnixSeconds(now + absl::Hours(48)));
  return RequestOf(step.type, absl::StrReplaceAll(step.text, {{"{UNTIL}", until}}), request_id);
}

}  // namespace crm::contract
