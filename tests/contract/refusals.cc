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
      {p + "CreateTierPlanRequest", "tier_plan_id: 'another' tier_plan {}", "!field:tier_plan_id"},
      {p + "UpdateTierPlanRequest",
       "tier_plan { name: 'tierPlans/standard' window_months: 500 }"
       "update_mask { paths: 'window_months' }",
       "!field:tier_plan.window_months"},
      {p + "ComputeTierPlanRequest", "name: 'tierPlans/other'", "!NOT_FOUND"},
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
       {CustomerRows(), OpportunityRows(), OrderRows(), MarketingRows(), DeskRows(), BatchRows()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

std::string ExistingName(const std::string& package, const std::string& collection) {
  static const std::map<std::string, std::string> names = {
      {"crm.customer.v1/customers", "customers/c1"},
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
