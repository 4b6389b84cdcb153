#include "tests/contract/custom_field_steps.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace crm::contract {
namespace {

const char kPackage[] = "crm.customer.v1.";

std::string Field(const std::string& target, const std::string& rest) {
  return absl::StrCat("custom_field { target: CUSTOM_FIELD_TARGET_", target,
                      " label { en: 'Own' zh_cn: '自定义' } ", rest, " }");
}

}  // namespace

std::vector<Step> CustomFieldSteps() {
  const std::string p = kPackage;
  const auto declare = [&](const std::string& id, const std::string& target,
                           const std::string& rest) {
    return Step{p + "DeclareCustomFieldRequest",
                absl::StrCat("custom_field_id: '", id, "' ", Field(target, rest))};
  };
  const std::string red = "choices { id: 'red' label { en: 'Red' zh_cn: '红' } } ";
  return {
      declare("shade", "CUSTOMER", "type: CUSTOM_FIELD_TYPE_CHOICE " + red),
      declare("budget", "CUSTOMER", "type: CUSTOM_FIELD_TYPE_NUMBER"),
      declare("hobby", "CUSTOMER", "type: CUSTOM_FIELD_TYPE_TEXT personal: true"),
      declare("fax", "CUSTOMER", "type: CUSTOM_FIELD_TYPE_TEXT"),
      declare("vip", "CONTACT", "type: CUSTOM_FIELD_TYPE_BOOL"),
      {p + "UpdateCustomFieldRequest",
       absl::StrCat("custom_field { name: 'customFields/shade' ", red,
                    "choices { id: 'blue' label { en: 'Blue' zh_cn: '蓝' } } } "
                    "update_mask { paths: 'choices' }")},
      {p + "RetireCustomFieldRequest", "name: 'customFields/fax'"},
      {p + "CreateCustomerRequest",
       "customer_id: 'own1' customer { kind: CUSTOMER_KIND_COMPANY display_name: 'Own Fields' "
       "custom_fields { field: 'shade' choice: 'red' } custom_fields { field: 'budget' "
       "number { units: 12 nanos: 500000000 } } personal { custom_fields { field: 'hobby' "
       "text: 'chess' } } }"},
      {p + "UpdateCustomerRequest",
       "customer { name: 'customers/own1' custom_fields { field: 'shade' choice: 'blue' } } "
       "update_mask { paths: 'custom_fields' }"},
      {p + "CreateContactRequest",
       "contact_id: 'own1' contact { personal { family_name: 'Own' } "
       "custom_fields { field: 'vip' flag: true } }"},
  };
}

std::vector<RefusalRow> CustomFieldRefusals() {
  const std::string p = kPackage;
  const std::string text = "type: CUSTOM_FIELD_TYPE_TEXT";
  const std::string shade = "customer { name: 'customers/own1' custom_fields { field: 'shade' ";
  return {
      {p + "DeclareCustomFieldRequest", Field("CUSTOMER", text), "!field:custom_field_id"},
      {p + "DeclareCustomFieldRequest", "custom_field_id: 'x' " + Field("CUSTOMER", ""),
       "!field:custom_field.type"},
      {p + "DeclareCustomFieldRequest", "custom_field_id: 'shade' " + Field("CONTACT", text),
       "!ALREADY_EXISTS"},
      {p + "UpdateCustomFieldRequest",
       "custom_field { name: 'customFields/shade' choices { id: 'red' label { en: 'Red' } } } "
       "update_mask { paths: 'choices' }",
       "!CUSTOM_FIELD_CHOICE_KEPT"},
      {p + "UpdateCustomFieldRequest", "custom_field { name: 'customFields/fax' required: true }",
       "!CUSTOM_FIELD_RETIRED"},
      {p + "RetireCustomFieldRequest", "name: 'customFields/none'", "!NOT_FOUND"},
      {p + "UpdateCustomerRequest", shade + "choice: 'pink' } }",
       "!field:customer.custom_fields[0]"},
      {p + "UpdateCustomerRequest", shade + "text: 'red' } }", "!field:customer.custom_fields[0]"},
      {p + "CreateCustomerRequest",
       "customer { kind: CUSTOMER_KIND_COMPANY display_name: 'X' custom_fields { field: 'fax' "
       "text: '1' } }",
       "!field:customer.custom_fields[0]"},
      {p + "UpdateContactRequest",
       "contact { name: 'contacts/own1' custom_fields { field: 'shade' choice: 'red' } }",
       "!field:contact.custom_fields[0]"},
  };
}

}  // namespace crm::contract
