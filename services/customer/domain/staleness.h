// When a customer's data have gone unchecked for too long.
#pragma once

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "crm/customer/v1/customer_policy.pb.h"
#include "crm/customer/v1/customer_resource.pb.h"

namespace crm::customer {

// The policy's limits, with the default for what it does not say.
v1::VerificationLimits LimitsOf(const v1::CustomerPolicy& policy);

// How many days an owner has to check stale data, the default filled in.
int DataCheckDays(const v1::CustomerPolicy& policy);

// How many days may pass for a customer of the tier.
int LimitDays(const v1::VerificationLimits& limits, v1::Tier tier);

// Whether there is anything that can be right or wrong: a phone, an e-mail, an address, a tax id or
// a web site.
bool HasDataToCheck(const v1::Customer& customer);

// When the data count as last checked: verified, else recorded.
absl::Time DataCheckTime(const v1::Customer& customer);

// The first day on which the data are stale.
absl::CivilDay StaleSince(const v1::Customer& customer, int limit_days, absl::TimeZone zone);

}  // namespace crm::customer
