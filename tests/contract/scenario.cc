#include "tests/contract/scenario.h"

#include <google/protobuf/text_format.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "libs/base/check.h"

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
  };
}

}  // namespace

std::vector<Step> Scenario() {
  std::vector<Step> all;
  for (const auto& part :
       {Customers(), Opportunities(), Orders(), Imports(), Campaigns(), Tickets(), Later()}) {
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
