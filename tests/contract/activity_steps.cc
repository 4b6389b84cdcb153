#include "tests/contract/activity_steps.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace crm::contract {
namespace {

const std::string kP = "crm.customer.v1.";

Step Plan(const std::string& id, const std::string& more) {
  return {kP + "PlanActivityRequest",
          absl::StrCat("activity_id: '", id,
                       "' activity { customer: 'customers/ac1' owner: 'bob' due_time { seconds: "
                       "{UNTIL} } personal { subject: 'Ask ",
                       id, "' } ", more, "}")};
}

}  // namespace

std::vector<Step> ActivitySteps() {
  const std::string visit = "name: 'activities/ac-visit' ";
  return {
      {kP + "CreateCustomerRequest",
       "customer_id: 'ac1' initial_status: CUSTOMER_STATUS_PROSPECT customer { kind: "
       "CUSTOMER_KIND_COMPANY display_name: 'Acorn' owner: 'bob' }"},
      Plan("ac-visit",
           "kind: ACTIVITY_KIND_VISIT repeat: 'FREQ=WEEKLY;COUNT=3' duration_minutes: 60 contacts: "
           "'contacts/li' about: 'customers/ac1' "),
      {kP + "UpdateActivityRequest",
       "activity { " + visit +
           "personal { notes: 'bring samples' } } update_mask { paths: "
           "'personal.notes' }"},
      {kP + "StartActivityRequest", visit},
      {kP + "CompleteActivityRequest",
       visit + "outcome: 'will order' next_step: 'offer' next_step_date { year: 2027 month: 1 day: "
               "8 }"},
      Plan("ac-errand", "kind: ACTIVITY_KIND_TASK priority: ACTIVITY_PRIORITY_LOW "),
      {kP + "CancelActivityRequest",
       "name: 'activities/ac-errand' cancel_reason: 'no longer needed'"},
      Plan("ac-open", "kind: ACTIVITY_KIND_MEETING "),
      {kP + "UpdateContactPlanRequest",
       "contact_plan { name: 'contactPlans/small' lapse_action: CONTACT_LAPSE_ACTION_ACTIVITY } "
       "update_mask { paths: 'lapse_action' }"},
      {Plan("ac-call", "kind: ACTIVITY_KIND_CALL reminder_minutes: 1440 ").type,
       Plan("ac-call", "kind: ACTIVITY_KIND_CALL reminder_minutes: 1440 ").text, true},
      {kP + "ActivityDueRequest", "name: 'activities/ac-call'", true, 1},
      {kP + "ActivityDueRequest", "name: 'activities/ac-call'", true, 2},
      {kP + "ContactPlanDueRequest", "name: 'contactPlans/small'", true, 181},
      {kP + "ContinueContactCheckRequest",
       "name: 'contactPlans/small' check_number: 1 after_customer: 'customers/ac1' "
       "after_contact_time { seconds: 1 }",
       true},
  };
}

std::vector<RefusalRow> ActivityRefusals() {
  const std::string call = "kind: ACTIVITY_KIND_CALL owner: 'bob' personal { subject: 'X' } ";
  const std::string due = "due_date { year: 2027 month: 1 day: 8 } ";
  const std::string done = "name: 'activities/ac-visit' ", open = "name: 'activities/ac-open' ";
  const std::string plan = "contact_plan { name: 'contactPlans/top' ";
  return {
      {kP + "PlanActivityRequest", "activity { " + due + "}", "!field:activity.kind"},
      {kP + "PlanActivityRequest", "activity { " + call + "}", "!field:activity.due_time"},
      {kP + "PlanActivityRequest", "activity { " + call + due + "due_time { seconds: 1 } }",
       "!field:activity.due_date"},
      {kP + "PlanActivityRequest", "activity { " + call + due + "repeat: 'FREQ=HOURLY' }",
       "!field:activity.repeat"},
      {kP + "PlanActivityRequest", "activity { " + call + due + "reminder_minutes: -1 }",
       "!field:activity.reminder_minutes[0]"},
      {kP + "PlanActivityRequest", "activity { " + call + due + "customer: 'customers/nobody' }",
       "!CUSTOMER_UNKNOWN"},
      {kP + "UpdateActivityRequest",
       "activity { " + done + "duration_minutes: 5 } update_mask { paths: 'duration_minutes' }",
       "!ACTIVITY_CLOSED"},
      {kP + "UpdateActivityRequest",
       "activity { " + open + "state: ACTIVITY_STATE_DONE } update_mask { paths: 'state' }",
       "!field:update_mask"},
      {kP + "UpdateActivityRequest",
       "activity { " + open + "customer: 'customers/nobody' } update_mask { paths: 'customer' }",
       "!CUSTOMER_UNKNOWN"},
      {kP + "StartActivityRequest", done, "!ACTIVITY_CLOSED"},
      {kP + "CompleteActivityRequest", done + "outcome: 'another'", "!ACTIVITY_CLOSED"},
      {kP + "CompleteActivityRequest", open + "contacts: 'li'", "!field:contacts[0]"},
      {kP + "CompleteActivityRequest", open + "occur_time { seconds: 9000000000 }",
       "!field:occur_time"},
      {kP + "CancelActivityRequest", open + "cancel_reason: ' '", "!field:cancel_reason"},
      {kP + "CancelActivityRequest", done + "cancel_reason: 'late'", "!ACTIVITY_CLOSED"},
      {kP + "CreateContactPlanRequest", "contact_plan_id: 'huge' contact_plan {}",
       "!field:contact_plan_id"},
      {kP + "UpdateContactPlanRequest", plan + "interval_days: -1 }",
       "!field:contact_plan.interval_days"},
      {kP + "UpdateContactPlanRequest", plan + "} update_mask { paths: 'channels' }",
       "!field:contact_plan.channels"},
  };
}

}  // namespace crm::contract
