// The shape of what comes in with a contact: INVALID_ARGUMENT that names the field.
#pragma once

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "crm/customer/v1/contact.pb.h"

namespace crm::customer {

// What every contact must be, new or changed, when the business date is `today`. Lengths and counts
// are checked before Decide, from the field options. Fields are named as in the request:
// "contact.personal.phones[2].number".
absl::Status CheckContact(const v1::Contact& contact, absl::CivilDay today);

}  // namespace crm::customer
