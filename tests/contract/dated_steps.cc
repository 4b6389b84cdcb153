#include "tests/contract/dated_steps.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace crm::contract {
namespace {

const std::string kCustomer = "crm.customer.v1.";
const std::string kMark = kCustomer + "MarkStaleRequest";

std::string Mark(int limit_days) {
  return absl::StrCat(
      "name: 'customers/dated' business_date { year: 2026 month: 1 day: 5 } limit_days: ",
      limit_days);
}

std::string Position(const std::string& id, const std::string& contact, const std::string& more) {
  return absl::StrCat("parent: 'customers/dated' position_id: '", id,
                      "' position { contact: 'contacts/", contact,
                      "' start_date { year: 2024 month: 1 day: 1 } ", more, "}");
}

}  // namespace

std::vector<Step> DatedSteps() {
  const std::string of = "customers/dated/positions/";
  return {
      {kCustomer + "CreateCustomerRequest",
       "customer_id: 'dated' customer { kind: CUSTOMER_KIND_COMPANY display_name: 'Dated' website: "
       "'dated.example' personal { phones: '010-65529988' } } initial_status: "
       "CUSTOMER_STATUS_SUSPECT"},
      {kCustomer + "RecordConsentRequest",
       "name: 'customers/dated' channel: CHANNEL_EMAIL state: CONSENT_STATE_OPTED_OUT source: "
       "CONSENT_SOURCE_UNSUBSCRIBED"},
      {kCustomer + "CreatePositionRequest", Position("chief", "li", "")},
      {kCustomer + "CreatePositionRequest", Position("head", "wu", "")},
      {kCustomer + "CreatePositionRequest",
       Position("clerk", "li", "reports_to: '" + of + "chief' ")},
      {kCustomer + "SetReportsToRequest",
       "name: '" + of + "clerk' reports_to: '" + of +
           "head' effective_date { year: 2025 month: 6 day: 1 }"},
      {kMark, Mark(90), true, 91},
      {kMark, Mark(365), true},
      {kCustomer + "FollowPersonRequest",
       "name: 'contacts/wu' changed { paths: 'language_code' } person { language_code: 'zh-CN' }",
       true},
      {kCustomer + "FollowPersonRequest",
       "name: 'contacts/ferns' changed { paths: 'language_code' } person { language_code: 'fr' }",
       true},
  };
}

std::vector<RefusalRow> DatedRefusals() {
  const std::string company = "kind: CUSTOMER_KIND_COMPANY display_name: 'X' ";
  const std::string call =
      "parent: 'customers/dated' touchpoint { channel: CHANNEL_PHONE direction: DIRECTION_IN "
      "personal { subject: 'X' } ";
  const std::string task =
      "activity { kind: ACTIVITY_KIND_TASK due_date { year: 2026 month: 2 day: 1 } personal { "
      "subject: 'X' } ";
  const std::string dated = "customer { name: 'customers/dated' ";
  return {
      {kCustomer + "CreateCustomerRequest",
       "customer {" + company + "personal { phones: 'reception' } }",
       "!field:customer.personal.phones[0]"},
      {kCustomer + "CreateCustomerRequest", "customer {" + company + "territory: 'A B' }",
       "!field:customer.territory"},
      {kCustomer + "CreateCustomerRequest", "customer {" + company + "collaborators: 'nobody' }",
       "!STAFF_UNKNOWN"},
      {kCustomer + "UpdateCustomerRequest", dated + "branch: 'nowhere' }", "!UNIT_UNKNOWN"},
      {kCustomer + "UpdateCustomerRequest", dated + "team: 'nobody' }", "!UNIT_UNKNOWN"},
      {kCustomer + "UpdateCustomerRequest", dated + "collaborators: 'nobody' }", "!STAFF_UNKNOWN"},
      {kCustomer + "RecordTouchpointRequest", call + "contacts: 'contacts/none' }",
       "!CONTACT_UNKNOWN"},
      {kCustomer + "RecordTouchpointRequest", call + "staff: 'nobody' }", "!STAFF_UNKNOWN"},
      {kCustomer + "PlanActivityRequest", task + "owner: 'nobody' }", "!STAFF_UNKNOWN"},
      {kCustomer + "PlanActivityRequest", task + "owner: 'bob' contacts: 'contacts/none' }",
       "!CONTACT_UNKNOWN"},
      {kCustomer + "PlanInterviewRequest",
       "parent: 'customers/dated' interview { form: INTERVIEW_FORM_PHONE planned_time { seconds: "
       "1800000000 } contact: 'contacts/none' }",
       "!CONTACT_UNKNOWN"},
      {kCustomer + "RecordConsentRequest",
       "name: 'customers/dated' channel: CHANNEL_EMAIL state: CONSENT_STATE_OPTED_IN source: "
       "CONSENT_SOURCE_IMPORT lawful_basis: LAWFUL_BASIS_CONSENT evidence: 'files/1'",
       "!CONSENT_WITHDRAWN"},
      {kCustomer + "SetReportsToRequest",
       "name: 'customers/dated/positions/clerk' effective_date { year: 2999 month: 1 day: 1 }",
       "!field:effective_date"},
  };
}

}  // namespace crm::contract
