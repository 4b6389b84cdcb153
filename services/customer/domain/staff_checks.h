// The shape of what comes in with staff: INVALID_ARGUMENT that names the field.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "crm/customer/v1/staff.pb.h"

namespace crm::customer {

// A name of the IANA list by its shape: "UTC", "Asia/Shanghai", "America/Argentina/Ushuaia".
bool IsTimeZoneName(std::string_view text);

// What everybody must be, new or changed. Lengths and counts are checked before Decide, from the
// field options. Fields are named as in the request: "staff.personal.phones[2]". `name` is whose.
absl::Status CheckStaff(const v1::Staff& staff, std::string_view name);

// Days, kind and deputy of an absence of `name`: "absence.period.end".
absl::Status CheckAbsence(const v1::Absence& absence, std::string_view name);

}  // namespace crm::customer
