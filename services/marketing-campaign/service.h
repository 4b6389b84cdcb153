// The marketing-campaign service: campaigns and what they cost.
#pragma once

#include "libs/app/run.h"

namespace crm::marketing {

void Describe(app::Service& service);
inline constexpr char kPackage[] = "crm.marketing.v1";

}  // namespace crm::marketing
