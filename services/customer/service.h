// The customer service: customers, what they are worth, their standing tier.
#pragma once

#include "libs/app/run.h"

namespace crm::customer {

void Describe(app::Service& service);
inline constexpr char kPackage[] = "crm.customer.v1";

}  // namespace crm::customer
