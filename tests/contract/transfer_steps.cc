#include "tests/contract/transfer_steps.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "libs/base/hash.h"

namespace crm::contract {
namespace {

const std::string kCustomer = "crm.customer.v1.";

Step Staff(const std::string& id, const std::string& more) {
  return {kCustomer + "CreateStaffRequest",
          absl::StrCat("staff_id: '", id, "' staff { personal { display_name: '", id,
                       "' } roles: STAFF_ROLE_REP ", more, "}")};
}

Step Customer(const std::string& id, const std::string& more) {
  return {kCustomer + "CreateCustomerRequest",
          absl::StrCat("customer_id: '", id, "' customer { kind: CUSTOMER_KIND_COMPANY ",
                       "display_name: '", id, "' ", more, "}")};
}

Step Create(const std::string& id, const std::string& more) {
  return {kCustomer + "CreateTransferRequest",
          absl::StrCat("transfer_id: '", id, "' transfer { giver: 'staff/tr-gina' ", more, "}")};
}

Step Verb(const std::string& verb, const std::string& id, const std::string& more = "") {
  return {kCustomer + verb + "TransferRequest", absl::StrCat("name: 'transfers/", id, "' ", more)};
}

Step OnlyGolden(Step step, int days_before = 0) {
  step.only_golden = true;
  step.days_before = days_before;
  return step;
}

}  // namespace

std::vector<Step> TransferSteps() {
  // Its slot is known before it is asked for, so that the customer waits for an answer.
  const std::string slot = base::DeriveId({"customers/tr-held", "r1"});
  return {
      Staff("tr-gina", ""),
      Staff("tr-rolf", "capacity: 2"),
      Staff("tr-ruth", ""),
      Customer("tr-a", "owner: 'tr-gina' region: 'north'"),
      Customer("tr-b", "owner: 'tr-gina'"),
      Customer("tr-c", "owner: 'tr-gina'"),
      Customer("tr-d", "collaborators: 'tr-gina'"),
      {kCustomer + "PlanActivityRequest",
       "activity_id: 'tr-task' activity { kind: ACTIVITY_KIND_TASK customer: 'customers/tr-a' "
       "owner: 'tr-gina' personal { subject: 'Offer' } due_date { year: 2027 month: 3 day: 1 } }"},
      {kCustomer + "RecordTouchpointRequest",
       "parent: 'customers/tr-b' touchpoint_id: 'met' touchpoint { channel: CHANNEL_PHONE "
       "direction: DIRECTION_OUT staff: 'tr-gina' personal { subject: 'Met' } next_step: 'Send "
       "papers' next_step_date { year: 2027 month: 3 day: 2 } }"},
      {kCustomer + "PlanInterviewRequest",
       "parent: 'customers/tr-b' interview_id: 'tr' interview { form: INTERVIEW_FORM_PHONE staff: "
       "'tr-gina' planned_time { seconds: {UNTIL} } }"},
      {kCustomer + "MarkStaffLeftRequest",
       "name: 'staff/tr-gina' leave_date { year: 2031 month: 1 day: 1 } reason: 'moves'"},
      Create("dropped", "receivers { staff: 'staff/tr-ruth' }"),
      Verb("Cancel", "dropped", "reason: 'not so'"),
      Create("nothing", "receivers { staff: 'staff/tr-ruth' } scope { regions: 'nowhere' }"),
      Create("book",
             "receivers { staff: 'staff/tr-rolf' } receivers { staff: 'staff/tr-ruth' scope { "
             "regions: 'north' } } reason: 'leaves'"),
      OnlyGolden(Verb("Start", "book")),
      OnlyGolden(Verb("Undo", "book", "reason: 'stays'")),
      OnlyGolden(Customer("tr-held", "owner: 'tr-gina'")),
      OnlyGolden({kCustomer + "ReserveSlotRequest",
                  "parent: 'ownerBooks/tr-rolf' owner_slot_id: '" + slot +
                      "' owner_slot { customer: 'customers/tr-held' kind: "
                      "OWNER_REQUEST_KIND_TRANSFER }"}),
      OnlyGolden(
          Create("waits", "receivers { staff: 'staff/tr-rolf' } kinds: TRANSFER_KIND_CUSTOMER")),
      OnlyGolden(Verb("Start", "waits")),
      OnlyGolden(Verb("Check", "waits"), 1),
  };
}

std::vector<RefusalRow> TransferRefusals() {
  const std::string create = kCustomer + "CreateTransferRequest";
  const std::string giver = "transfer { giver: 'staff/tr-gina' ";
  const std::string ruth = "receivers { staff: 'staff/tr-ruth' ";
  return {
      {create, "transfer {}", "!field:transfer.giver"},
      {create, "transfer { giver: 'tr-gina' }", "!field:transfer.giver"},
      {create, giver + "}", "!field:transfer.receivers"},
      {create, giver + "receivers {} }", "!field:transfer.receivers[0].staff"},
      {create, giver + "receivers { staff: 'staff/tr-gina' } }",
       "!field:transfer.receivers[0].staff"},
      {create, giver + ruth + "} " + ruth + "} }", "!field:transfer.receivers[1].staff"},
      {create, giver + ruth + "scope { regions: ' ' } } }",
       "!field:transfer.receivers[0].scope.regions[0]"},
      {create, giver + ruth + "} kinds: [TRANSFER_KIND_CUSTOMER, TRANSFER_KIND_CUSTOMER] }",
       "!field:transfer.kinds[1]"},
      {create, giver + "receivers { staff: 'staff/nobody' } }", "!STAFF_UNKNOWN"},
      {create, giver + "receivers { staff: 'staff/dan' } }", "!STAFF_LEFT"},
      {kCustomer + "StartTransferRequest", "name: 'transfers/dropped'", "!TRANSFER_NOT_PREVIEWED"},
      {kCustomer + "StartTransferRequest", "name: 'transfers/nothing'", "!TRANSFER_EMPTY"},
      {kCustomer + "UndoTransferRequest", "name: 'transfers/nothing'", "!TRANSFER_NOT_DONE"},
      {kCustomer + "CancelTransferRequest", "name: 'transfers/none'", "!NOT_FOUND"},
      {kCustomer + "UpdateCustomerPolicyRequest",
       "customer_policy { name: 'customerPolicies/standard' transfer_undo_days: 366 } update_mask "
       "{ paths: 'transfer_undo_days' }",
       "!field:customer_policy.transfer_undo_days"},
  };
}

}  // namespace crm::contract
