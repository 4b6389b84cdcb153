#include "services/customer/domain/personal_facts.h"

namespace crm::customer {

void MovePersonal(v1::Customer& customer, v1::PersonalFacts& personal) {
  personal.set_display_name(customer.display_name());
  if (customer.has_personal()) *personal.mutable_personal() = customer.personal();
  customer.clear_display_name();
  customer.clear_personal();
}

v1::Customer Joined(const v1::Customer& customer, const v1::PersonalFacts& personal) {
  v1::Customer joined = customer;
  joined.set_display_name(personal.display_name());
  if (personal.has_personal()) *joined.mutable_personal() = personal.personal();
  return joined;
}

}  // namespace crm::customer
